// SPDX-License-Identifier: Apache-2.0 OR MIT
// pvm run as a process: the environment of guests, ends and their exit codes.
#include <signal.h>

#include <nlohmann/json.hpp>

#include "support.hpp"

namespace pvm::command::test {
namespace {

constexpr const char* levels[] = {"process", "in-process", "interpreter"};

/// Writes its read-only data and returns 7.
GuestText hello(Semantics version = Semantics::rv64_1) {
  return {.text = "main: load_imm a0, 1; load_imm a1, 0x10000; load_imm a2, 6; ecalli 0; load_imm a0, 7; ret",
          .imports = environment_imports,
          .ro_data = "hello\n",
          .version = version};
}

/// A program of one host call with these arguments; its exit code is 0 if the result is `expected`, else 1.
GuestText call_checked(unsigned number, const std::vector<std::string>& arguments, const std::string& expected) {
  std::string text = "main:\n";
  for (std::size_t n = 0; n < arguments.size(); ++n) text += "load_imm a" + std::to_string(n) + ", " + arguments[n] + "\n";
  text +=
      "ecalli " + std::to_string(number) + "\nbranch_eq_imm a0, " + expected + ", good\nload_imm a0, 1\nret\ngood: load_imm a0, 0\nret\n";
  return {.text = text, .imports = environment_imports, .ro_data = "0123456789"};
}

TEST(run, hello_on_all_levels_and_versions) {
  const TemporaryDirectory temporary;
  for (const Semantics version : {Semantics::revive_1, Semantics::rv32_1, Semantics::rv64_1, Semantics::jam_1}) {
    const std::string blob = temporary.write("hello.pvm", guest(hello(version)));
    for (const char* level : levels) {
      const Ran ran = run_pvm({"run", blob, "--isolation", level});
      EXPECT_EQ(ran.code, 7) << level << ran.errors;
      EXPECT_EQ(ran.output, "hello\n");
      EXPECT_EQ(ran.errors, "");
    }
  }
}

TEST(run, blob_from_standard_input) {
  const Bytes bytes = guest(hello());
  const Ran ran = run_pvm({"run", "-"}, std::string(bytes.begin(), bytes.end()));
  EXPECT_EQ(ran.code, 7) << ran.errors;
  EXPECT_EQ(ran.output, "hello\n");
}

TEST(run, standard_error_is_another_stream) {
  const TemporaryDirectory temporary;
  const Ran ran = run_pvm({"run", temporary.write("g", guest(call_checked(0, {"2", "0x10000", "10"}, "10")))});
  EXPECT_EQ(ran.code, 0);
  EXPECT_EQ(ran.errors, "0123456789");
  EXPECT_EQ(ran.output, "");
}

TEST(run, exit_code_is_the_low_byte) {
  const TemporaryDirectory temporary;
  const std::string returns = temporary.write("r", guest({.text = "main: load_imm a0, 0x1ff\nret"}));
  EXPECT_EQ(run_pvm({"run", returns}).code, 255);
  const std::string exits = temporary.write("e", guest({.text = "main: load_imm a0, -2\necalli 4\ntrap", .imports = environment_imports}));
  EXPECT_EQ(run_pvm({"run", exits}).code, 254);
  const auto json = nlohmann::json::parse(run_pvm({"run", exits, "--json"}).output);
  EXPECT_EQ(json["end"], "exited");
  EXPECT_EQ(json["guest_exit_code"], -2);
  EXPECT_EQ(json["exit_code"], 254);
}

/// Copies standard input to standard output, `size` bytes at a time.
GuestText cat(const std::string& size) {
  return {.text = "main:\nload_imm a0, 0\nload_imm a1, 0x20000\nload_imm a2, " + size +
                  "\necalli 1\nbranch_eq_imm a0, 0, end\nbranch_less_signed_imm a0, 0, bad\nmove_reg a2, a0\nload_imm a0, 1\nload_imm a1, "
                  "0x20000\necalli 0\njump main\nend: load_imm a0, 0\nret\nbad: load_imm a0, 3\nret\n",
          .imports = environment_imports,
          .rw_size = 0x20000};
}

TEST(run, reads_standard_input_to_its_end) {
  const TemporaryDirectory temporary;
  std::string input;
  for (int line = 0; line < 3000; ++line) input += std::to_string(line) + "\n";
  for (const char* size : {"1", "7", "4096", "0x20000"}) {
    const Ran ran = run_pvm({"run", temporary.write("cat", guest(cat(size)))}, input);
    EXPECT_EQ(ran.code, 0) << ran.errors;
    EXPECT_EQ(ran.output, input);
  }
}

TEST(run, arguments) {
  const TemporaryDirectory temporary;
  const GuestText echo{.text =
                           "main: ecalli 2\nmove_reg s0, a0\nload_imm a0, 0x20000\nmove_reg a1, s0\necalli 3\nmove_reg a2, a0\n"
                           "load_imm a0, 1\nload_imm a1, 0x20000\necalli 0\nload_imm a0, 0\nret",
                       .imports = environment_imports};
  const std::string blob = temporary.write("echo", guest(echo));
  const auto joined = [&](const std::vector<std::string>& arguments) {
    std::string text = blob + '\0';
    for (const std::string& argument : arguments) text += argument + '\0';
    return text;
  };
  EXPECT_EQ(run_pvm({"run", blob}).output, joined({}));
  EXPECT_EQ(run_pvm({"run", blob, "one", "two"}).output, joined({"one", "two"}));
  EXPECT_EQ(run_pvm({"run", blob, "--", "--call", "x", "", "--", "-1", "run"}).output, joined({"--call", "x", "", "--", "-1", "run"}));
}

TEST(run, arguments_are_copied_as_far_as_asked) {
  const TemporaryDirectory temporary;
  const std::vector<std::pair<std::vector<std::string>, std::string>> cases = {
      {{"0x30000", "3"}, "3"},  {{"0", "0"}, "0"},        {{"0", "3"}, "-1"},
      {{"0x10000", "3"}, "-1"}, {{"0x30fff", "2"}, "-1"}, {{"0x30ffe", "2"}, "2"},
  };
  for (const auto& [arguments, result] : cases) {
    const Ran ran = run_pvm({"run", temporary.write("g", guest(call_checked(3, arguments, result)))});
    EXPECT_EQ(ran.code, 0) << arguments[0] << " " << arguments[1] << ran.errors;
  }
}

TEST(run, hostile_pointers_and_sizes_get_minus_one) {
  const TemporaryDirectory temporary;
  const std::vector<std::pair<unsigned, std::vector<std::string>>> calls = {
      {0, {"1", "0", "1"}},                 // nothing there
      {0, {"1", "0x10000", "-1"}},          // 2^64 - 1 bytes
      {0, {"1", "0x10000", "0x7fffffff"}},  // far beyond the data
      {0, {"1", "-1", "2"}},                // wraps
      {0, {"1", "0x30fff", "2"}},           // the last byte and one more
      {0, {"0", "0x10000", "1"}},           // not an output
      {0, {"3", "0x10000", "1"}},           // no such descriptor
      {0, {"-1", "0x10000", "1"}},
      {1, {"0", "0x10000", "1"}},  // read-only memory
      {1, {"0", "0", "1"}},
      {1, {"0", "-1", "-1"}},
      {1, {"0", "0x30fff", "2"}},
      {1, {"1", "0x30000", "1"}},  // not an input
      {1, {"5", "0x30000", "1"}},
  };
  for (const auto& [number, arguments] : calls) {
    const std::string blob = temporary.write("g", guest(call_checked(number, arguments, "-1")));
    for (const char* level : {"process", "interpreter"}) {
      const Ran ran = run_pvm({"run", blob, "--isolation", level}, "input");
      EXPECT_EQ(ran.code, 0) << number << " " << arguments[0] << " " << arguments[1] << " " << arguments[2] << " " << ran.errors;
      EXPECT_EQ(ran.output, "");
    }
  }
}

TEST(run, sizes_of_zero_are_fine_anywhere) {
  const TemporaryDirectory temporary;
  EXPECT_EQ(run_pvm({"run", temporary.write("g", guest(call_checked(0, {"1", "0", "0"}, "0")))}).code, 0);
  EXPECT_EQ(run_pvm({"run", temporary.write("g", guest(call_checked(1, {"0", "0", "0"}, "0")))}, "x").code, 0);
}

TEST(run, large_writes_come_whole) {
  const TemporaryDirectory temporary;
  const GuestText large{.text =
                            "main: load_imm a0, 1\nload_imm a1, 0x20000\nload_imm a2, 3000000\necalli 0\nbranch_eq_imm a0, 3000000, good\n"
                            "load_imm a0, 1\nret\ngood: load_imm a0, 0\nret",
                        .imports = environment_imports,
                        .rw_size = 3000000};
  const Ran ran = run_pvm({"run", temporary.write("g", guest(large))});
  EXPECT_EQ(ran.code, 0) << ran.errors;
  EXPECT_EQ(ran.output.size(), 3000000U);
}

TEST(run, a_closed_output_is_an_error_to_the_guest) {
  const TemporaryDirectory temporary;
  const GuestText text{.text =
                           "main: load_imm a0, 0\nload_imm a1, 0x30000\nload_imm a2, 1\necalli 1\nload_imm a0, 1\nload_imm a1, 0x10000\n"
                           "load_imm a2, 1\necalli 0\nbranch_eq_imm a0, -1, good\nload_imm a0, 1\nret\ngood: load_imm a0, 42\nret",
                       .imports = environment_imports,
                       .ro_data = "x"};
  Process process({"run", temporary.write("g", guest(text))});
  process.close_output();
  process.say("go");
  const Ran ran = process.finish();
  EXPECT_EQ(ran.code, 42) << ran.errors;
}

TEST(run, closed_standard_descriptors_reach_nothing_of_ours) {
  const TemporaryDirectory temporary;
  const std::string writes = temporary.write("w", guest(call_checked(0, {"1", "0x10000", "10"}, "-1")));
  const std::string reads = temporary.write("r", guest(call_checked(1, {"0", "0x30000", "10"}, "-1")));
  EXPECT_EQ(WEXITSTATUS(std::system((std::string("'") + PVM_PROGRAM + "' run '" + writes + "' >&-").c_str())), 0);
  EXPECT_EQ(WEXITSTATUS(std::system((std::string("'") + PVM_PROGRAM + "' run '" + reads + "' <&-").c_str())), 0);
}

TEST(run, clock_only_if_allowed) {
  const TemporaryDirectory temporary;
  for (const Semantics version : {Semantics::rv32_1, Semantics::rv64_1}) {
    GuestText text = call_checked(5, {}, "0");
    text.version = version;
    const std::string blob = temporary.write("clock", guest(text));
    EXPECT_EQ(run_pvm({"run", blob}).code, 0);
    EXPECT_EQ(run_pvm({"run", blob, "--allow-clock"}).code, 1);
  }
}

TEST(run, ends_have_their_exit_codes_and_one_line) {
  const TemporaryDirectory temporary;
  const std::string trap =
      temporary.write("trap.pvm", guest({.text = "other: ret\nmain: load_imm a0, 1\ntrap", .exports = {"other", "main"}}));
  const std::string loop = temporary.write("loop.pvm", guest({.text = "main: jump main"}));
  const std::string foreign = temporary.write("foreign.pvm", guest({.text = "main: ecalli 0\nret", .imports = {"fire_missiles"}}));
  const std::string number = temporary.write("number.pvm", guest({.text = "main: ecalli 77\nret"}));
  for (const char* level : levels) {
    const Ran trapped = run_pvm({"run", trap, "--isolation", level});
    EXPECT_EQ(trapped.code, 134);
    EXPECT_EQ(trapped.errors, "pvm: " + trap + ": pc 5 (main+3: trap): trap\n");
    const Ran poor = run_pvm({"run", loop, "--gas", "1000", "--isolation", level});
    EXPECT_EQ(poor.code, 125);
    EXPECT_EQ(poor.errors, "pvm: " + loop + ": pc 0 (main: jump @0): out of gas; --gas N gives it more\n");
    const Ran late = run_pvm({"run", loop, "--timeout", "0.05", "--isolation", level});
    EXPECT_EQ(late.code, 124) << late.errors;
    EXPECT_TRUE(contains(late.errors, ": timeout\n")) << late.errors;
    const Ran unknown = run_pvm({"run", foreign, "--isolation", level});
    EXPECT_EQ(unknown.code, 126);
    EXPECT_TRUE(contains(unknown.errors, "calls 'fire_missiles', which this environment doesn't have")) << unknown.errors;
    const Ran numbered = run_pvm({"run", number, "--isolation", level});
    EXPECT_EQ(numbered.code, 126);
    EXPECT_TRUE(contains(numbered.errors, "makes host call 77, which is no import of it")) << numbered.errors;
  }
}

TEST(run, a_trap_is_placed_in_the_source) {
  const TemporaryDirectory temporary;
  const std::string blob = temporary.write("lines", guest({.text = "main: load_imm a0, 1\ntrap", .has_lines = true}));
  EXPECT_EQ(run_pvm({"run", blob}).errors, "pvm: " + blob + ": pc 3 (main+3, src/a.c:12 (f): trap): trap\n");
  const auto json = nlohmann::json::parse(run_pvm({"run", blob, "--json"}).output);
  EXPECT_EQ(json["source"], "src/a.c:12 (f)");
  EXPECT_EQ(json["symbol"], "main+3");
}

TEST(run, signals_interrupt_the_guest) {
  const TemporaryDirectory temporary;
  const std::string blob = temporary.write(
      "loop", guest({.text = "main: load_imm a0, 1\nload_imm a1, 0x10000\nload_imm a2, 5\necalli 0\nfallthrough\nloop: jump loop",
                     .imports = environment_imports,
                     .ro_data = "ready"}));
  for (const int number : {SIGINT, SIGTERM}) {
    for (const char* level : levels) {
      Process process({"run", blob, "--isolation", level});
      EXPECT_EQ(process.hear(5), "ready");
      process.send_signal(number);
      const Ran ran = process.finish();
      EXPECT_EQ(ran.code, 130) << level << ran.errors;
      EXPECT_TRUE(contains(ran.errors, ": interrupted\n")) << ran.errors;
    }
  }
}

TEST(run, waiting_for_input_can_be_interrupted) {
  const TemporaryDirectory temporary;
  const std::string blob = temporary.write("g", guest({.text = "main: load_imm a0, 1\nload_imm a1, 0x10000\nload_imm a2, 5\necalli 0\n"
                                                               "load_imm a0, 0\nload_imm a1, 0x30000\nload_imm a2, 1\necalli 1\nret",
                                                       .imports = environment_imports,
                                                       .ro_data = "ready"}));
  Process process({"run", blob});
  EXPECT_EQ(process.hear(5), "ready");
  process.send_signal(SIGINT);
  // The input stays open until the program has ended: only the signal can have ended it.
  EXPECT_EQ(process.hear(1), "");
  EXPECT_EQ(process.finish().code, 130);
  Process late({"run", blob, "--timeout", "0.05"});
  EXPECT_EQ(late.hear(6), "ready");
  EXPECT_EQ(late.finish().code, 124);
}

TEST(run, a_full_output_pipe_does_not_outlast_the_timeout) {
  const TemporaryDirectory temporary;
  const GuestText flood{.text = "main: load_imm a0, 1\nload_imm a1, 0x20000\nload_imm a2, 0x100000\necalli 0\njump main",
                        .imports = environment_imports,
                        .rw_size = 0x100000};
  Process process({"run", temporary.write("g", guest(flood)), "--timeout", "0.1"});
  // Nobody reads until it has ended by itself.
  EXPECT_EQ(process.wait_unread().code, 124);
}

TEST(run, calls_functions) {
  const TemporaryDirectory temporary;
  const std::string wide = temporary.write("w", guest({.text = "add: add_64 a0, a0, a1\nret", .exports = {"add"}}));
  EXPECT_EQ(run_pvm({"run", wide, "--call", "add", "1", "2"}).output, "3 (0x3)\n");
  EXPECT_EQ(run_pvm({"run", wide, "--call", "add", "1", "-2"}).output, "18446744073709551615 (0xffffffffffffffff)\n");
  EXPECT_EQ(run_pvm({"run", wide, "--call", "add", "1", "-2", "--result", "i64"}).output, "-1 (0xffffffffffffffff)\n");
  EXPECT_EQ(run_pvm({"run", wide, "--call", "add", "1", "-2", "--result", "i32"}).output, "-1 (0xffffffff)\n");
  EXPECT_EQ(run_pvm({"run", wide, "--call", "add", "0xffffffff", "0"}).output, "4294967295 (0xffffffff)\n");
  EXPECT_EQ(run_pvm({"run", wide, "--call", "add", "0xffffffffu32", "0", "--result", "i64"}).output, "-1 (0xffffffffffffffff)\n");
  const std::string narrow = temporary.write("n", guest({.text = "both: ret", .exports = {"both"}, .version = Semantics::rv32_1}));
  EXPECT_EQ(run_pvm({"run", narrow, "--call", "both", "0x100000002"}).output, "2 (0x2)\n");
  EXPECT_EQ(run_pvm({"run", narrow, "--call", "both", "0x100000002", "--result", "u64"}).output, "4294967298 (0x100000002)\n");
  EXPECT_EQ(run_pvm({"run", narrow, "--call", "both", "2u64", "--result", "u64"}).output, "2 (0x2)\n");
}

TEST(run, code_offsets_and_other_containers) {
  const TemporaryDirectory temporary;
  const auto built = builder::assemble(Semantics::jam_1, "load_imm a0, 5\nret");
  const std::string raw = temporary.write("raw", builder::raw_container(std::get<builder::CodeBlob>(built)));
  const Ran ran = run_pvm({"run", raw, "--container", "raw", "--semantics", "jam_v1", "--pc", "0"});
  EXPECT_EQ(ran.output, "5 (0x5)\n") << ran.errors;
  const Ran nameless = run_pvm({"run", raw, "--container", "raw", "--semantics", "jam-1"});
  EXPECT_EQ(nameless.code, 2);
  EXPECT_TRUE(contains(nameless.errors, "name a code offset with --pc N")) << nameless.errors;
  const Ran versionless = run_pvm({"run", raw, "--container", "raw", "--pc", "0"});
  EXPECT_EQ(versionless.code, 2);
  EXPECT_TRUE(contains(versionless.errors, "add --semantics VERSION")) << versionless.errors;
}

TEST(run, json_says_what_happened) {
  const TemporaryDirectory temporary;
  const std::string blob = temporary.write("hello", guest(hello()));
  const Ran ran = run_pvm({"run", blob, "--json", "--gas", "100"});
  EXPECT_EQ(ran.errors, "hello\n");
  const auto json = nlohmann::json::parse(ran.output);
  EXPECT_EQ(json["end"], "returned");
  EXPECT_EQ(json["exit_code"], 7);
  EXPECT_EQ(json["result"], "7");
  EXPECT_EQ(json["isolation"], "process");
  EXPECT_EQ(json["semantics"], "rv64-1");
  EXPECT_EQ(json["metering"], "sync");
  EXPECT_EQ(json["gas_model"], "flat-1");
  EXPECT_EQ(json["gas_used"], 6);
  EXPECT_EQ(json["gas_left"], 94);
  EXPECT_EQ(json["registers"]["a0"], "0x7");
}

TEST(run, time_and_registers_go_to_standard_error) {
  const TemporaryDirectory temporary;
  const Ran ran = run_pvm({"run", temporary.write("hello", guest(hello())), "--time", "--verbose", "--gas", "100"});
  EXPECT_EQ(ran.output, "hello\n");
  EXPECT_TRUE(contains(ran.errors, "  a0\t0x7\n")) << ran.errors;
  EXPECT_TRUE(contains(ran.errors, "pvm: compile ")) << ran.errors;
  EXPECT_TRUE(contains(ran.errors, ", gas used 6 (flat-1)\n")) << ran.errors;
}

TEST(run, bad_usage_is_2) {
  const TemporaryDirectory temporary;
  const std::string blob = temporary.write("hello", guest(hello()));
  const std::string junk = temporary.write("junk", "this is no program");
  const std::string elf = temporary.write("elf", std::string("\x7f"
                                                             "ELF....",
                                                             8));
  Bytes cut = guest(hello());
  cut.pop_back();
  const std::string truncated = temporary.write("cut", cut);
  const std::vector<std::pair<std::vector<std::string>, std::string>> cases = {
      {{"run"}, "blob is required"},
      {{"run", "/nowhere"}, "/nowhere: cannot be read: No such file or directory"},
      {{"run", temporary / "."}, "cannot be read: Is a directory"},
      {{"run", junk}, "is no program"},
      {{"run", elf}, "`pvm link`"},
      {{"run", truncated}, "the program is refused: wrong_length"},
      {{"run", blob, "--semantics", "mips"}, "unknown semantics version 'mips'"},
      {{"run", blob, "--semantics", "jam-1"}, "version_mismatch"},
      {{"run", blob, "--call", "nobody"}, "there is no export 'nobody'; call one that it has with --call: main"},
      {{"run", blob, "--call", "main", "ten"}, "'ten' is no integer"},
      {{"run", blob, "--call", "main", "0x10000000000000000"}, "is no integer"},
      {{"run", blob, "--call", "main", "--pc", "3"}, "excludes"},
      {{"run", blob, "--gas", "-1"}, "--gas"},
      {{"run", blob, "--isolation", "prayer"}, "--isolation"},
      {{"run", blob, "--timeout", "soon"}, "--timeout"},
  };
  for (const auto& [arguments, text] : cases) {
    const Ran ran = run_pvm(arguments);
    EXPECT_EQ(ran.code, 2) << text;
    EXPECT_TRUE(contains(ran.errors, text)) << ran.errors;
    EXPECT_EQ(ran.output, "");
  }
}

TEST(run, names_from_a_blob_cannot_talk_to_the_terminal) {
  const TemporaryDirectory temporary;
  const Ran ran = run_pvm({"run", temporary.write("g", guest({.text = "main: ecalli 0\nret", .imports = {"\x1b[2J\x07"}}))});
  EXPECT_EQ(ran.code, 126);
  EXPECT_TRUE(contains(ran.errors, "calls '\\x1b[2J\\x07'")) << ran.errors;
  EXPECT_FALSE(contains(ran.errors, "\x1b"));
}

}  // namespace
}  // namespace pvm::command::test
