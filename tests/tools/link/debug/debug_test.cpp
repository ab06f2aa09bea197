// SPDX-License-Identifier: Apache-2.0 OR MIT
// Names, inlined calls and lines of compiled functions, through the whole linker.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <fstream>

#include "elf/elf.hpp"
#include "line_programs.hpp"
#include "toolchain.hpp"

namespace pvm::link::test {
namespace {

using assembly::LinePrograms;
using assembly::SourceFrame;
using Kind = SourceFrame::Kind;

constexpr const char* nested_calls =
    "static inline __attribute__((always_inline)) int inner(int x) {\n"
    "  return x * 7 + 3;\n"
    "}\n"
    "static inline __attribute__((always_inline)) int middle(int x) {\n"
    "  return inner(x) ^ 5;\n"
    "}\n"
    "int outer(int x, volatile int* p) {\n"
    "  *p = middle(x);\n"
    "  return *p;\n"
    "}\n";

struct Setting {
  const char* name;
  u32 bits;
  bool with_gcc;
  std::vector<std::string> options;
  std::vector<std::string> linker;  ///< Empty: the object itself.
};

std::vector<std::string> compiler(bool with_gcc, bool is_cxx, u32 bits) {
  std::vector<std::string> words = {with_gcc ? gcc() : is_cxx ? clangxx() : clang()};
  const auto target = with_gcc ? gcc_target(bits) : clang_target(bits);
  words.insert(words.end(), target.begin(), target.end());
  return words;
}

/// An object of `source`, and one that exports the function `name` of it.
std::vector<Bytes> objects_of(const std::string& source, const std::string& name, const Setting& setting, const std::string& extension) {
  const TemporaryFolder folder;
  std::ofstream(folder.path("a" + extension)) << source;
  std::vector<std::string> command = compiler(setting.with_gcc, extension == ".cpp", setting.bits);
  command.insert(command.end(), setting.options.begin(), setting.options.end());
  command.insert(command.end(), {"-c", folder.path("a" + extension), "-o", folder.path("a.o")});
  run(command);
  const Bytes exports = assemble(".globl " + name + "\n" + export_of(name, setting.bits), setting.bits);
  if (setting.linker.empty()) return {read_file(folder.path("a.o")), exports};
  std::ofstream(folder.path("b.o"), std::ios::binary)
      .write(reinterpret_cast<const char*>(exports.data()), static_cast<std::streamsize>(exports.size()));
  std::vector<std::string> linking = setting.linker;
  linking.insert(linking.end(), {"-m", setting.bits == 64 ? "elf64lriscv" : "elf32lriscv", "-e", "0", folder.path("a.o"),
                                 folder.path("b.o"), "-o", folder.path("linked")});
  run(linking);
  return {read_file(folder.path("linked"))};
}

Bytes linked(const std::vector<Bytes>& objects, const LinkOptions& options = {}) {
  std::vector<Input> inputs;
  inputs.reserve(objects.size());
  for (const Bytes& bytes : objects) inputs.push_back({"x.o", bytes});
  auto result = link(inputs, options);
  if (const auto* error = std::get_if<LinkError>(&result)) {
    ADD_FAILURE() << to_text(*error);
    return {};
  }
  return std::move(std::get<Linked>(result).blob);
}

/// The different stacks of the whole code, each in one line: "enter space::f a.c:7, line ...".
std::vector<std::string> stacks(const Bytes& blob) {
  constexpr u32 more_than_code = 2000;
  std::vector<std::string> lines;
  auto reader = LinePrograms::of_blob(blob);
  if (!reader) return lines;
  for (u32 pc = 0; pc < more_than_code; ++pc) {
    std::string line;
    for (const SourceFrame& frame : reader->lookup(pc)) {
      const char* kind = frame.kind == Kind::enter ? "enter" : frame.kind == Kind::call ? "call" : "line";
      line += (line.empty() ? "" : ", ") + std::string(kind) + " ";
      if (!frame.name_space.empty()) line += std::string(frame.name_space) + "::";
      line += frame.function;
      if (!frame.path.empty()) line += " " + std::string(frame.path.substr(frame.path.rfind('/') + 1)) + ":" + std::to_string(frame.line);
    }
    if (!line.empty() && std::find(lines.begin(), lines.end(), line) == lines.end()) lines.push_back(line);
  }
  EXPECT_FALSE(reader->is_damaged());
  return lines;
}

bool has(const std::vector<std::string>& lines, const std::string& line) {
  return std::find(lines.begin(), lines.end(), line) != lines.end();
}

/// For messages about parameters.
void PrintTo(const Setting& setting, std::ostream* out) {  // NOLINT(readability-identifier-naming): GoogleTest's name
  *out << setting.name;
}

class DebugInformation : public testing::TestWithParam<Setting> {};

TEST_P(DebugInformation, ShowsInlinedCalls) {
  const auto lines = stacks(linked(objects_of(nested_calls, "outer", GetParam(), ".c")));
  const std::string inlined =
      "enter outer a.c:7, call outer a.c:8, enter middle a.c:4, call middle a.c:5, enter inner a.c:1, line inner a.c:2";
  EXPECT_TRUE(has(lines, inlined)) << testing::PrintToString(lines);
  EXPECT_TRUE(has(lines, "enter outer a.c:7, line outer a.c:9")) << testing::PrintToString(lines);
}

INSTANTIATE_TEST_SUITE_P(
    Compilers, DebugInformation,
    testing::Values(Setting{"clang_64", 64, false, {"-O1", "-g"}, {}}, Setting{"clang_32", 32, false, {"-O1", "-g"}, {}},
                    Setting{"dwarf_4", 64, false, {"-O1", "-gdwarf-4", "-ffunction-sections"}, {}},
                    Setting{"gcc_64", 64, true, {"-O1", "-g"}, {}}, Setting{"gcc_32", 32, true, {"-O1", "-gdwarf-4"}, {}},
                    Setting{"no_relax", 64, false, {"-O1", "-g", "-mno-relax", "-ffunction-sections"}, {}},
                    Setting{"lld", 64, false, {"-O1", "-g"}, {lld(), "-q"}}, Setting{"lld_joined", 64, false, {"-O1", "-g"}, {lld(), "-r"}},
                    Setting{"gnu", 32, true, {"-O1", "-g"}, {gnu_ld(), "-q"}}),
    [](const auto& setting) { return setting.param.name; });

constexpr const char* methods =
    "namespace n {\n"
    "struct S {\n"
    "  static int f(int x);\n"
    "};\n"
    "int S::f(int x) { return x + 1; }\n"
    "}\n"
    "extern \"C\" int entry(int x) { return n::S::f(x) * 3; }\n";

TEST(DebugNames, OfCxxFunctionsAreReadable) {
  const Setting with{"", 64, false, {"-O1", "-g", "-fno-inline"}, {}}, without{"", 64, false, {"-O1", "-fno-inline"}, {}};
  const auto lines = stacks(linked(objects_of(methods, "entry", with, ".cpp")));
  EXPECT_TRUE(has(lines, "enter n::S::f(int) a.cpp:5, line n::S::f(int) a.cpp:5")) << testing::PrintToString(lines);
  auto names = stacks(linked(objects_of(methods, "entry", without, ".cpp")));
  std::sort(names.begin(), names.end());
  EXPECT_EQ(names, (std::vector<std::string>{"enter entry", "enter n::S::f(int)"})) << testing::PrintToString(names);
}

const std::string plain = ".globl f\n.type f,@function\nf:\nadd a0,a0,a1\nret\n.size f,.-f\n";

TEST(DebugNames, ComeFromSymbolsWhereThatIsAll) {
  for (const u32 bits : {32U, 64U}) {
    EXPECT_EQ(stacks(linked({assemble(plain + export_of("f", bits), bits)})), std::vector<std::string>{"enter f"});
  }
}

TEST(DebugNames, AreStripped) {
  const Bytes object = assemble(plain + export_of("f"));
  const Bytes blob = linked({object}, {.strip = true});
  EXPECT_FALSE(LinePrograms::of_blob(blob).has_value());
  EXPECT_LT(blob.size(), linked({object}).size());
}

// The code stays what it is, whatever the debug sections hold.
TEST(DebugInformationDamaged, NeverStopsTheLinker) {
  const std::vector<Bytes> objects = objects_of(nested_calls, "outer", {"", 64, false, {"-O1", "-g"}, {}}, ".c");
  const Bytes stripped = linked(objects, {.strip = true});
  std::vector<std::size_t> places;
  const auto read = elf::read({"x.o", objects[0]});
  ASSERT_TRUE(std::holds_alternative<elf::Object>(read));
  for (const elf::Section& section : std::get<elf::Object>(read).sections) {
    if (!section.name.starts_with(".debug_")) continue;
    for (const u8& byte : section.bytes) places.push_back(static_cast<std::size_t>(&byte - objects[0].data()));
  }
  ASSERT_FALSE(places.empty());
  rc::check([&] {
    std::vector<Bytes> damaged = objects;
    const auto count = *rc::gen::inRange(1, 9);
    for (int index = 0; index < count; ++index) damaged[0][*rc::gen::elementOf(places)] = *rc::gen::arbitrary<u8>();
    const Bytes blob = linked(damaged);
    auto reader = LinePrograms::of_blob(blob);
    constexpr u32 more_than_code = 200;
    for (u32 pc = 0; reader && pc < more_than_code; ++pc) reader->lookup(pc);
    RC_ASSERT(!reader || !reader->is_damaged());
    RC_ASSERT(linked(damaged, {.strip = true}) == stripped);
  });
}

}  // namespace
}  // namespace pvm::link::test
