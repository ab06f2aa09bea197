// SPDX-License-Identifier: Apache-2.0 OR MIT
#include "emit/forms.hpp"

namespace pvm::link {

using O = isa::Op;

isa::Op registers_form(Op op, bool wide) {
  switch (op) {
    case Op::add: return wide ? O::add_64 : O::add_32;
    case Op::sub: return wide ? O::sub_64 : O::sub_32;
    case Op::mul: return wide ? O::mul_64 : O::mul_32;
    case Op::mul_upper_signed_signed: return O::mul_upper_signed_signed;
    case Op::mul_upper_unsigned_unsigned: return O::mul_upper_unsigned_unsigned;
    case Op::mul_upper_signed_unsigned: return O::mul_upper_signed_unsigned;
    case Op::div_unsigned: return wide ? O::div_unsigned_64 : O::div_unsigned_32;
    case Op::div_signed: return wide ? O::div_signed_64 : O::div_signed_32;
    case Op::rem_unsigned: return wide ? O::rem_unsigned_64 : O::rem_unsigned_32;
    case Op::rem_signed: return wide ? O::rem_signed_64 : O::rem_signed_32;
    case Op::and_: return O::and_;
    case Op::or_: return O::or_;
    case Op::xor_: return O::xor_;
    case Op::and_inverted: return O::and_inverted;
    case Op::or_inverted: return O::or_inverted;
    case Op::xnor: return O::xnor;
    case Op::shift_left: return wide ? O::shift_logical_left_64 : O::shift_logical_left_32;
    case Op::shift_right_logical: return wide ? O::shift_logical_right_64 : O::shift_logical_right_32;
    case Op::shift_right_arithmetic: return wide ? O::shift_arithmetic_right_64 : O::shift_arithmetic_right_32;
    case Op::rotate_left: return wide ? O::rotate_left_64 : O::rotate_left_32;
    case Op::rotate_right: return wide ? O::rotate_right_64 : O::rotate_right_32;
    case Op::set_less_unsigned: return O::set_less_than_unsigned;
    case Op::set_less_signed: return O::set_less_than_signed;
    case Op::max_signed: return O::maximum;
    case Op::max_unsigned: return O::maximum_unsigned;
    case Op::min_signed: return O::minimum;
    case Op::min_unsigned: return O::minimum_unsigned;
    default: return O::invalid;
  }
}

std::optional<isa::Op> immediate_form(Op op, bool wide) {
  switch (op) {
    case Op::add:
    case Op::sub: return wide ? O::add_imm_64 : O::add_imm_32;
    case Op::mul: return wide ? O::mul_imm_64 : O::mul_imm_32;
    case Op::and_:
    case Op::and_inverted: return O::and_imm;
    case Op::or_:
    case Op::or_inverted: return O::or_imm;
    case Op::xor_:
    case Op::xnor: return O::xor_imm;
    case Op::shift_left: return wide ? O::shift_logical_left_imm_64 : O::shift_logical_left_imm_32;
    case Op::shift_right_logical: return wide ? O::shift_logical_right_imm_64 : O::shift_logical_right_imm_32;
    case Op::shift_right_arithmetic: return wide ? O::shift_arithmetic_right_imm_64 : O::shift_arithmetic_right_imm_32;
    case Op::rotate_left:
    case Op::rotate_right: return wide ? O::rotate_right_imm_64 : O::rotate_right_imm_32;
    case Op::set_less_unsigned: return O::set_less_than_unsigned_imm;
    case Op::set_less_signed: return O::set_less_than_signed_imm;
    default: return std::nullopt;
  }
}

i64 immediate_operand(Op op, bool wide, i64 number) {
  const i64 width = wide ? 64 : 32;
  switch (op) {
    case Op::sub: {
      const i64 negated = static_cast<i64>(-static_cast<u64>(number));
      return wide ? negated : static_cast<std::int32_t>(static_cast<u32>(static_cast<u64>(negated)));
    }
    case Op::and_inverted:
    case Op::or_inverted:
    case Op::xnor: return ~number;
    case Op::shift_left:
    case Op::shift_right_logical:
    case Op::shift_right_arithmetic:
    case Op::rotate_right: return number & (width - 1);
    case Op::rotate_left: return static_cast<i64>(-static_cast<u64>(number)) & (width - 1);
    default: return number;
  }
}

std::optional<isa::Op> immediate_first_form(Op op, bool wide) {
  switch (op) {
    case Op::sub: return wide ? O::negate_and_add_imm_64 : O::negate_and_add_imm_32;
    case Op::shift_left: return wide ? O::shift_logical_left_imm_alt_64 : O::shift_logical_left_imm_alt_32;
    case Op::shift_right_logical: return wide ? O::shift_logical_right_imm_alt_64 : O::shift_logical_right_imm_alt_32;
    case Op::shift_right_arithmetic: return wide ? O::shift_arithmetic_right_imm_alt_64 : O::shift_arithmetic_right_imm_alt_32;
    case Op::rotate_right: return wide ? O::rotate_right_imm_alt_64 : O::rotate_right_imm_alt_32;
    case Op::set_less_unsigned: return O::set_greater_than_unsigned_imm;
    case Op::set_less_signed: return O::set_greater_than_signed_imm;
    default: return std::nullopt;
  }
}

isa::Op unary_form(Op op, bool wide) {
  switch (op) {
    case Op::count_leading_zeros: return wide ? O::count_leading_zero_bits_64 : O::count_leading_zero_bits_32;
    case Op::count_trailing_zeros: return wide ? O::count_trailing_zero_bits_64 : O::count_trailing_zero_bits_32;
    case Op::count_set_bits: return wide ? O::count_set_bits_64 : O::count_set_bits_32;
    case Op::sign_extend_8: return O::sign_extend_8;
    case Op::sign_extend_16: return O::sign_extend_16;
    case Op::zero_extend_16: return O::zero_extend_16;
    case Op::reverse_bytes: return O::reverse_byte;
    default: return O::invalid;
  }
}

AccessForms access_forms(Op op, bool is_64_bit) {
  switch (op) {
    case Op::load_u8: return {O::load_u8, O::load_indirect_u8};
    case Op::load_i8: return {O::load_i8, O::load_indirect_i8};
    case Op::load_u16: return {O::load_u16, O::load_indirect_u16};
    case Op::load_i16: return {O::load_i16, O::load_indirect_i16};
    case Op::load_u32:
      // Registers of 32 bits have no upper half to be zero.
      if (is_64_bit) return {O::load_u32, O::load_indirect_u32};
      [[fallthrough]];
    case Op::load_i32: return {O::load_i32, O::load_indirect_i32};
    case Op::load_u64: return {O::load_u64, O::load_indirect_u64};
    case Op::store_u8: return {O::store_u8, O::store_indirect_u8, O::store_imm_u8, O::store_imm_indirect_u8};
    case Op::store_u16: return {O::store_u16, O::store_indirect_u16, O::store_imm_u16, O::store_imm_indirect_u16};
    case Op::store_u32: return {O::store_u32, O::store_indirect_u32, O::store_imm_u32, O::store_imm_indirect_u32};
    case Op::store_u64: return {O::store_u64, O::store_indirect_u64, O::store_imm_u64, O::store_imm_indirect_u64};
    default: return {};
  }
}

isa::Op branch_form(Condition condition) {
  switch (condition) {
    case Condition::equal: return O::branch_eq;
    case Condition::not_equal: return O::branch_not_eq;
    case Condition::less_unsigned: return O::branch_less_unsigned;
    case Condition::less_signed: return O::branch_less_signed;
    case Condition::greater_or_equal_unsigned: return O::branch_greater_or_equal_unsigned;
    case Condition::greater_or_equal_signed: return O::branch_greater_or_equal_signed;
  }
  return O::invalid;
}

isa::Op branch_immediate_form(Condition condition) {
  switch (condition) {
    case Condition::equal: return O::branch_eq_imm;
    case Condition::not_equal: return O::branch_not_eq_imm;
    case Condition::less_unsigned: return O::branch_less_unsigned_imm;
    case Condition::less_signed: return O::branch_less_signed_imm;
    case Condition::greater_or_equal_unsigned: return O::branch_greater_or_equal_unsigned_imm;
    case Condition::greater_or_equal_signed: return O::branch_greater_or_equal_signed_imm;
  }
  return O::invalid;
}

isa::Op branch_immediate_first_form(Condition condition) {
  switch (condition) {
    case Condition::equal: return O::branch_eq_imm;
    case Condition::not_equal: return O::branch_not_eq_imm;
    case Condition::less_unsigned: return O::branch_greater_unsigned_imm;
    case Condition::less_signed: return O::branch_greater_signed_imm;
    case Condition::greater_or_equal_unsigned: return O::branch_less_or_equal_unsigned_imm;
    case Condition::greater_or_equal_signed: return O::branch_less_or_equal_signed_imm;
  }
  return O::invalid;
}

}  // namespace pvm::link
