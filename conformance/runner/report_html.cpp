// SPDX-License-Identifier: Apache-2.0 OR MIT
// The report as one HTML page: the data as compact JSON inside a fixed page (html/), which draws itself.
#include <nlohmann/json.hpp>

#include "clause_link.hpp"
#include "pvm/ref/decode.hpp"
#include "report_page.hpp"
#include "reports.hpp"

namespace pvm::runner {
namespace {

using Json = nlohmann::ordered_json;

std::string joined(const std::vector<std::string>& parts, char separator) {
  std::string text;
  for (const std::string& part : parts) text += (text.empty() ? "" : std::string(1, separator)) + part;
  return text;
}

/// What the page shows of a case that isn't simply passed.
Json extra(const CaseResult& result) {
  Json json = Json::object();
  if (!result.message.empty()) json["message"] = clean_text(result.message);
  for (const auto& difference : result.differences) {
    // "steps[2].regs.a0" reads better as a place and a member.
    const std::size_t dot = difference.member.find('.');
    const bool has_place = difference.member.starts_with("steps[") && dot != std::string::npos;
    json["differences"].push_back({has_place ? "step " + difference.member.substr(6, dot - 7) : "",
                                   has_place ? difference.member.substr(dot + 1) : difference.member, clean_text(difference.expected),
                                   clean_text(difference.actual)});
  }
  if (result.departure) {
    json["departure"] = {{"text", clean_text(result.departure->text)}};
    if (result.departure->pc) json["departure"]["pc"] = *result.departure->pc;
  }
  if (result.traces_agree)
    json["departure"] = {{"text", "None: the traces agree step by step. The difference is in the exit or in what is reported of it."}};
  if (result.listed != nullptr)
    json["expected"] = result.listed->reason + (result.listed->link.empty() ? "" : " (" + result.listed->link + ")");
  return json;
}

// --- what a case expects, in few words ---

std::string position_text(const char* name, const conformance::Position& position) {
  if (!position) return "";
  return std::string(", ") + name + " " + (*position ? std::to_string(**position) : std::string("none"));
}

/// The registers that the case says to be other than before it.
std::string changed_registers(const conformance::Post& post, const conformance::Registers& before) {
  std::string text;
  for (conformance::u8 number = 0; post.regs && number < 13; ++number) {
    const conformance::u64 value = (*post.regs)[number];
    if (value != before[number]) text += ", " + std::string(ref::register_name(number)) + " " + conformance::hex_u64(value);
  }
  return text;
}

std::string post_text(const conformance::Post& post, const conformance::Registers& before) {
  std::string text = post.status ? std::string(ref::name_of(*post.status)) : "any exit";
  text += position_text("pc", post.pc) + position_text("next pc", post.next_pc);
  if (post.gas) text += ", gas " + conformance::hex_i64(*post.gas);
  if (post.host_call) text += ", host call " + conformance::hex_u64(*post.host_call);
  if (post.fault) text += ", fault at " + conformance::hex_u64(post.fault->address);
  text += changed_registers(post, before);
  for (const auto& part : post.memory)
    text += ", " + conformance::hex_bytes(part.bytes).substr(0, 32) + (part.bytes.size() > 16 ? "..." : "") + " at " +
            conformance::hex_u64(part.address);
  return text;
}

std::string expectation_text(const conformance::Case& c) {
  if (const auto* rejected = std::get_if<conformance::Rejected>(&c.body)) {
    return "rejected" + (rejected->phase ? ", phase " + std::string(ref::name_of(*rejected->phase)) : std::string()) +
           (rejected->reason ? ", " + std::string(ref::name_of(*rejected->reason)) : std::string());
  }
  std::string text;
  const auto add = [&](const std::string& line) { text += (text.empty() ? "" : "\n") + line; };
  if (const auto* costs = std::get_if<conformance::BlockCosts>(&c.body)) {
    for (const auto& block : *costs) add("block at " + std::to_string(block.pc) + " costs " + std::to_string(block.cost));
    return text;
  }
  const auto& execution = std::get<conformance::Execution>(c.body);
  for (std::size_t index = 0; index < execution.steps.size(); ++index) {
    const auto* run = std::get_if<conformance::RunStep>(&execution.steps[index]);
    if (run == nullptr) continue;
    add("step " + std::to_string(index) + ": " +
        post_text(run->post.any_of.front(), execution.pre.regs.value_or(conformance::Registers{})));
    if (run->post.any_of.size() > 1) text += " (or another of " + std::to_string(run->post.any_of.size()) + " alternatives)";
  }
  return text;
}

Json case_json(const CaseResult& result) {
  const conformance::Case& c = *result.subject;
  const std::string clauses = c.clauses.empty() ? "imported" : joined(c.clauses, ' ');
  Json json = {c.id,
               static_cast<int>(c.semantics),
               static_cast<int>(result.standing()),
               c.why,
               clauses,
               joined(c.disassembly, '\n'),
               expectation_text(c)};
  if (Json more = extra(result); !more.empty()) json.push_back(std::move(more));
  return json;
}

/// JSON that can stand inside a script element: no "<" that could end it, no line separators that older scripts stumble over.
std::string embeddable(const Json& json) {
  std::string text;
  for (const char c : json.dump(-1, ' ', true, Json::error_handler_t::replace)) {
    if (c == '<') {
      text += "\\u003c";
    } else if (c == '>') {
      text += "\\u003e";
    } else if (c == '&') {
      text += "\\u0026";
    } else {
      text += c;
    }
  }
  return text;
}

Json page_data(const RunReport& report) {
  Json json = {{"tool", "pvm-conform " PVM_VERSION},
               {"suite", report.suite},
               {"spec", report.spec},
               {"date", report.date},
               {"seconds", report.seconds}};
  json["target"] = {
      {"name", clean_text(report.target.name)}, {"version", clean_text(report.target.version)}, {"command", clean_text(report.command)}};
  json["incomplete"] = report.incomplete;
  for (std::size_t index = 0; index < standing_count; ++index) json["verdicts"].push_back(name_of(static_cast<Standing>(index)));
  for (const ref::Semantics version : ref::all_semantics) json["semantics"].push_back(ref::name_of(version));
  for (const ChapterEntry& entry : chapters()) json["chapters"][std::string(entry.clause_or_group)] = entry.file;
  return json;
}

}  // namespace

std::string html_report(const RunReport& report) {
  std::string data = embeddable(page_data(report));
  data.pop_back();
  data += ",\"cases\":[";
  for (std::size_t index = 0; index < report.results.size(); ++index)
    data += (index == 0 ? "\n" : ",\n") + embeddable(case_json(report.results[index]));
  data += "\n]}";
  std::string page(report_page);
  const std::string_view placeholder = "%DATA%";
  page.replace(page.find(placeholder), placeholder.size(), data);
  return page;
}

}  // namespace pvm::runner
