// SPDX-License-Identifier: Apache-2.0 OR MIT
// Emitters of the group alu: multiplication and division. Chapter "Instructions".
//
// The host's widening forms use rax, which holds a1, and rdx, which is free. Where rax must be kept it waits in rcx; as rcx then holds the
// old a1, it also stands in for rax as an operand.
#include <bit>

#include "jit/amd64/emitter.hpp"

namespace pvm::engine::amd64 {

// ---- Multiplication ----

// d := the low bits of a * b. Any two registers may be the same.
void Emitter::multiply(Size size, In in) {
  const R d = r1(in), a = r2(in), b = r3(in);
  if (d == b) return as_.imul(size, d, a);
  move(size, d, a);
  as_.imul(size, d, b);
}

// d := the low bits of a * i. d may be a. Powers of two are shifts.
void Emitter::multiply_imm(Size size, In in) {
  const R d = r1(in), a = r2(in);
  const i32 value = low(in.imm1);
  if (value == 0) return zero(d);
  if (value < 0 || !std::has_single_bit(static_cast<u32>(value))) return as_.imul_imm(size, d, a, value);
  move(size, d, a);
  if (value != 1) as_.shift_imm(size, Shift::shl, d, static_cast<u8>(std::countr_zero(static_cast<u32>(value))));
}

// [alu.mul_32] d := s(a * b, 32)
void Emitter::mul_32(In in) {
  multiply(Size::b32, in);
  extend_result(r1(in));
}
// [alu.mul_64] d := a * b
void Emitter::mul_64(In in) {
  multiply(Size::b64, in);
}
// [alu.mul_imm_32] d := s(a * i, 32)
void Emitter::mul_imm_32(In in) {
  multiply_imm(Size::b32, in);
  extend_result(r1(in));
}
// [alu.mul_imm_64] d := a * i
void Emitter::mul_imm_64(In in) {
  multiply_imm(Size::b64, in);
}

// d := the high half of the product of 128 bits. Any two registers may be the same. Clobbers rcx, rdx.
void Emitter::multiply_upper_by_rax(bool is_signed, In in) {
  const R d = r1(in);
  R a = r2(in), b = r3(in);
  if (b == R::rax) std::swap(a, b);
  as_.mov(Size::b64, R::rcx, R::rax);
  move(Size::b64, R::rax, a);
  if (is_signed) {
    as_.imul_wide(Size::b64, b);
  } else {
    as_.mul(Size::b64, b);
  }
  as_.mov(Size::b64, R::rax, R::rcx);
  as_.mov(Size::b64, d, R::rdx);
}

// In rv32-1: d := the high half of the product of 64 bits of a, which it clobbers, and b, both extended to 64 bits.
void Emitter::multiply_upper_32(R d, R a, R b) {
  as_.imul(Size::b64, a, b);
  as_.shift_imm(Size::b64, Shift::shr, a, 32);
  as_.mov(Size::b32, d, a);
}

// [alu.mul_upper_signed_signed] d := (s(a, W) * s(b, W)) div 2^W. Clobbers rcx, rdx.
void Emitter::mul_upper_signed_signed(In in) {
  if (is_64_bit_) return multiply_upper_by_rax(true, in);
  as_.movsxd(R::rcx, r2(in));
  as_.movsxd(R::rdx, r3(in));
  multiply_upper_32(r1(in), R::rcx, R::rdx);
}

// [alu.mul_upper_unsigned_unsigned] d := (a * b) div 2^W. Clobbers rcx, rdx.
void Emitter::mul_upper_unsigned_unsigned(In in) {
  if (!is_64_bit_) {
    as_.mov(Size::b32, R::rcx, r2(in));
    return multiply_upper_32(r1(in), R::rcx, r3(in));
  }
  if (!cpu_.bmi2) return multiply_upper_by_rax(false, in);
  as_.mov(Size::b64, R::rdx, r2(in));
  as_.mulx(r1(in), R::rcx, r3(in));
}

// [alu.mul_upper_signed_unsigned] d := (s(a, W) * b) div 2^W. In 64 bits: the unsigned product, less b in its high half if a is negative.
// Any two registers may be the same. Clobbers rcx, rdx, xmm0.
void Emitter::mul_upper_signed_unsigned(In in) {
  const R d = r1(in), a = r2(in), b = r3(in);
  if (!is_64_bit_) {
    as_.movsxd(R::rcx, a);
    return multiply_upper_32(d, R::rcx, b);
  }
  if (cpu_.bmi2) {
    as_.mov(Size::b64, R::rdx, a);
    as_.mulx(R::rdx, R::rcx, b);
    as_.mov(Size::b64, R::rcx, a);
  } else {
    as_.movq(Xmm::xmm0, R::rax);
    as_.mov(Size::b64, R::rcx, a);
    move(Size::b64, R::rax, b);
    as_.mul(Size::b64, R::rcx);
    as_.movq(R::rax, Xmm::xmm0);
  }
  as_.shift_imm(Size::b64, Shift::sar, R::rcx, 63);
  as_.alu(Size::b64, Alu::and_, R::rcx, b);
  as_.alu(Size::b64, Alu::sub, R::rdx, R::rcx);
  as_.mov(Size::b64, d, R::rdx);
}

// ---- Division ----

// d := the quotient or remainder. Any two registers may be the same. Clobbers rcx, rdx. The divisors that the host's division refuses, 0
// and (for the least dividend) -1, are found by one comparison.
void Emitter::divide(Size size, bool is_signed, bool remainder, In in) {
  const R d = r1(in), a = r2(in), b = r3(in);
  u32 special = 0;
  if (is_signed) {
    as_.lea(size, R::rdx, {Mem::Kind::base, b, R::rax, 1});
    as_.alu_imm(size, Alu::cmp, R::rdx, 1);
    special = as_.jcc_rel8(Cond::be);
  } else {
    as_.test(size, b, b);
    special = as_.jcc_rel8(Cond::e);
  }
  if (d != R::rax || b == R::rax) as_.mov(Size::b64, R::rcx, R::rax);
  move(size, R::rax, a);
  const R divisor = b == R::rax ? R::rcx : b;
  if (is_signed) {
    size == Size::b64 ? as_.cqo() : as_.cdq();
    as_.idiv(size, divisor);
  } else {
    zero(R::rdx);
    as_.div(size, divisor);
  }
  const R result = remainder ? R::rdx : R::rax;
  if (size == Size::b32) {
    extend(d, result);
  } else {
    move(size, d, result);
  }
  if (d != R::rax) as_.mov(Size::b64, R::rax, R::rcx);
  const u32 done = as_.jmp_rel8();
  as_.bind8(special, as_.offset());
  is_signed ? divide_by_zero_or_minus_one(size, remainder, d, a) : divide_by_zero(size, remainder, d, a);
  as_.bind8(done, as_.offset());
}

// The quotient is -1, the remainder the dividend.
void Emitter::divide_by_zero(Size size, bool remainder, R d, R a) {
  if (!remainder) return set(word_, d, -1);
  size == Size::b32 ? extend(d, a) : move(size, d, a);
}

// rdx holds the divisor + 1: 1 or 0. By 0: quotient -1, remainder a. By -1: quotient -a, remainder 0. Clobbers rcx, rdx.
void Emitter::divide_by_zero_or_minus_one(Size size, bool remainder, R d, R a) {
  if (remainder) {
    as_.neg(size, R::rdx);
    as_.alu(size, Alu::and_, R::rdx, a);
  } else {
    as_.mov(size, R::rcx, a);
    as_.neg(size, R::rcx);
    as_.neg(size, R::rdx);
    as_.cmov(size, Cond::e, R::rdx, R::rcx);
  }
  size == Size::b32 ? extend(d, R::rdx) : move(size, d, R::rdx);
}

// [alu.div_unsigned_32] d := if u(b, 32) = 0 then -1 else s(u(a, 32) div u(b, 32), 32)
void Emitter::div_unsigned_32(In in) {
  divide(Size::b32, false, false, in);
}
// [alu.div_signed_32] d := if u(b, 32) = 0 then -1 else s(quot(s(a, 32), s(b, 32)), 32)
void Emitter::div_signed_32(In in) {
  divide(Size::b32, true, false, in);
}
// [alu.rem_unsigned_32] d := if u(b, 32) = 0 then s(a, 32) else s(u(a, 32) mod u(b, 32), 32)
void Emitter::rem_unsigned_32(In in) {
  divide(Size::b32, false, true, in);
}
// [alu.rem_signed_32] d := if u(b, 32) = 0 then s(a, 32) else s(rem(s(a, 32), s(b, 32)), 32)
void Emitter::rem_signed_32(In in) {
  divide(Size::b32, true, true, in);
}
// [alu.div_unsigned_64] d := if b = 0 then -1 else a div b
void Emitter::div_unsigned_64(In in) {
  divide(Size::b64, false, false, in);
}
// [alu.div_signed_64] d := if b = 0 then -1 else quot(s(a, 64), s(b, 64))
void Emitter::div_signed_64(In in) {
  divide(Size::b64, true, false, in);
}
// [alu.rem_unsigned_64] d := if b = 0 then a else a mod b
void Emitter::rem_unsigned_64(In in) {
  divide(Size::b64, false, true, in);
}
// [alu.rem_signed_64] d := if b = 0 then a else rem(s(a, 64), s(b, 64))
void Emitter::rem_signed_64(In in) {
  divide(Size::b64, true, true, in);
}

}  // namespace pvm::engine::amd64
