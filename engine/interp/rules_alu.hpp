// SPDX-License-Identifier: Apache-2.0 OR MIT
// The rules of the arithmetic group. Chapter "Instructions".
#pragma once

#include <algorithm>

#include "interp/rules.hpp"

namespace pvm::engine::interp {

/// (a * b) div 2^64 of unsigned numbers.
constexpr u64 upper_product(u64 a, u64 b) {
#ifdef __SIZEOF_INT128__
  __extension__ using Wide = unsigned __int128;
  return static_cast<u64>(Wide{a} * b >> 64);
#else
  const u64 low = u64{low32(a)} * low32(b);
  const u64 middle1 = (a >> 32) * low32(b) + (low >> 32);
  const u64 middle2 = u64{low32(a)} * (b >> 32) + low32(middle1);
  return (a >> 32) * (b >> 32) + (middle1 >> 32) + (middle2 >> 32);
#endif
}

/// (a * b) div 2^W, of factors that are read as signed numbers or not.
template <u32 W>
constexpr u64 upper_half(u64 a, u64 b, bool a_signed, bool b_signed) {
  if constexpr (W == 32) {
    // Sign-extended to 64 bits, the product modulo 2^64 is exact.
    return ((a_signed ? sx32(a) : a) * (b_signed ? sx32(b) : b)) >> 32;
  }
  // s(a, 64) = a - 2^64 where the top bit is set, which takes b off the upper half.
  const u64 upper = upper_product(a, b);
  const u64 a_excess = a_signed && static_cast<i64>(a) < 0 ? b : 0;
  const u64 b_excess = b_signed && static_cast<i64>(b) < 0 ? a : 0;
  return upper - a_excess - b_excess;
}

// [alu.add_imm_32]
template <>
inline constexpr auto value<Op::add_imm_32> = [](auto x) { return sx32(x.a + x.i); };
// [alu.mul_imm_32]
template <>
inline constexpr auto value<Op::mul_imm_32> = [](auto x) { return sx32(x.a * x.i); };
// [alu.set_less_than_unsigned_imm]
template <>
inline constexpr auto value<Op::set_less_than_unsigned_imm> = [](auto x) { return u64{x.a < x.i}; };
// [alu.set_less_than_signed_imm]
template <>
inline constexpr auto value<Op::set_less_than_signed_imm> = [](auto x) { return u64{x.sa < x.si}; };
// [alu.negate_and_add_imm_32]
template <>
inline constexpr auto value<Op::negate_and_add_imm_32> = [](auto x) { return sx32(x.i - x.a); };
// [alu.set_greater_than_unsigned_imm]
template <>
inline constexpr auto value<Op::set_greater_than_unsigned_imm> = [](auto x) { return u64{x.a > x.i}; };
// [alu.set_greater_than_signed_imm]
template <>
inline constexpr auto value<Op::set_greater_than_signed_imm> = [](auto x) { return u64{x.sa > x.si}; };
// [alu.add_imm_64]
template <>
inline constexpr auto value<Op::add_imm_64> = [](auto x) { return x.a + x.i; };
// [alu.mul_imm_64]
template <>
inline constexpr auto value<Op::mul_imm_64> = [](auto x) { return x.a * x.i; };
// [alu.negate_and_add_imm_64]
template <>
inline constexpr auto value<Op::negate_and_add_imm_64> = [](auto x) { return x.i - x.a; };
// [alu.add_32]
template <>
inline constexpr auto value<Op::add_32> = [](auto x) { return sx32(x.a + x.b); };
// [alu.sub_32]
template <>
inline constexpr auto value<Op::sub_32> = [](auto x) { return sx32(x.a - x.b); };
// [alu.mul_32]
template <>
inline constexpr auto value<Op::mul_32> = [](auto x) { return sx32(x.a * x.b); };
// [alu.div_unsigned_32]
template <>
inline constexpr auto value<Op::div_unsigned_32> = [](auto x) { return low32(x.b) == 0 ? all_ones : sx32(low32(x.a) / low32(x.b)); };
// [alu.div_signed_32]
template <>
inline constexpr auto value<Op::div_signed_32> = [](auto x) { return low32(x.b) == 0 ? all_ones : quotient(signed32(x.a), signed32(x.b)); };
// [alu.rem_unsigned_32]
template <>
inline constexpr auto value<Op::rem_unsigned_32> = [](auto x) { return low32(x.b) == 0 ? sx32(x.a) : sx32(low32(x.a) % low32(x.b)); };
// [alu.rem_signed_32]
template <>
inline constexpr auto value<Op::rem_signed_32> =
    [](auto x) { return low32(x.b) == 0 ? sx32(x.a) : remainder(signed32(x.a), signed32(x.b)); };
// [alu.add_64]
template <>
inline constexpr auto value<Op::add_64> = [](auto x) { return x.a + x.b; };
// [alu.sub_64]
template <>
inline constexpr auto value<Op::sub_64> = [](auto x) { return x.a - x.b; };
// [alu.mul_64]
template <>
inline constexpr auto value<Op::mul_64> = [](auto x) { return x.a * x.b; };
// [alu.div_unsigned_64]
template <>
inline constexpr auto value<Op::div_unsigned_64> = [](auto x) { return x.b == 0 ? all_ones : x.a / x.b; };
// [alu.div_signed_64]
template <>
inline constexpr auto value<Op::div_signed_64> = [](auto x) { return x.b == 0 ? all_ones : quotient(x.sa, x.sb); };
// [alu.rem_unsigned_64]
template <>
inline constexpr auto value<Op::rem_unsigned_64> = [](auto x) { return x.b == 0 ? x.a : x.a % x.b; };
// [alu.rem_signed_64]
template <>
inline constexpr auto value<Op::rem_signed_64> = [](auto x) { return x.b == 0 ? x.a : remainder(x.sa, x.sb); };
// [alu.mul_upper_signed_signed]
template <>
inline constexpr auto value<Op::mul_upper_signed_signed> = []<u32 W>(Inputs<W> x) { return upper_half<W>(x.a, x.b, true, true); };
// [alu.mul_upper_unsigned_unsigned]
template <>
inline constexpr auto value<Op::mul_upper_unsigned_unsigned> = []<u32 W>(Inputs<W> x) { return upper_half<W>(x.a, x.b, false, false); };
// [alu.mul_upper_signed_unsigned]
template <>
inline constexpr auto value<Op::mul_upper_signed_unsigned> = []<u32 W>(Inputs<W> x) { return upper_half<W>(x.a, x.b, true, false); };
// [alu.set_less_than_unsigned]
template <>
inline constexpr auto value<Op::set_less_than_unsigned> = [](auto x) { return u64{x.a < x.b}; };
// [alu.set_less_than_signed]
template <>
inline constexpr auto value<Op::set_less_than_signed> = [](auto x) { return u64{x.sa < x.sb}; };
// [alu.maximum]
template <>
inline constexpr auto value<Op::maximum> = [](auto x) { return static_cast<u64>(std::max(x.sa, x.sb)); };
// [alu.maximum_unsigned]
template <>
inline constexpr auto value<Op::maximum_unsigned> = [](auto x) { return std::max(x.a, x.b); };
// [alu.minimum]
template <>
inline constexpr auto value<Op::minimum> = [](auto x) { return static_cast<u64>(std::min(x.sa, x.sb)); };
// [alu.minimum_unsigned]
template <>
inline constexpr auto value<Op::minimum_unsigned> = [](auto x) { return std::min(x.a, x.b); };

}  // namespace pvm::engine::interp
