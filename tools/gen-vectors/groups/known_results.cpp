// SPDX-License-Identifier: Apache-2.0 OR MIT
// Results of computations that are known without ref: worked out by hand from the corners that implementations have got wrong.
#include "values.hpp"

namespace pvm::gen {

namespace {

constexpr u64 ones = ~u64{0};
constexpr u64 min_64 = u64{1} << 63;
constexpr u64 min_32_extended = 0xffffffff80000000;

// One value: that of the 64-bit versions, whose low half is rv32-1's unless `narrow` says otherwise.
struct KnownResult {
  std::string_view name;
  u64 wide;
  std::optional<u64> narrow = std::nullopt;
};

constexpr KnownResult results[] = {
    // Sums, differences and products wrap; the 32-bit forms extend bit 31.
    {"alu.add_32.max_32_and_one", min_32_extended},
    {"alu.add_32.max_and_one", 0, 0x80000000},
    {"alu.add_32.one_and_minus_one", 0},
    {"alu.add_32.all_32_and_one", 0},
    {"alu.add_64.max_and_one", min_64},
    {"alu.add_64.all_32_and_one", 0x100000000},
    {"alu.sub_32.zero_and_one", ones},
    {"alu.sub_32.min_and_min", 0},
    {"alu.sub_64.zero_and_one", ones},
    {"alu.mul_32.minus_one_and_minus_one", 1},
    {"alu.mul_32.min_32_and_min_32", 0},
    {"alu.mul_64.two_32_and_two_32", 0},
    {"alu.mul_64.min_and_minus_one", min_64},
    {"alu.negate_and_add_imm_32.zero_and_imm_zero", 0},
    {"alu.negate_and_add_imm_32.minus_one_and_imm_one", 2},
    {"alu.negate_and_add_imm_32.one_and_imm_max_32", 0x7ffffffe},
    {"alu.negate_and_add_imm_32.minus_one_and_imm_max_32", min_32_extended},
    {"alu.negate_and_add_imm_64.minus_one_and_imm_max_32", 0x80000000},
    // Division: by zero, MIN / -1, signs, and what the 32-bit forms do with the upper half.
    {"alu.div_unsigned_32.seven_and_zero", ones},
    {"alu.div_unsigned_64.seven_and_zero", ones},
    {"alu.div_signed_32.seven_and_zero", ones},
    {"alu.div_signed_64.seven_and_zero", ones},
    {"alu.div_unsigned_32.seven_and_two_32", ones},
    {"alu.div_signed_32.min_32_extended_and_minus_one", min_32_extended},
    {"alu.div_signed_32.min_32_and_all_32", min_32_extended},
    {"alu.div_signed_32.min_and_minus_one", 0, 0x80000000},
    {"alu.div_signed_64.min_and_minus_one", min_64},
    {"alu.div_signed_32.minus_seven_and_two", static_cast<u64>(-3)},
    {"alu.div_signed_64.minus_seven_and_two", static_cast<u64>(-3)},
    {"alu.div_signed_64.seven_and_minus_two", static_cast<u64>(-3)},
    {"alu.div_unsigned_32.min_32_and_two_32_plus_one", min_32_extended},
    {"alu.div_unsigned_32.two_32_plus_seven_and_two_32_plus_one", 7},
    {"alu.rem_unsigned_32.min_32_and_zero", min_32_extended},
    {"alu.rem_unsigned_32.seven_and_zero", 7},
    {"alu.rem_unsigned_64.min_and_zero", min_64},
    {"alu.rem_signed_32.min_32_and_all_32", 0},
    {"alu.rem_signed_32.min_32_extended_and_minus_one", 0},
    {"alu.rem_signed_32.min_32_and_zero", min_32_extended},
    {"alu.rem_signed_64.min_and_minus_one", 0},
    {"alu.rem_signed_64.min_and_zero", min_64},
    {"alu.rem_signed_64.minus_seven_and_two", ones},
    {"alu.rem_signed_64.seven_and_minus_two", 1},
    {"alu.rem_signed_32.minus_seven_and_two", ones},
    {"alu.rem_signed_32.minus_seven_and_minus_two", ones},
    // Upper halves of products.
    {"alu.mul_upper_signed_unsigned.minus_one_and_minus_one", ones},
    {"alu.mul_upper_unsigned_unsigned.minus_one_and_minus_one", ones - 1},
    {"alu.mul_upper_signed_signed.minus_one_and_minus_one", 0},
    {"alu.mul_upper_signed_signed.min_and_min", u64{1} << 62, u64{1} << 30},
    {"alu.mul_upper_signed_unsigned.min_and_min", 0xc000000000000000, 0xc0000000},
    {"alu.mul_upper_unsigned_unsigned.two_32_and_two_32", 1},
    {"alu.mul_upper_signed_unsigned.one_and_minus_one", 0},
    {"alu.mul_upper_signed_unsigned.minus_one_and_one", ones},
    // Comparisons look at the whole register, an immediate is extended first.
    {"alu.set_less_than_unsigned_imm.minus_one_and_imm_minus_one", 0},
    {"alu.set_less_than_unsigned_imm.minus_one_and_imm_minus_two", 0},
    {"alu.set_less_than_unsigned_imm.zero_and_imm_minus_one", 1},
    {"alu.set_less_than_unsigned_imm.all_32_and_imm_minus_one", 1},
    {"alu.set_less_than_signed_imm.zero_and_imm_minus_one", 0},
    {"alu.set_greater_than_unsigned_imm.minus_one_and_imm_minus_one", 0},
    {"alu.set_greater_than_unsigned_imm.two_32_and_imm_one", 1},
    {"alu.set_less_than_signed.all_32_and_two_32", 1},
    {"alu.set_less_than_unsigned.min_and_max", 0},
    {"alu.set_less_than_signed.min_and_max", 1},
    {"alu.maximum.all_32_and_minus_one", 0xffffffff},
    {"alu.maximum_unsigned.all_32_and_minus_one", ones},
    {"alu.maximum.min_32_extended_and_min_32", 0x80000000},
    {"alu.minimum.min_32_extended_and_min_32", min_32_extended},
    {"alu.minimum_unsigned.min_32_extended_and_min_32", 0x80000000},
    // Shifts and rotates take the amount modulo their width.
    {"bits.shift_logical_right_32.min_32_and_zero", min_32_extended},
    {"bits.shift_logical_right_imm_32.min_32_and_imm_zero", min_32_extended},
    {"bits.shift_logical_left_32.pattern_and_n32", 0xffffffff89abcdef},
    {"bits.shift_logical_left_32.pattern_and_n64", 0xffffffff89abcdef},
    {"bits.shift_logical_left_32.pattern_and_n33", 0x13579bde},
    {"bits.shift_logical_left_32.pattern_and_minus_one", min_32_extended},
    {"bits.shift_logical_left_64.pattern_and_n64", 0x0123456789abcdef},
    {"bits.shift_logical_left_64.pattern_and_n32", 0x89abcdef00000000},
    {"bits.shift_logical_left_64.pattern_and_minus_one", min_64},
    {"bits.shift_logical_right_64.pattern_and_two_32_plus_one", 0x0091a2b3c4d5e6f7},
    {"bits.shift_arithmetic_right_32.min_32_and_one", 0xffffffffc0000000},
    {"bits.shift_arithmetic_right_32.upper_half_and_one", 0},
    {"bits.shift_logical_left_imm_32.pattern_and_imm_minus_one", min_32_extended},
    {"bits.shift_logical_left_imm_64.pattern_and_imm_minus_one", min_64},
    {"bits.shift_logical_right_imm_alt_32.one_and_imm_minus_one", 0x7fffffff},
    {"bits.shift_logical_right_imm_alt_64.one_and_imm_minus_one", 0x7fffffffffffffff},
    {"bits.shift_logical_right_imm_alt_64.n63_and_imm_minus_one", 1},
    {"bits.shift_arithmetic_right_imm_alt_32.one_and_imm_min_32", 0xffffffffc0000000},
    {"bits.shift_arithmetic_right_imm_alt_32.n32_and_imm_mixed", 0x12345678},
    {"bits.shift_logical_left_imm_alt_32.n31_and_imm_minus_one", min_32_extended},
    {"bits.rotate_left_32.pattern_and_zero", 0xffffffff89abcdef},
    {"bits.rotate_left_32.pattern_and_n32", 0xffffffff89abcdef},
    {"bits.rotate_right_32.pattern_and_n64", 0xffffffff89abcdef},
    {"bits.rotate_left_64.pattern_and_n64", 0x0123456789abcdef},
    {"bits.rotate_left_64.min_and_one", 1},
    {"bits.rotate_right_32.pattern_and_n31", 0x13579bdf},
    {"bits.rotate_right_imm_32.pattern_and_imm_zero", 0xffffffff89abcdef},
    {"bits.rotate_right_imm_64.pattern_and_imm_n32", 0x89abcdef01234567},
    {"bits.rotate_right_imm_alt_32.one_and_imm_min_32", 0x40000000},
    {"bits.rotate_right_imm_alt_64.one_and_imm_min_32", 0x7fffffffc0000000},
    // Bits, one by one.
    {"bits.count_leading_zero_bits_32.zero", 32},
    {"bits.count_leading_zero_bits_64.zero", 64},
    {"bits.count_trailing_zero_bits_32.zero", 32},
    {"bits.count_trailing_zero_bits_64.zero", 64},
    {"bits.count_leading_zero_bits_32.upper_half", 32},
    {"bits.count_trailing_zero_bits_32.upper_half", 32},
    {"bits.count_trailing_zero_bits_64.upper_half", 32},
    {"bits.count_set_bits_32.upper_half", 0},
    {"bits.count_set_bits_32.minus_one", 32},
    {"bits.count_set_bits_64.minus_one", 64},
    {"bits.reverse_byte.pattern", 0xefcdab8967452301, 0xefcdab89},
    {"bits.sign_extend_8.byte_80", static_cast<u64>(-128)},
    {"bits.sign_extend_8.half_8000", 0},
    {"bits.sign_extend_16.half_8000", static_cast<u64>(-32768)},
    {"bits.zero_extend_16.pattern", 0xcdef},
    {"bits.zero_extend_16.upper_half", 0},
    {"bits.and_inverted.minus_one_and_minus_one", 0},
    {"bits.xnor.d_is_a", 0x0123456789abcde3, 0x89abcde3},
    {"bits.and_imm.pattern_and_imm_minus_one", 0x0123456789abcdef},
    {"bits.and_imm.pattern_and_imm_min_32", 0x0123456780000000},
    // A conditional move tests the whole register and doesn't touch d otherwise.
    {"move.cmov_if_zero.seven_and_zero", 7},
    {"move.cmov_if_zero.seven_and_one", 0x5555555566666666},
    {"move.cmov_if_zero.pattern_and_two_32", 0x5555555566666666},
    {"move.cmov_if_not_zero.pattern_and_two_32", 0x0123456789abcdef},
    {"move.cmov_if_not_zero.min_32_and_zero", 0x5555555566666666},
    {"move.cmov_if_not_zero.min_32_and_one", 0x80000000},
    {"move.cmov_if_zero_imm.two_32_and_imm_seven", 0x5555555566666666},
    {"move.cmov_if_not_zero_imm.upper_half_and_imm_max_32", 0x7fffffff},
    {"move.cmov_if_zero_imm.zero_and_imm_min_32", min_32_extended},
};

}  // namespace

std::optional<u64> known_result(const Group& group, std::string_view case_name) {
  for (const KnownResult& result : results) {
    if (result.name != case_name) continue;
    return group.is_wide() ? result.wide : result.narrow.value_or(result.wide & 0xffffffff);
  }
  return std::nullopt;
}

}  // namespace pvm::gen
