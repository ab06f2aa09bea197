// SPDX-License-Identifier: Apache-2.0 OR MIT
// pvm-conform diff: what two semantics versions observably differ in.
#include <filesystem>
#include <iostream>
#include <nlohmann/json.hpp>

#include "clause_link.hpp"
#include "commands.hpp"
#include "diff.hpp"
#include "exit_code.hpp"
#include "pvm/conformance/json_io.hpp"

namespace pvm::runner {
namespace {

using conformance::ParseError;

std::string joined(const auto& parts, std::size_t most) {
  std::string text;
  std::size_t count = 0;
  for (const std::string& part : parts) {
    if (count++ == most) return text + ", ... (" + std::to_string(parts.size()) + ")";
    text += (text.empty() ? "" : ", ") + part;
  }
  return text;
}

std::string as_text(const VersionDiff& diff) {
  std::string text;
  for (const auto& [clause, finding] : diff.clauses) {
    text += clause + "  " + clause_link(clause) + "\n  " + joined(finding.how, 8) + "\n";
    if (!finding.examples.empty()) text += "  in " + joined(finding.examples, 3) + "\n";
  }
  return text + std::to_string(diff.clauses.size()) + " clauses differ; " + std::to_string(diff.compared) + " shared cases compared, " +
         std::to_string(diff.differing) + " differ; " + std::to_string(diff.not_comparable) +
         " of one name ask something else of each version; " + std::to_string(diff.unshared) + " stand in one version only\n";
}

std::string as_json(const VersionDiff& diff, const DiffOptions& options) {
  nlohmann::ordered_json json = {{"a", options.a}, {"b", options.b}, {"compared", diff.compared}, {"differing", diff.differing}};
  json["not_comparable"] = diff.not_comparable;
  json["unshared"] = diff.unshared;
  json["clauses"] = nlohmann::ordered_json::array();
  for (const auto& [clause, finding] : diff.clauses)
    json["clauses"].push_back({{"clause", clause}, {"how", finding.how}, {"cases", finding.examples}});
  return json.dump(1) + "\n";
}

int check(const VersionDiff& diff, const DiffOptions& options) {
  const std::string path = options.document.empty() ? PVM_CONFORMANCE_SOURCE_DIR "/../spec/differences.md" : options.document;
  const std::string shown = std::filesystem::path(path).lexically_normal().string();
  const auto text = conformance::read_text(path);
  if (const auto* error = std::get_if<ParseError>(&text)) return complain(*error);
  const auto rows = parse_differences(std::get<std::string>(text), shown);
  if (const auto* error = std::get_if<ParseError>(&rows)) return complain(*error);
  const auto problems = check_differences(diff, std::get<std::vector<DifferenceRow>>(rows), options.a, options.b);
  for (const std::string& problem : problems) std::cout << shown << ": " << options.a << " and " << options.b << ": " << problem << "\n";
  std::cout << options.a << " and " << options.b << ": " << diff.clauses.size() << " differing clauses, " << problems.size()
            << " disagreements with the document\n";
  return problems.empty() ? exit_passed : exit_failed;
}

}  // namespace

int diff_command(const DiffOptions& options) {
  const auto a = ref::semantics_named(options.a);
  const auto b = ref::semantics_named(options.b);
  if (!a || !b) return complain("unknown semantics version '" + (a ? options.b : options.a) + "'");
  if (a == b) return complain("two different versions are needed");
  const auto suite_a = load_suite({options.selection.vectors, {*a}, {}});
  if (const auto* error = std::get_if<ParseError>(&suite_a)) return complain(*error);
  const auto suite_b = load_suite({options.selection.vectors, {*b}, {}});
  if (const auto* error = std::get_if<ParseError>(&suite_b)) return complain(*error);
  const VersionDiff diff = diff_versions(std::get<Suite>(suite_a).cases, std::get<Suite>(suite_b).cases, *a, *b);
  if (options.check) return check(diff, options);
  std::cout << (options.json ? as_json(diff, options) : as_text(diff)) << std::flush;
  return exit_passed;
}

}  // namespace pvm::runner
