// SPDX-License-Identifier: Apache-2.0 OR MIT
// Emitters of the groups move and alu, but for multiplication and division. Chapter "Instructions".
#include "jit/amd64/emitter.hpp"

namespace pvm::engine::amd64 {

// ---- Moves ----

// [move.load_imm64] d := i
void Emitter::load_imm64(In in) {
  set(Size::b64, r1(in), in.imm1);
}

// [move.load_imm] d := i
void Emitter::load_imm(In in) {
  set(word_, r1(in), in.imm1);
}

// [move.move_reg] d := a
void Emitter::move_reg(In in) {
  move(word_, r1(in), r2(in));
}

// d := a if the comparison of b with 0 says so. Any two registers may be the same.
void Emitter::cmov(Cond c, In in) {
  if (in.reg1 == in.reg2) return;
  as_.test(word_, r3(in), r3(in));
  as_.cmov(word_, c, r1(in), r2(in));
}

// d := i if the comparison of a with 0 says so. d may be a. Clobbers rcx.
void Emitter::cmov_imm(Cond c, In in) {
  set(word_, scratch, in.imm1);
  as_.test(word_, r2(in), r2(in));
  as_.cmov(word_, c, r1(in), scratch);
}

// [move.cmov_if_zero] d := if b = 0 then a else d
void Emitter::cmov_if_zero(In in) {
  cmov(Cond::e, in);
}
// [move.cmov_if_not_zero] d := if b != 0 then a else d
void Emitter::cmov_if_not_zero(In in) {
  cmov(Cond::ne, in);
}
// [move.cmov_if_zero_imm] d := if a = 0 then i else d
void Emitter::cmov_if_zero_imm(In in) {
  cmov_imm(Cond::e, in);
}
// [move.cmov_if_not_zero_imm] d := if a != 0 then i else d
void Emitter::cmov_if_not_zero_imm(In in) {
  cmov_imm(Cond::ne, in);
}

// ---- Addition and subtraction ----

// d := a + b of `size`. Any two registers may be the same.
void Emitter::add(Size size, R d, R a, R b) {
  if (d == a) return as_.alu(size, Alu::add, d, b);
  if (d == b) return as_.alu(size, Alu::add, d, a);
  as_.lea_sum(size, d, a, b);
}

// d := a + i of `size`. d may be a. Adding 128 is subtracting -128, which fits in a byte.
void Emitter::add_imm(Size size, R d, R a, i32 value) {
  if (value == 0) return move(size, d, a);
  if (d != a) return as_.lea(size, d, {Mem::Kind::base, a, R::rax, value});
  if (value == 128) return as_.alu_imm(size, Alu::sub, d, -128);
  as_.alu_imm(size, Alu::add, d, value);
}

// d := a - b of `size`. Any two registers may be the same.
void Emitter::subtract(Size size, R d, R a, R b) {
  if (a == b) return zero(d);
  if (d == b) {  // a - b = -b + a
    as_.neg(size, d);
    return as_.alu(size, Alu::add, d, a);
  }
  move(size, d, a);
  as_.alu(size, Alu::sub, d, b);
}

// d := i - a of `size`. d may be a. -1 - a is ~a.
void Emitter::negate_and_add_imm(Size size, R d, R a, i32 value) {
  if (d != a && value != 0 && value != -1) {
    set(size, d, value);
    return as_.alu(size, Alu::sub, d, a);
  }
  move(size, d, a);
  if (value == -1) return as_.not_(size, d);
  as_.neg(size, d);
  if (value != 0) as_.alu_imm(size, Alu::add, d, value);
}

// [alu.add_32] d := s(a + b, 32)
void Emitter::add_32(In in) {
  add(Size::b32, r1(in), r2(in), r3(in));
  extend_result(r1(in));
}
// [alu.add_64] d := a + b
void Emitter::add_64(In in) {
  add(Size::b64, r1(in), r2(in), r3(in));
}
// [alu.add_imm_32] d := s(a + i, 32)
void Emitter::add_imm_32(In in) {
  if (low(in.imm1) == 0) return extend(r1(in), r2(in));
  add_imm(Size::b32, r1(in), r2(in), low(in.imm1));
  extend_result(r1(in));
}
// [alu.add_imm_64] d := a + i
void Emitter::add_imm_64(In in) {
  add_imm(Size::b64, r1(in), r2(in), low(in.imm1));
}
// [alu.sub_32] d := s(a - b, 32)
void Emitter::sub_32(In in) {
  subtract(Size::b32, r1(in), r2(in), r3(in));
  if (in.reg2 != in.reg3) extend_result(r1(in));
}
// [alu.sub_64] d := a - b
void Emitter::sub_64(In in) {
  subtract(Size::b64, r1(in), r2(in), r3(in));
}
// [alu.negate_and_add_imm_32] d := s(i - a, 32)
void Emitter::negate_and_add_imm_32(In in) {
  negate_and_add_imm(Size::b32, r1(in), r2(in), low(in.imm1));
  extend_result(r1(in));
}
// [alu.negate_and_add_imm_64] d := i - a
void Emitter::negate_and_add_imm_64(In in) {
  negate_and_add_imm(Size::b64, r1(in), r2(in), low(in.imm1));
}

// ---- Comparison ----

// d := 1 if a compares so with b, else 0. Where d is an operand the flag takes a way through cl. Clobbers rcx.
void Emitter::set_if(Cond c, In in) {
  const R d = r1(in), a = r2(in), b = r3(in);
  if (a == b) return zero(d);
  const bool apart = d != a && d != b;
  if (apart) zero(d);
  as_.alu(word_, Alu::cmp, a, b);
  set_flag(c, d, apart);
}

// d := 1 if a compares so with i, else 0. d may be a. Clobbers rcx.
void Emitter::set_if_imm(Cond c, In in) {
  const R d = r1(in), a = r2(in);
  if (d != a) zero(d);
  compare_imm(a, in.imm1);
  set_flag(c, d, d != a);
}

// d := the flag; `is_zero`: d is 0. Clobbers rcx.
void Emitter::set_flag(Cond c, R d, bool is_zero) {
  if (is_zero) return as_.setcc(c, d);
  as_.setcc(c, scratch);
  as_.movzx8(d, scratch);
}

// [alu.set_less_than_unsigned] d := if a < b then 1 else 0
void Emitter::set_less_than_unsigned(In in) {
  set_if(Cond::b, in);
}
// [alu.set_less_than_signed] d := if s(a, W) < s(b, W) then 1 else 0
void Emitter::set_less_than_signed(In in) {
  set_if(Cond::l, in);
}
// [alu.set_less_than_unsigned_imm] d := if a < u(i, W) then 1 else 0
void Emitter::set_less_than_unsigned_imm(In in) {
  set_if_imm(Cond::b, in);
}
// [alu.set_less_than_signed_imm] d := if s(a, W) < i then 1 else 0; for i = 0 the sign itself.
void Emitter::set_less_than_signed_imm(In in) {
  if (in.imm1 != 0) return set_if_imm(Cond::l, in);
  move(word_, r1(in), r2(in));
  as_.shift_imm(word_, Shift::shr, r1(in), is_64_bit_ ? 63 : 31);
}
// [alu.set_greater_than_unsigned_imm] d := if a > u(i, W) then 1 else 0
void Emitter::set_greater_than_unsigned_imm(In in) {
  set_if_imm(Cond::a, in);
}
// [alu.set_greater_than_signed_imm] d := if s(a, W) > i then 1 else 0
void Emitter::set_greater_than_signed_imm(In in) {
  set_if_imm(Cond::g, in);
}

// d := b if d, holding a, compares so with b. Any two registers may be the same: if d is b, a and b change places.
void Emitter::pick(Cond c, In in) {
  const R d = r1(in);
  const R other = d == r3(in) ? r2(in) : r3(in);
  if (d != r3(in)) move(word_, d, r2(in));
  if (d == other) return;
  as_.alu(word_, Alu::cmp, d, other);
  as_.cmov(word_, c, d, other);
}

// [alu.maximum] d := max(s(a, W), s(b, W))
void Emitter::maximum(In in) {
  pick(Cond::l, in);
}
// [alu.maximum_unsigned] d := max(a, b)
void Emitter::maximum_unsigned(In in) {
  pick(Cond::b, in);
}
// [alu.minimum] d := min(s(a, W), s(b, W))
void Emitter::minimum(In in) {
  pick(Cond::g, in);
}
// [alu.minimum_unsigned] d := min(a, b)
void Emitter::minimum_unsigned(In in) {
  pick(Cond::a, in);
}

}  // namespace pvm::engine::amd64
