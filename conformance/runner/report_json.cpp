// SPDX-License-Identifier: Apache-2.0 OR MIT
// The report as JSON.
#include <nlohmann/json.hpp>

#include "reports.hpp"

namespace pvm::runner {
namespace {

using Json = nlohmann::ordered_json;

Json target_json(const RunReport& report) {
  return {{"command", clean_text(report.command)},
          {"name", clean_text(report.target.name)},
          {"version", clean_text(report.target.version)},
          {"semantics", report.target.semantics},
          {"features", report.target.features}};
}

Json counts_json(const RunReport& report) {
  const Counts counts = count(report.results);
  Json json;
  for (std::size_t index = 0; index < standing_count; ++index) json[std::string(name_of(static_cast<Standing>(index)))] = counts[index];
  return json;
}

Json departure_json(const Departure& departure) {
  Json json = {{"step", departure.step}};
  if (departure.pc) json["pc"] = *departure.pc;
  json["text"] = clean_text(departure.text);
  return json;
}

Json result_json(const CaseResult& result) {
  Json json = {{"id", result.subject->id}, {"verdict", conformance::name_of(result.verdict)}, {"standing", name_of(result.standing())}};
  json["clauses"] = result.subject->clauses;
  json["seconds"] = result.seconds;
  if (const std::string why = explain(result); !why.empty()) json["message"] = why;
  for (const auto& difference : result.differences) {
    json["differences"].push_back(
        {{"member", difference.member}, {"expected", clean_text(difference.expected)}, {"actual", clean_text(difference.actual)}});
  }
  if (result.departure) json["departure"] = departure_json(*result.departure);
  return json;
}

}  // namespace

std::string json_report(const RunReport& report) {
  Json json = {{"schema", 1}, {"tool", "pvm-conform " PVM_VERSION}, {"target", target_json(report)}};
  json["suite"] = report.suite;
  json["spec"] = report.spec;
  json["date"] = report.date;
  json["seconds"] = report.seconds;
  json["counts"] = counts_json(report);
  json["restarts"] = report.restarts;
  if (!report.incomplete.empty()) json["incomplete"] = report.incomplete;
  const auto dump = [](const Json& value) { return value.dump(-1, ' ', false, Json::error_handler_t::replace); };
  // One result per line: easy to search, and no second tree of the whole report in memory.
  std::string text = dump(json);
  text.pop_back();
  text += ",\n\"results\":[";
  for (std::size_t index = 0; index < report.results.size(); ++index)
    text += (index == 0 ? "\n" : ",\n") + dump(result_json(report.results[index]));
  return text + "\n]}\n";
}

}  // namespace pvm::runner
