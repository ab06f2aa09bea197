// SPDX-License-Identifier: Apache-2.0 OR MIT
// The outcome of a mutant run as a table in Markdown, as JSON, and as a summary.
#include "report.hpp"

#include <nlohmann/json.hpp>
#include <ostream>

namespace pvm::mutants {
namespace {

std::string verdict_of(const Result& result) {
  const bool proved = !result.mutant->unobservable.empty();
  if (result.killer == nullptr) return proved ? "unobservable" : "SURVIVED";
  return proved ? "REFUTED" : "killed";
}

// Text inside a cell of a Markdown table.
std::string cell(std::string_view text) {
  std::string result;
  for (const char character : text) {
    if (character == '|') result += '\\';
    result += character;
  }
  return result;
}

}  // namespace

Summary summarise(const std::vector<Result>& results) {
  Summary summary;
  summary.mutants = results.size();
  for (const Result& result : results) {
    const bool proved = !result.mutant->unobservable.empty();
    if (result.killer == nullptr) {
      (proved ? summary.proved : summary.survived).push_back(&result);
      continue;
    }
    ++summary.killed;
    if (result.by_own_clause) ++summary.killed_by_own_clause;
    if (proved) summary.refuted.push_back(&result);
  }
  return summary;
}

void write_table(std::ostream& out, const std::vector<Result>& results) {
  out << "| mutant | clause | verdict | noticed by | that case is about | the fault |\n|---|---|---|---|---|---|\n";
  for (const Result& result : results) {
    const ref::Mutant& mutant = *result.mutant;
    out << "| " << mutant.name << " | " << mutant.clause << " | " << verdict_of(result);
    if (result.fate == Fate::crash || result.fate == Fate::hang) out << " (" << name_of(result.fate) << ')';
    out << " | ";
    if (result.killer != nullptr) {
      out << result.killer->id << " | " << (result.killer->clauses.empty() ? "" : result.killer->clauses.front());
    } else {
      out << "- | " << cell(mutant.unobservable);
    }
    out << " | " << cell(mutant.why) << " |\n";
  }
}

void write_summary(std::ostream& out, const Summary& summary) {
  for (const Result* result : summary.survived) {
    const ref::Mutant& mutant = *result->mutant;
    out << "SURVIVED " << mutant.name << " [" << mutant.clause << "]: " << mutant.why << "\n  ref/" << mutant.file << ": " << mutant.find
        << "\n  became: " << mutant.with << '\n';
  }
  for (const Result* result : summary.refuted) {
    out << "REFUTED " << result->mutant->name << ": listed as unobservable, but noticed by " << result->killer->id << '\n';
  }
  out << summary.mutants << " mutants: " << summary.killed << " killed (" << summary.killed_by_own_clause
      << " by a case that names the clause), " << summary.proved.size() << " proved unobservable, " << summary.survived.size()
      << " survived";
  if (!summary.refuted.empty()) out << ", " << summary.refuted.size() << " proofs refuted";
  out << '\n';
}

std::string to_json(const std::vector<Result>& results, std::size_t case_count) {
  const Summary summary = summarise(results);
  nlohmann::ordered_json json;
  json["cases"] = case_count;
  json["mutants"] = summary.mutants;
  json["killed"] = summary.killed;
  json["killed_by_own_clause"] = summary.killed_by_own_clause;
  json["unobservable"] = summary.proved.size();
  json["survived"] = summary.survived.size();
  json["refuted"] = summary.refuted.size();
  json["results"] = nlohmann::ordered_json::array();
  for (const Result& result : results) {
    nlohmann::ordered_json one;
    one["mutant"] = result.mutant->name;
    one["clause"] = result.mutant->clause;
    one["file"] = result.mutant->file;
    one["find"] = result.mutant->find;
    one["with"] = result.mutant->with;
    one["why"] = result.mutant->why;
    one["verdict"] = verdict_of(result);
    one["fate"] = name_of(result.fate);
    if (!result.mutant->unobservable.empty()) one["unobservable"] = result.mutant->unobservable;
    if (result.killer != nullptr) {
      one["killer"] = result.killer->id;
      one["killer_clauses"] = result.killer->clauses;
      one["own_clause"] = result.by_own_clause;
    }
    one["cases_run"] = result.cases_run;
    one["seconds"] = result.seconds;
    json["results"].push_back(std::move(one));
  }
  return json.dump(1) + "\n";
}

}  // namespace pvm::mutants
