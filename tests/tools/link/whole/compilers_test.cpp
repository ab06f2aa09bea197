// SPDX-License-Identifier: Apache-2.0 OR MIT
// What compilers make at every level and in every model of addressing, linked from objects.
#include "native.hpp"

namespace pvm::link::test {
namespace {

struct Case {
  u32 bits;
  const char* level;
  const char* model;
  bool with_gcc;
  bool optimize;
};

std::string name_of(const testing::TestParamInfo<Case>& info) {
  const Case& c = info.param;
  std::string name = (c.with_gcc ? "gcc" : "clang") + std::to_string(c.bits) + c.level + c.model + (c.optimize ? "" : "unoptimized");
  std::erase_if(name, [](char letter) { return letter == '-'; });
  return name;
}

class Compilers : public testing::TestWithParam<Case> {
 protected:
  Build build(const std::vector<std::string>& more = {}) const {
    Build made{GetParam().bits, {GetParam().level, GetParam().model}, GetParam().with_gcc};
    made.options.insert(made.options.end(), more.begin(), more.end());
    return made;
  }
  LinkOptions options() const {
    LinkOptions made;
    if (!GetParam().optimize) made.optimize = OptimizeOptions::none();
    return made;
  }
  /// The compiler's own helpers, for 64-bit division in 32-bit programs.
  std::vector<std::filesystem::path> with_helpers(const TemporaryFolder& folder, const std::filesystem::path& object) const {
    if (GetParam().bits == 64) return {object};
    return {link_with(folder, {lld(), "-r"}, {object, helpers_32()}, 32)};
  }
};

TEST_P(Compilers, BasicThings) {
  const TemporaryFolder folder;
  expect_as_native(link_files(with_helpers(folder, compile(folder, "basic.c", build())), options()));
}

TEST_P(Compilers, BasicThingsWithoutRelaxation) {
  const TemporaryFolder folder;
  expect_as_native(link_files(with_helpers(folder, compile(folder, "basic.c", build({"-mno-relax"}))), options()));
}

TEST_P(Compilers, OneSectionOfAll) {
  const TemporaryFolder folder;
  const auto object = compile(folder, "basic.c", build({"-fno-function-sections", "-fno-data-sections", "-falign-functions=16"}));
  expect_as_native(link_files(with_helpers(folder, object), options()));
}

TEST_P(Compilers, Atomics) {
  const TemporaryFolder folder;
  Guest guest(link_files(with_helpers(folder, compile(folder, "atomics.c", build())), options()));
  for (const u64 x : operands) {
    EXPECT_EQ(guest.test("atomics", 0, x), atomics(0, x)) << x;
    if (GetParam().bits == 64) {
      EXPECT_EQ(guest.test("atomics", 1, x), atomics(1, x)) << x;
    }
  }
}

std::vector<Case> cases() {
  std::vector<Case> all;
  for (const u32 bits : {64U, 32U}) {
    for (const bool with_gcc : {false, true}) {
      for (const char* level : {"-O0", "-O1", "-O2", "-O3", "-Os"}) {
        for (const char* model : {"-fno-pic", "-fPIE", "-fPIC"}) {
          const bool is_plain = std::string(level) == "-O2" || std::string(level) == "-O0";
          if (std::string(model) != "-fno-pic" && !is_plain) continue;
          all.push_back({bits, level, model, with_gcc, true});
          if (is_plain && std::string(model) == "-fno-pic") all.push_back({bits, level, model, with_gcc, false});
        }
      }
    }
  }
  return all;
}

INSTANTIATE_TEST_SUITE_P(Every, Compilers, testing::ValuesIn(cases()), name_of);

class Models : public testing::TestWithParam<const char*> {};

TEST_P(Models, OfCode) {
  for (const bool with_gcc : {false, true}) {
    for (const char* level : {"-O0", "-O2"}) {
      const TemporaryFolder folder;
      expect_as_native(link_files({compile(folder, "basic.c", {64, {level, "-fno-pic", GetParam()}, with_gcc})}));
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Every, Models, testing::Values("-mcmodel=medlow", "-mcmodel=medany"),
                         [](const testing::TestParamInfo<const char*>& model) { return std::string(model.param).substr(9); });

TEST(Classes, ConstructorsAndVirtualFunctions) {
  for (const u32 bits : {64U, 32U}) {
    for (const char* level : {"-O0", "-O2"}) {
      const TemporaryFolder folder;
      const Build build{bits, {level}, false};
      Guest guest(link_files({compile(folder, "classes.cpp", build), compile(folder, "classes_more.cpp", build)}));
      guest.call("construct");
      const auto area = [](u64 x) { return x % 2 == 0 ? 9 : 4 * 5 + 2 * 5; };
      for (const u64 x : {0, 1, 2, 3}) {
        EXPECT_EQ(guest.test("classes", 0, x), static_cast<u64>(area(x)) + x);
        EXPECT_EQ(guest.test("classes", 1, x), x % 2 == 0 ? 4 * x : 18 * x);
      }
      EXPECT_EQ(guest.test("classes", 2, 0), 5U + 7 + 101);
      EXPECT_EQ(guest.test("classes", 2, 1), 5U + 8 + 102);
      EXPECT_EQ(guest.test("classes", 3, 9), 2 * 2 * 206U + 103 * 1000 + 9);
    }
  }
}

}  // namespace
}  // namespace pvm::link::test
