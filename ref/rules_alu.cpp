// SPDX-License-Identifier: Apache-2.0 OR MIT
// The rules of the arithmetic group. Chapter "Instructions".
#include <algorithm>

#include "arithmetic.hpp"
#include "executor.hpp"

namespace pvm::ref {
namespace {

// (a * b) div 2^W with a read as signed if a_signed, b as signed if b_signed.
u64 upper_half(const Executor& x, u64 a, u64 b, bool a_signed, bool b_signed) {
  if (x.width() == 32) {
    // Both factors fit 33 bits and their product 64, so that the upper half is a shift of the exact product.
    const i64 left = a_signed ? i64{signed32(a)} : i64{low32(a)};
    const i64 right = b_signed ? i64{signed32(b)} : i64{low32(b)};
    return (a_signed || b_signed) ? static_cast<u64>(left * right) >> 32 : (a * b) >> 32;
  }
  // s(a, 64) = a - 2^64 where the top bit is set, which takes b off the upper half.
  u64 upper = upper_product(a, b);
  if (a_signed && static_cast<i64>(a) < 0) upper -= b;
  if (b_signed && static_cast<i64>(b) < 0) upper -= a;
  return upper;
}

}  // namespace

Step execute_alu(Executor& x, const Instruction& in) {
  const Operands o(x, in);
  const u8 d = o.d;
  const u64 a = o.a, b = o.b, i = x.as_unsigned(o.i);
  const i64 sa = x.as_signed(a), sb = x.as_signed(b), si = o.i;
  switch (in.op) {
    // [alu.add_imm_32]
    case isa::Op::add_imm_32: return x.set(d, sx32(a + i));
    // [alu.mul_imm_32]
    case isa::Op::mul_imm_32: return x.set(d, sx32(a * i));
    // [alu.set_less_than_unsigned_imm]
    case isa::Op::set_less_than_unsigned_imm: return x.set(d, a < i ? 1 : 0);
    // [alu.set_less_than_signed_imm]
    case isa::Op::set_less_than_signed_imm: return x.set(d, sa < si ? 1 : 0);
    // [alu.negate_and_add_imm_32]
    case isa::Op::negate_and_add_imm_32: return x.set(d, sx32(i - a));
    // [alu.set_greater_than_unsigned_imm]
    case isa::Op::set_greater_than_unsigned_imm: return x.set(d, a > i ? 1 : 0);
    // [alu.set_greater_than_signed_imm]
    case isa::Op::set_greater_than_signed_imm: return x.set(d, sa > si ? 1 : 0);
    // [alu.add_imm_64]
    case isa::Op::add_imm_64: return x.set(d, a + i);
    // [alu.mul_imm_64]
    case isa::Op::mul_imm_64: return x.set(d, a * i);
    // [alu.negate_and_add_imm_64]
    case isa::Op::negate_and_add_imm_64: return x.set(d, i - a);
    // [alu.add_32]
    case isa::Op::add_32: return x.set(d, sx32(a + b));
    // [alu.sub_32]
    case isa::Op::sub_32: return x.set(d, sx32(a - b));
    // [alu.mul_32]
    case isa::Op::mul_32: return x.set(d, sx32(a * b));
    // [alu.div_unsigned_32]
    case isa::Op::div_unsigned_32: return x.set(d, low32(b) == 0 ? all_ones : sx32(low32(a) / low32(b)));
    // [alu.div_signed_32]
    case isa::Op::div_signed_32:
      return x.set(d, low32(b) == 0 ? all_ones : sx32(low32(static_cast<u64>(quotient(signed32(a), signed32(b))))));
    // [alu.rem_unsigned_32]
    case isa::Op::rem_unsigned_32: return x.set(d, low32(b) == 0 ? sx32(a) : sx32(low32(a) % low32(b)));
    // [alu.rem_signed_32]
    case isa::Op::rem_signed_32:
      return x.set(d, low32(b) == 0 ? sx32(a) : sx32(low32(static_cast<u64>(remainder(signed32(a), signed32(b))))));
    // [alu.add_64]
    case isa::Op::add_64: return x.set(d, a + b);
    // [alu.sub_64]
    case isa::Op::sub_64: return x.set(d, a - b);
    // [alu.mul_64]
    case isa::Op::mul_64: return x.set(d, a * b);
    // [alu.div_unsigned_64]
    case isa::Op::div_unsigned_64: return x.set(d, b == 0 ? all_ones : a / b);
    // [alu.div_signed_64]
    case isa::Op::div_signed_64: return x.set(d, b == 0 ? all_ones : static_cast<u64>(quotient(sa, sb)));
    // [alu.rem_unsigned_64]
    case isa::Op::rem_unsigned_64: return x.set(d, b == 0 ? a : a % b);
    // [alu.rem_signed_64]
    case isa::Op::rem_signed_64: return x.set(d, b == 0 ? a : static_cast<u64>(remainder(sa, sb)));
    // [alu.mul_upper_signed_signed]
    case isa::Op::mul_upper_signed_signed: return x.set(d, upper_half(x, a, b, true, true));
    // [alu.mul_upper_unsigned_unsigned]
    case isa::Op::mul_upper_unsigned_unsigned: return x.set(d, upper_half(x, a, b, false, false));
    // [alu.mul_upper_signed_unsigned]
    case isa::Op::mul_upper_signed_unsigned: return x.set(d, upper_half(x, a, b, true, false));
    // [alu.set_less_than_unsigned]
    case isa::Op::set_less_than_unsigned: return x.set(d, a < b ? 1 : 0);
    // [alu.set_less_than_signed]
    case isa::Op::set_less_than_signed: return x.set(d, sa < sb ? 1 : 0);
    // [alu.maximum]
    case isa::Op::maximum: return x.set(d, static_cast<u64>(std::max(sa, sb)));
    // [alu.maximum_unsigned]
    case isa::Op::maximum_unsigned: return x.set(d, std::max(a, b));
    // [alu.minimum]
    case isa::Op::minimum: return x.set(d, static_cast<u64>(std::min(sa, sb)));
    // [alu.minimum_unsigned]
    case isa::Op::minimum_unsigned: return x.set(d, std::min(a, b));
    default: return x.trap();
  }
}

}  // namespace pvm::ref
