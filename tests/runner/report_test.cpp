// SPDX-License-Identifier: Apache-2.0 OR MIT
// Reports: counts, escaping of hostile text, well-formedness.
#include "reports.hpp"

#include <nlohmann/json.hpp>

#include "clause_link.hpp"
#include "expected.hpp"
#include "progress.hpp"
#include "session.hpp"
#include "support.hpp"

namespace pvm::runner {
namespace {

using test::TemporaryDirectory;

const std::string hostile = "</script><b>&\"'\x1b[31m\x01\xff\xfe\xed\xa0\x80]]>\xe2\x80\xa8\n\ttail";

/// A report in which every standing occurs, with hostile text wherever a target can place some.
class ReportTest : public testing::Test {
 protected:
  ReportTest() {
    report.target = {1, "vm " + hostile, "1.0", {"rv64-1"}, {"raw"}};
    report.command = "cmd:" + hostile;
    report.date = "2026-01-31T12:00:00Z";
    report.seconds = 1.5;
    const Verdict verdicts[] = {Verdict::pass,    Verdict::fail, Verdict::unsupported, Verdict::error,
                                Verdict::timeout, Verdict::fail, Verdict::pass};
    for (std::size_t index = 0; index < suite.cases.size(); ++index) {
      CaseResult result;
      result.subject = &suite.cases[index];
      result.verdict = index < 7 ? verdicts[index] : Verdict::pass;
      if (index == 5 || index == 6) result.listed = &listed;
      if (result.verdict == Verdict::error) result.message = hostile;
      if (result.verdict == Verdict::fail) {
        result.differences = {{"steps[0].regs.a0", "0x1", hostile}, {"rejected.reason", "bad_magic", "none"}};
        result.departure = Departure{1, 0, "after step 1: " + hostile};
      }
      result.finished = true;
      report.results.push_back(result);
    }
  }

