// SPDX-License-Identifier: Apache-2.0 OR MIT
// Holds the document's table of differences against what the vectors show.
#include <algorithm>

#include "diff.hpp"
#include "glob.hpp"

namespace pvm::runner {
namespace {

using conformance::ParseError;

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blank_or_markup = " \t\r`";
  const std::size_t begin = text.find_first_not_of(blank_or_markup);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(blank_or_markup) - begin + 1);
}

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  while (true) {
    const std::size_t end = text.find(separator);
    if (const auto part = trimmed(text.substr(0, end)); !part.empty()) parts.emplace_back(part);
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

/// The next line of `text`, which loses it.
std::string_view take_line(std::string_view& text) {
  const std::size_t end = text.find('\n');
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return line;
}

bool is_known(const std::string& version) {
  return ref::semantics_named(version).has_value();
}

bool is_of_pair(const DifferenceRow& row, std::string_view a, std::string_view b) {
  return (row.version_a == a && row.version_b == b) || (row.version_a == b && row.version_b == a);
}

std::string unlisted(const std::string& clause, const ClauseFinding& finding) {
  std::string text = clause + " differs (";
  for (const std::string& part : finding.how) text.append(text.ends_with('(') ? "" : ", ").append(part);
  text += ")";
  if (!finding.examples.empty()) text += ", for example in " + finding.examples.front();
  return text + ", but the document does not list it";
}

}  // namespace

std::variant<std::vector<DifferenceRow>, ParseError> parse_differences(std::string_view text, const std::string& path) {
  std::vector<DifferenceRow> rows;
  std::size_t number = 0;
  bool in_table = false;
  while (!text.empty()) {
    const std::string_view line = take_line(text);
    ++number;
    if (!in_table) {
      in_table = trimmed(line) == "<!-- table: differences -->";
      continue;
    }
    if (!line.starts_with('|')) break;
    const auto cells = split(line, '|');
    if (cells.size() < 3) return ParseError{path, std::to_string(number) + ":1", "a row needs two versions, clauses and why"};
    if (cells[0] == "version A" || cells[0].starts_with("--") || cells[0].starts_with(":-")) continue;
    if (!is_known(cells[0]) || !is_known(cells[1])) return ParseError{path, std::to_string(number) + ":1", "unknown semantics version"};
    rows.push_back({cells[0], cells[1], split(cells[2], ',')});
  }
  if (rows.empty()) return ParseError{path, "", "has no table after <!-- table: differences -->"};
  return rows;
}

std::vector<std::string> check_differences(const VersionDiff& diff, const std::vector<DifferenceRow>& rows, std::string_view version_a,
                                           std::string_view version_b) {
  std::set<std::string> patterns;
  for (const DifferenceRow& row : rows) {
    if (is_of_pair(row, version_a, version_b)) patterns.insert(row.patterns.begin(), row.patterns.end());
  }
  std::vector<std::string> problems;
  for (const auto& [clause, finding] : diff.clauses) {
    const auto fits = [&, &id = clause](const std::string& pattern) { return glob_match(pattern, id); };
    if (std::any_of(patterns.begin(), patterns.end(), fits)) continue;
    problems.push_back(unlisted(clause, finding));
  }
  for (const std::string& pattern : patterns) {
    const auto fits = [&](const auto& entry) { return glob_match(pattern, entry.first); };
    if (std::none_of(diff.clauses.begin(), diff.clauses.end(), fits)) {
      problems.push_back("the document lists " + pattern + ", but no case and no table shows a difference there");
    }
  }
  return problems;
}

}  // namespace pvm::runner
