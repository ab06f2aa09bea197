// SPDX-License-Identifier: Apache-2.0 OR MIT
// The report for a terminal.
#include <algorithm>
#include <cstdio>
#include <map>

#include "clause_link.hpp"
#include "reports.hpp"

namespace pvm::runner {
namespace {

using conformance::u64;

/// Writes colours where they are wanted.
class Paint {
 public:
  explicit Paint(bool on) : on_(on) {}
  std::string operator()(const char* code, const std::string& text) const {
    return on_ ? "\x1b[" + std::string(code) + "m" + text + "\x1b[0m" : text;
  }
  std::string bold(const std::string& text) const { return (*this)("1", text); }
  std::string dim(const std::string& text) const { return (*this)("2", text); }
  std::string of(Standing standing, const std::string& text) const {
    constexpr const char* codes[standing_count] = {"32", "31", "2", "33", "33", "35", "31"};
    return (*this)(codes[static_cast<std::size_t>(standing)], text);
  }

 private:
  bool on_;
};

constexpr const char* headings[standing_count] = {"pass", "fail", "unsupported", "error", "timeout", "expected", "unexpected"};

std::string right(const std::string& text, std::size_t width) {
  return std::string(width > text.size() ? width - text.size() : 0, ' ') + text;
}
std::string left(const std::string& text, std::size_t width) {
  return text + std::string(width > text.size() ? width - text.size() : 0, ' ');
}

/// The last two columns are only there if something stands in them.
bool has_column(std::size_t column, const Counts& total) {
  return column < 5 || total[column] != 0;
}

std::string table_row(const std::string& name, const Counts& counts, const Counts& total, const Paint& paint) {
  std::string row = left(name, 18);
  for (std::size_t column = 0; column < standing_count; ++column) {
    if (!has_column(column, total)) continue;
    const std::string cell = right(std::to_string(counts[column]), 13);
    row += counts[column] == 0 ? paint.dim(cell) : paint.of(static_cast<Standing>(column), cell);
  }
  return row + "\n";
}

std::string table(const RunReport& report, const Paint& paint) {
  std::map<ref::Semantics, Counts> by_version;
  for (const CaseResult& result : report.results) ++by_version[result.subject->semantics][static_cast<std::size_t>(result.standing())];
  const Counts total = count(report.results);
  std::string text = left("semantics", 18);
  for (std::size_t column = 0; column < standing_count; ++column) {
    if (has_column(column, total)) text += right(headings[column], 13);
  }
  text = paint.dim(text) + "\n";
  for (const auto& [version, counts] : by_version) text += table_row(std::string(ref::name_of(version)), counts, total, paint);
  return text + table_row("all", total, total, paint);
}

std::string indented(const std::string& text, const std::string& indent) {
  std::string result = indent;
  for (const char c : text) result += c == '\n' ? "\n" + indent : std::string(1, c);
  return result + "\n";
}

std::string program_lines(const CaseResult& result, const Paint& paint) {
  constexpr std::size_t most = 12;
  const auto& lines = result.subject->disassembly;
  std::string text;
  for (std::size_t index = 0; index < std::min(lines.size(), most); ++index) {
    const bool departs = result.departure && result.departure->pc && lines[index].starts_with(std::to_string(*result.departure->pc) + ":");
    text += departs ? paint("31", "  > " + lines[index]) + "\n" : "    " + lines[index] + "\n";
  }
  if (lines.size() > most) text += "    ... " + std::to_string(lines.size() - most) + " more\n";
  return text;
}

std::string detail(const CaseResult& result, const Paint& paint) {
  constexpr std::size_t most_differences = 20;
  const Standing standing = result.standing();
  std::string text = paint.of(standing, std::string(name_of(standing))) + " " + paint.bold(result.subject->id) + "\n";
  text += indented(result.subject->why, "  ");
  for (const std::string& clause : result.subject->clauses)
    text += "  " + paint.dim("clause ") + clause + "  " + paint.dim(clause_link(clause)) + "\n";
  if (const std::string why = explain(result); !why.empty()) text += indented(why, "  ");
  const std::size_t shown = std::min(result.differences.size(), most_differences);
  for (std::size_t index = 0; index < shown; ++index) {
    const auto& difference = result.differences[index];
    text += "  " + left(difference.member, 22) + " expected " + paint("32", clean_text(difference.expected)) + ", got " +
            paint("31", clean_text(difference.actual)) + "\n";
  }
  if (shown < result.differences.size()) text += "  ... " + std::to_string(result.differences.size() - shown) + " more differences\n";
  if (result.departure) text += "  first departure from the reference: " + clean_text(result.departure->text) + "\n";
  if (result.traces_agree) text += "  the traces agree step by step; the difference is in the exit or in what is reported of it\n";
  return text + program_lines(result, paint) + "\n";
}

std::string seconds_text(double seconds) {
  char text[32];
  static_cast<void>(std::snprintf(text, sizeof text, "%.2f s", seconds));
  return text;
}

}  // namespace

std::string closing_line(const RunReport& report) {
  const Counts counts = count(report.results);
  const auto number = [&](Standing standing) { return std::to_string(count_of(counts, standing)); };
  std::string line = number(Standing::pass) + " passed, " + number(Standing::fail) + " failed, " + number(Standing::unsupported) +
                     " unsupported, " + number(Standing::error) + " errors, " + number(Standing::timeout) + " timeouts";
  if (count_of(counts, Standing::expected) != 0) line += ", " + number(Standing::expected) + " expected failures";
  if (count_of(counts, Standing::unexpected) != 0) line += ", " + number(Standing::unexpected) + " unexpected passes";
  return line + " in " + seconds_text(report.seconds);
}

std::string summary_text(const RunReport& report, bool colour, std::size_t max_details) {
  const Paint paint(colour);
  const u64 bad = bad_count(count(report.results));
  std::string text;
  std::size_t shown = 0;
  for (const CaseResult& result : report.results) {
    if (is_bad(result.standing()) && shown++ < max_details) text += detail(result, paint);
  }
  if (bad > max_details)
    text += paint.dim("... and " + std::to_string(bad - max_details) + " more; --json, --junit and --html list all") + "\n\n";
  text += clean_text(report.target.name + " " + report.target.version) + (report.suite.empty() ? "" : ", suite " + report.suite) +
          (report.spec.empty() ? "" : ", document " + report.spec) + "\n";
  text += table(report, paint);
  if (report.restarts != 0) text += "The target was started again " + std::to_string(report.restarts) + " times.\n";
  if (report.quiet_deaths != 0) {
    text += "The target ended " + std::to_string(report.quiet_deaths) + " times between two cases; no case was lost by that.\n";
  }
  if (!report.incomplete.empty()) text += paint("31", report.incomplete) + "\n";
  const bool good = bad == 0 && report.incomplete.empty();
  return text + paint(good ? "1;32" : "1;31", closing_line(report)) + "\n";
}

}  // namespace pvm::runner
