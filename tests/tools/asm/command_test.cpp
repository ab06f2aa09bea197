// SPDX-License-Identifier: Apache-2.0 OR MIT
// pvm asm and pvm disasm from the command line to files and exit codes; native code as text.
#include <gtest/gtest.h>

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "cmd_asm.hpp"
#include "cmd_disasm.hpp"
#include "native.hpp"

namespace pvm::command {
namespace {

class Command : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::temp_directory_path() / ("pvm-asm-test-" + std::to_string(getpid()));
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string path(const std::string& name) const { return (folder_ / name).string(); }

  std::string write(const std::string& name, const std::string& text) const {
    std::ofstream(path(name), std::ios::binary) << text;
    return path(name);
  }

  std::string read(const std::string& name) const {
    std::ifstream file(path(name), std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  // Exit code of the subcommand, or 99 where the command line itself is refused. What it complains of is in `complaint_`.
  int run(std::vector<std::string> arguments) {
    CLI::App app;
    int exit_code = -1;
    add_asm_command(app, exit_code);
    add_disasm_command(app, exit_code);
    std::reverse(arguments.begin(), arguments.end());
    testing::internal::CaptureStderr();
    try {
      app.parse(arguments);
    } catch (const CLI::ParseError&) {
      exit_code = 99;
    }
    complaint_ = testing::internal::GetCapturedStderr();
    return exit_code;
  }

  std::filesystem::path folder_;
  std::string complaint_;
};

constexpr const char* program = "%stack_size = 4096\npub @main:\nsp = sp - 16\na0 = a1 + a2\nret\n";

TEST_F(Command, ThereAndBack) {
  const std::string text = write("a.txt", program);
  ASSERT_EQ(run({"asm", text, "-o", path("a.pvm")}), 0) << complaint_;
  const std::vector<std::vector<std::string>> variants = {
      {}, {"--gas"}, {"--show-raw-bytes"}, {"--gas", "--gas-model", "pipeline-1", "--memory-cost", "4"}};
  for (const auto& variant : variants) {
    std::vector<std::string> arguments = {"disasm", path("a.pvm"), "-o", path("b.txt")};
    arguments.insert(arguments.end(), variant.begin(), variant.end());
    ASSERT_EQ(run(arguments), 0) << complaint_;
    ASSERT_EQ(run({"asm", path("b.txt"), "-o", path("b.pvm")}), 0) << complaint_;
    EXPECT_EQ(read("a.pvm"), read("b.pvm"));
  }
}

TEST_F(Command, GasDependsOnTheModel) {
  ASSERT_EQ(run({"asm", write("a.txt", program), "-o", path("a.pvm")}), 0) << complaint_;
  ASSERT_EQ(run({"disasm", path("a.pvm"), "--gas", "-o", path("flat.txt")}), 0) << complaint_;
  EXPECT_NE(read("flat.txt").find("@0: // (gas: 3)"), std::string::npos) << read("flat.txt");
  ASSERT_EQ(run({"disasm", path("a.pvm"), "--gas", "--gas-model", "pipeline-1", "-o", path("pipe.txt")}), 0) << complaint_;
  EXPECT_EQ(read("pipe.txt").find("(gas: 3)"), std::string::npos) << read("pipe.txt");
}

TEST_F(Command, ErrorsHavePlacesAndNothingIsWritten) {
  const std::string text = write("bad.txt", "trap\nbad\n  a0 = a1>>a2\n");
  EXPECT_EQ(run({"asm", text, "-o", path("bad.pvm")}), 2);
  EXPECT_EQ(complaint_,
            text + ":2:1: unknown instruction 'bad'\n" + text + ":3:10: '>>a2' can be read in two ways; write '>>a 2' or '>> a2'\n");
  EXPECT_FALSE(std::filesystem::exists(path("bad.pvm")));
  EXPECT_EQ(run({"asm", text, "-o", path("bad.pvm"), "--max-errors", "1"}), 2);
  EXPECT_EQ(std::count(complaint_.begin(), complaint_.end(), '\n'), 1);
}

TEST_F(Command, ProgramsThatWouldBeRefusedNeedAWord) {
  const std::string text = write("a.txt", "a0 = 1\n");
  EXPECT_EQ(run({"asm", text, "-i", "jam_v1", "-o", path("a.pvm")}), 2);
  EXPECT_NE(complaint_.find("falls_off_end"), std::string::npos) << complaint_;
  EXPECT_EQ(run({"asm", text, "-i", "jam-1", "-o", path("a.pvm"), "--unchecked"}), 0) << complaint_;
  EXPECT_EQ(run({"disasm", path("a.pvm")}), 2);
  EXPECT_NE(complaint_.find("falls_off_end"), std::string::npos) << complaint_;
  EXPECT_EQ(run({"asm", text, "-i", "nothing", "-o", path("a.pvm")}), 2);
  EXPECT_EQ(run({"asm", path("missing"), "-o", path("a.pvm")}), 2);
  EXPECT_EQ(run({"asm", text}), 99) << "without an output";
}

TEST_F(Command, OtherContainers) {
  const std::string text = write("a.txt", "%isa = graypaper-0.7.2\n%container = standard\n%stack_size = 4096\ntrap\n");
  ASSERT_EQ(run({"asm", text, "-o", path("a.bin")}), 0) << complaint_;
  ASSERT_EQ(run({"disasm", path("a.bin"), "--container", "standard", "--semantics", "graypaper-0.7.2", "-o", path("b.txt")}), 0)
      << complaint_;
  EXPECT_NE(read("b.txt").find("%container = standard"), std::string::npos) << read("b.txt");
  EXPECT_EQ(run({"disasm", path("a.bin"), "--container", "standard", "--semantics", "graypaper-0.7.2", "--gas"}), 2);
  EXPECT_NE(complaint_.find("blocks have no cost"), std::string::npos) << complaint_;
}

TEST_F(Command, SourceLines) {
  const std::string without = write("a.txt", program);
  ASSERT_EQ(run({"asm", without, "-o", path("a.pvm")}), 0) << complaint_;
  EXPECT_EQ(run({"disasm", path("a.pvm"), "--source"}), 2);
  EXPECT_NE(complaint_.find("no debug sections"), std::string::npos) << complaint_;
  const std::string with = write("b.txt", std::string(program) +
                                              "%section 128 = 00 03 61 2e 63 01 66\n"
                                              "%section 129 = 01 04 07 01 06 05 08 07 0a 01 0f 03 0b 0f 05 00\n"
                                              "%section 130 = 00 00 00 00 08 00 00 00 01 00 00 00\n");
  ASSERT_EQ(run({"asm", with, "-o", path("b.pvm")}), 0) << complaint_;
  ASSERT_EQ(run({"disasm", path("b.pvm"), "--source", "-o", path("c.txt")}), 0) << complaint_;
  const std::string text = read("c.txt");
  EXPECT_NE(text.find("    // a.c:7 (f)\n    sp = sp - 16\n    // a.c:8 (f)\n    a0 = a1 + a2\n    ret\n"), std::string::npos) << text;
  ASSERT_EQ(run({"asm", path("c.txt"), "-o", path("c.pvm")}), 0) << complaint_;
  EXPECT_EQ(read("b.pvm"), read("c.pvm"));
}

#if defined(__x86_64__) && defined(__linux__)
TEST_F(Command, NativeCode) {
  ASSERT_EQ(run({"asm", write("a.txt", program), "-o", path("a.pvm")}), 0) << complaint_;
  ASSERT_EQ(run({"disasm", path("a.pvm"), "--native", "-o", path("n.txt")}), 0) << complaint_;
  const std::string text = read("n.txt");
  const std::size_t instruction = text.find("    a0 = a1 + a2\n    // ");
  ASSERT_NE(instruction, std::string::npos) << text;
  EXPECT_EQ(assembly::NativeText::has_decoder(), text.find("lea ", instruction) != std::string::npos) << text;
  ASSERT_EQ(run({"asm", path("n.txt"), "-o", path("n.pvm")}), 0) << complaint_;
  EXPECT_EQ(read("a.pvm"), read("n.pvm"));
  ASSERT_EQ(run({"disasm", path("a.pvm"), "--native", "--format", "listing", "-o", path("l.txt")}), 0) << complaint_;
  EXPECT_NE(read("l.txt").find("\n" + std::string(39, ' ')), std::string::npos);
}
#endif

TEST(NativeText, LinesOfOneInstruction) {
  const std::vector<ref::u8> code = {0x90, 0x48, 0x89, 0xc8, 0xc3};
  const assembly::NativeText text(code, {{0, 0}, {3, 1}, {5, 4}});
  EXPECT_TRUE(text.lines_of(1).empty());
  const auto lines = text.lines_of(3);
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_EQ(lines[0].substr(0, 20), std::string("       1: 48 89 c8  ").substr(0, assembly::NativeText::has_decoder() ? 20 : 18));
  EXPECT_EQ(text.lines_of(5).size(), 1U);
  const assembly::NativeText beyond(code, {{0, 3}, {1, 99}});
  EXPECT_FALSE(beyond.lines_of(0).empty());
  EXPECT_TRUE(beyond.lines_of(1).empty());
}

}  // namespace
}  // namespace pvm::command
