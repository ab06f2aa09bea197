// SPDX-License-Identifier: Apache-2.0 OR MIT
// What linkers make of objects with --emit-relocs: relaxed or not, and joined objects.
#include "native.hpp"

namespace pvm::link::test {
namespace {

struct Linker {
  const char* name;
  bool is_gnu;
  std::vector<std::string> options;
};

const std::vector<Linker>& linkers() {
  static const std::vector<Linker> all = {
      {"lld", false, {"-q"}},
      {"lld_no_relax", false, {"-q", "--no-relax"}},
      {"lld_relax_gp", false, {"-q", "--relax-gp", "--defsym=__global_pointer$=0x12800"}},
      {"lld_gc_unique", false, {"-q", "--unique", "--gc-sections", "-u", "basic"}},
      {"lld_joined", false, {"-r"}},
      {"lld_pie", false, {"-q", "-pie", "-z", "notext"}},
      {"lld_shared", false, {"-q", "-shared", "-Bsymbolic", "-z", "notext"}},
      {"gnu", true, {"-q"}},
      {"gnu_no_relax", true, {"-q", "--no-relax"}},
      {"gnu_joined", true, {"-r"}},
      // Addresses that one instruction reaches: calls and addresses lose their high halves.
      {"gnu_low", true, {"-q", "-Ttext=0x100", "-Tdata=0x80000", "--defsym=__global_pointer$=0x80800"}},
      {"lld_low", false, {"-q", "--image-base=0x200", "-Ttext=0x400"}},
  };
  return all;
}

class Linkers : public testing::TestWithParam<Linker> {
 protected:
  bool is_position_independent() const { return GetParam().name == std::string("lld_pie") || GetParam().name == std::string("lld_shared"); }
  std::vector<std::string> command() const {
    std::vector<std::string> words = {GetParam().is_gnu ? gnu_ld() : lld()};
    words.insert(words.end(), GetParam().options.begin(), GetParam().options.end());
    return words;
  }
};

TEST_P(Linkers, BasicThings) {
  for (const u32 bits : {64U, 32U}) {
    for (const char* level : {"-O0", "-O2"}) {
      for (const char* model : {"-fno-pic", "-fPIC"}) {
        if (is_position_independent() && std::string(model) == "-fno-pic") continue;
        const TemporaryFolder folder;
        std::vector<std::filesystem::path> objects = {compile(folder, "basic.c", {bits, {level, model}, false})};
        if (bits == 32) objects.push_back(helpers_32());
        SCOPED_TRACE(std::to_string(bits) + level + model);
        expect_as_native(link_files({link_with(folder, command(), objects, bits)}));
      }
    }
  }
}

TEST_P(Linkers, ObjectsOfGcc) {
  for (const u32 bits : {64U, 32U}) {
    const TemporaryFolder folder;
    if (is_position_independent()) continue;
    std::vector<std::filesystem::path> objects = {compile(folder, "basic.c", {bits, {"-O2"}, true})};
    if (bits == 32) objects.push_back(helpers_32());
    SCOPED_TRACE(bits);
    expect_as_native(link_files({link_with(folder, command(), objects, bits)}));
  }
}

TEST_P(Linkers, Constructors) {
  if (is_position_independent() || std::string(GetParam().name) == "lld_gc_unique") return;
  const TemporaryFolder folder;
  const Build build{32, {"-O1"}, false};
  const auto linked = link_with(folder, command(), {compile(folder, "classes.cpp", build), compile(folder, "classes_more.cpp", build)}, 32);
  Guest guest(link_files({linked}));
  guest.call("construct");
  EXPECT_EQ(guest.test("classes", 0, 1), 31U);
  EXPECT_EQ(guest.test("classes", 3, 9), 2 * 2 * 206U + 101 * 1000 + 9);
}

INSTANTIATE_TEST_SUITE_P(Every, Linkers, testing::ValuesIn(linkers()),
                         [](const testing::TestParamInfo<Linker>& linker) { return std::string(linker.param.name); });

TEST(LinkersMissing, RelocationsAreAskedFor) {
  const TemporaryFolder folder;
  const auto linked = link_with(folder, {lld()}, {compile(folder, "basic.c", {64, {"-O2"}, false})}, 64);
  try {
    link_files({linked});
    FAIL() << "accepted";
  } catch (const std::runtime_error& error) {
    EXPECT_NE(std::string(error.what()).find("--emit-relocs"), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace pvm::link::test
