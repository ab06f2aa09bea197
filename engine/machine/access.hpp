// SPDX-License-Identifier: Apache-2.0 OR MIT
// Which bytes a load or store touches. Chapter "Memory".
#pragma once

#include <array>
#include <optional>

#include "machine/executor.hpp"
#include "program/instruction.hpp"

namespace pvm::engine {

/// A load's or store's bytes.
struct GuestAccess {
  u32 address = 0;
  u32 size = 0;  ///< 1, 2, 4 or 8.
  bool write = false;
};

/// The access that `instruction` makes with these registers, or nullopt for any that isn't a load or store. [access.address]
std::optional<GuestAccess> access_of(const Instruction& instruction, const std::array<u64, register_count>& registers);

}  // namespace pvm::engine
