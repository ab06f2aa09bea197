// SPDX-License-Identifier: Apache-2.0 OR MIT
// Division of integers of two registers. Division by zero gives what the machine's instruction does: a quotient of ones, and the dividend
// as the remainder.
#include "wide.h"

Whole PVM_WIDE(__udiv, 3)(Whole a, Whole b);
Whole PVM_WIDE(__umod, 3)(Whole a, Whole b);
Whole PVM_WIDE(__udivmod, 4)(Whole a, Whole b, Whole* remainder);
SignedWhole PVM_WIDE(__div, 3)(SignedWhole a, SignedWhole b);
SignedWhole PVM_WIDE(__mod, 3)(SignedWhole a, SignedWhole b);
SignedWhole PVM_WIDE(__divmod, 4)(SignedWhole a, SignedWhole b, SignedWhole* remainder);

// A digit has half the bits of a register. One digit of the quotient of (high, next) by `divisor`: high < divisor, and the divisor's first
// bit is 1, so that the estimate from its upper digit is at most two too large.
static Half next_digit(Half high, Half next, Half divisor, Half* remainder) {
  enum { digit_bits = half_bits / 2 };
  const Half upper = divisor >> digit_bits, lower = divisor & (((Half)1 << digit_bits) - 1);
  Half digit = high / upper, rest = high % upper;
  while (digit >> digit_bits != 0 || digit * lower > (rest << digit_bits | next)) {
    --digit;
    rest += upper;
    if (rest >> digit_bits != 0) break;
  }
  *remainder = (high << digit_bits | next) - digit * divisor;
  return digit;
}

// (high, low) / divisor, on the same conditions.
static Half divide_by_normal(Half high, Half low, Half divisor, Half* remainder) {
  enum { digit_bits = half_bits / 2 };
  const Half first = next_digit(high, low >> digit_bits, divisor, &high);
  const Half second = next_digit(high, low & (((Half)1 << digit_bits) - 1), divisor, remainder);
  return first << digit_bits | second;
}

static int leading_zeros(Half value) {
  return sizeof value == sizeof(unsigned) ? __builtin_clz((unsigned)value) : __builtin_clzll(value);
}

static Whole divide_by_half(Whole a, Half b, Whole* remainder) {
  const Half high = high_of(a) / b;
  const int shift = leading_zeros(b);
  const Whole rest = join(high_of(a) % b, low_of(a)) << shift;
  Half last;
  const Half low = divide_by_normal(high_of(rest), low_of(rest), b << shift, &last);
  *remainder = last >> shift;
  return join(high, low);
}

// The quotient fits into a register as b doesn't. Estimated from b's first half_bits bits it is at most one too large.
static Whole divide_by_whole(Whole a, Whole b, Whole* remainder) {
  const int shift = leading_zeros(high_of(b));
  Half ignored;
  const Whole half = a >> 1;
  Half quotient = divide_by_normal(high_of(half), low_of(half), high_of(b << shift), &ignored) >> (half_bits - 1 - shift);
  if (quotient != 0) --quotient;
  Whole rest = a - quotient * b;
  if (rest >= b) {
    ++quotient;
    rest -= b;
  }
  *remainder = rest;
  return quotient;
}

Whole PVM_WIDE(__udivmod, 4)(Whole a, Whole b, Whole* remainder) {
  Whole rest, quotient;
  if (high_of(a) == 0 && high_of(b) == 0) {
    rest = b == 0 ? a : low_of(a) % low_of(b);
    quotient = b == 0 ? ~(Whole)0 : low_of(a) / low_of(b);
  } else if (b == 0) {
    rest = a;
    quotient = ~(Whole)0;
  } else {
    quotient = high_of(b) == 0 ? divide_by_half(a, low_of(b), &rest) : divide_by_whole(a, b, &rest);
  }
  if (remainder != NULL) *remainder = rest;
  return quotient;
}

Whole PVM_WIDE(__udiv, 3)(Whole a, Whole b) {
  return PVM_WIDE(__udivmod, 4)(a, b, NULL);
}

Whole PVM_WIDE(__umod, 3)(Whole a, Whole b) {
  Whole remainder;
  PVM_WIDE(__udivmod, 4)(a, b, &remainder);
  return remainder;
}

static Whole magnitude_of(SignedWhole value) {
  return value < 0 ? 0 - (Whole)value : (Whole)value;
}

SignedWhole PVM_WIDE(__divmod, 4)(SignedWhole a, SignedWhole b, SignedWhole* remainder) {
  Whole rest;
  const Whole quotient = PVM_WIDE(__udivmod, 4)(magnitude_of(a), magnitude_of(b), &rest);
  if (remainder != NULL) *remainder = (SignedWhole)(a < 0 ? 0 - rest : rest);
  return (SignedWhole)((a < 0) != (b < 0) && b != 0 ? 0 - quotient : quotient);
}

SignedWhole PVM_WIDE(__div, 3)(SignedWhole a, SignedWhole b) {
  return PVM_WIDE(__divmod, 4)(a, b, NULL);
}

SignedWhole PVM_WIDE(__mod, 3)(SignedWhole a, SignedWhole b) {
  SignedWhole remainder;
  PVM_WIDE(__divmod, 4)(a, b, &remainder);
  return remainder;
}
