// SPDX-License-Identifier: Apache-2.0 OR MIT
// Walks over all instructions of a program.
#pragma once

#include "pvm/ref/decode.hpp"

namespace pvm::command {

/// Calls `visit(instruction, begins_block)` for every marked position, in ascending order.
template <typename Visit>
void for_each_instruction(const ref::Program& program, Visit visit) {
  bool begins_block = true;
  for (ref::u32 pc = 0; pc < program.code_size(); ++pc) {
    if (!program.is_marked(pc)) continue;
    const ref::Instruction instruction = ref::decode(program, pc);
    visit(instruction, begins_block);
    begins_block = ref::ends_block(instruction.op);
  }
}

}  // namespace pvm::command
