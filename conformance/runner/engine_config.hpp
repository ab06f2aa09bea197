// SPDX-License-Identifier: Apache-2.0 OR MIT
// The configuration of a program in the engine's terms.
#pragma once

#include "pvm/ref/program.hpp"
#include "pvm/types.hpp"

namespace pvm::runner {

/// The same configuration for the engine.
inline ProgramConfig engine_config(const ref::Config& config) {
  // Both sides keep the document's order.
  static_assert(static_cast<int>(Semantics::graypaper_0_7_2) == static_cast<int>(ref::Semantics::graypaper_0_7_2));
  static_assert(static_cast<int>(Container::standard) == static_cast<int>(ref::Container::standard));
  static_assert(static_cast<int>(GasModel::instruction_1) == static_cast<int>(ref::GasModel::instruction_1));
  static_assert(static_cast<int>(Metering::async) == static_cast<int>(ref::Metering::async));
  ProgramConfig converted;
  converted.semantics = static_cast<Semantics>(config.semantics);
  converted.container = static_cast<Container>(config.container);
  if (config.gas_model) converted.gas_model = static_cast<GasModel>(*config.gas_model);
  converted.memory_cost = config.memory_cost;
  converted.metering = static_cast<Metering>(config.metering);
  converted.page_size = config.page_size;
  converted.aux_size = config.aux_size;
  converted.dynamic_paging = config.dynamic_paging;
  converted.strict = config.strict;
  converted.arguments = config.arguments;
  return converted;
}

}  // namespace pvm::runner
