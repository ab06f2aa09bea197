// SPDX-License-Identifier: Apache-2.0 OR MIT
// Canonical writing of cases and files.
#include "case_writer.hpp"

#include "pvm/conformance/json_io.hpp"

namespace pvm::conformance {
namespace {

OrderedJson position_json(const std::optional<u32>& pc) {
  return pc ? OrderedJson(*pc) : OrderedJson(nullptr);
}

OrderedJson config_json(const Config& config) {
  OrderedJson json = OrderedJson::object();
  if (config.page_size) json["page_size"] = *config.page_size;
  if (config.aux_size) json["aux_size"] = *config.aux_size;
  if (config.dynamic_paging) json["dynamic_paging"] = true;
  if (config.strict) json["strict"] = true;
  if (config.gas_model) json["gas_model"] = ref::name_of(*config.gas_model);
  if (config.memory_cost) json["memory_cost"] = *config.memory_cost;
  if (config.metering) json["metering"] = ref::name_of(*config.metering);
  if (!config.arguments.empty()) json["arguments"] = hex_bytes(config.arguments);
  return json;
}

OrderedJson pre_json(const Pre& pre) {
  OrderedJson json = OrderedJson::object();
  if (pre.pc) json["pc"] = *pre.pc;
  if (pre.gas) json["gas"] = hex_i64(*pre.gas);
  if (pre.regs) json["regs"] = json_of(*pre.regs);
  if (!pre.pages.empty()) json["pages"] = json_of(pre.pages);
  if (!pre.memory.empty()) json["memory"] = json_of(pre.memory);
  return json;
}

OrderedJson expectation_json(const Expectation& expectation) {
  if (expectation.any_of.size() == 1) return json_of(expectation.any_of.front());
  OrderedJson alternatives = OrderedJson::array();
  for (const Post& post : expectation.any_of) alternatives.push_back(json_of(post));
  return OrderedJson::object({{"any_of", std::move(alternatives)}});
}

JobStep without_expectation(const Step& step) {
  return std::visit(
      [](const auto& value) -> JobStep {
        using Kind = std::decay_t<decltype(value)>;
        if constexpr (std::is_same_v<Kind, RunStep>) {
          return RunJob{};
        } else if constexpr (std::is_same_v<Kind, CheckStep>) {
          return CheckJob{};
        } else {
          return value;
        }
      },
      step);
}

OrderedJson step_json(const Step& step) {
  OrderedJson json = json_of_host_step(without_expectation(step));
  const auto add_expectation = [&](const auto& value) {
    if constexpr (requires { value.post; }) json["post"] = expectation_json(value.post);
    if constexpr (requires { value.ok; }) json["ok"] = value.ok;
  };
  std::visit(add_expectation, step);
  if (const auto* read = std::get_if<ReadStep>(&step); read && read->ok) json["bytes"] = hex_bytes(read->bytes);
  return json;
}

OrderedJson origin_json(const Origin& origin) {
  OrderedJson json = {{"dialect", origin.dialect}, {"name", origin.name}};
  if (origin.variant) json["variant"] = *origin.variant;
  return json;
}

void add_body(OrderedJson& json, const Case& c) {
  if (const auto* rejected = std::get_if<Rejected>(&c.body)) {
    json["rejected"] = json_of(*rejected);
  } else if (const auto* costs = std::get_if<BlockCosts>(&c.body)) {
    json["block_costs"] = json_of(*costs);
  } else {
    const Execution& execution = std::get<Execution>(c.body);
    if (execution.pre != Pre{}) json["pre"] = pre_json(execution.pre);
    json["steps"] = OrderedJson::array();
    for (const Step& step : execution.steps) json["steps"].push_back(step_json(step));
  }
}

}  // namespace

OrderedJson json_of(const Program& program) {
  return {{"container", ref::name_of(program.container)}, {"bytes", hex_bytes(program.bytes)}};
}

OrderedJson json_of(const Registers& registers) {
  OrderedJson json = OrderedJson::array();
  for (const u64 value : registers) json.push_back(hex_u64(value));
  return json;
}

OrderedJson json_of(const std::vector<Page>& pages) {
  OrderedJson json = OrderedJson::array();
  for (const Page& page : pages) {
    json.push_back(OrderedJson::object({{"address", hex_u64(page.address)}, {"length", page.length}, {"writable", page.writable}}));
  }
  return json;
}

OrderedJson json_of(const std::vector<MemoryBytes>& memory) {
  OrderedJson json = OrderedJson::array();
  for (const MemoryBytes& range : memory) {
    json.push_back(OrderedJson::object({{"address", hex_u64(range.address)}, {"bytes", hex_bytes(range.bytes)}}));
  }
  return json;
}

OrderedJson json_of(const Post& post) {
  OrderedJson json = OrderedJson::object();
  if (post.status) json["status"] = ref::name_of(*post.status);
  if (post.pc) json["pc"] = position_json(*post.pc);
  if (post.next_pc) json["next_pc"] = position_json(*post.next_pc);
  if (post.regs) json["regs"] = json_of(*post.regs);
  if (post.gas) json["gas"] = hex_i64(*post.gas);
  if (post.host_call) json["host_call"] = hex_u64(*post.host_call);
  if (post.fault) {
    json["fault"] = OrderedJson::object({{"address", hex_u64(post.fault->address)}});
    if (post.fault->write_protected) json["fault"]["write_protected"] = *post.fault->write_protected;
  }
  if (!post.memory.empty()) json["memory"] = json_of(post.memory);
  return json;
}

OrderedJson json_of(const Rejected& rejected) {
  OrderedJson json = OrderedJson::object();
  if (rejected.phase) json["phase"] = ref::name_of(*rejected.phase);
  if (rejected.reason) json["reason"] = ref::name_of(*rejected.reason);
  return json;
}

OrderedJson json_of(const BlockCosts& costs) {
  OrderedJson json = OrderedJson::array();
  for (const BlockCost& cost : costs) json.push_back(OrderedJson::object({{"pc", cost.pc}, {"cost", hex_i64(cost.cost)}}));
  return json;
}

namespace {

OrderedJson range_step(const char* kind, u64 address, u32 length) {
  return {{"do", kind}, {"address", hex_u64(address)}, {"length", length}};
}

OrderedJson page_step(const char* kind, u64 address, u32 length, bool writable) {
  OrderedJson json = range_step(kind, address, length);
  json["writable"] = writable;
  return json;
}

struct HostStepWriter {
  OrderedJson operator()(const RunJob&) const { return OrderedJson::object({{"do", "run"}}); }
  OrderedJson operator()(const CheckJob&) const { return OrderedJson::object({{"do", "check"}}); }
  OrderedJson operator()(const SetRegStep& step) const { return {{"do", "set_reg"}, {"reg", step.reg}, {"value", hex_u64(step.value)}}; }
  OrderedJson operator()(const SetPcStep& step) const { return {{"do", "set_pc"}, {"pc", step.pc}}; }
  OrderedJson operator()(const SetGasStep& step) const { return {{"do", "set_gas"}, {"gas", hex_i64(step.gas)}}; }
  OrderedJson operator()(const WriteStep& step) const {
    return {{"do", "write"}, {"address", hex_u64(step.address)}, {"bytes", hex_bytes(step.bytes)}};
  }
  OrderedJson operator()(const ReadStep& step) const { return range_step("read", step.address, step.length); }
  OrderedJson operator()(const MapStep& step) const { return page_step("map", step.address, step.length, step.writable); }
  OrderedJson operator()(const ProtectStep& step) const { return page_step("protect", step.address, step.length, step.writable); }
  OrderedJson operator()(const UnmapStep& step) const { return range_step("unmap", step.address, step.length); }
};

}  // namespace

OrderedJson json_of_host_step(const JobStep& step) {
  return std::visit(HostStepWriter{}, step);
}

OrderedJson json_of(const Case& c) {
  OrderedJson json = {{"id", c.id}, {"why", c.why}};
  json["clauses"] = c.clauses;
  json["requires"] = c.needs;
  if (c.config != Config{}) json["config"] = config_json(c.config);
  json["program"] = json_of(c.program);
  json["disassembly"] = c.disassembly;
  add_body(json, c);
  if (c.origin) json["origin"] = origin_json(*c.origin);
  return json;
}

std::string print_file(const VectorFile& file) {
  OrderedJson json = {{"schema", schema_version}, {"semantics", ref::name_of(file.semantics)}, {"group", file.group}};
  json["cases"] = OrderedJson::array();
  for (const Case& c : file.cases) json["cases"].push_back(json_of(c));
  return layout_text(json, 3) + "\n";
}

std::string print_case(const Case& c) {
  return layout_text(json_of(c), 1) + "\n";
}

std::string compact_case(const Case& c) {
  return compact_text(json_of(c));
}

}  // namespace pvm::conformance
