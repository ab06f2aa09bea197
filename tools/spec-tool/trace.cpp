// SPDX-License-Identifier: Apache-2.0 OR MIT
// Collects mentions of clauses from comments and vectors, and compares them with the document.
#include "trace.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace pvm::spec {

namespace {

using nlohmann::json;

bool is_source(const std::filesystem::path& path) {
  const std::string extension = path.extension().string();
  return extension == ".cpp" || extension == ".hpp" || extension == ".h";
}

// Files below `root`/`directory` that `wanted` accepts, sorted; paths relative to `root`.
template <typename Predicate>
std::vector<std::string> files_below(const std::filesystem::path& root, const char* directory, Predicate wanted) {
  std::vector<std::string> out;
  std::error_code error;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root / directory, error)) {
    if (entry.is_regular_file() && wanted(entry.path())) out.push_back(std::filesystem::relative(entry.path(), root).generic_string());
  }
  std::sort(out.begin(), out.end());
  return out;
}

class Tracer {
 public:
  Tracer(const std::filesystem::path& root, const Document& document, const Isa& isa) : root_(root), document_(document), isa_(isa) {}

  TraceReport run() {
    clauses();
    for (const Reference& reference : document_.references) known(reference.id, reference.place);
    for (const std::string& file : files_below(root_, "ref", is_source)) comments(file, true);
    for (const std::string& file : files_below(root_, "tests", is_source)) comments(file, false);
    const auto is_json = [](const std::filesystem::path& path) { return path.extension() == ".json"; };
    for (const std::string& file : files_below(root_, "conformance/vectors", is_json)) vectors(file);
    for (const ClauseTrace& clause : report_.clauses) judge(clause);
    return std::move(report_);
  }

 private:
  void complain(Place place, std::string clause, std::string message) {
    report_.findings.push_back({std::move(place), std::move(clause), std::move(message)});
  }

  void clauses() {
    for (const Clause& clause : document_.clauses) {
      const auto [previous, fresh] = index_.try_emplace(clause.id, report_.clauses.size());
      if (!fresh) {
        complain(clause.place, clause.id, "the id is defined twice");
        continue;
      }
      std::vector<std::string> versions = resolve_tags(isa_.versions, clause.holds_in.tags, clause.place, clause.id, report_.findings);
      report_.clauses.push_back({clause.id, std::move(versions), {}, {}});
    }
  }

  // The trace of a clause, or nullptr after a complaint. An id "group.*" only has to have clauses, and gives nullptr.
  ClauseTrace* known(const std::string& id, const Place& place) {
    if (id.ends_with(".*")) {
      const std::string prefix = id.substr(0, id.size() - 1);
      const auto found = index_.lower_bound(prefix);
      if (found == index_.end() || !found->first.starts_with(prefix)) complain(place, "", "[" + id + "] names no clause");
      return nullptr;
    }
    const auto found = index_.find(id);
    if (found != index_.end()) return &report_.clauses[found->second];
    complain(place, "", "[" + id + "] names no clause");
    return nullptr;
  }

  void comments(const std::string& file, bool is_rule) {
    const std::optional<std::string> text = read_text(root_ / file);
    if (!text) return complain({file, 0}, "", "can't be read");
    std::size_t number = 0;
    for (const std::string& line : split(*text, '\n')) {
      ++number;
      const std::size_t comment = line.find("//");
      if (comment == std::string::npos) continue;
      for (const std::string& id : mentioned_ids(std::string_view(line).substr(comment))) {
        ClauseTrace* clause = known(id, {file, number});
        if (clause != nullptr && is_rule) clause->rules.push_back({file, number});
      }
    }
  }

  void vectors(const std::string& file) {
    const std::optional<std::string> text = read_text(root_ / file);
    if (!text) return complain({file, 0}, "", "can't be read");
    try {
      const json root = json::parse(*text);
      const std::string version = root.at("semantics");
      for (const json& item : root.at("cases")) {
        ++report_.cases;
        for (const json& id : item.at("clauses")) {
          const Place place{file + " (case " + item.at("id").get<std::string>() + ")", 0};
          if (ClauseTrace* clause = known(id.get<std::string>(), place)) ++clause->vectors[version];
        }
      }
    } catch (const json::exception& error) {
      complain({file, 0}, "", std::string("is no vector file: ") + error.what());
    }
  }

  void judge(const ClauseTrace& trace) {
    const Clause& clause = *document_.clause(trace.id);
    if (!clause.test_none && !clause.rule_none && trace.rules.empty()) complain(clause.place, clause.id, "has no rule in ref");
    if (clause.test_none) return;
    std::string missing;
    for (const std::string& version : trace.versions) {
      if (!trace.vectors.contains(version)) missing += (missing.empty() ? "" : ", ") + version;
    }
    if (!missing.empty()) complain(clause.place, clause.id, "has no vector in " + missing);
  }

  const std::filesystem::path& root_;
  const Document& document_;
  const Isa& isa_;
  std::map<std::string, std::size_t> index_;
  TraceReport report_;
};

json place_json(const Place& place) {
  return {{"file", place.file}, {"line", place.line}};
}

}  // namespace

TraceReport trace(const std::filesystem::path& root, const Document& document, const Isa& isa) {
  return Tracer(root, document, isa).run();
}

std::string trace_json(const TraceReport& report) {
  json clauses = json::array();
  for (const ClauseTrace& clause : report.clauses) {
    json rules = json::array();
    for (const Place& place : clause.rules) rules.push_back(place_json(place));
    clauses.push_back({{"id", clause.id}, {"versions", clause.versions}, {"rules", std::move(rules)}, {"vectors", clause.vectors}});
  }
  json findings = json::array();
  for (const Finding& finding : report.findings) {
    json item = place_json(finding.place);
    item["clause"] = finding.clause;
    item["message"] = finding.message;
    findings.push_back(std::move(item));
  }
  return json({{"schema", 1}, {"cases", report.cases}, {"clauses", std::move(clauses)}, {"findings", std::move(findings)}}).dump(1) + "\n";
}

}  // namespace pvm::spec
