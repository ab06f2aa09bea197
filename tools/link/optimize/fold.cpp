// SPDX-License-Identifier: Apache-2.0 OR MIT
#include "fold.hpp"

#include <bit>
#include <limits>

namespace pvm::link {
namespace {

// Arithmetic at one width. Results are sign-extended to 64 bits, which is what registers of either width want.
template <typename Unsigned, typename Signed>
struct Width {
  static constexpr u32 bits = sizeof(Unsigned) * 8;
  static constexpr Signed lowest = std::numeric_limits<Signed>::min();
  static constexpr u32 amount(Unsigned b) { return static_cast<u32>(b % bits); }
  static constexpr i64 out(Unsigned result) { return static_cast<i64>(static_cast<Signed>(result)); }

  static i64 divide(Op op, Unsigned a, Unsigned b) {
    const Signed sa = static_cast<Signed>(a), sb = static_cast<Signed>(b);
    const bool overflows = sa == lowest && sb == -1;
    switch (op) {
      case Op::div_unsigned: return b == 0 ? -1 : out(a / b);
      case Op::rem_unsigned: return b == 0 ? out(a) : out(a % b);
      case Op::div_signed: return b == 0 ? -1 : overflows ? lowest : sa / sb;
      default: return b == 0 ? sa : overflows ? 0 : sa % sb;
    }
  }

  static i64 binary(Op op, Unsigned a, Unsigned b) {
    switch (op) {
      case Op::add: return out(static_cast<Unsigned>(a + b));
      case Op::sub: return out(static_cast<Unsigned>(a - b));
      case Op::mul: return out(static_cast<Unsigned>(a * b));
      case Op::shift_left: return out(static_cast<Unsigned>(a << amount(b)));
      case Op::shift_right_logical: return out(static_cast<Unsigned>(a >> amount(b)));
      case Op::shift_right_arithmetic: return static_cast<Signed>(a) >> amount(b);
      case Op::rotate_left: return out(std::rotl(a, static_cast<int>(amount(b))));
      case Op::rotate_right: return out(std::rotr(a, static_cast<int>(amount(b))));
      case Op::count_leading_zeros: return std::countl_zero(a);
      case Op::count_trailing_zeros: return std::countr_zero(a);
      case Op::count_set_bits: return std::popcount(a);
      default: return divide(op, a, b);
    }
  }
};

__extension__ using i128 = __int128;
__extension__ using u128 = unsigned __int128;

i64 multiply_upper(Op op, i64 a, i64 b, u32 register_bits) {
  const u64 mask = register_bits == 32 ? 0xffffffff : ~u64{0};
  const u128 ua = static_cast<u64>(a) & mask, ub = static_cast<u64>(b) & mask;
  if (op == Op::mul_upper_unsigned_unsigned) return static_cast<i64>(static_cast<u64>((ua * ub) >> register_bits));
  const i128 right = op == Op::mul_upper_signed_signed ? static_cast<i128>(b) : static_cast<i128>(ub);
  return static_cast<i64>((static_cast<i128>(a) * right) >> register_bits);
}

i64 reverse_bytes(i64 a, u32 register_bits) {
  const u64 reversed = __builtin_bswap64(static_cast<u64>(a));
  return static_cast<i64>(register_bits == 32 ? reversed >> 32 : reversed);
}

}  // namespace

i64 as_register(i64 number, u32 register_bits) {
  return register_bits == 32 ? static_cast<std::int32_t>(number) : number;
}

i64 fold(Op op, bool word, i64 a, i64 b, u32 register_bits) {
  const u64 ua = static_cast<u64>(a),
            ub = static_cast<u64>(b);  // comparisons of sign-extended 32-bit values agree with those of the values
  switch (op) {
    case Op::mul_upper_signed_signed:
    case Op::mul_upper_unsigned_unsigned:
    case Op::mul_upper_signed_unsigned: return as_register(multiply_upper(op, a, b, register_bits), register_bits);
    case Op::and_: return a & b;
    case Op::or_: return a | b;
    case Op::xor_: return a ^ b;
    case Op::and_inverted: return a & ~b;
    case Op::or_inverted: return a | ~b;
    case Op::xnor: return ~(a ^ b);
    case Op::set_less_unsigned: return ua < ub;
    case Op::set_less_signed: return a < b;
    case Op::max_signed: return a > b ? a : b;
    case Op::max_unsigned: return ua > ub ? a : b;
    case Op::min_signed: return a < b ? a : b;
    case Op::min_unsigned: return ua < ub ? a : b;
    case Op::sign_extend_8: return static_cast<std::int8_t>(a);
    case Op::sign_extend_16: return static_cast<std::int16_t>(a);
    case Op::zero_extend_16: return static_cast<std::uint16_t>(a);
    case Op::reverse_bytes: return as_register(reverse_bytes(a, register_bits), register_bits);
    default: break;
  }
  if (word || register_bits == 32) return Width<u32, std::int32_t>::binary(op, static_cast<u32>(a), static_cast<u32>(b));
  return Width<u64, i64>::binary(op, ua, ub);
}

bool holds(Condition condition, i64 a, i64 b, u32 register_bits) {
  a = as_register(a, register_bits);
  b = as_register(b, register_bits);
  switch (condition) {
    case Condition::equal: return a == b;
    case Condition::not_equal: return a != b;
    case Condition::less_unsigned: return static_cast<u64>(a) < static_cast<u64>(b);
    case Condition::less_signed: return a < b;
    case Condition::greater_or_equal_unsigned: return static_cast<u64>(a) >= static_cast<u64>(b);
    case Condition::greater_or_equal_signed: return a >= b;
  }
  return false;
}

}  // namespace pvm::link
