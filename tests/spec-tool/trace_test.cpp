// SPDX-License-Identifier: Apache-2.0 OR MIT
// Tracing clauses through a small tree of files.
#include "trace.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

namespace pvm::spec {
namespace {

// Taken apart, lest this file be found to name clauses that don't exist.
const std::string comment = std::string("/") + "/ ";

class Trace : public testing::Test {
 protected:
  void SetUp() override {
    root_ = std::filesystem::temp_directory_path() /
            ("pvm-trace-" + std::string(testing::UnitTest::GetInstance()->current_test_info()->name()) + "-" + std::to_string(::getpid()));
    std::filesystem::remove_all(root_);
    write("spec/semantics.md",
          "<!-- table: versions -->\n| id | blob version byte | register bits | gas models |\n|---|---|---|---|\n"
          "| one-1 | 0 | 64 | flat-1 |\n| two-1 | - | 64 | flat-1 |\n\n"
          "### [x.rule] Rule\n\nSee [x.old].\n\n### [x.old] Old\n\nHolds in  one-1\n\n### [x.word] Word\n\nTest  none: a definition\n\n"
          "### [x.absent] Absent\n\nRule  none: says what isn't done\n");
  }
  void TearDown() override { std::filesystem::remove_all(root_); }

  void write(const std::string& name, const std::string& text) {
    std::filesystem::create_directories((root_ / name).parent_path());
    std::ofstream(root_ / name) << text;
  }

  TraceReport run() {
    std::vector<Finding> ignored;
    const Document document = read_document(root_, ignored);
    return trace(root_, document, read_isa(document, ignored));
  }

  static std::vector<std::string> texts(const TraceReport& report) {
    std::vector<std::string> out;
    for (const Finding& finding : report.findings) out.push_back(to_string(finding));
    return out;
  }

  std::filesystem::path root_;
};

std::string vectors(const char* version, const char* clauses) {
  return std::string(R"({"schema": 1, "semantics": ")") + version + R"(", "group": "x", "cases": [{"id": "c", "clauses": [)" + clauses +
         "]}]}";
}

TEST_F(Trace, FindsClausesWithoutRuleOrVector) {
  EXPECT_EQ(texts(run()),
            (std::vector<std::string>{
                "spec/semantics.md:7: [x.rule] has no rule in ref", "spec/semantics.md:7: [x.rule] has no vector in one-1, two-1",
                "spec/semantics.md:11: [x.old] has no rule in ref", "spec/semantics.md:11: [x.old] has no vector in one-1",
                "spec/semantics.md:19: [x.absent] has no vector in one-1, two-1"}));
}

TEST_F(Trace, IsContentWhenAllIsThere) {
  write("ref/a.cpp", "int m[2];  " + comment + "[x.rule] and [x.*]\n");
  write("ref/include/a.hpp", "/" + comment + "[x.old]\n");
  write("conformance/vectors/one-1/x.json", vectors("one-1", R"("x.rule", "x.old", "x.absent")"));
  write("conformance/vectors/two-1/x.json", vectors("two-1", R"("x.rule", "x.absent")"));
  const TraceReport report = run();
  EXPECT_EQ(texts(report), std::vector<std::string>{});
  EXPECT_EQ(report.cases, 2);
  EXPECT_EQ(report.clauses[0].vectors.at("two-1"), 1);
  ASSERT_EQ(report.clauses[0].rules.size(), 1u);
  EXPECT_EQ(report.clauses[0].rules[0].line, 1u);
  EXPECT_NE(trace_json(report).find("\"findings\": []"), std::string::npos);
}

TEST_F(Trace, FindsUnknownAndDoubleIds) {
  write("ref/a.cpp", "x[op.a] = 1;\n" + comment + "[x.gone]\n" + comment + "[y.*]\n");
  write("tests/t.cpp", comment + "[x.lost]\n");
  write("conformance/vectors/one-1/x.json", vectors("one-1", R"("x.none")"));
  write("conformance/vectors/one-1/bad.json", "{");
  write("spec/extra.md", "### [x.rule] Again\n\n[x.nowhere]\n");
  const std::vector<std::string> found = texts(run());
  const auto has = [&](const std::string& start) {
    return std::any_of(found.begin(), found.end(), [&](const std::string& text) { return text.starts_with(start); });
  };
  EXPECT_TRUE(has("ref/a.cpp:2: [x.gone] names no clause"));
  EXPECT_TRUE(has("ref/a.cpp:3: [y.*] names no clause"));
  EXPECT_TRUE(has("tests/t.cpp:1: [x.lost] names no clause"));
  EXPECT_TRUE(has("conformance/vectors/one-1/x.json (case c): [x.none] names no clause"));
  EXPECT_TRUE(has("conformance/vectors/one-1/bad.json: is no vector file"));
  EXPECT_TRUE(has("spec/extra.md:1: [x.rule] the id is defined twice"));
  EXPECT_TRUE(has("spec/extra.md:3: [x.nowhere] names no clause"));
}

}  // namespace
}  // namespace pvm::spec
