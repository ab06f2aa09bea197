// SPDX-License-Identifier: Apache-2.0 OR MIT
// pvm inspect, trace and stats as a process.
#include <nlohmann/json.hpp>

#include "support.hpp"

namespace pvm::command::test {
namespace {

const GuestText hello{.text = "main: load_imm a0, 1; load_imm a1, 0x10000; load_imm a2, 6; ecalli 0; load_imm a0, 7; ret",
                      .imports = environment_imports,
                      .ro_data = "hello\n"};

TEST(inspect, text_has_everything) {
  const TemporaryDirectory temporary;
  const Ran ran = run_pvm({"inspect", temporary.write("hello", guest(hello))});
  EXPECT_EQ(ran.code, 0) << ran.errors;
  for (const char* part : {"semantics     rv64-1 (64-bit registers)", " bytes, 6 instructions, 1 block\n", "  code ", "read-only data",
                           "stack ", "      4  pvm_exit\n", "      0  main\n", "debug info    none"}) {
    EXPECT_TRUE(contains(ran.output, part)) << part << "\n" << ran.output;
  }
  EXPECT_FALSE(contains(ran.output, "\x1b"));
}

TEST(inspect, json_has_everything) {
  const TemporaryDirectory temporary;
  const Bytes bytes = guest(hello);
  const std::string path = temporary.write("hello", bytes);
  const auto json = nlohmann::json::parse(run_pvm({"inspect", path, "--json"}).output);
  EXPECT_EQ(json["size"], bytes.size());
  EXPECT_EQ(json["instructions"], 6);
  EXPECT_EQ(json["blocks"], 1);
  EXPECT_EQ(json["imports"].size(), 6U);
  EXPECT_EQ(json["exports"][0]["name"], "main");
  EXPECT_EQ(json["exports"][0]["pc"], 0);
  EXPECT_EQ(json["memory"][0]["begin"], 0x10000);
  EXPECT_EQ(json["memory"][0]["end"], 0x11000);
  EXPECT_EQ(json["memory"][0]["writable"], false);
  // Sections lie behind the 13 bytes of the header, and each but the last is followed by id and length of the next.
  std::size_t end = 13;
  for (const auto& section : json["sections"]) {
    EXPECT_EQ(section["offset"], end + 2);
    end = section["offset"].get<std::size_t>() + section["size"].get<std::size_t>();
  }
  EXPECT_EQ(end + 1, bytes.size());
}

TEST(inspect, names_are_escaped) {
  const TemporaryDirectory temporary;
  const std::string path = temporary.write("g", guest({.text = "main: ret", .imports = {"\x1b[2J\xff"}}));
  EXPECT_TRUE(contains(run_pvm({"inspect", path}).output, "\\x1b[2J\\xff"));
  const auto json = nlohmann::json::parse(run_pvm({"inspect", path, "--json"}).output);
  EXPECT_EQ(json["imports"][0], "\\x1b[2J\\xff");
}

TEST(inspect, bad_input_is_2) {
  const TemporaryDirectory temporary;
  const Bytes bytes = guest(hello);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const Ran ran = run_pvm({"inspect", temporary.write("cut", Bytes(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size)))});
    EXPECT_EQ(ran.code, 2) << size;
    EXPECT_EQ(std::count(ran.errors.begin(), ran.errors.end(), '\n'), 1) << ran.errors;
  }
}

TEST(trace, steps_as_text) {
  const TemporaryDirectory temporary;
  const Ran ran = run_pvm({"trace", temporary.write("hello", guest(hello)), "--gas", "50"});
  EXPECT_EQ(ran.code, 0);
  EXPECT_EQ(ran.errors, "hello\n");
  EXPECT_TRUE(contains(ran.output, "gas 50           load_imm a0, 1                      a0 := 0x1\n")) << ran.output;
  EXPECT_TRUE(contains(ran.output, "-- pvm_write(0x1, 0x10000, 0x6) = 0x6  reads 6 at 0x10000: \"hello\\n\"\n")) << ran.output;
  EXPECT_TRUE(contains(ran.output, "=> returned, a0 0x7")) << ran.output;
}

TEST(trace, host_calls_on_the_engine) {
  const TemporaryDirectory temporary;
  const std::string out = temporary / "trace";
  const Ran ran = run_pvm({"trace", temporary.write("hello", guest(hello)), "--host-calls", "-o", out});
  EXPECT_EQ(ran.code, 0) << ran.errors;
  EXPECT_EQ(ran.output, "hello\n");
  const std::string text = read_file(out);
  EXPECT_TRUE(contains(text, "-- pvm_write(0x1, 0x10000, 0x6) = 0x6")) << text;
  EXPECT_FALSE(contains(text, "load_imm")) << text;
}

TEST(trace, jip7_is_the_same_from_both_machines) {
  const TemporaryDirectory temporary;
  const std::string blob = temporary.write("hello", guest(hello));
  const Ran steps = run_pvm({"trace", blob, "--gas", "50", "--format", "jip7"});
  const Ran calls = run_pvm({"trace", blob, "--gas", "50", "--format", "jip7", "--host-calls"});
  EXPECT_EQ(steps.output, calls.output);
  EXPECT_TRUE(contains(steps.output, "\nstart pc=0 gas=50 r00=0xffff0000 r01=0xfffe0000\n")) << steps.output;
  EXPECT_TRUE(contains(steps.output, "memread 0x10000 len=6 -> 0x68656c6c6f0a\nsetreg r07 <- 0x6\nHALT")) << steps.output;
}