  Suite suite = test::load_data();
  ExpectedFailure listed{"*", "known <bug>", "https://example.org/?a&b"};
  RunReport report;
};

TEST_F(ReportTest, counts_and_closing_line) {
  EXPECT_EQ(closing_line(report),
            "24 passed, 1 failed, 1 unsupported, 1 errors, 1 timeouts, 1 expected failures, 1 unexpected passes in 1.50 s");
  EXPECT_EQ(bad_count(count(report.results)), 4U);
}

TEST_F(ReportTest, terminal_text_has_no_foreign_control_characters) {
  const std::string text = summary_text(report, false, 10);
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
  EXPECT_EQ(text.find('\x01'), std::string::npos);
  EXPECT_NE(text.find("spec/instructions.md#alu.add_64"), std::string::npos);
  EXPECT_NE(text.find("steps[0].regs.a0"), std::string::npos);
  EXPECT_NE(text.find("> 0: add_64 a0, a1, a2"), std::string::npos);
  EXPECT_TRUE(text.ends_with(closing_line(report) + "\n"));
  EXPECT_NE(summary_text(report, false, 1).find("and 3 more"), std::string::npos);
  EXPECT_NE(summary_text(report, true, 1).find("\x1b["), std::string::npos);
}

TEST_F(ReportTest, json_is_complete) {
  const auto json = nlohmann::json::parse(json_report(report));
  EXPECT_EQ(json["results"].size(), 30U);
  EXPECT_EQ(json["counts"]["pass"], 24);
  EXPECT_EQ(json["counts"]["unexpected"], 1);
  EXPECT_EQ(json["results"][1]["differences"][0]["expected"], "0x1");
  EXPECT_EQ(json["results"][1]["departure"]["pc"], 0);
  EXPECT_EQ(json["results"][5]["standing"], "expected");
}

TEST_F(ReportTest, json_fits_its_schema) {
  const TemporaryDirectory temporary;
  const std::string path = temporary.write("report.json", json_report(report));
  const auto ran =
      test::run_shell(std::string("'") + PVM_PYTHON +
                      "' -c 'import json, jsonschema, sys; jsonschema.validate(*(json.load(open(p)) for p in sys.argv[1:]))' '" + path +
                      "' '" PVM_REPORT_SCHEMA "'");
  EXPECT_EQ(ran.code, 0) << ran.output;
}

TEST_F(ReportTest, junit_validates) {
  const TemporaryDirectory temporary;
  const std::string path = temporary.write("junit.xml", junit_report(report));
  const auto ran = test::run_shell("xmllint --noout --schema '" PVM_JUNIT_SCHEMA "' '" + path + "'");
  EXPECT_EQ(ran.code, 0) << ran.output;
  const std::string text = test::read_file(path);
  EXPECT_NE(text.find("tests=\"30\" failures=\"2\" errors=\"2\" skipped=\"2\""), std::string::npos);
}

TEST_F(ReportTest, html_carries_the_data_and_no_foreign_markup) {
  const std::string page = html_report(report);
  const std::string begin = R"(<script type="application/json" id="data">)";
  const std::size_t at = page.find(begin) + begin.size();
  const std::string data = page.substr(at, page.find("</script>", at) - at);
  const auto json = nlohmann::json::parse(data);
  EXPECT_EQ(json["cases"].size(), 30U);
  EXPECT_EQ(page.find("<b>"), std::string::npos);
  EXPECT_EQ(page.find("%DATA%"), std::string::npos);
  EXPECT_EQ(page.find("http://"), page.npos);
  for (const char c : data) EXPECT_GE(c, '\n');
}

TEST_F(ReportTest, empty_report_is_well_formed) {
  report.results.clear();
  EXPECT_TRUE(nlohmann::json::accept(json_report(report)));
  const TemporaryDirectory temporary;
  const std::string path = temporary.write("junit.xml", junit_report(report));
  EXPECT_EQ(test::run_shell("xmllint --noout --schema '" PVM_JUNIT_SCHEMA "' '" + path + "'").code, 0);
}

TEST(clean_text, keeps_utf8_and_replaces_the_rest) {
  const std::string mark = "\xef\xbf\xbd";
  EXPECT_EQ(clean_text("a\n\tb \xc3\xa4 \xe2\x82\xac \xf0\x9f\x99\x82"), "a\n\tb \xc3\xa4 \xe2\x82\xac \xf0\x9f\x99\x82");
  EXPECT_EQ(clean_text(std::string("\0\x1b\x7f\r", 4)), mark + mark + mark + mark);
  EXPECT_EQ(clean_text("\xff\xc0\x80"), mark + mark + mark);
  EXPECT_EQ(clean_text("\xe2\x82"), mark + mark);
  EXPECT_EQ(clean_text("\xed\xa0\x80"), mark + mark + mark);
  EXPECT_EQ(clean_text("\xc2\x9b"), mark);
  EXPECT_EQ(clean_text("\xef\xbf\xbf"), mark);
}

TEST(clause_link, knows_the_chapters) {
  EXPECT_EQ(clause_link("access.range"), "spec/memory.md#access.range");
  EXPECT_EQ(clause_link("host.map"), "spec/memory.md#host.map");
  EXPECT_EQ(clause_link("host.registers"), "spec/execution.md#host.registers");
  EXPECT_EQ(clause_link("alu.add_64"), "spec/instructions.md#alu.add_64");
  EXPECT_EQ(clause_link("nonsense"), "spec/semantics.md#nonsense");
}

TEST(clause_link, agrees_with_the_document) {
  const std::filesystem::path root = std::filesystem::path(PVM_JUNIT_SCHEMA).parent_path().parent_path().parent_path();
  for (const char* chapter : {"semantics", "containers", "decoding", "instructions", "memory", "execution", "gas"}) {
    const std::string file = "spec/" + std::string(chapter) + ".md";
    std::istringstream text(test::read_file((root / file).string()));
    for (std::string line; std::getline(text, line);) {
      if (!line.starts_with("### [")) continue;
      const std::string clause = line.substr(5, line.find(']') - 5);
      EXPECT_EQ(chapter_of(clause), file) << clause;
    }
  }
}

TEST(expected, is_read_strictly) {
  const std::set<std::string> ids = {"rv64-1/a.b"};
  const auto problem = [&](const std::string& text) {
    const auto parsed = parse_expected(text, "known.json", ids);
    const auto* error = std::get_if<conformance::ParseError>(&parsed);
    return error != nullptr ? conformance::to_text(*error) : "fine";
  };
  EXPECT_EQ(problem(R"({"schema":1,"expected":[{"id":"*/a.?","reason":"r","link":"l"}]})"), "fine");
  EXPECT_EQ(problem(R"({"schema":1,"expected":[]})"), "fine");
  EXPECT_EQ(problem(R"({"schema":2,"expected":[]})"), "known.json: /schema: this program reads schema 1");
  EXPECT_EQ(problem(R"({"schema":1})"), "known.json: lacks the member 'expected'");
  EXPECT_EQ(problem(R"({"schema":1,"expected":{}})"), "known.json: /expected: must be an array");
  EXPECT_EQ(problem(R"({"schema":1,"expected":[{"id":"x","reason":"r"}]})"), "known.json: /expected/0/id: fits no case of the suite");
  EXPECT_EQ(problem(R"({"schema":1,"expected":[{"id":"*","reason":""}]})"),
            "known.json: /expected/0/reason: must be a string with something in it");
  EXPECT_EQ(problem(R"({"schema":1,"expected":[{"id":"*","reason":"r","x":1}]})"), "known.json: /expected/0/x: unknown member");
  EXPECT_NE(problem("{"), "fine");
}

TEST(progress, fits_its_line) {
  EXPECT_EQ(progress_line({5, 10, 0, 0.1}, 79), "[############............] 5/10");
  EXPECT_EQ(progress_line({5, 10, 2, 5.0}, 79), "[############............] 5/10  2 not passed  1/s  5 s left");
  EXPECT_EQ(progress_line({5, 10, 2, 5.0}, 30), "5/10  2 not passed  1/s  5 s l");
}

}  // namespace
}  // namespace pvm::runner
