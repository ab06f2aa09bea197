// SPDX-License-Identifier: Apache-2.0 OR MIT
// From bytes to instructions and blocks. Chapter "Decoding".
#pragma once

#include <optional>
#include <string>

#include "pvm/isa.hpp"
#include "pvm/ref/program.hpp"

namespace pvm::ref {

/// One decoded instruction. Fields that the format lacks are 0.
struct Instruction {
  isa::Op op = isa::Op::invalid;  ///< Op::invalid: behaves as trap. [decode.opcode]
  u32 pc = 0;
  u32 next = 0;                     ///< Position after the instruction: pc + 1 + skip. [decode.next]
  u8 reg1 = 0, reg2 = 0, reg3 = 0;  ///< Register numbers 0..12. [decode.register]
  i64 imm1 = 0;                     ///< Sign-extended value, or the unsigned 8 bytes of reg_imm64 as i64.
  i64 imm2 = 0;
  u32 target = 0;  ///< Jump target of the offset formats. [decode.target]
};

/// Number of bytes between the opcode at `pc` and the next instruction, 0..24. [decode.skip]
u32 skip_at(const Program& program, u64 pc);

/// Decodes the instruction at `pc` whatever the bitmask says; an unmarked or outlying position gives Op::invalid.
Instruction decode(const Program& program, u32 pc);

/// Number of the register that a field holds; `field` is reg1, reg2 or reg3.
u8 register_in(const Instruction& instruction, isa::Field field);

/// True for terminators and for Op::invalid. [block.terminators]
bool ends_block(isa::Op op);

/// The marked instruction whose next position is `pc`, or nullopt. [block.start]
std::optional<u32> predecessor(const Program& program, u32 pc);

/// First instruction of the block that holds the instruction at `pc`, or nullopt where execution can't begin. [block.start]
std::optional<u32> block_start(const Program& program, u32 pc);

/// May control flow jump to `target`? [target.valid]
bool is_valid_target(const Program& program, u64 target);

/// Can the branch at `branch` be executed at all: its target, and in the PolkaVM versions its successor, are valid. [jump.branch]
bool branch_is_sound(const Program& program, const Instruction& branch);

/// One line of text in the document's terms, such as "add_imm_32 sp, sp, -8"; operands in the clause's order. Informative.
std::string disassemble(const Program& program, const Instruction& instruction);

/// ABI name of a register: ra sp t0 t1 t2 s0 s1 a0 a1 a2 a3 a4 a5.
std::string_view register_name(u8 number);

}  // namespace pvm::ref
