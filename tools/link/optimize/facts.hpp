// SPDX-License-Identifier: Apache-2.0 OR MIT
// What each instruction and terminator of the intermediate representation reads, writes and leads to.
#pragma once

#include <optional>

#include "ir.hpp"

namespace pvm::link {

/// Registers in the order in which a host call takes its inputs.
inline constexpr Reg argument_registers[] = {Reg::a0, Reg::a1, Reg::a2, Reg::a3, Reg::a4, Reg::a5, Reg::t0, Reg::t1, Reg::t2};

/// What a host call overwrites.
inline constexpr RegisterSet host_clobbers = set_of(Reg::a0) | set_of(Reg::a1) | set_of(Reg::a2) | set_of(Reg::a3) | set_of(Reg::a4) |
                                             set_of(Reg::a5) | set_of(Reg::t0) | set_of(Reg::t1) | set_of(Reg::t2);
inline constexpr RegisterSet scratch_registers = set_of(Reg::e0) | set_of(Reg::e1) | set_of(Reg::e2) | set_of(Reg::e3);

constexpr bool is_binary(Op op) {
  return op >= Op::add && op <= Op::min_unsigned;
}
constexpr bool is_unary(Op op) {
  return op >= Op::count_leading_zeros && op <= Op::reverse_bytes;
}
constexpr bool is_cmov(Op op) {
  return op == Op::cmov_if_zero || op == Op::cmov_if_not_zero;
}
constexpr bool is_load(Op op) {
  return op >= Op::load_u8 && op <= Op::load_u64;
}
constexpr bool is_store(Op op) {
  return op >= Op::store_u8 && op <= Op::store_u64;
}
/// A result in d, and no other effect: all but memory accesses, host calls, sbrk and memset.
constexpr bool is_pure(Op op) {
  return op == Op::move || is_binary(op) || is_unary(op) || is_cmov(op);
}
/// Is there a 32-bit form in 64-bit programs: may Instruction::word be set?
constexpr bool has_word_form(Op op) {
  switch (op) {
    case Op::add:
    case Op::sub:
    case Op::mul:
    case Op::div_unsigned:
    case Op::div_signed:
    case Op::rem_unsigned:
    case Op::rem_signed:
    case Op::shift_left:
    case Op::shift_right_logical:
    case Op::shift_right_arithmetic:
    case Op::rotate_left:
    case Op::rotate_right:
    case Op::count_leading_zeros:
    case Op::count_trailing_zeros:
    case Op::count_set_bits: return true;
    default: return false;
  }
}
/// a op b == b op a.
bool is_commutative(Op op);

/// Bytes that a load or store touches.
u32 access_size(Op op);

/// Registers that an instruction reads, writes.
RegisterSet reads(const Program& program, const Instruction& instruction);
RegisterSet writes(const Instruction& instruction);
/// Registers that a terminator reads itself; what is read later isn't included.
RegisterSet reads(const Terminator& end);
RegisterSet writes(const Terminator& end);

/// The address of a load or store where it is known up to layout: a number or an address.
std::optional<Value> known_address(const Instruction& access);

/// A load that can't fault: inside a data section, or from sp upwards, where frames are taken to be on the stack.
bool never_faults(const Program& program, const Instruction& load);

/// a + b, if that is a value.
std::optional<Value> sum(const Value& a, const Value& b);

/// The condition that holds when `condition` doesn't.
Condition negated(Condition condition);

/// Calls `visit(BlockId)` for each block that the terminator names. Of a call: the callee and where it returns to.
template <typename Visit>
void for_each_target(const Terminator& end, Visit&& visit) {
  using Kind = Terminator::Kind;
  if (end.kind == Kind::jump || end.kind == Kind::branch || end.kind == Kind::call) visit(end.target);
  if (end.kind == Kind::branch || end.kind == Kind::call || end.kind == Kind::call_indirect) visit(end.otherwise);
}

/// The same, with references that may be changed.
template <typename Visit>
void for_each_target(Terminator& end, Visit&& visit) {
  using Kind = Terminator::Kind;
  if (end.kind == Kind::jump || end.kind == Kind::branch || end.kind == Kind::call) visit(end.target);
  if (end.kind == Kind::branch || end.kind == Kind::call || end.kind == Kind::call_indirect) visit(end.otherwise);
}

/// Calls `visit(const Value&)` for each value that a block mentions as an operand or an offset.
template <typename Visit>
void for_each_value(const Block& block, Visit&& visit) {
  for (const Instruction& instruction : block.body) {
    if (!instruction.a.is_register) visit(instruction.a.value);
    if (!instruction.b.is_register) visit(instruction.b.value);
    visit(instruction.offset);
  }
  if (!block.end.a.is_register) visit(block.end.a.value);
  if (!block.end.b.is_register) visit(block.end.b.value);
}

/// Where indirect control flow may lead: blocks whose address is a value somewhere, and blocks that calls return to.
struct AddressTaken {
  std::vector<bool> by_value;   ///< By an operand, or a relocation of a used data section.
  std::vector<bool> by_return;  ///< A call returns here.
  std::vector<bool> by_export;  ///< The host enters here.
  bool unknown(BlockId id) const { return by_value[index_of(id)] || by_return[index_of(id)] || by_export[index_of(id)]; }
};
AddressTaken address_taken(const Program& program);

}  // namespace pvm::link
