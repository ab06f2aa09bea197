// SPDX-License-Identifier: Apache-2.0 OR MIT
// The simplest adapter in use: a case of dialect A in, the same case with what really happened out.
#include "blank_line.hpp"

#include <nlohmann/json.hpp>
#include <set>

#include "pvm/conformance/dialects.hpp"
#include "pvm/conformance/ref_target.hpp"

namespace pvm::runner {
namespace {

using conformance::Case;
using conformance::Observation;
using conformance::ParseError;
using conformance::u32;
using conformance::u64;
using Json = nlohmann::ordered_json;

constexpr u64 page_bytes = 4096;
constexpr std::size_t most_pages = 16384;  // 64 MiB

/// The pages that the run may have changed: those that the case makes and those that a store aims at.
std::set<u64> interesting_pages(const Case& c) {
  std::set<u64> pages;
  const auto add = [&](u64 address, u64 length) {
    for (u64 page = address / page_bytes; page * page_bytes < address + length && pages.size() < most_pages; ++page)
      pages.insert(page * page_bytes);
  };
  const auto& execution = std::get<conformance::Execution>(c.body);
  for (const auto& page : execution.pre.pages) add(page.address, page.length);
  conformance::RefOptions options;
  options.trace = [&](const conformance::RefTraceStep& step) {
    if (step.store) add(step.store->address, step.store->size);
    return true;
  };
  conformance::run_on_ref(c, options);
  return pages;
}

/// The non-zero bytes, as the dialect lists them: one entry per run.
Json non_zero_runs(const std::vector<conformance::MemoryBytes>& parts) {
  Json runs = Json::array();
  u64 next = ~u64{0};
  for (const auto& part : parts) {
    for (std::size_t index = 0; index < part.bytes.size(); ++index) {
      if (part.bytes[index] == 0) continue;
      const u64 address = part.address + index;
      if (address != next) runs.push_back({{"address", address}, {"contents", Json::array()}});
      runs.back()["contents"].push_back(part.bytes[index]);
      next = address + 1;
    }
  }
  return runs;
}

/// The status in the dialect's words; the file's own word for a trap is kept.
std::string status_word(ref::Status status, const Json& file) {
  switch (status) {
    case ref::Status::halt: return "halt";
    case ref::Status::trap: return file.value("expected-status", "") == "trap" ? "trap" : "panic";
    case ref::Status::host_call: return "host";
    case ref::Status::page_fault: return "page-fault";
    default: return "oog";
  }
}

void overwrite(Json& file, const Observation& seen) {
  if (seen.status) file["expected-status"] = status_word(*seen.status, file);
  if (seen.regs) file["expected-regs"] = *seen.regs;
  const auto position = [](const conformance::Position& from) { return from ? *from : std::nullopt; };
  if (const auto pc = position(seen.pc)) file["expected-pc"] = *pc;
  file["expected-memory"] = non_zero_runs(seen.memory);
  if (seen.gas) file["expected-gas"] = *seen.gas;
  file.erase("expected-page-fault-address");
  if (seen.fault) file["expected-page-fault-address"] = seen.fault->address;
}

/// Runs the case and reports all of its memory.
std::variant<Observation, std::string> run(const Case& c) {
  conformance::Job job = conformance::job_of(c);
  for (auto& step : job.steps) {
    if (auto* run_job = std::get_if<conformance::RunJob>(&step)) {
      run_job->read.clear();
      for (const u64 page : interesting_pages(c)) run_job->read.push_back({page, static_cast<u32>(page_bytes)});
    }
  }
  const conformance::Outcome outcome = conformance::run_on_ref(job);
  if (const auto* error = std::get_if<conformance::TargetError>(&outcome)) return error->text;
  const auto* results = std::get_if<conformance::StepResults>(&outcome);
  if (results == nullptr || results->empty() || !std::holds_alternative<Observation>(results->back()))
    return std::string("the program is refused");
  return std::get<Observation>(results->back());
}

}  // namespace

std::variant<std::string, ParseError> answer_blank_line(const std::string& text, ref::Semantics semantics) {
  conformance::ImportOptions options;
  options.semantics = semantics;
  auto imported = conformance::import_file(conformance::Dialect::a, text, "standard input", options);
  if (auto* error = std::get_if<ParseError>(&imported)) return std::move(*error);
  const auto& cases = std::get<std::vector<Case>>(imported);
  Json file = Json::parse(text, nullptr, false);
  if (cases.empty() || !file.is_object() || !std::holds_alternative<conformance::Execution>(cases.front().body)) {
    return ParseError{"standard input", "", "no case that runs"};
  }
  const auto seen = run(cases.front());
  if (const auto* problem = std::get_if<std::string>(&seen)) return ParseError{"standard input", "", *problem};
  overwrite(file, std::get<Observation>(seen));
  return file.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace pvm::runner
