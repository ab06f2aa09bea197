// SPDX-License-Identifier: Apache-2.0 OR MIT
// From bytes to instructions and blocks. Chapter "Decoding". Whoever decodes a whole program uses Decoder, in decoder.hpp.
#pragma once

#include <optional>

#include "program/opcode_table.hpp"
#include "program/program.hpp"
#include "pvm/isa.hpp"

namespace pvm::engine {

/// One decoded instruction. Fields that the format lacks are unspecified: a reader knows the format.
struct Instruction {
  isa::Op op;           ///< Op::invalid: behaves as trap. [decode.opcode]
  u8 reg1, reg2, reg3;  ///< Register numbers 0..12. [decode.register]
  u32 pc;
  u32 next;    ///< Position after the instruction: pc + 1 + skip. [decode.next]
  u32 target;  ///< Jump target of the offset formats. [decode.target]
  i64 imm1;    ///< Sign-extended value, or the unsigned 8 bytes of reg_imm64 as i64.
  i64 imm2;
};

/// Number of bytes between the opcode at `pc` < code_size and the next instruction, 0..24. [decode.skip]
u32 skip_at(const Program& program, u32 pc);

/// Decodes the instruction at `pc`; an unmarked or outlying position gives Op::invalid with next = pc + 1 + skip.
Instruction decode(const Program& program, u32 pc);

/// The marked instruction whose next position is `pc`, or nullopt. [block.start]
std::optional<u32> predecessor(const Program& program, u32 pc);

/// First instruction of the block that holds the instruction at `pc`, or nullopt where execution can't begin. Linear in the length of
/// the block. [block.start]
std::optional<u32> block_start(const Program& program, u32 pc);

/// May control flow jump to `target`? Constant time. [target.valid]
bool is_valid_target(const Program& program, u64 target);

/// Can the branch at `branch.pc` be executed at all: its target, and in the PolkaVM versions its successor, are valid. [jump.branch]
bool branch_is_sound(const Program& program, const Instruction& branch);

}  // namespace pvm::engine
