// SPDX-License-Identifier: Apache-2.0 OR MIT
// The rules of the bits group. Chapter "Instructions".
#pragma once

#include <bit>

#include "interp/rules.hpp"

namespace pvm::engine::interp {

// Amounts of rotations, of registers and sign-extended immediates alike.
constexpr int amount32(u64 amount) {
  return static_cast<int>(amount & 31);
}
constexpr int amount64(u64 amount) {
  return static_cast<int>(amount & 63);
}

// s(x, 32) div 2^n and s(x, 64) div 2^n
constexpr u64 shift_signed_32(u64 x, u64 amount) {
  return static_cast<u64>(i64{signed32(x) >> (amount & 31)});
}
constexpr u64 shift_signed_64(u64 x, u64 amount) {
  return static_cast<u64>(static_cast<i64>(x) >> (amount & 63));
}

/// reverse(x, 64); compilers know the pattern.
constexpr u64 reverse_bytes(u64 x) {
  x = (x & 0x00ff00ff00ff00ff) << 8 | (x >> 8 & 0x00ff00ff00ff00ff);
  x = (x & 0x0000ffff0000ffff) << 16 | (x >> 16 & 0x0000ffff0000ffff);
  return x << 32 | x >> 32;
}

// [bits.count_set_bits_64]
template <>
inline constexpr auto value<Op::count_set_bits_64> = [](auto x) { return static_cast<u64>(std::popcount(x.a)); };
// [bits.count_set_bits_32]
template <>
inline constexpr auto value<Op::count_set_bits_32> = [](auto x) { return static_cast<u64>(std::popcount(low32(x.a))); };
// [bits.count_leading_zero_bits_64]
template <>
inline constexpr auto value<Op::count_leading_zero_bits_64> = [](auto x) { return static_cast<u64>(std::countl_zero(x.a)); };
// [bits.count_leading_zero_bits_32]
template <>
inline constexpr auto value<Op::count_leading_zero_bits_32> = [](auto x) { return static_cast<u64>(std::countl_zero(low32(x.a))); };
// [bits.count_trailing_zero_bits_64]
template <>
inline constexpr auto value<Op::count_trailing_zero_bits_64> = [](auto x) { return static_cast<u64>(std::countr_zero(x.a)); };
// [bits.count_trailing_zero_bits_32]
template <>
inline constexpr auto value<Op::count_trailing_zero_bits_32> = [](auto x) { return static_cast<u64>(std::countr_zero(low32(x.a))); };
// [bits.sign_extend_8]
template <>
inline constexpr auto value<Op::sign_extend_8> = [](auto x) { return static_cast<u64>(i64{static_cast<i8>(x.a)}); };
// [bits.sign_extend_16]
template <>
inline constexpr auto value<Op::sign_extend_16> = [](auto x) { return static_cast<u64>(i64{static_cast<i16>(x.a)}); };
// [bits.zero_extend_16]
template <>
inline constexpr auto value<Op::zero_extend_16> = [](auto x) { return u64{static_cast<u16>(x.a)}; };
// [bits.reverse_byte]
template <>
inline constexpr auto value<Op::reverse_byte> = []<u32 W>(Inputs<W> x) { return reverse_bytes(x.a) >> (64 - W); };
// [bits.and_imm]
template <>
inline constexpr auto value<Op::and_imm> = [](auto x) { return x.a & x.i; };
// [bits.xor_imm]
template <>
inline constexpr auto value<Op::xor_imm> = [](auto x) { return x.a ^ x.i; };
// [bits.or_imm]
template <>
inline constexpr auto value<Op::or_imm> = [](auto x) { return x.a | x.i; };
// [bits.shift_logical_left_imm_32]
template <>
inline constexpr auto value<Op::shift_logical_left_imm_32> = [](auto x) { return sx32(low32(x.a) << (x.i & 31)); };
// [bits.shift_logical_right_imm_32]
template <>
inline constexpr auto value<Op::shift_logical_right_imm_32> = [](auto x) { return sx32(low32(x.a) >> (x.i & 31)); };
// [bits.shift_arithmetic_right_imm_32]
template <>
inline constexpr auto value<Op::shift_arithmetic_right_imm_32> = [](auto x) { return shift_signed_32(x.a, x.i); };
// [bits.shift_logical_left_imm_alt_32]
template <>
inline constexpr auto value<Op::shift_logical_left_imm_alt_32> = [](auto x) { return sx32(low32(x.i) << (x.a & 31)); };
// [bits.shift_logical_right_imm_alt_32]
template <>
inline constexpr auto value<Op::shift_logical_right_imm_alt_32> = [](auto x) { return sx32(low32(x.i) >> (x.a & 31)); };
// [bits.shift_arithmetic_right_imm_alt_32]
template <>
inline constexpr auto value<Op::shift_arithmetic_right_imm_alt_32> = [](auto x) { return shift_signed_32(x.i, x.a); };
// [bits.shift_logical_left_imm_64]
template <>
inline constexpr auto value<Op::shift_logical_left_imm_64> = [](auto x) { return x.a << (x.i & 63); };
// [bits.shift_logical_right_imm_64]
template <>
inline constexpr auto value<Op::shift_logical_right_imm_64> = [](auto x) { return x.a >> (x.i & 63); };
// [bits.shift_arithmetic_right_imm_64]
template <>
inline constexpr auto value<Op::shift_arithmetic_right_imm_64> = [](auto x) { return shift_signed_64(x.a, x.i); };
// [bits.shift_logical_left_imm_alt_64]
template <>
inline constexpr auto value<Op::shift_logical_left_imm_alt_64> = [](auto x) { return x.i << (x.a & 63); };
// [bits.shift_logical_right_imm_alt_64]
template <>
inline constexpr auto value<Op::shift_logical_right_imm_alt_64> = [](auto x) { return x.i >> (x.a & 63); };
// [bits.shift_arithmetic_right_imm_alt_64]
template <>
inline constexpr auto value<Op::shift_arithmetic_right_imm_alt_64> = [](auto x) { return shift_signed_64(x.i, x.a); };
// [bits.rotate_right_imm_64]
template <>
inline constexpr auto value<Op::rotate_right_imm_64> = [](auto x) { return std::rotr(x.a, amount64(x.i)); };
// [bits.rotate_right_imm_alt_64]
template <>
inline constexpr auto value<Op::rotate_right_imm_alt_64> = [](auto x) { return std::rotr(x.i, amount64(x.a)); };
// [bits.rotate_right_imm_32]
template <>
inline constexpr auto value<Op::rotate_right_imm_32> = [](auto x) { return sx32(std::rotr(low32(x.a), amount32(x.i))); };
// [bits.rotate_right_imm_alt_32]
template <>
inline constexpr auto value<Op::rotate_right_imm_alt_32> = [](auto x) { return sx32(std::rotr(low32(x.i), amount32(x.a))); };
// [bits.shift_logical_left_32]
template <>
inline constexpr auto value<Op::shift_logical_left_32> = [](auto x) { return sx32(low32(x.a) << (x.b & 31)); };
// [bits.shift_logical_right_32]
template <>
inline constexpr auto value<Op::shift_logical_right_32> = [](auto x) { return sx32(low32(x.a) >> (x.b & 31)); };
// [bits.shift_arithmetic_right_32]
template <>
inline constexpr auto value<Op::shift_arithmetic_right_32> = [](auto x) { return shift_signed_32(x.a, x.b); };
// [bits.shift_logical_left_64]
template <>
inline constexpr auto value<Op::shift_logical_left_64> = [](auto x) { return x.a << (x.b & 63); };
// [bits.shift_logical_right_64]
template <>
inline constexpr auto value<Op::shift_logical_right_64> = [](auto x) { return x.a >> (x.b & 63); };
// [bits.shift_arithmetic_right_64]
template <>
inline constexpr auto value<Op::shift_arithmetic_right_64> = [](auto x) { return shift_signed_64(x.a, x.b); };
// [bits.and]
template <>
inline constexpr auto value<Op::and_> = [](auto x) { return x.a & x.b; };
// [bits.xor]
template <>
inline constexpr auto value<Op::xor_> = [](auto x) { return x.a ^ x.b; };
// [bits.or]
template <>
inline constexpr auto value<Op::or_> = [](auto x) { return x.a | x.b; };
// [bits.rotate_left_64]
template <>
inline constexpr auto value<Op::rotate_left_64> = [](auto x) { return std::rotl(x.a, amount64(x.b)); };
// [bits.rotate_left_32]
template <>
inline constexpr auto value<Op::rotate_left_32> = [](auto x) { return sx32(std::rotl(low32(x.a), amount32(x.b))); };
// [bits.rotate_right_64]
template <>
inline constexpr auto value<Op::rotate_right_64> = [](auto x) { return std::rotr(x.a, amount64(x.b)); };
// [bits.rotate_right_32]
template <>
inline constexpr auto value<Op::rotate_right_32> = [](auto x) { return sx32(std::rotr(low32(x.a), amount32(x.b))); };
// [bits.and_inverted]
template <>
inline constexpr auto value<Op::and_inverted> = [](auto x) { return x.a & ~x.b; };
// [bits.or_inverted]
template <>
inline constexpr auto value<Op::or_inverted> = [](auto x) { return x.a | ~x.b; };
// [bits.xnor]
template <>
inline constexpr auto value<Op::xnor> = [](auto x) { return ~(x.a ^ x.b); };

}  // namespace pvm::engine::interp
