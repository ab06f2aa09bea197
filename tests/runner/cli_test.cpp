// SPDX-License-Identifier: Apache-2.0 OR MIT
// pvm-conform as a program: exit codes, messages, reports, standard input and output.
#include <nlohmann/json.hpp>

#include "pvm/conformance/json_io.hpp"
#include "pvm/conformance/manifest.hpp"
#include "support.hpp"

namespace pvm::runner {
namespace {

using test::conform;
using test::Ran;
using test::run_shell;
using test::TemporaryDirectory;

const std::string data = std::string("--vectors '") + PVM_TEST_DATA + "' ";

bool contains(const Ran& ran, const std::string& text) {
  return ran.output.find(text) != std::string::npos;
}

std::string nasty(const std::string& mode) {
  return std::string("--target \"cmd:'") + PVM_PYTHON + "' '" PVM_NASTY_TARGET "' " + mode + " sum_05 '" + PVM_CONFORM + "' serve\" ";
}

TEST(cli, passing_run) {
  const Ran ran = conform("run --target ref " + data);
  EXPECT_EQ(ran.code, 0) << ran.output;
  EXPECT_TRUE(contains(ran, "30 passed, 0 failed, 0 unsupported, 0 errors, 0 timeouts in ")) << ran.output;
  EXPECT_EQ(ran.output.find('\x1b'), std::string::npos);
  EXPECT_EQ(ran.output.find('\r'), std::string::npos);
}

TEST(cli, library_target) {
  const Ran ran = conform("run --target 'lib:" PVM_SAMPLE_LIBRARY "' --jobs 2 " + data);
  EXPECT_EQ(ran.code, 0) << ran.output;
  EXPECT_TRUE(contains(ran, "sample-target 1.0")) << ran.output;
}

TEST(cli, failing_run_and_its_reports) {
  const TemporaryDirectory temporary;
  const Ran ran = conform("run " + nasty("wrong-answer") + data + "--json '" + (temporary / "r.json") + "' --junit '" +
                          (temporary / "r.xml") + "' --html '" + (temporary / "r.html") + "'");
  EXPECT_EQ(ran.code, 1);
  EXPECT_TRUE(contains(ran, "28 passed, 2 failed")) << ran.output;
  EXPECT_TRUE(contains(ran, "steps[0].regs.a0")) << ran.output;
  EXPECT_TRUE(contains(ran, "spec/instructions.md#alu.add_64")) << ran.output;
  const auto json = nlohmann::json::parse(test::read_file(temporary / "r.json"));
  EXPECT_EQ(json["counts"]["fail"], 2);
  EXPECT_EQ(json["results"].size(), 30U);
  const Ran lint = run_shell("xmllint --noout --schema '" PVM_JUNIT_SCHEMA "' '" + (temporary / "r.xml") + "'");
  EXPECT_EQ(lint.code, 0) << lint.output;
  EXPECT_NE(test::read_file(temporary / "r.html").find("\"cases\":["), std::string::npos);
}

TEST(cli, expected_failures) {
  const TemporaryDirectory temporary;
  const auto list = [&](const std::string& glob) {
    return "--expected '" +
           temporary.write("known.json",
                           R"({"schema":1,"expected":[{"id":")" + glob + R"(","reason":"known","link":"https://example.org/1"}]})") +
           "' ";
  };
  const Ran good = conform("run " + nasty("wrong-answer") + data + list("*/alu.add_64.sum_05"));
  EXPECT_EQ(good.code, 0) << good.output;
  EXPECT_TRUE(contains(good, "2 expected failures")) << good.output;
  const Ran unexpected = conform("run " + nasty("wrong-answer") + data + list("*/alu.add_64.sum_0[56]"));
  EXPECT_EQ(unexpected.code, 1);
  EXPECT_TRUE(contains(unexpected, "2 unexpected passes")) << unexpected.output;
  EXPECT_TRUE(contains(unexpected, "https://example.org/1")) << unexpected.output;
  const Ran unknown = conform("run --target ref " + data + list("no/such.case"));
  EXPECT_EQ(unknown.code, 2);
  EXPECT_TRUE(contains(unknown, "/expected/0/id: fits no case of the suite")) << unknown.output;
}

TEST(cli, bad_usage_is_2) {
  for (const std::string& arguments : {std::string(""),
                                       std::string("run"),
                                       std::string("frobnicate"),
                                       "run --target " + data,
                                       "run --target ref --jobs 0 " + data,
                                       "run --target ref --nonsense " + data,
                                       "run --target ref --semantics mips-4 " + data,
                                       "run --target ref --only 'nothing*' " + data,
                                       "run --target vm " + data,
                                       "run --target 'cmd:a \"b' " + data,
                                       std::string("run --target ref --vectors /nowhere"),
                                       "run --target ref --html /nowhere/x.html " + data,
                                       "run --target ref --expected /nowhere " + data,
                                       "show no.such.case " + data,
                                       "show alu.add_64.sum_00 " + data,
                                       "trace jam-1/alu.add_64.sum_00 --format streams " + data,
                                       std::string("diff rv64-1 mips-4"),
                                       std::string("diff rv64-1 rv64-1"),
                                       std::string("verify /nowhere"),
                                       std::string("list --vectors /nowhere"),
                                       std::string("import --dialect a /nowhere --out /tmp/x")}) {
    const Ran ran = conform(arguments);
    EXPECT_EQ(ran.code, 2) << arguments << "\n" << ran.output;
    EXPECT_FALSE(ran.output.empty()) << arguments;
  }
}

TEST(cli, no_target_is_3) {
  for (const std::string& target : {std::string("--target cmd:/nowhere/vm "), std::string("--target lib:/nowhere/vm.so "),
                                    nasty("exit-at-once"), nasty("hello-garbage")}) {
    const Ran ran = conform(std::string("run ").append(target).append(data));
    EXPECT_EQ(ran.code, 3) << ran.output;
    EXPECT_TRUE(contains(ran, "cannot be used: ")) << ran.output;
  }
}

TEST(cli, lost_target_is_3_with_a_report) {
  const TemporaryDirectory temporary;
  ASSERT_EQ(setenv("NASTY_STATE", (temporary / "state").c_str(), 1), 0);
  const Ran ran = conform("run --jobs 1 " + nasty("dies-for-good") + data + "--json '" + (temporary / "r.json") + "'");
  EXPECT_EQ(ran.code, 3) << ran.output;
  EXPECT_TRUE(contains(ran, "5 passed, 0 failed, 0 unsupported, 25 errors")) << ran.output;
  EXPECT_EQ(nlohmann::json::parse(test::read_file(temporary / "r.json"))["results"].size(), 30U);
}

TEST(cli, nothing_supported_is_2) {
  const Ran ran = conform("run " + nasty("hello-none") + data);
  EXPECT_EQ(ran.code, 2);
  EXPECT_TRUE(contains(ran, "no case was run")) << ran.output;
}

TEST(cli, interrupted_is_130_with_a_report) {
  const TemporaryDirectory temporary;
  const Ran ran = run_shell("timeout -s INT 2 '" + std::string(PVM_CONFORM) + "' run --jobs 1 --timeout-ms 60000 " + nasty("hang") + data +
                            "--json '" + (temporary / "r.json") + "'; echo code $?");
  EXPECT_TRUE(contains(ran, "Interrupted with ")) << ran.output;
  const auto json = nlohmann::json::parse(test::read_file(temporary / "r.json"));
  EXPECT_EQ(json["counts"]["pass"], json["results"].size());
  EXPECT_FALSE(json["incomplete"].empty());
}

TEST(cli, help_documents_the_exit_codes) {
  for (const char* arguments : {"--help", "run --help"}) {
    const Ran ran = conform(arguments);
    EXPECT_EQ(ran.code, 0);
    EXPECT_TRUE(contains(ran, "130  interrupted")) << ran.output;
  }
  EXPECT_FALSE(contains(conform("--help"), "host-lib"));
}

TEST(cli, show_and_trace) {
  const Ran shown = conform("show jam-1/alu.add_64.sum_05 " + data);
  EXPECT_EQ(shown.code, 0);
  EXPECT_TRUE(contains(shown, "0x23 plus 0x20, then a trap")) << shown.output;
  EXPECT_TRUE(contains(shown, "spec/instructions.md#alu.add_64")) << shown.output;
  const Ran json = conform("show jam-1/alu.add_64.sum_05 --json " + data);
  EXPECT_EQ(nlohmann::json::parse(json.output)["id"], "jam-1/alu.add_64.sum_05");
  EXPECT_TRUE(contains(conform("trace jam-1/alu.add_64.sum_05 " + data), "a0 := 0x43"));
  EXPECT_TRUE(contains(conform("trace jam-1/alu.add_64.sum_05 --format jip7 " + data), "start pc=0 gas=1000000000 r08=0x23 r09=0x20\n"));
  const TemporaryDirectory temporary;
  EXPECT_EQ(conform("trace jam-1/alu.add_64.sum_05 --format streams --out '" + (temporary / "t") + "' " + data).code, 0);
  EXPECT_EQ(test::read_file(temporary / "t/opcode"), std::string("\xc8\0", 2));
  EXPECT_TRUE(contains(conform("trace jam-1/raw.exact.byte_after_bitmask " + data), "rejected, phase decode, reason bad_bitmask_length"));
}

TEST(cli, list_and_verify) {
  const TemporaryDirectory temporary;
  temporary.write("vectors/jam-1/alu.json", test::read_file(PVM_TEST_DATA "/jam-1.json"));
  auto manifest = conformance::build_manifest(temporary / "", "1.0.0", "1.0.0");
  temporary.write("manifest.json", conformance::print_manifest(std::get<conformance::Manifest>(manifest)));
  const std::string vectors = "--vectors '" + (temporary / "") + "' ";
  const Ran all = conform("list " + vectors);
  EXPECT_EQ(all.code, 0);
  EXPECT_EQ(std::count(all.output.begin(), all.output.end(), '\n'), 10);
  EXPECT_EQ(conform("list --only '*sum_05' " + vectors).output, "jam-1/alu.add_64.sum_05\n");
  EXPECT_EQ(conform("list --only '*.x' " + vectors).code, 2);
  EXPECT_EQ(nlohmann::json::parse(conform("list --json " + vectors).output).size(), 10U);
  const Ran good = conform("verify '" + (temporary / "") + "'");
  const bool canonical = good.code == 0;
  EXPECT_TRUE(contains(good, "1 files, 10 cases")) << good.output;
  std::ofstream(temporary / "vectors/jam-1/alu.json", std::ios::app) << " ";
  const Ran bad = conform("verify '" + (temporary / "") + "'");
  EXPECT_EQ(bad.code, 1) << canonical << bad.output;
  EXPECT_TRUE(contains(bad, "alu.json")) << bad.output;
}

TEST(cli, export_and_import_give_equal_verdicts) {
  const TemporaryDirectory temporary;
  const Ran exported = conform("export --dialect c --semantics jam-1 --out '" + (temporary / "c") + "' " + data);
  EXPECT_EQ(exported.code, 0) << exported.output;
  const Ran imported = conform("import --dialect c '" + (temporary / "c") + "' --out '" + (temporary / "native") + "'");
  EXPECT_EQ(imported.code, 0) << imported.output;
  const Ran ran = conform("run --target ref --vectors '" + (temporary / "native") + "'");
  EXPECT_EQ(ran.code, 0) << ran.output;
}

TEST(cli, serve_native) {
  const Ran ran =
      run_shell(std::string(R"(printf '%s\n' '{"hello":{"protocol":1}}' 'nonsense' '{"bye":{}}' 'unread' | ')") + PVM_CONFORM + "' serve");
  EXPECT_EQ(ran.code, 0);
  EXPECT_TRUE(contains(ran, "\"name\":\"pvm-ref\"")) << ran.output;
  EXPECT_EQ(std::count(ran.output.begin(), ran.output.end(), '\n'), 2);
}

TEST(cli, serve_blank_line) {
  const std::string request =
      R"({"name":"t","initial-regs":[0,0,0,0,0,0,0,0,0,0,0,0,0],"initial-pc":0,"initial-page-map":[],"initial-memory":[],"initial-gas":10,"program":[0,0,1,0,1],"expected-status":"panic","expected-regs":[0,0,0,0,0,0,0,0,0,0,0,0,0],"expected-pc":0,"expected-memory":[],"expected-gas":9})";
  const Ran ran =
      run_shell(R"(printf '%s\n\n%s\n\n' ')" + request + "' '" + request + "' | '" + PVM_CONFORM + "' serve --protocol blank-line");
  EXPECT_EQ(ran.code, 0) << ran.output;
  const std::size_t end = ran.output.find("\n\n");
  ASSERT_NE(end, std::string::npos) << ran.output;
  EXPECT_EQ(nlohmann::json::parse(ran.output.substr(0, end)), nlohmann::json::parse(request));
}

}  // namespace
}  // namespace pvm::runner
