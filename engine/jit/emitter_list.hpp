// SPDX-License-Identifier: Apache-2.0 OR MIT
// The emitters that every architecture defines: one per instruction, under its name. A missing one doesn't link, one too many doesn't
// compile.
#pragma once

#include "pvm/isa.hpp"

// clang-format off
#define PVM_CONTROL_EMITTERS(X) \
  X(trap) X(fallthrough) X(unlikely) X(ecalli) X(jump) X(jump_indirect) X(load_imm_and_jump) X(load_imm_and_jump_indirect) \
  X(branch_eq_imm) X(branch_not_eq_imm) X(branch_less_unsigned_imm) X(branch_less_or_equal_unsigned_imm) \
  X(branch_greater_or_equal_unsigned_imm) X(branch_greater_unsigned_imm) X(branch_less_signed_imm) \
  X(branch_less_or_equal_signed_imm) X(branch_greater_or_equal_signed_imm) X(branch_greater_signed_imm) \
  X(branch_eq) X(branch_not_eq) X(branch_less_unsigned) X(branch_less_signed) X(branch_greater_or_equal_unsigned) \
  X(branch_greater_or_equal_signed) X(invalid)

#define PVM_ALU_EMITTERS(X) \
  X(load_imm64) X(load_imm) X(move_reg) X(cmov_if_zero_imm) X(cmov_if_not_zero_imm) X(cmov_if_zero) X(cmov_if_not_zero) \
  X(add_imm_32) X(mul_imm_32) X(set_less_than_unsigned_imm) X(set_less_than_signed_imm) X(negate_and_add_imm_32) \
  X(set_greater_than_unsigned_imm) X(set_greater_than_signed_imm) X(add_imm_64) X(mul_imm_64) X(negate_and_add_imm_64) \
  X(add_32) X(sub_32) X(mul_32) X(div_unsigned_32) X(div_signed_32) X(rem_unsigned_32) X(rem_signed_32) \
  X(add_64) X(sub_64) X(mul_64) X(div_unsigned_64) X(div_signed_64) X(rem_unsigned_64) X(rem_signed_64) \
  X(mul_upper_signed_signed) X(mul_upper_unsigned_unsigned) X(mul_upper_signed_unsigned) \
  X(set_less_than_unsigned) X(set_less_than_signed) X(maximum) X(maximum_unsigned) X(minimum) X(minimum_unsigned)

#define PVM_BITS_EMITTERS(X) \
  X(count_set_bits_64) X(count_set_bits_32) X(count_leading_zero_bits_64) X(count_leading_zero_bits_32) \
  X(count_trailing_zero_bits_64) X(count_trailing_zero_bits_32) X(sign_extend_8) X(sign_extend_16) X(zero_extend_16) X(reverse_byte) \
  X(and_imm) X(xor_imm) X(or_imm) \
  X(shift_logical_left_imm_32) X(shift_logical_right_imm_32) X(shift_arithmetic_right_imm_32) \
  X(shift_logical_left_imm_alt_32) X(shift_logical_right_imm_alt_32) X(shift_arithmetic_right_imm_alt_32) \
  X(shift_logical_left_imm_64) X(shift_logical_right_imm_64) X(shift_arithmetic_right_imm_64) \
  X(shift_logical_left_imm_alt_64) X(shift_logical_right_imm_alt_64) X(shift_arithmetic_right_imm_alt_64) \
  X(rotate_right_imm_64) X(rotate_right_imm_alt_64) X(rotate_right_imm_32) X(rotate_right_imm_alt_32) \
  X(shift_logical_left_32) X(shift_logical_right_32) X(shift_arithmetic_right_32) \
  X(shift_logical_left_64) X(shift_logical_right_64) X(shift_arithmetic_right_64) \
  X(and_) X(xor_) X(or_) X(rotate_left_64) X(rotate_left_32) X(rotate_right_64) X(rotate_right_32) \
  X(and_inverted) X(or_inverted) X(xnor)

#define PVM_MEMORY_EMITTERS(X) \
  X(memset) X(store_imm_u8) X(store_imm_u16) X(store_imm_u32) X(store_imm_u64) \
  X(load_u8) X(load_i8) X(load_u16) X(load_i16) X(load_u32) X(load_i32) X(load_u64) \
  X(store_u8) X(store_u16) X(store_u32) X(store_u64) \
  X(store_imm_indirect_u8) X(store_imm_indirect_u16) X(store_imm_indirect_u32) X(store_imm_indirect_u64) X(sbrk) \
  X(store_indirect_u8) X(store_indirect_u16) X(store_indirect_u32) X(store_indirect_u64) \
  X(load_indirect_u8) X(load_indirect_i8) X(load_indirect_u16) X(load_indirect_i16) X(load_indirect_u32) X(load_indirect_i32) \
  X(load_indirect_u64)

#define PVM_EMITTERS(X) PVM_CONTROL_EMITTERS(X) PVM_ALU_EMITTERS(X) PVM_BITS_EMITTERS(X) PVM_MEMORY_EMITTERS(X)
// clang-format on

namespace pvm::engine::jit {

#define PVM_COUNT(name) +1  // NOLINT(bugprone-macro-parentheses): a summand
static_assert(0 PVM_EMITTERS(PVM_COUNT) == isa::op_count + 1, "each instruction of the document, and the invalid one, has an emitter");
#undef PVM_COUNT

}  // namespace pvm::engine::jit
