// SPDX-License-Identifier: Apache-2.0 OR MIT
// What the instruction rules work with: registers by number, memory, jumps, and the outcome of one instruction.
#pragma once

#include "pvm/ref/machine.hpp"

namespace pvm::ref {

/// The outcome of one instruction.
struct Step {
  enum class Kind : u8 { next, jump, trap, halt, host_call, page_fault, out_of_gas };
  Kind kind = Kind::next;
  u32 target = 0;                ///< jump
  u64 number = 0;                ///< host_call
  u32 fault_address = 0;         ///< page_fault
  bool write_protected = false;  ///< page_fault
};

/// Access of the rules to one machine.
struct Executor {
  const Program& program;
  Machine& machine;

  u32 width() const { return register_bits(program.config.semantics); }
  u64 get(u8 number) const { return machine.registers_[number]; }
  /// A W-bit value as signed.
  i64 as_signed(u64 value) const { return width() == 32 ? static_cast<i32>(value) : static_cast<i64>(value); }
  /// A signed immediate as W-bit unsigned.
  u64 as_unsigned(i64 value) const { return width() == 32 ? static_cast<u32>(value) : static_cast<u64>(value); }

  /// Register `number` := value modulo 2^W; then the next instruction.
  Step set(u8 number, u64 value);
  static Step next() { return {}; }
  static Step trap() { return {.kind = Step::Kind::trap}; }

  /// The loads and stores: checked, little-endian. [access.address] [access.atomic]
  Step load(u8 d, u32 address, u32 size);
  Step load_signed(u8 d, u32 address, u32 size);
  Step store(u32 address, u32 size, u64 value);
  /// What a refused access becomes. `size`: bytes of the access. [paging.fault]
  Step fault(const Denial& denial, u64 address, u64 size) const;

  Step jump(u32 target) const;
  Step branch(const Instruction& in, bool taken) const;
  Step dynamic_jump(u32 address) const;

  Step grow(u8 d, u64 size);
  Step allocate(u8 d, u64 size);
  Step fill();
};

/// The rules, one group each; `in.op` is of that group. Chapter "Instructions".
Step execute_control(Executor& x, const Instruction& in);
Step execute_branch(Executor& x, const Instruction& in);
Step execute_move(Executor& x, const Instruction& in);
Step execute_alu(Executor& x, const Instruction& in);
Step execute_bits(Executor& x, const Instruction& in);
Step execute_memory(Executor& x, const Instruction& in);

/// The operands of an instruction under the letters of its clause. a and b hold the registers' values, d its number.
struct Operands {
  u8 d = 0;
  u64 a = 0, b = 0;
  i64 i, j;
  Operands(const Executor& x, const Instruction& in);
};

}  // namespace pvm::ref
