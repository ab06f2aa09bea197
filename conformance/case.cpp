// SPDX-License-Identifier: Apache-2.0 OR MIT
// What follows from a case's members: the capabilities it needs, its complete configuration; names.
#include "pvm/conformance/case.hpp"

namespace pvm::conformance {
namespace {

// The enumerators of ref have no list of their own: walk them up to the last.
template <typename Enum>
std::optional<Enum> enumerator_named(std::string_view name, Enum last) {
  for (unsigned index = 0; index <= static_cast<unsigned>(last); ++index) {
    const Enum value = static_cast<Enum>(index);
    if (ref::name_of(value) == name) return value;
  }
  return std::nullopt;
}

}  // namespace

std::vector<std::string> needs_of(const Case& c) {
  std::vector<std::string> needs = {std::string(ref::name_of(c.program.container))};
  if (c.config.gas_model) needs.emplace_back(ref::name_of(*c.config.gas_model));
  if (c.config.dynamic_paging) needs.emplace_back("dynamic_paging");
  if (c.config.aux_size.value_or(0) != 0) needs.emplace_back("aux");
  if (c.config.page_size.value_or(4096) != 4096) needs.emplace_back("page_size");
  if (c.config.metering == ref::Metering::async) needs.emplace_back("async");
  if (c.config.strict) needs.emplace_back("strict");
  if (std::holds_alternative<BlockCosts>(c.body)) needs.emplace_back("block_costs");
  return needs;
}

const std::vector<std::string>& known_features() {
  static const std::vector<std::string> features = {"raw",        "polkavm",       "standard",       "flat-1",
                                                    "pipeline-1", "instruction-1", "dynamic_paging", "aux",
                                                    "page_size",  "async",         "strict",         "block_costs"};
  return features;
}

ref::Config full_config(ref::Semantics semantics, const Config& config, ref::Container container) {
  ref::Config full;
  full.semantics = semantics;
  full.container = container;
  full.gas_model = config.gas_model.value_or(ref::is_graypaper(semantics) ? ref::GasModel::instruction_1 : ref::GasModel::flat_1);
  full.memory_cost = config.memory_cost.value_or(full.memory_cost);
  full.metering = config.metering.value_or(full.metering);
  full.page_size = config.page_size.value_or(full.page_size);
  full.aux_size = config.aux_size.value_or(full.aux_size);
  full.dynamic_paging = config.dynamic_paging;
  full.strict = config.strict;
  full.arguments = config.arguments;
  return full;
}

std::optional<ref::Phase> phase_named(std::string_view name) {
  return enumerator_named(name, ref::Phase::validate);
}
std::optional<ref::Reason> reason_named(std::string_view name) {
  return enumerator_named(name, ref::Reason::export_out_of_range);
}
std::optional<ref::Status> status_named(std::string_view name) {
  return enumerator_named(name, ref::Status::out_of_gas);
}

}  // namespace pvm::conformance
