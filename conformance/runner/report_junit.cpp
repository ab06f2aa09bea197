// SPDX-License-Identifier: Apache-2.0 OR MIT
// The report as JUnit XML.
#include <cstdio>
#include <map>

#include "clause_link.hpp"
#include "reports.hpp"

namespace pvm::runner {
namespace {

/// Text as XML content or attribute value; what XML can't hold is replaced.
std::string escaped(std::string_view text) {
  std::string result;
  for (const char c : clean_text(text)) {
    switch (c) {
      case '&': result += "&amp;"; break;
      case '<': result += "&lt;"; break;
      case '>': result += "&gt;"; break;
      case '"': result += "&quot;"; break;
      case '\n': result += "&#10;"; break;
      case '\t': result += "&#9;"; break;
      default: result += c;
    }
  }
  return result;
}

std::string attribute(const char* name, std::string_view value) {
  return " " + std::string(name) + "=\"" + escaped(value) + "\"";
}

std::string attribute(const char* name, double seconds) {
  char text[48];
  static_cast<void>(std::snprintf(text, sizeof text, "%.6f", seconds));
  return attribute(name, std::string_view(text));
}

/// tests, failures, errors, skipped, time.
std::string totals(const Counts& counts, double seconds) {
  conformance::u64 tests = 0;
  for (const conformance::u64 part : counts) tests += part;
  const auto number = [&](const char* name, conformance::u64 value) { return attribute(name, std::string_view(std::to_string(value))); };
  return number("tests", tests) + number("failures", count_of(counts, Standing::fail) + count_of(counts, Standing::unexpected)) +
         number("errors", count_of(counts, Standing::error) + count_of(counts, Standing::timeout)) +
         number("skipped", count_of(counts, Standing::unsupported) + count_of(counts, Standing::expected)) + attribute("time", seconds);
}

std::string body_of(const CaseResult& result) {
  std::string text = result.subject->why + "\n";
  for (const std::string& clause : result.subject->clauses) text += "clause " + clause + " (" + clause_link(clause) + ")\n";
  if (const std::string why = explain(result); !why.empty()) text += why + "\n";
  for (const auto& difference : result.differences) text += conformance::to_text(difference) + "\n";
  if (result.departure) text += "first departure from the reference: " + result.departure->text + "\n";
  for (const std::string& line : result.subject->disassembly) text += "  " + line + "\n";
  return text;
}

std::string headline(const CaseResult& result) {
  if (!result.differences.empty()) return conformance::to_text(result.differences.front());
  const std::string why = explain(result);
  return why.substr(0, why.find('\n'));
}

std::string outcome(const CaseResult& result) {
  const Standing standing = result.standing();
  if (standing == Standing::pass) return "";
  if (standing == Standing::unsupported || standing == Standing::expected) return "<skipped" + attribute("message", explain(result)) + "/>";
  const std::string tag = standing == Standing::fail || standing == Standing::unexpected ? "failure" : "error";
  return "<" + tag + attribute("message", headline(result)) + attribute("type", name_of(standing)) + ">" + escaped(body_of(result)) + "</" +
         tag + ">";
}

std::string test_case(const CaseResult& result, const std::string& suite) {
  return "    <testcase" + attribute("name", result.subject->id) + attribute("classname", suite) + attribute("time", result.seconds) + ">" +
         outcome(result) + "</testcase>\n";
}

}  // namespace

std::string junit_report(const RunReport& report) {
  std::map<std::string, std::vector<const CaseResult*>> suites;
  for (const CaseResult& result : report.results) {
    const std::string clause = result.subject->clauses.empty() ? "imported" : result.subject->clauses.front();
    suites["pvm." + std::string(ref::name_of(result.subject->semantics)) + "." + std::string(group_of(clause))].push_back(&result);
  }
  std::string text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites" + attribute("name", std::string_view("pvm-conform")) +
                     totals(count(report.results), report.seconds) + ">\n";
  for (const auto& [name, results] : suites) {
    Counts counts{};
    double seconds = 0;
    std::string cases;
    for (const CaseResult* result : results) {
      ++counts[static_cast<std::size_t>(result->standing())];
      seconds += result->seconds;
      cases += test_case(*result, name);
    }
    text += "  <testsuite" + attribute("name", std::string_view(name)) + totals(counts, seconds) + attribute("timestamp", report.date) +
            ">\n" + "    <properties><property" + attribute("name", std::string_view("target")) +
            attribute("value", report.target.name + " " + report.target.version) + "/></properties>\n" + cases + "  </testsuite>\n";
  }
  return text + "</testsuites>\n";
}

}  // namespace pvm::runner
