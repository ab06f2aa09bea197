// SPDX-License-Identifier: Apache-2.0 OR MIT
// The subcommand: its options, its exit codes, and that a failure leaves no file behind.
#include <fstream>

#include "cmd_link.hpp"
#include "native.hpp"

namespace pvm::link::test {
namespace {

class Command : public testing::Test {
 protected:
  /// Runs pvm link with these words; the exit code.
  int run_command(std::vector<std::string> words) {
    CLI::App app;
    int exit_code = -1;
    command::add_link_command(app, exit_code);
    std::reverse(words.begin(), words.end());
    words.emplace_back("link");
    testing::internal::CaptureStderr();
    testing::internal::CaptureStdout();
    try {
      app.parse(words);
    } catch (const CLI::ParseError&) {
      exit_code = 2;
    }
    errors_ = testing::internal::GetCapturedStderr();
    output_ = testing::internal::GetCapturedStdout();
    return exit_code;
  }
  std::string write(const std::string& name, const Bytes& bytes) {
    std::ofstream(folder_.path(name), std::ios::binary)
        .write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    return folder_.path(name);
  }
  std::string object() { return write("a.o", assemble(export_of("main") + ".text\n.globl main\nmain: li a0, 42\nret\n")); }
  std::string blob() const { return folder_.path("out.pvm"); }
  std::size_t files() const {
    return static_cast<std::size_t>(
        std::distance(std::filesystem::directory_iterator(folder_.path("")), std::filesystem::directory_iterator()));
  }

  TemporaryFolder folder_;
  std::string errors_, output_;
};

TEST_F(Command, MakesAProgram) {
  for (const char* level : {"-O0", "-O1", "-O2"}) {
    ASSERT_EQ(run_command({object(), "-o", blob(), level}), 0) << errors_;
    EXPECT_EQ(errors_, "");
    EXPECT_EQ(Guest(read_file(blob())).call("main"), 42U);
  }
}

TEST_F(Command, SeveralObjects) {
  const std::string other = write("b.o", assemble(".globl helper\nhelper: li a0, 7\nret"));
  const std::string user = write("c.o", assemble(export_of("main") + ".text\nmain: tail helper\n"));
  ASSERT_EQ(run_command({user, other, "-o", blob(), "--strip"}), 0) << errors_;
  EXPECT_EQ(Guest(read_file(blob())).call("main"), 7U);
}

TEST_F(Command, InstructionSets) {
  for (const char* name : {"rv64-1", "latest64", "jam_v1", "revive-1", "graypaper-0.7.2"}) {
    EXPECT_EQ(run_command({object(), "-o", blob(), "--isa", name}), 0) << errors_;
  }
  EXPECT_EQ(run_command({object(), "-o", blob(), "--isa", "latest32"}), 2);
  EXPECT_NE(errors_.find("a 64-bit object for the instruction set rv32-1"), std::string::npos) << errors_;
  EXPECT_EQ(run_command({object(), "-o", blob(), "--isa", "mips"}), 2);
  EXPECT_NE(errors_.find("unknown instruction set mips"), std::string::npos) << errors_;
}

TEST_F(Command, FailuresAreOneLineAndLeaveNothing) {
  const std::string bad = write("bad.o", assemble(export_of("main") + ".text\nmain: call missing\n"));
  EXPECT_EQ(run_command({bad, "-o", blob()}), 2);
  EXPECT_EQ(errors_, "pvm: " + bad + ": .text+0x0 (missing): undefined symbol; add the object that defines it\n");
  EXPECT_EQ(files(), 1U);
  EXPECT_EQ(run_command({folder_.path("absent.o"), "-o", blob()}), 2);
  EXPECT_EQ(run_command({"-o", blob()}), 2);
  EXPECT_EQ(run_command({object(), "-o", blob(), "--min-stack-size", "huge"}), 2);
  EXPECT_EQ(run_command({object(), "-o", blob(), "--dispatch-table", "nothing"}), 2);
  EXPECT_EQ(run_command({object(), "-o", blob(), "--container", "box"}), 2);
}

TEST_F(Command, Statistics) {
  ASSERT_EQ(run_command({object(), "-o", blob(), "--stats"}), 0);
  EXPECT_NE(output_.find("instructions"), std::string::npos);
  ASSERT_EQ(run_command({object(), "-o", blob(), "--json"}), 0);
  EXPECT_EQ(output_.front(), '{');
  EXPECT_NE(output_.find("\"blob_bytes\": " + std::to_string(std::filesystem::file_size(blob()))), std::string::npos) << output_;
}

TEST_F(Command, Warnings) {
  Bytes bytes = read_file(object());
  bytes[48] = 0x01;  // e_flags: no RVE
  ASSERT_EQ(run_command({write("w.o", bytes), "-o", blob()}), 0);
  EXPECT_NE(errors_.find("pvm: warning: "), std::string::npos) << errors_;
  EXPECT_NE(errors_.find("compiled for 32 registers"), std::string::npos) << errors_;
}

TEST_F(Command, EachPassHasASwitch) {
  for (const char* pass :
       {"reachability", "jump-threading", "constants", "dead-code", "share-constants", "merge-identical-code", "reorder"}) {
    ASSERT_EQ(run_command({object(), "-o", blob(), std::string("--no-") + pass}), 0) << pass;
    EXPECT_EQ(Guest(read_file(blob())).call("main"), 42U);
  }
}

}  // namespace
}  // namespace pvm::link::test
