// SPDX-License-Identifier: Apache-2.0 OR MIT
// Emitters of the group bits. Chapter "Instructions".
#include "jit/amd64/emitter.hpp"

namespace pvm::engine::amd64 {

// ---- Counting ----

// d := ones(a), of the low 32 bits or all. Without popcnt: clears the lowest one until none is left, which takes a turn for each.
// Any of d, a may be the same register. Clobbers rcx, rdx.
void Emitter::count_ones(Size size, In in) {
  const R d = r1(in);
  if (cpu_.popcnt) return as_.popcnt(size, d, r2(in));
  as_.mov(size, R::rcx, r2(in));
  zero(R::rdx);
  as_.test(size, R::rcx, R::rcx);
  const u32 done = as_.jcc_rel8(Cond::e);
  const u32 again = as_.offset();
  as_.lea(size, d, {Mem::Kind::base, R::rcx, R::rax, -1});
  as_.alu_imm(Size::b32, Alu::add, R::rdx, 1);
  as_.alu(size, Alu::and_, R::rcx, d);
  as_.jcc_to(Cond::ne, again);
  as_.bind8(done, as_.offset());
  as_.mov(Size::b32, d, R::rdx);
}

// d := width - length(a). Without lzcnt: width - 1 - bsr(a), where bsr(0) counts as -1. Clobbers rcx, rdx.
void Emitter::count_leading(Size size, In in) {
  const R d = r1(in);
  if (cpu_.lzcnt) return as_.lzcnt(size, d, r2(in));
  as_.mov_imm(R::rdx, 0xffffffff);
  as_.bsr(size, R::rcx, r2(in));
  as_.cmov(Size::b32, Cond::e, R::rcx, R::rdx);
  as_.mov_imm(d, size == Size::b64 ? 63 : 31);
  as_.alu(Size::b32, Alu::sub, d, R::rcx);
}

// d := lowest(a), or the width if there is none. Without tzcnt: bsf. Clobbers rcx, rdx.
void Emitter::count_trailing(Size size, In in) {
  const R d = r1(in);
  if (cpu_.bmi1) return as_.tzcnt(size, d, r2(in));
  as_.mov_imm(R::rdx, size == Size::b64 ? 64 : 32);
  as_.bsf(size, R::rcx, r2(in));
  as_.cmov(Size::b32, Cond::e, R::rcx, R::rdx);
  as_.mov(Size::b32, d, R::rcx);
}

// [bits.count_set_bits_64] and its siblings.
void Emitter::count_set_bits_64(In in) {
  count_ones(Size::b64, in);
}
void Emitter::count_set_bits_32(In in) {
  count_ones(Size::b32, in);
}
void Emitter::count_leading_zero_bits_64(In in) {
  count_leading(Size::b64, in);
}
void Emitter::count_leading_zero_bits_32(In in) {
  count_leading(Size::b32, in);
}
void Emitter::count_trailing_zero_bits_64(In in) {
  count_trailing(Size::b64, in);
}
void Emitter::count_trailing_zero_bits_32(In in) {
  count_trailing(Size::b32, in);
}

// ---- Extension and byte order ----

// [bits.sign_extend_8] d := s(a, 8)
void Emitter::sign_extend_8(In in) {
  as_.movsx8(word_, r1(in), r2(in));
}

// [bits.sign_extend_16] d := s(a, 16)
void Emitter::sign_extend_16(In in) {
  as_.movsx16(word_, r1(in), r2(in));
}

// [bits.zero_extend_16] d := u(a, 16)
void Emitter::zero_extend_16(In in) {
  as_.movzx16(r1(in), r2(in));
}

// [bits.reverse_byte] d := reverse(a, W)
void Emitter::reverse_byte(In in) {
  move(word_, r1(in), r2(in));
  as_.bswap(word_, r1(in));
}

// ---- Logic ----

// d := a op i. Special values that are moves or extensions; an `and` with a non-negative immediate needs only the low half.
void Emitter::logic_imm(Alu op, In in) {
  const R d = r1(in), a = r2(in);
  const i32 value = low(in.imm1);
  if (value == (op == Alu::and_ ? -1 : 0)) return move(word_, d, a);
  if (op == Alu::and_ && value == 0) return zero(d);
  if (op == Alu::and_ && value == 0xff) return as_.movzx8(d, a);
  if (op == Alu::and_ && value == 0xffff) return as_.movzx16(d, a);
  const Size size = op == Alu::and_ && value > 0 ? Size::b32 : word_;
  move(size, d, a);
  if (op == Alu::xor_ && value == -1) return as_.not_(size, d);
  as_.alu_imm(size, op, d, value);
}

// [bits.and_imm] d := a & i
void Emitter::and_imm(In in) {
  logic_imm(Alu::and_, in);
}
// [bits.xor_imm] d := a ^ i
void Emitter::xor_imm(In in) {
  logic_imm(Alu::xor_, in);
}
// [bits.or_imm] d := a | i
void Emitter::or_imm(In in) {
  logic_imm(Alu::or_, in);
}

// [bits.and] d := a & b
void Emitter::and_(In in) {
  if (in.reg2 == in.reg3) return move(word_, r1(in), r2(in));
  commutative(word_, Alu::and_, r1(in), r2(in), r3(in));
}
// [bits.xor] d := a ^ b
void Emitter::xor_(In in) {
  if (in.reg2 == in.reg3) return zero(r1(in));
  commutative(word_, Alu::xor_, r1(in), r2(in), r3(in));
}
// [bits.or] d := a | b
void Emitter::or_(In in) {
  if (in.reg2 == in.reg3) return move(word_, r1(in), r2(in));
  commutative(word_, Alu::or_, r1(in), r2(in), r3(in));
}

// [bits.and_inverted] d := a & ~b. Clobbers rcx.
void Emitter::and_inverted(In in) {
  const R d = r1(in), a = r2(in), b = r3(in);
  if (a == b) return zero(d);
  if (cpu_.bmi1) return as_.andn(word_, d, b, a);
  const R inverted = d == a ? scratch : d;
  move(word_, inverted, b);
  as_.not_(word_, inverted);
  as_.alu(word_, Alu::and_, d, d == a ? scratch : a);
}

// [bits.or_inverted] d := a | ~b, which is ~(~a & b). Clobbers rcx.
void Emitter::or_inverted(In in) {
  const R d = r1(in), a = r2(in), b = r3(in);
  if (a == b) return set(word_, d, -1);
  if (cpu_.bmi1) {
    as_.andn(word_, d, a, b);
    return as_.not_(word_, d);
  }
  const R inverted = d == a ? scratch : d;
  move(word_, inverted, b);
  as_.not_(word_, inverted);
  as_.alu(word_, Alu::or_, d, d == a ? scratch : a);
}

// [bits.xnor] d := ~(a ^ b)
void Emitter::xnor(In in) {
  if (in.reg2 == in.reg3) return set(word_, r1(in), -1);
  commutative(word_, Alu::xor_, r1(in), r2(in), r3(in));
  as_.not_(word_, r1(in));
}

// ---- Shifts and rotations by a register ----

// d := a shifted by the low bits of amount: 5 of a 32-bit operation, whose result is not yet extended, or 6. Clobbers rcx where amount
// isn't used directly. Any two registers may be the same.
void Emitter::shift(Size size, Shift op, R d, R a, R amount) {
  if (cpu_.bmi2 && op == Shift::shl) return as_.shlx(size, d, a, amount);
  if (cpu_.bmi2 && op == Shift::shr) return as_.shrx(size, d, a, amount);
  if (cpu_.bmi2 && op == Shift::sar) return as_.sarx(size, d, a, amount);
  as_.mov(Size::b32, R::rcx, amount);
  move(size, d, a);
  as_.shift_cl(size, op, d);
}

// [bits.shift_logical_left_64] and its siblings: d := a * 2^(b mod 64) ...
void Emitter::shift_logical_left_64(In in) {
  shift(Size::b64, Shift::shl, r1(in), r2(in), r3(in));
}
void Emitter::shift_logical_right_64(In in) {
  shift(Size::b64, Shift::shr, r1(in), r2(in), r3(in));
}
void Emitter::shift_arithmetic_right_64(In in) {
  shift(Size::b64, Shift::sar, r1(in), r2(in), r3(in));
}
void Emitter::rotate_left_64(In in) {
  shift(Size::b64, Shift::rol, r1(in), r2(in), r3(in));
}
void Emitter::rotate_right_64(In in) {
  shift(Size::b64, Shift::ror, r1(in), r2(in), r3(in));
}

// [bits.shift_logical_left_32] and its siblings: the same with 32 bits, sign-extended.
#define PVM_SHIFT_32(name, op)                           \
  void Emitter::name(In in) {                            \
    shift(Size::b32, Shift::op, r1(in), r2(in), r3(in)); \
    extend_result(r1(in));                               \
  }
PVM_SHIFT_32(shift_logical_left_32, shl)
PVM_SHIFT_32(shift_logical_right_32, shr)
PVM_SHIFT_32(shift_arithmetic_right_32, sar)
PVM_SHIFT_32(rotate_left_32, rol)
PVM_SHIFT_32(rotate_right_32, ror)
#undef PVM_SHIFT_32

// ---- Shifts and rotations by an immediate ----

// d := a shifted by i modulo the width; the result of a 32-bit operation is sign-extended, which a logical right shift has no need of.
void Emitter::shift_imm(Size size, Shift op, In in) {
  const R d = r1(in), a = r2(in);
  const u8 amount = static_cast<u8>(in.imm1 & (size == Size::b64 ? 63 : 31));
  const bool narrow = size == Size::b32 && is_64_bit_;
  if (amount == 0) return narrow ? extend(d, a) : move(size, d, a);
  if (op == Shift::ror && cpu_.bmi2 && d != a) {
    as_.rorx(size, d, a, amount);
  } else if (op == Shift::sar && narrow) {
    as_.movsxd(d, a);
    return as_.shift_imm(Size::b64, op, d, amount);
  } else {
    move(size, d, a);
    as_.shift_imm(size, op, d, amount);
  }
  if (narrow && op != Shift::shr) extend(d, d);
}

// [bits.shift_logical_left_imm_64] and its siblings.
void Emitter::shift_logical_left_imm_64(In in) {
  shift_imm(Size::b64, Shift::shl, in);
}
void Emitter::shift_logical_right_imm_64(In in) {
  shift_imm(Size::b64, Shift::shr, in);
}
void Emitter::shift_arithmetic_right_imm_64(In in) {
  shift_imm(Size::b64, Shift::sar, in);
}
void Emitter::rotate_right_imm_64(In in) {
  shift_imm(Size::b64, Shift::ror, in);
}
void Emitter::shift_logical_left_imm_32(In in) {
  shift_imm(Size::b32, Shift::shl, in);
}
void Emitter::shift_logical_right_imm_32(In in) {
  shift_imm(Size::b32, Shift::shr, in);
}
void Emitter::shift_arithmetic_right_imm_32(In in) {
  shift_imm(Size::b32, Shift::sar, in);
}
void Emitter::rotate_right_imm_32(In in) {
  shift_imm(Size::b32, Shift::ror, in);
}

// ---- Shifts and rotations of an immediate ----

// d := i shifted by a modulo the width, sign-extended from 32 bits. d may be a. Clobbers rcx.
void Emitter::shift_alt(Size size, Shift op, In in) {
  const R d = r1(in), a = r2(in);
  if (low(in.imm1) == 0) return zero(d);
  if (cpu_.bmi2 && op != Shift::ror) {
    const R value = d == a ? scratch : d;
    set(size, value, in.imm1);
    shift(size, op, d, value, a);
  } else {
    as_.mov(Size::b32, R::rcx, a);
    set(size, d, in.imm1);
    as_.shift_cl(size, op, d);
  }
  if (size == Size::b32) extend_result(d);
}

// [bits.shift_logical_left_imm_alt_64] and its siblings.
void Emitter::shift_logical_left_imm_alt_64(In in) {
  shift_alt(Size::b64, Shift::shl, in);
}
void Emitter::shift_logical_right_imm_alt_64(In in) {
  shift_alt(Size::b64, Shift::shr, in);
}
void Emitter::shift_arithmetic_right_imm_alt_64(In in) {
  shift_alt(Size::b64, Shift::sar, in);
}
void Emitter::rotate_right_imm_alt_64(In in) {
  shift_alt(Size::b64, Shift::ror, in);
}
void Emitter::shift_logical_left_imm_alt_32(In in) {
  shift_alt(Size::b32, Shift::shl, in);
}
void Emitter::shift_logical_right_imm_alt_32(In in) {
  shift_alt(Size::b32, Shift::shr, in);
}
void Emitter::shift_arithmetic_right_imm_alt_32(In in) {
  shift_alt(Size::b32, Shift::sar, in);
}
void Emitter::rotate_right_imm_alt_32(In in) {
  shift_alt(Size::b32, Shift::ror, in);
}

}  // namespace pvm::engine::amd64
