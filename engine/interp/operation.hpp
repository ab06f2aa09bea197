// SPDX-License-Identifier: Apache-2.0 OR MIT
// One pre-decoded operation, and the codes that there are: one per instruction, a poll, and pairs of instructions run as one.
#pragma once

#include "interp/instructions.hpp"
#include "pvm/isa.hpp"
#include "pvm/types.hpp"

namespace pvm::engine::interp {

/// What an operation does. The values below `poll` are those of isa::Op.
enum class Code : u8 {
#define X(name) name,
  PVM_INTERP_INSTRUCTIONS(X)
#undef X
      poll,  ///< Looks for an interrupt, in the middle of a long block.
#define X(first, second) first##_then_##second,
  PVM_INTERP_PAIRS(X)
#undef X
      count,
};

#define X(name) static_assert(static_cast<u8>(Code::name) == static_cast<u8>(isa::Op::name), #name " has another place in the document");
PVM_INTERP_INSTRUCTIONS(X)
#undef X
static_assert(static_cast<std::size_t>(Code::poll) == isa::op_count + 1, "an instruction is missing from the list");

/// One operation. Those of a block follow each other; behind one that falls through there is always another.
struct Operation {
  const void* handler = nullptr;  ///< Where the loop continues; unused where it dispatches by a switch.
  i64 cost = 0;                   ///< At the start of a block: its charge. instruction-1: of each instruction.
  i32 imm = 0;                    ///< The clause's i; of load_imm64 the lower half.
  i32 extra = 0;                  ///< The clause's j; of load_imm64 the upper half; of jumps and branches the distance, in operations.
  u32 pc = 0;
  Code code = Code::invalid;
  u8 d = 0, a = 0, b = 0;  ///< Register numbers, by the letters of the clause.
};
static_assert(sizeof(Operation) <= 32);

}  // namespace pvm::engine::interp
