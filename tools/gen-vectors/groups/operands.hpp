// SPDX-License-Identifier: Apache-2.0 OR MIT
// Operands for instructions that are wanted for what surrounds them.
#pragma once

#include <string>

#include "pvm/isa.hpp"

namespace pvm::gen {

/// Operands that make the instruction harmless; jumps and branches go to the label `target`.
std::string harmless_operands(const isa::Row& row);

/// Operands with these registers for those of d, a and b that the instruction has; jumps and branches go to the label `target`.
std::string operands_text(const isa::Row& row, std::string_view d, std::string_view a, std::string_view b);

/// One instruction of each format, and those that are special in some way: enough where all instructions follow the same rule.
bool is_representative(const isa::Row& row);

}  // namespace pvm::gen
