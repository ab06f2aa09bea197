// SPDX-License-Identifier: Apache-2.0 OR MIT
// How each instruction is written: one table for the parser and the printers.
#include "syntax.hpp"

#include <array>
#include <vector>

#include "pvm/ref/decode.hpp"

namespace pvm::assembly {
namespace {

using isa::Op;

constexpr Syntax table[] = {
    {Op::trap, Shape::word, "trap", Width::one},
    {Op::fallthrough, Shape::word, "fallthrough", Width::one},
    {Op::unlikely, Shape::word, "unlikely", Width::one},
    {Op::ecalli, Shape::ecalli, "", Width::one},
    {Op::jump, Shape::jump, "", Width::one},
    {Op::jump_indirect, Shape::jump_indirect, "", Width::one},
    {Op::load_imm_and_jump, Shape::jump_linked, "", Width::one},
    {Op::load_imm_and_jump_indirect, Shape::jump_linked_indirect, "", Width::one},
    {Op::branch_eq_imm, Shape::branch_imm, "==", Width::one},
    {Op::branch_not_eq_imm, Shape::branch_imm, "!=", Width::one},
    {Op::branch_less_unsigned_imm, Shape::branch_imm, "<u", Width::one},
    {Op::branch_less_or_equal_unsigned_imm, Shape::branch_imm, "<=u", Width::one},
    {Op::branch_greater_or_equal_unsigned_imm, Shape::branch_imm, ">=u", Width::one},
    {Op::branch_greater_unsigned_imm, Shape::branch_imm, ">u", Width::one},
    {Op::branch_less_signed_imm, Shape::branch_imm, "<s", Width::one},
    {Op::branch_less_or_equal_signed_imm, Shape::branch_imm, "<=s", Width::one},
    {Op::branch_greater_or_equal_signed_imm, Shape::branch_imm, ">=s", Width::one},
    {Op::branch_greater_signed_imm, Shape::branch_imm, ">s", Width::one},
    {Op::branch_eq, Shape::branch, "==", Width::one},
    {Op::branch_not_eq, Shape::branch, "!=", Width::one},
    {Op::branch_less_unsigned, Shape::branch, "<u", Width::one},
    {Op::branch_less_signed, Shape::branch, "<s", Width::one},
    {Op::branch_greater_or_equal_unsigned, Shape::branch, ">=u", Width::one},
    {Op::branch_greater_or_equal_signed, Shape::branch, ">=s", Width::one},
    {Op::load_imm64, Shape::load_imm64, "", Width::one},
    {Op::load_imm, Shape::load_imm, "", Width::one},
    {Op::move_reg, Shape::move, "", Width::one},
    {Op::cmov_if_zero_imm, Shape::cmov_imm, "==", Width::one},
    {Op::cmov_if_not_zero_imm, Shape::cmov_imm, "!=", Width::one},
    {Op::cmov_if_zero, Shape::cmov, "==", Width::one},
    {Op::cmov_if_not_zero, Shape::cmov, "!=", Width::one},
    {Op::add_imm_32, Shape::binary_imm, "+", Width::w32},
    {Op::mul_imm_32, Shape::binary_imm, "*", Width::w32},
    {Op::set_less_than_unsigned_imm, Shape::binary_imm, "<u", Width::one},
    {Op::set_less_than_signed_imm, Shape::binary_imm, "<s", Width::one},
    {Op::negate_and_add_imm_32, Shape::binary_imm_alt, "-", Width::w32},
    {Op::set_greater_than_unsigned_imm, Shape::binary_imm, ">u", Width::one},
    {Op::set_greater_than_signed_imm, Shape::binary_imm, ">s", Width::one},
    {Op::add_imm_64, Shape::binary_imm, "+", Width::w64},
    {Op::mul_imm_64, Shape::binary_imm, "*", Width::w64},
    {Op::negate_and_add_imm_64, Shape::binary_imm_alt, "-", Width::w64},
    {Op::add_32, Shape::binary, "+", Width::w32},
    {Op::sub_32, Shape::binary, "-", Width::w32},
    {Op::mul_32, Shape::binary, "*", Width::w32},
    {Op::div_unsigned_32, Shape::binary, "/u", Width::w32},
    {Op::div_signed_32, Shape::binary, "/s", Width::w32},
    {Op::rem_unsigned_32, Shape::binary, "%u", Width::w32},
    {Op::rem_signed_32, Shape::binary, "%s", Width::w32},
    {Op::add_64, Shape::binary, "+", Width::w64},
    {Op::sub_64, Shape::binary, "-", Width::w64},
    {Op::mul_64, Shape::binary, "*", Width::w64},
    {Op::div_unsigned_64, Shape::binary, "/u", Width::w64},
    {Op::div_signed_64, Shape::binary, "/s", Width::w64},
    {Op::rem_unsigned_64, Shape::binary, "%u", Width::w64},
    {Op::rem_signed_64, Shape::binary, "%s", Width::w64},
    {Op::mul_upper_signed_signed, Shape::binary, "mulh", Width::one},
    {Op::mul_upper_unsigned_unsigned, Shape::binary, "mulhu", Width::one},
    {Op::mul_upper_signed_unsigned, Shape::binary, "mulhsu", Width::one},
    {Op::set_less_than_unsigned, Shape::binary, "<u", Width::one},
    {Op::set_less_than_signed, Shape::binary, "<s", Width::one},
    {Op::maximum, Shape::call, "maxs", Width::one},
    {Op::maximum_unsigned, Shape::call, "maxu", Width::one},
    {Op::minimum, Shape::call, "mins", Width::one},
    {Op::minimum_unsigned, Shape::call, "minu", Width::one},
    {Op::count_set_bits_64, Shape::unary, "cpop", Width::w64},
    {Op::count_set_bits_32, Shape::unary, "cpop", Width::w32},
    {Op::count_leading_zero_bits_64, Shape::unary, "clz", Width::w64},
    {Op::count_leading_zero_bits_32, Shape::unary, "clz", Width::w32},
    {Op::count_trailing_zero_bits_64, Shape::unary, "ctz", Width::w64},
    {Op::count_trailing_zero_bits_32, Shape::unary, "ctz", Width::w32},
    {Op::sign_extend_8, Shape::unary, "sext8", Width::one},
    {Op::sign_extend_16, Shape::unary, "sext16", Width::one},
    {Op::zero_extend_16, Shape::unary, "zext16", Width::one},
    {Op::reverse_byte, Shape::unary, "reverse", Width::one},
    {Op::and_imm, Shape::binary_imm, "&", Width::one},
    {Op::xor_imm, Shape::binary_imm, "^", Width::one},
    {Op::or_imm, Shape::binary_imm, "|", Width::one},
    {Op::shift_logical_left_imm_32, Shape::binary_imm, "<<", Width::w32},
    {Op::shift_logical_right_imm_32, Shape::binary_imm, ">>", Width::w32},
    {Op::shift_arithmetic_right_imm_32, Shape::binary_imm, ">>a", Width::w32},
    {Op::shift_logical_left_imm_alt_32, Shape::binary_imm_alt, "<<", Width::w32},
    {Op::shift_logical_right_imm_alt_32, Shape::binary_imm_alt, ">>", Width::w32},
    {Op::shift_arithmetic_right_imm_alt_32, Shape::binary_imm_alt, ">>a", Width::w32},
    {Op::shift_logical_left_imm_64, Shape::binary_imm, "<<", Width::w64},
    {Op::shift_logical_right_imm_64, Shape::binary_imm, ">>", Width::w64},
    {Op::shift_arithmetic_right_imm_64, Shape::binary_imm, ">>a", Width::w64},
    {Op::shift_logical_left_imm_alt_64, Shape::binary_imm_alt, "<<", Width::w64},
    {Op::shift_logical_right_imm_alt_64, Shape::binary_imm_alt, ">>", Width::w64},
    {Op::shift_arithmetic_right_imm_alt_64, Shape::binary_imm_alt, ">>a", Width::w64},
    {Op::rotate_right_imm_64, Shape::binary_imm, ">>r", Width::w64},
    {Op::rotate_right_imm_alt_64, Shape::binary_imm_alt, ">>r", Width::w64},
    {Op::rotate_right_imm_32, Shape::binary_imm, ">>r", Width::w32},
    {Op::rotate_right_imm_alt_32, Shape::binary_imm_alt, ">>r", Width::w32},
    {Op::shift_logical_left_32, Shape::binary, "<<", Width::w32},
    {Op::shift_logical_right_32, Shape::binary, ">>", Width::w32},
    {Op::shift_arithmetic_right_32, Shape::binary, ">>a", Width::w32},
    {Op::shift_logical_left_64, Shape::binary, "<<", Width::w64},
    {Op::shift_logical_right_64, Shape::binary, ">>", Width::w64},
    {Op::shift_arithmetic_right_64, Shape::binary, ">>a", Width::w64},
    {Op::and_, Shape::binary, "&", Width::one},
    {Op::xor_, Shape::binary, "^", Width::one},
    {Op::or_, Shape::binary, "|", Width::one},
    {Op::rotate_left_64, Shape::binary, "<<r", Width::w64},
    {Op::rotate_left_32, Shape::binary, "<<r", Width::w32},
    {Op::rotate_right_64, Shape::binary, ">>r", Width::w64},
    {Op::rotate_right_32, Shape::binary, ">>r", Width::w32},
    {Op::and_inverted, Shape::binary, "& ~", Width::one},
    {Op::or_inverted, Shape::binary, "| ~", Width::one},
    {Op::xnor, Shape::xnor, "", Width::one},
    {Op::memset, Shape::memset, "", Width::one},
    {Op::store_imm_u8, Shape::store_imm, "u8", Width::one},
    {Op::store_imm_u16, Shape::store_imm, "u16", Width::one},
    {Op::store_imm_u32, Shape::store_imm, "u32", Width::one},
    {Op::store_imm_u64, Shape::store_imm, "u64", Width::one},
    {Op::load_u8, Shape::load, "u8", Width::one},
    {Op::load_i8, Shape::load, "i8", Width::one},
    {Op::load_u16, Shape::load, "u16", Width::one},
    {Op::load_i16, Shape::load, "i16", Width::one},
    {Op::load_u32, Shape::load, "u32", Width::one},
    {Op::load_i32, Shape::load, "i32", Width::one},
    {Op::load_u64, Shape::load, "u64", Width::one},
    {Op::store_u8, Shape::store, "u8", Width::one},
    {Op::store_u16, Shape::store, "u16", Width::one},
    {Op::store_u32, Shape::store, "u32", Width::one},
    {Op::store_u64, Shape::store, "u64", Width::one},
    {Op::store_imm_indirect_u8, Shape::store_imm_indirect, "u8", Width::one},
    {Op::store_imm_indirect_u16, Shape::store_imm_indirect, "u16", Width::one},
    {Op::store_imm_indirect_u32, Shape::store_imm_indirect, "u32", Width::one},
    {Op::store_imm_indirect_u64, Shape::store_imm_indirect, "u64", Width::one},
    {Op::sbrk, Shape::unary, "sbrk", Width::one},
    {Op::store_indirect_u8, Shape::store_indirect, "u8", Width::one},
    {Op::store_indirect_u16, Shape::store_indirect, "u16", Width::one},
    {Op::store_indirect_u32, Shape::store_indirect, "u32", Width::one},
    {Op::store_indirect_u64, Shape::store_indirect, "u64", Width::one},
    {Op::load_indirect_u8, Shape::load_indirect, "u8", Width::one},
    {Op::load_indirect_i8, Shape::load_indirect, "i8", Width::one},
    {Op::load_indirect_u16, Shape::load_indirect, "u16", Width::one},
    {Op::load_indirect_i16, Shape::load_indirect, "i16", Width::one},
    {Op::load_indirect_u32, Shape::load_indirect, "u32", Width::one},
    {Op::load_indirect_i32, Shape::load_indirect, "i32", Width::one},
    {Op::load_indirect_u64, Shape::load_indirect, "u64", Width::one},
};

constexpr bool is_in_order_of_ops() {
  for (std::size_t index = 0; index < std::size(table); ++index) {
    if (static_cast<std::size_t>(table[index].op) != index) return false;
  }
  return std::size(table) == isa::op_count;
}
static_assert(is_in_order_of_ops(), "one row for each instruction, in the order of isa::Op");

constexpr std::size_t shape_count = static_cast<std::size_t>(Shape::cmov_imm) + 1;

const std::vector<const Syntax*>& rows_with(Shape shape) {
  static const auto by_shape = [] {
    std::array<std::vector<const Syntax*>, shape_count> rows;
    for (const Syntax& row : table) rows[static_cast<std::size_t>(row.shape)].push_back(&row);
    return rows;
  }();
  return by_shape[static_cast<std::size_t>(shape)];
}

constexpr std::string_view isa_names[] = {"revive_v1", "latest32", "latest64", "jam_v1", "graypaper-0.7.2"};

bool is_pair(Op a, Op b, Op x, Op y) {
  return (a == x && b == y) || (a == y && b == x);
}

}  // namespace

const Syntax& syntax_of(Op op) {
  return table[static_cast<std::size_t>(op)];
}

std::optional<Op> find_op(Shape shape, std::string_view token, Width width) {
  for (const Syntax* row : rows_with(shape)) {
    if (row->token == token && row->width == width) return row->op;
  }
  return std::nullopt;
}

std::optional<Op> find_sized_op(Semantics version, Shape shape, std::string_view token, bool narrow) {
  if (const auto op = find_op(shape, token, Width::one)) return op;
  return find_op(shape, token, narrow || ref::register_bits(version) == 32 ? Width::w32 : Width::w64);
}

bool has_op(Semantics version, Op op) {
  return isa::row_of(op).opcode[static_cast<std::size_t>(version)] >= 0;
}

std::optional<u8> register_named(std::string_view name) {
  if (name.size() < 2 || name.size() > 3) return std::nullopt;
  for (u8 number = 0; number < 13; ++number) {
    if (ref::register_name(number) == name) return number;
  }
  if (name[0] != 'r' || name[1] < '0' || name[1] > '9') return std::nullopt;
  if (name.size() == 2) return static_cast<u8>(name[1] - '0');
  if (name[1] != '1' || name[2] < '0' || name[2] > '2') return std::nullopt;
  return static_cast<u8>(10 + name[2] - '0');
}

std::optional<Semantics> version_named(std::string_view name) {
  for (const Semantics version : ref::all_semantics) {
    if (isa_name(version) == name) return version;
  }
  return ref::semantics_named(name);
}

std::string_view isa_name(Semantics version) {
  return isa_names[static_cast<std::size_t>(version)];
}

bool print_alike(Semantics version, Op a, Op b) {
  if (a == b || is_pair(a, b, Op::load_imm, Op::load_imm64)) return true;
  return ref::register_bits(version) == 32 && (is_pair(a, b, Op::shift_logical_right_imm_32, Op::rotate_right_imm_32) ||
                                               is_pair(a, b, Op::shift_logical_right_imm_alt_32, Op::rotate_right_imm_alt_32));
}

}  // namespace pvm::assembly
