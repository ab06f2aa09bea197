// SPDX-License-Identifier: Apache-2.0 OR MIT
// Reading of vector files.
#include <map>

#include "case_reader.hpp"
#include "pvm/conformance/json_io.hpp"

namespace pvm::conformance {
namespace {

// These members have one spelling of "no": being absent.
bool read_present_true(const Reader& at) {
  if (!at.boolean()) at.fail("must be true or absent");
  return true;
}

Config read_config(const Reader& at) {
  at.only({"page_size", "aux_size", "dynamic_paging", "strict", "gas_model", "memory_cost", "metering", "arguments"});
  Config config;
  if (const auto size = at.find("page_size")) config.page_size = size->number_u32();
  if (const auto size = at.find("aux_size")) config.aux_size = size->number_u32();
  if (const auto flag = at.find("dynamic_paging")) config.dynamic_paging = read_present_true(*flag);
  if (const auto flag = at.find("strict")) config.strict = read_present_true(*flag);
  if (const auto model = at.find("gas_model")) config.gas_model = model->named(ref::gas_model_named);
  if (const auto cost = at.find("memory_cost")) config.memory_cost = cost->number_u32();
  if (const auto metering = at.find("metering")) config.metering = metering->named(ref::metering_named);
  if (const auto arguments = at.find("arguments")) {
    config.arguments = arguments->hex_bytes();
    if (config.arguments.empty()) arguments->fail("must have a byte or be absent");
  }
  return config;
}

Origin read_origin(const Reader& at) {
  at.only({"dialect", "name", "variant"});
  Origin origin{at.need("dialect").text(), at.need("name").text(), std::nullopt};
  if (origin.dialect != "a" && origin.dialect != "b" && origin.dialect != "c") at.need("dialect").fail("must be a, b or c");
  if (const auto variant = at.find("variant")) origin.variant = variant->text();
  return origin;
}

Execution read_execution(const Reader& at) {
  Execution execution;
  if (const auto pre = at.find("pre")) execution.pre = read_pre(*pre);
  at.need("steps").each_element([&](const Reader& step) { execution.steps.push_back(read_step(step)); });
  return execution;
}

void read_body(const Reader& at, Case& c) {
  const auto rejected = at.find("rejected");
  const auto costs = at.find("block_costs");
  const bool executes = at.find("pre").has_value() || at.find("steps").has_value();
  if (int{rejected.has_value()} + int{costs.has_value()} + int{executes} != 1) {
    return at.fail("must have exactly one of \"rejected\", \"steps\" (with \"pre\") and \"block_costs\"");
  }
  if (rejected) {
    c.body = read_rejected(*rejected);
  } else if (costs) {
    c.body = read_block_costs(*costs);
  } else {
    c.body = read_execution(at);
  }
}

Case read_case(const Reader& at, ref::Semantics semantics) {
  at.only({"id", "why", "clauses", "requires", "config", "program", "disassembly", "rejected", "pre", "steps", "block_costs", "origin"});
  Case c;
  c.semantics = semantics;
  c.id = at.need("id").text();
  c.why = at.need("why").text();
  c.clauses = read_texts(at.need("clauses"));
  c.needs = read_texts(at.need("requires"));
  if (const auto config = at.find("config")) c.config = read_config(*config);
  c.program = read_program(at.need("program"));
  c.disassembly = read_texts(at.need("disassembly"));
  if (!at.failed()) read_body(at, c);
  if (const auto origin = at.find("origin")) c.origin = read_origin(*origin);
  if (at.failed()) return c;
  if (const auto error = check_case(c)) at.fail_below(error->place, error->reason);
  return c;
}

VectorFile read_file(const Reader& at) {
  at.only({"schema", "semantics", "group", "cases"});
  VectorFile file;
  if (const Reader schema = at.need("schema"); schema.number_u32() != schema_version) {
    schema.fail("must be " + std::to_string(schema_version) + ", the only schema version that this reader knows");
  }
  file.semantics = at.need("semantics").named(ref::semantics_named);
  file.group = at.need("group").text();
  if (at.failed()) return file;
  std::map<std::string, std::size_t> first_use;
  at.need("cases").each_element([&](const Reader& element) {
    file.cases.push_back(read_case(element, file.semantics));
    const std::size_t index = file.cases.size() - 1;
    const auto [use, is_new] = first_use.emplace(file.cases.back().id, index);
    if (!is_new) element.need("id").fail("duplicate id, first used by case " + std::to_string(use->second));
  });
  return file;
}

template <typename Value, typename Read>
std::variant<Value, ParseError> parse_with(std::string_view text, const std::string& path, Read read) {
  auto json = parse_json(text, path);
  if (auto* error = std::get_if<ParseError>(&json)) return std::move(*error);
  Problem problem(path);
  Value value = read(Reader(std::get<Json>(json), problem));
  if (problem.failed()) return problem.error();
  return value;
}

}  // namespace

std::variant<VectorFile, ParseError> parse_file(std::string_view text, const std::string& path) {
  return parse_with<VectorFile>(text, path, read_file);
}

std::variant<Case, ParseError> parse_case(std::string_view text, ref::Semantics semantics, const std::string& path) {
  return parse_with<Case>(text, path, [&](const Reader& at) { return read_case(at, semantics); });
}

}  // namespace pvm::conformance
