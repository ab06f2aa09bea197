// SPDX-License-Identifier: Apache-2.0 OR MIT
// Replies of target protocol 1: reading from hostile bytes, and writing.
#include <algorithm>

#include "case_reader.hpp"
#include "case_writer.hpp"
#include "protocol_reader.hpp"

namespace pvm::conformance {
namespace {

constexpr const char* reply_path = "reply";

void check_seq(const Reader& at, u64 seq) {
  const Reader member = at.need("seq");
  if (member.number_u64() != seq) member.fail("must be " + std::to_string(seq) + ", the number of the request");
}

HostResult read_host_result(const Reader& at, bool is_read) {
  if (is_read) {
    at.only({"ok", "bytes"});
  } else {
    at.only({"ok"});
  }
  HostResult result{at.need("ok").boolean(), std::nullopt};
  if (const auto bytes = at.find("bytes")) {
    result.bytes = bytes->hex_bytes();
    if (!result.ok) bytes->fail("must be absent where the read fails");
  }
  return result;
}

StepResult read_step_result(const Reader& at, const JobStep& step) {
  if (std::holds_alternative<RunJob>(step) || std::holds_alternative<CheckJob>(step)) return read_post(at);
  return read_host_result(at, std::holds_alternative<ReadStep>(step));
}

StepResults read_step_results(const Reader& at, const std::vector<JobStep>& steps) {
  StepResults results;
  if (at.size() != steps.size()) at.fail("must have " + std::to_string(steps.size()) + " elements, one per step of the request");
  for (std::size_t index = 0; index < steps.size() && !at.failed(); ++index) {
    results.push_back(read_step_result(at.element(index), steps[index]));
  }
  return results;
}

TargetError read_error(const Reader& at) {
  return {at.text()};
}

Outcome read_outcome(const Reader& at, u64 seq, const Job& job) {
  const char* answer_member = job.block_costs ? "block_costs" : "steps";
  at.only({"seq", answer_member, "rejected", "error"});
  if (!at.failed() && at.member_count() != 2) {
    at.fail("must have \"seq\" and exactly one of \"" + std::string(answer_member) + "\", \"rejected\" and \"error\"");
  }
  check_seq(at, seq);
  if (const auto error = at.find("error")) return read_error(*error);
  if (const auto rejected = at.find("rejected")) return read_rejected(*rejected);
  const Reader answer = at.need(answer_member);
  if (job.block_costs) return read_block_costs(answer);
  return read_step_results(answer, job.steps);
}

TraceEntry read_trace_entry(const Reader& at) {
  at.only({"pc", "gas", "regs"});
  TraceEntry entry;
  entry.pc = at.need("pc").number_u32();
  if (const auto gas = at.find("gas")) entry.gas = gas->hex_i64();
  if (const auto regs = at.find("regs")) entry.regs = read_registers(*regs);
  return entry;
}

using TraceReply = std::variant<std::vector<TraceEntry>, TargetError>;

TraceReply read_trace(const Reader& at, u64 seq) {
  at.only({"seq", "trace", "error"});
  if (!at.failed() && at.member_count() != 2) at.fail("must have \"seq\" and one of \"trace\" and \"error\"");
  check_seq(at, seq);
  if (const auto error = at.find("error")) return read_error(*error);
  std::vector<TraceEntry> trace;
  at.need("trace").each_element([&](const Reader& element) { trace.push_back(read_trace_entry(element)); });
  return trace;
}

Hello read_hello(const Reader& at) {
  at.only({"hello"});
  const Reader hello = at.need("hello");
  hello.only({"protocol", "name", "version", "semantics", "features"});
  Hello result;
  const Reader protocol = hello.need("protocol");
  result.protocol = protocol.number_u32();
  if (result.protocol != protocol_version) protocol.fail("must be 1, the protocol that was asked for");
  result.name = hello.need("name").text();
  result.version = hello.need("version").text();
  result.semantics = read_texts(hello.need("semantics"));
  result.features = read_texts(hello.need("features"));
  return result;
}

OrderedJson result_json(const StepResult& result) {
  if (const auto* seen = std::get_if<Observation>(&result)) return json_of(*seen);
  const HostResult& host = std::get<HostResult>(result);
  OrderedJson json = OrderedJson::object();
  json["ok"] = host.ok;
  if (host.bytes) json["bytes"] = hex_bytes(*host.bytes);
  return json;
}

struct OutcomeWriter {
  OrderedJson& json;
  void operator()(const StepResults& results) const {
    json["steps"] = OrderedJson::array();
    for (const StepResult& result : results) json["steps"].push_back(result_json(result));
  }
  void operator()(const Rejected& rejected) const { json["rejected"] = json_of(rejected); }
  void operator()(const BlockCosts& costs) const { json["block_costs"] = json_of(costs); }
  void operator()(const TargetError& error) const { json["error"] = error.text; }
};

bool contains(const std::vector<std::string>& list, std::string_view word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

}  // namespace

std::optional<u64> read_seq(const Reader& at) {
  const u64 seq = at.need("seq").number_u64();
  if (at.failed()) return std::nullopt;
  return seq;
}

std::variant<Hello, ParseError> parse_hello(std::string_view line) {
  return parse_line<Hello>(line, reply_path, read_hello);
}

std::optional<std::string> unsupported_reason(const Hello& hello, const Case& c) {
  const std::string version(ref::name_of(c.semantics));
  if (!contains(hello.semantics, version)) return "semantics " + version;
  for (const std::string& need : c.needs) {
    if (!contains(hello.features, need)) return need;
  }
  return std::nullopt;
}

bool can_trace(const Hello& hello) {
  return contains(hello.features, "trace");
}

std::variant<Outcome, ParseError> parse_reply(std::string_view line, u64 seq, const Case& c) {
  const Job job = job_of(c);
  return parse_line<Outcome>(line, reply_path, [&](const Reader& at) { return read_outcome(at, seq, job); });
}

std::variant<std::vector<TraceEntry>, TargetError, ParseError> parse_trace_reply(std::string_view line, u64 seq) {
  auto reply = parse_line<TraceReply>(line, reply_path, [&](const Reader& at) { return read_trace(at, seq); });
  if (auto* error = std::get_if<ParseError>(&reply)) return std::move(*error);
  TraceReply& trace = std::get<TraceReply>(reply);
  if (auto* error = std::get_if<TargetError>(&trace)) return std::move(*error);
  return std::get<std::vector<TraceEntry>>(std::move(trace));
}

std::string hello_reply(const Hello& hello) {
  OrderedJson content = OrderedJson::object({{"protocol", hello.protocol}, {"name", hello.name}, {"version", hello.version}});
  content["semantics"] = hello.semantics;
  content["features"] = hello.features;
  OrderedJson line = OrderedJson::object();
  line["hello"] = std::move(content);
  return compact_text(line);
}

std::string run_reply(u64 seq, const Outcome& outcome) {
  OrderedJson line = OrderedJson::object();
  line["seq"] = seq;
  std::visit(OutcomeWriter{line}, outcome);
  return compact_text(line);
}

std::string trace_reply(u64 seq, const std::vector<TraceEntry>& trace) {
  OrderedJson line = OrderedJson::object();
  line["seq"] = seq;
  line["trace"] = OrderedJson::array();
  for (const TraceEntry& entry : trace) {
    OrderedJson json = OrderedJson::object();
    json["pc"] = entry.pc;
    if (entry.gas) json["gas"] = hex_i64(*entry.gas);
    if (entry.regs) json["regs"] = json_of(*entry.regs);
    line["trace"].push_back(std::move(json));
  }
  return compact_text(line);
}

std::string error_reply(std::optional<u64> seq, std::string_view text) {
  OrderedJson line = OrderedJson::object();
  if (seq) line["seq"] = *seq;
  line["error"] = text;
  return compact_text(line);
}

Hello ref_hello() {
  Hello hello;
  hello.name = "pvm-ref";
  hello.version = "1.0.0";
  for (const ref::Semantics version : ref::all_semantics) hello.semantics.emplace_back(ref::name_of(version));
  hello.features = known_features();
  hello.features.emplace_back("trace");
  return hello;
}

}  // namespace pvm::conformance
