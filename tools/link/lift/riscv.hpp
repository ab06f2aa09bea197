// SPDX-License-Identifier: Apache-2.0 OR MIT
// RISC-V instructions: from bits to what they do. RV32E/RV64E with I, M, A, C, Zba, Zbb, Zbs, Zicond, XTheadCondMov, MIPS ccmov, and the
// words of custom-0 that guests use.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "ir.hpp"

namespace pvm::link::riscv {

enum class Kind : u8 {
  unknown,  ///< Not understood; see describe_unknown.
  nop,      ///< Fences and hints.
  trap,
  lui,    ///< rd = imm.
  auipc,  ///< rd = pc + imm.
  jal,
  jalr,
  branch,
  load,
  store,
  alu,                ///< rd = rs1 op (imm or rs2).
  unary,              ///< rd = op rs1.
  shift_add,          ///< rd = (rs1 << imm) + rs2; `word`: of the low half of rs1, zero-extended. Zba.
  shift_word,         ///< rd = (low half of rs1, zero-extended) << imm. Zba.
  bit,                ///< rd = rs1 with bit (imm or rs2) set, cleared, inverted, or the bit itself: or_, and_, xor_, nop. Zbs.
  or_combine,         ///< orc.b.
  clear_if_zero,      ///< rd = rs2 is 0 ? 0 : rs1. Zicond.
  clear_if_not_zero,  ///< rd = rs2 is 0 ? rs1 : 0. Zicond.
  move_if_zero,       ///< If rs2 is 0: rd = rs1. XTheadCondMov.
  move_if_not_zero,   ///< Unless rs2 is 0: rd = rs1. XTheadCondMov.
  select,             ///< rd = rs2 is 0 ? rs3 : rs1. MIPS ccmov.
  load_reserved,
  store_conditional,
  swap,       ///< amoswap.
  fetch,      ///< Other amo: rd = [rs1], [rs1] = [rs1] op rs2.
  host_call,  ///< The mark of a host call; a pointer to its record follows.
  sbrk,
  memset,
  heap_base,
};

/// Register numbers are RISC-V's, 0..31. Fields that a kind lacks are 0.
struct Instruction {
  Kind kind = Kind::unknown;
  Op op = Op::nop;  ///< load, store, alu, unary, bit, fetch, and the accesses of the other atomics' width.
  Condition condition = Condition::equal;
  bool word = false;           ///< The 32-bit form in a 64-bit program.
  bool has_immediate = false;  ///< alu, bit: imm in place of rs2.
  u8 rd = 0, rs1 = 0, rs2 = 0, rs3 = 0;
  u8 size = 4;  ///< Bytes of the encoding; host_call: of its mark.
  i64 imm = 0;
};

/// Decodes the instruction that `bytes` begin with; at least 2 bytes. `bits`: 32 or 64. What is cut off is Kind::unknown.
Instruction decode(std::span<const u8> bytes, u32 bits);

/// The 32-bit word that a 16-bit instruction stands for, or nullopt where it stands for none. 0 is no instruction but a trap.
std::optional<u32> expand_compressed(u32 half, u32 bits);

/// What an unknown instruction is, as far as a message can say: "ecall", "a floating-point instruction"...
std::string describe_unknown(std::span<const u8> bytes);

/// ABI name: zero, ra, sp, gp... t6.
const char* register_name(u8 number);

/// The machine's register of that number: nullopt for zero and for those that it lacks.
std::optional<Reg> machine_register(u8 number);

}  // namespace pvm::link::riscv
