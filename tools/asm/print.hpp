// SPDX-License-Identifier: Apache-2.0 OR MIT
// The text of one instruction, written.
#pragma once

#include <string>

#include "pvm/builder/encode.hpp"
#include "pvm/ref/decode.hpp"
#include "syntax.hpp"

namespace pvm::assembly {

/// How instructions are written.
enum class Style : u8 {
  canonical,  ///< Each instruction has a text of its own in every version.
  listing,    ///< As the ecosystem's disassembler writes.
};

/// The text of an instruction other than Op::invalid. `target`: what its jump target is written as; unused without one.
std::string print_instruction(Semantics version, isa::Op op, const builder::Operands& operands, std::string_view target, Style style);

/// The operands of a decoded instruction by the letters of its clause.
builder::Operands operands_of(const ref::Instruction& instruction);

/// The text can say this instruction: what is stored isn't wider than the place it is stored to.
bool can_be_written(isa::Op op, const builder::Operands& operands);

}  // namespace pvm::assembly
