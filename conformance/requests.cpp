// SPDX-License-Identifier: Apache-2.0 OR MIT
// Requests of target protocol 1: writing and reading.
#include <algorithm>

#include "case_reader.hpp"
#include "case_writer.hpp"
#include "protocol_reader.hpp"
#include "pvm/conformance/protocol.hpp"

namespace pvm::conformance {
namespace {

OrderedJson config_json(const ref::Config& config) {
  return OrderedJson::object({{"page_size", config.page_size},
                              {"aux_size", config.aux_size},
                              {"dynamic_paging", config.dynamic_paging},
                              {"strict", config.strict},
                              {"gas_model", ref::name_of(config.gas_model.value_or(ref::GasModel::flat_1))},
                              {"memory_cost", config.memory_cost},
                              {"metering", ref::name_of(config.metering)},
                              {"arguments", hex_bytes(config.arguments)}});
}

OrderedJson pre_json(const Job& job) {
  OrderedJson json = OrderedJson::object();
  json["pc"] = job.pre.pc ? OrderedJson(*job.pre.pc) : OrderedJson(nullptr);
  json["gas"] = hex_i64(job.pre.gas.value_or(ample_gas));
  const bool loader_sets_registers = job.config.container == ref::Container::standard && !job.pre.regs;
  if (!loader_sets_registers) json["regs"] = json_of(job.pre.regs.value_or(Registers{}));
  json["pages"] = json_of(job.pre.pages);
  json["memory"] = json_of(job.pre.memory);
  return json;
}

OrderedJson step_json(const JobStep& step) {
  OrderedJson json = json_of_host_step(step);
  const auto add_ranges = [&](const auto& value) {
    if constexpr (requires { value.read; }) {
      if (value.read.empty()) return;
      json["read"] = OrderedJson::array();
      for (const ReadRange& range : value.read) {
        json["read"].push_back(OrderedJson::object({{"address", hex_u64(range.address)}, {"length", range.length}}));
      }
    }
  };
  std::visit(add_ranges, step);
  return json;
}

OrderedJson job_json(u64 seq, const Job& job) {
  OrderedJson json = OrderedJson::object();
  json["seq"] = seq;
  json["id"] = job.id;
  json["semantics"] = ref::name_of(job.semantics);
  json["config"] = config_json(job.config);
  json["program"] = json_of(Program{job.config.container, job.program});
  if (job.block_costs) {
    json["block_costs"] = *job.block_costs;
    return json;
  }
  json["pre"] = pre_json(job);
  json["steps"] = OrderedJson::array();
  for (const JobStep& step : job.steps) json["steps"].push_back(step_json(step));
  return json;
}

std::string request_line(const char* kind, OrderedJson content) {
  OrderedJson line = OrderedJson::object();
  line[kind] = std::move(content);
  return compact_text(line);
}

ref::Config read_config(const Reader& at, ref::Semantics semantics, ref::Container container) {
  at.only({"page_size", "aux_size", "dynamic_paging", "strict", "gas_model", "memory_cost", "metering", "arguments"});
  ref::Config config;
  config.semantics = semantics;
  config.container = container;
  config.page_size = at.need("page_size").number_u32();
  config.aux_size = at.need("aux_size").number_u32();
  config.dynamic_paging = at.need("dynamic_paging").boolean();
  config.strict = at.need("strict").boolean();
  config.gas_model = at.need("gas_model").named(ref::gas_model_named);
  config.memory_cost = at.need("memory_cost").number_u32();
  config.metering = at.need("metering").named(ref::metering_named);
  config.arguments = at.need("arguments").hex_bytes();
  return config;
}

Pre read_request_pre(const Reader& at, ref::Container container) {
  at.only({"pc", "gas", "regs", "pages", "memory"});
  Pre pre;
  if (const Reader pc = at.need("pc"); !pc.is_null()) pre.pc = pc.number_u32();
  pre.gas = at.need("gas").hex_i64();
  const auto regs = at.find("regs");
  if (regs) pre.regs = read_registers(*regs);
  if (!regs && container != ref::Container::standard) at.fail("lacks member \"regs\"");
  pre.pages = read_pages(at.need("pages"));
  pre.memory = read_memory(at.need("memory"));
  return pre;
}

Job read_job(const Reader& at) {
  Job job;
  job.id = at.need("id").text();
  job.semantics = at.need("semantics").named(ref::semantics_named);
  const Program program = read_program(at.need("program"));
  job.program = program.bytes;
  job.config = read_config(at.need("config"), job.semantics, program.container);
  if (const auto positions = at.find("block_costs")) {
    if (at.find("pre") || at.find("steps")) at.fail("must have either \"block_costs\" or \"pre\" and \"steps\"");
    job.block_costs.emplace();
    positions->each_element([&](const Reader& element) { job.block_costs->push_back(element.number_u32()); });
    return job;
  }
  job.pre = read_request_pre(at.need("pre"), program.container);
  at.need("steps").each_element([&](const Reader& element) { job.steps.push_back(read_job_step(element)); });
  return job;
}

// The request, and its seq as soon as that is known.
Request read_request(const Reader& at, std::optional<u64>& seq) {
  at.only({"hello", "run", "trace", "bye"});
  if (!at.failed() && at.member_count() != 1) at.fail("must have exactly one member: hello, run, trace or bye");
  if (const auto hello = at.find("hello")) {
    hello->only({"protocol"});
    return HelloRequest{hello->need("protocol").number_u32()};
  }
  if (const auto run = at.find("run")) {
    seq = read_seq(*run);
    run->only({"seq", "id", "semantics", "config", "program", "pre", "steps", "block_costs"});
    return RunRequest{seq.value_or(0), read_job(*run)};
  }
  if (const auto trace = at.find("trace")) {
    seq = read_seq(*trace);
    trace->only({"seq", "id", "semantics", "config", "program", "pre", "steps", "max_steps"});
    return TraceRequest{seq.value_or(0), read_job(*trace), trace->need("max_steps").number_u64()};
  }
  at.need("bye").only({});
  return ByeRequest{};
}

std::variant<Request, ParseError> parse_request_and_seq(std::string_view line, std::optional<u64>& seq) {
  const auto read = [&](const Reader& at) { return read_request(at, seq); };
  return parse_line<Request>(line, "request", read);
}

constexpr u64 most_trace_entries = 100'000;  // keeps a reply far below max_line_bytes

std::vector<TraceEntry> short_trace(const Job& job, u64 max_steps) {
  std::vector<TraceEntry> trace;
  for (const RefTraceStep& step : trace_on_ref(job, std::min(max_steps, most_trace_entries))) {
    trace.push_back({step.pc, step.gas, step.regs});
  }
  return trace;
}

struct Answerer {
  const RefOptions& options;
  std::optional<std::string> operator()(const HelloRequest& request) const {
    if (request.protocol != protocol_version) return error_reply(std::nullopt, "this target speaks protocol 1 only");
    return hello_reply(ref_hello());
  }
  std::optional<std::string> operator()(const RunRequest& request) const {
    return run_reply(request.seq, run_on_ref(request.job, options));
  }
  std::optional<std::string> operator()(const TraceRequest& request) const {
    return trace_reply(request.seq, short_trace(request.job, request.max_steps));
  }
  std::optional<std::string> operator()(const ByeRequest&) const { return std::nullopt; }
};

}  // namespace

std::string hello_request() {
  return request_line("hello", OrderedJson::object({{"protocol", protocol_version}}));
}

std::string run_request(u64 seq, const Case& c) {
  return request_line("run", job_json(seq, job_of(c)));
}

std::string trace_request(u64 seq, const Case& c, u64 max_steps) {
  OrderedJson content = job_json(seq, job_of(c));
  content["max_steps"] = max_steps;
  return request_line("trace", std::move(content));
}

std::string bye_request() {
  return request_line("bye", OrderedJson::object());
}

std::variant<Request, ParseError> parse_request(std::string_view line) {
  std::optional<u64> seq;
  return parse_request_and_seq(line, seq);
}

std::optional<std::string> answer(std::string_view line, const RefOptions& options) {
  std::optional<u64> seq;
  const auto request = parse_request_and_seq(line, seq);
  if (const auto* error = std::get_if<ParseError>(&request)) return error_reply(seq, to_text(*error));
  return std::visit(Answerer{options}, std::get<Request>(request));
}

}  // namespace pvm::conformance
