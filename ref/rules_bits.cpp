// SPDX-License-Identifier: Apache-2.0 OR MIT
// The rules of the bits group. Chapter "Instructions".
#include <bit>

#include "arithmetic.hpp"
#include "executor.hpp"

namespace pvm::ref {
namespace {

// The amount of a shift or rotation modulo the width; registers and sign-extended immediates alike.
constexpr int amount32(u64 amount) {
  return static_cast<int>(amount % 32);
}
constexpr int amount64(u64 amount) {
  return static_cast<int>(amount % 64);
}

// s(x, 32) div 2^n and s(x, 64) div 2^n
constexpr u64 shift_signed_32(u64 value, u64 amount) {
  return static_cast<u64>(i64{signed32(value) >> amount32(amount)});
}
constexpr u64 shift_signed_64(u64 value, u64 amount) {
  return static_cast<u64>(static_cast<i64>(value) >> amount64(amount));
}

// reverse(x, bits)
constexpr u64 reverse_bytes(u64 value, u32 bits) {
  u64 result = 0;
  for (u32 shift = 0; shift < bits; shift += 8) result = result << 8 | (value >> shift & 0xff);
  return result;
}

}  // namespace

Step execute_bits(Executor& x, const Instruction& in) {
  const Operands o(x, in);
  const u8 d = o.d;
  const u64 a = o.a, b = o.b, i = static_cast<u64>(o.i);
  switch (in.op) {
    // [bits.count_set_bits_64]
    case isa::Op::count_set_bits_64: return x.set(d, static_cast<u64>(std::popcount(a)));
    // [bits.count_set_bits_32]
    case isa::Op::count_set_bits_32: return x.set(d, static_cast<u64>(std::popcount(low32(a))));
    // [bits.count_leading_zero_bits_64]
    case isa::Op::count_leading_zero_bits_64: return x.set(d, static_cast<u64>(std::countl_zero(a)));
    // [bits.count_leading_zero_bits_32]
    case isa::Op::count_leading_zero_bits_32: return x.set(d, static_cast<u64>(std::countl_zero(low32(a))));
    // [bits.count_trailing_zero_bits_64]
    case isa::Op::count_trailing_zero_bits_64: return x.set(d, static_cast<u64>(std::countr_zero(a)));
    // [bits.count_trailing_zero_bits_32]
    case isa::Op::count_trailing_zero_bits_32: return x.set(d, static_cast<u64>(std::countr_zero(low32(a))));
    // [bits.sign_extend_8]
    case isa::Op::sign_extend_8: return x.set(d, static_cast<u64>(i64{static_cast<std::int8_t>(a)}));
    // [bits.sign_extend_16]
    case isa::Op::sign_extend_16: return x.set(d, static_cast<u64>(i64{static_cast<std::int16_t>(a)}));
    // [bits.zero_extend_16]
    case isa::Op::zero_extend_16: return x.set(d, static_cast<u16>(a));
    // [bits.reverse_byte]
    case isa::Op::reverse_byte: return x.set(d, reverse_bytes(a, x.width()));
    // [bits.and_imm]
    case isa::Op::and_imm: return x.set(d, a & i);
    // [bits.xor_imm]
    case isa::Op::xor_imm: return x.set(d, a ^ i);
    // [bits.or_imm]
    case isa::Op::or_imm: return x.set(d, a | i);
    // [bits.shift_logical_left_imm_32]
    case isa::Op::shift_logical_left_imm_32: return x.set(d, sx32(low32(a) << amount32(i)));
    // [bits.shift_logical_right_imm_32]
    case isa::Op::shift_logical_right_imm_32: return x.set(d, sx32(low32(a) >> amount32(i)));
    // [bits.shift_arithmetic_right_imm_32]
    case isa::Op::shift_arithmetic_right_imm_32: return x.set(d, shift_signed_32(a, i));
    // [bits.shift_logical_left_imm_alt_32]
    case isa::Op::shift_logical_left_imm_alt_32: return x.set(d, sx32(low32(i) << amount32(a)));
    // [bits.shift_logical_right_imm_alt_32]
    case isa::Op::shift_logical_right_imm_alt_32: return x.set(d, sx32(low32(i) >> amount32(a)));
    // [bits.shift_arithmetic_right_imm_alt_32]
    case isa::Op::shift_arithmetic_right_imm_alt_32: return x.set(d, shift_signed_32(i, a));
    // [bits.shift_logical_left_imm_64]
    case isa::Op::shift_logical_left_imm_64: return x.set(d, a << amount64(i));
    // [bits.shift_logical_right_imm_64]
    case isa::Op::shift_logical_right_imm_64: return x.set(d, a >> amount64(i));
    // [bits.shift_arithmetic_right_imm_64]
    case isa::Op::shift_arithmetic_right_imm_64: return x.set(d, shift_signed_64(a, i));
    // [bits.shift_logical_left_imm_alt_64]
    case isa::Op::shift_logical_left_imm_alt_64: return x.set(d, i << amount64(a));
    // [bits.shift_logical_right_imm_alt_64]
    case isa::Op::shift_logical_right_imm_alt_64: return x.set(d, i >> amount64(a));
    // [bits.shift_arithmetic_right_imm_alt_64]
    case isa::Op::shift_arithmetic_right_imm_alt_64: return x.set(d, shift_signed_64(i, a));
    // [bits.rotate_right_imm_64]
    case isa::Op::rotate_right_imm_64: return x.set(d, std::rotr(a, amount64(i)));
    // [bits.rotate_right_imm_alt_64]
    case isa::Op::rotate_right_imm_alt_64: return x.set(d, std::rotr(i, amount64(a)));
    // [bits.rotate_right_imm_32]
    case isa::Op::rotate_right_imm_32: return x.set(d, sx32(std::rotr(low32(a), amount32(i))));
    // [bits.rotate_right_imm_alt_32]
    case isa::Op::rotate_right_imm_alt_32: return x.set(d, sx32(std::rotr(low32(i), amount32(a))));
    // [bits.shift_logical_left_32]
    case isa::Op::shift_logical_left_32: return x.set(d, sx32(low32(a) << amount32(b)));
    // [bits.shift_logical_right_32]
    case isa::Op::shift_logical_right_32: return x.set(d, sx32(low32(a) >> amount32(b)));
    // [bits.shift_arithmetic_right_32]
    case isa::Op::shift_arithmetic_right_32: return x.set(d, shift_signed_32(a, b));
    // [bits.shift_logical_left_64]
    case isa::Op::shift_logical_left_64: return x.set(d, a << amount64(b));
    // [bits.shift_logical_right_64]
    case isa::Op::shift_logical_right_64: return x.set(d, a >> amount64(b));
    // [bits.shift_arithmetic_right_64]
    case isa::Op::shift_arithmetic_right_64: return x.set(d, shift_signed_64(a, b));
    // [bits.and]
    case isa::Op::and_: return x.set(d, a & b);
    // [bits.xor]
    case isa::Op::xor_: return x.set(d, a ^ b);
    // [bits.or]
    case isa::Op::or_: return x.set(d, a | b);
    // [bits.rotate_left_64]
    case isa::Op::rotate_left_64: return x.set(d, std::rotl(a, amount64(b)));
    // [bits.rotate_left_32]
    case isa::Op::rotate_left_32: return x.set(d, sx32(std::rotl(low32(a), amount32(b))));
    // [bits.rotate_right_64]
    case isa::Op::rotate_right_64: return x.set(d, std::rotr(a, amount64(b)));
    // [bits.rotate_right_32]
    case isa::Op::rotate_right_32: return x.set(d, sx32(std::rotr(low32(a), amount32(b))));
    // [bits.and_inverted]
    case isa::Op::and_inverted: return x.set(d, a & ~b);
    // [bits.or_inverted]
    case isa::Op::or_inverted: return x.set(d, a | ~b);
    // [bits.xnor]
    case isa::Op::xnor: return x.set(d, ~(a ^ b));
    default: return x.trap();
  }
}

}  // namespace pvm::ref