TEST(trace, streams_have_fixed_widths) {
  const TemporaryDirectory temporary;
  const Ran ran = run_pvm({"trace", temporary.write("hello", guest(hello)), "--format", "streams", "-o", temporary / "d"});
  EXPECT_EQ(ran.code, 0) << ran.errors;
  EXPECT_EQ(read_file(temporary / "d/opcode").size(), 6U);
  for (const char* name : {"pc", "gas", "r0", "r12"}) EXPECT_EQ(read_file(temporary / "d/" + name).size(), 48U) << name;
  for (const char* name : {"loads", "stores"}) EXPECT_EQ(read_file(temporary / "d/" + name).size(), 72U) << name;
  EXPECT_EQ(read_file(temporary / "d/r7").substr(32, 8), std::string("\x07\0\0\0\0\0\0\0", 8));
}

TEST(trace, limit_ends_an_endless_run) {
  const TemporaryDirectory temporary;
  const std::string loop = temporary.write("loop", guest({.text = "main: jump main"}));
  const Ran ran = run_pvm({"trace", loop, "--limit", "10"});
  EXPECT_EQ(ran.code, 0);
  EXPECT_EQ(std::count(ran.output.begin(), ran.output.end(), '\n'), 12);
  EXPECT_EQ(run_pvm({"trace", loop, "--limit", "0", "--timeout", "0.05", "-o", temporary / "t"}).code, 124);
}

TEST(trace, contradictions_are_2) {
  const TemporaryDirectory temporary;
  const std::string blob = temporary.write("hello", guest(hello));
  EXPECT_EQ(run_pvm({"trace", blob, "--format", "streams"}).code, 2);
  EXPECT_EQ(run_pvm({"trace", blob, "--format", "streams", "--host-calls", "-o", temporary / "d"}).code, 2);
  EXPECT_EQ(run_pvm({"trace", blob, "--steps", "--host-calls"}).code, 2);
  EXPECT_EQ(run_pvm({"trace", blob, "-o", "/no/where/t"}).code, 2);
}

TEST(stats, counts_add_up) {
  const TemporaryDirectory temporary;
  const GuestText text{.text =
                           "main: load_imm a0, 0\nload_imm a1, 0x12345678\nstore_imm_u8 0x20000, 5\nbranch_eq_imm a0, 0, end\n"
                           "load_imm64 a2, 0x1122334455667788\nend: ret"};
  const std::string path = temporary.write("g", guest(text));
  const auto json = nlohmann::json::parse(run_pvm({"stats", path, path, "--json"}).output);
  EXPECT_EQ(json["programs"], 2);
  EXPECT_EQ(json["instructions"], 12);
  EXPECT_EQ(json["blocks"], 4);
  EXPECT_EQ(json["opcodes"]["load_imm"], 4);
  EXPECT_EQ(json["opcodes"]["jump_indirect"], 2);
  EXPECT_EQ(json["block_instructions"], nlohmann::json::parse("[[2,2],[4,2]]"));
  EXPECT_EQ(json["block_gas"]["flat-1"], nlohmann::json::parse("[[2,2],[4,2]]"));
  // 0 and the offsets of ret and load_imm 0: none; 1 byte: 5, the offset; 3: the address; 4; 8.
  EXPECT_EQ(json["immediate_bytes"], nlohmann::json::parse("[[0,6],[1,4],[3,2],[4,2],[8,2]]"));
  std::uint64_t bytes = 0;
  for (const auto& pair : json["instruction_bytes"]) bytes += pair[0].get<std::uint64_t>() * pair[1].get<std::uint64_t>();
  EXPECT_EQ(json["code_bytes"], bytes);
  const Ran ran = run_pvm({"stats", path});
  EXPECT_TRUE(contains(ran.output, "6 instructions, 2 blocks\n")) << ran.output;
  EXPECT_TRUE(contains(ran.output, "Gas of a block, pipeline-1")) << ran.output;
}

TEST(command, help_and_version) {
  EXPECT_EQ(run_pvm({"--version"}).output.substr(0, 4), "pvm ");
  for (const char* subcommand : {"run", "inspect", "trace", "stats"}) {
    const Ran ran = run_pvm({subcommand, "--help"});
    EXPECT_EQ(ran.code, 0);
    EXPECT_TRUE(contains(ran.output, "Examples:\n")) << subcommand;
  }
  EXPECT_EQ(run_pvm({}).code, 2);
  EXPECT_EQ(run_pvm({"frobnicate"}).code, 2);
}

TEST(command, a_full_disk_is_a_complaint) {
  const TemporaryDirectory temporary;
  const std::string path = temporary.write("hello", guest(hello));
  EXPECT_EQ(WEXITSTATUS(std::system((std::string("'") + PVM_PROGRAM + "' inspect '" + path + "' > /dev/full 2>/dev/null").c_str())), 2);
}

}  // namespace
}  // namespace pvm::command::test
