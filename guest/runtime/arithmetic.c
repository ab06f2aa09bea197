// SPDX-License-Identifier: Apache-2.0 OR MIT
// Products, shifts and bit counts of integers of two registers, made of registers so that no function calls itself.
#include "wide.h"

Whole PVM_WIDE(__mul, 3)(Whole a, Whole b);
SignedWhole PVM_WIDE(__mulo, 4)(SignedWhole a, SignedWhole b, int* overflow);
Whole PVM_WIDE(__ashl, 3)(Whole value, int count);
Whole PVM_WIDE(__lshr, 3)(Whole value, int count);
SignedWhole PVM_WIDE(__ashr, 3)(SignedWhole value, int count);
int __popcountsi2(uint32_t value);
int __popcountdi2(uint64_t value);

// All of the product of two registers, from digits of half a register.
static Whole product(Half a, Half b) {
  enum { digit_bits = half_bits / 2 };
  const Half mask = ((Half)1 << digit_bits) - 1;
  const Half low = (a & mask) * (b & mask);
  const Half one = (a >> digit_bits) * (b & mask) + (low >> digit_bits);
  const Half other = (a & mask) * (b >> digit_bits) + (one & mask);
  const Half high = (a >> digit_bits) * (b >> digit_bits) + (one >> digit_bits) + (other >> digit_bits);
  return join(high, other << digit_bits | (low & mask));
}

Whole PVM_WIDE(__mul, 3)(Whole a, Whole b) {
  const Whole low = product(low_of(a), low_of(b));
  return join(high_of(low) + high_of(a) * low_of(b) + low_of(a) * high_of(b), low_of(low));
}

static Whole magnitude_of(SignedWhole value) {
  return value < 0 ? 0 - (Whole)value : (Whole)value;
}

// The product modulo the size; *overflow tells whether that is not the true one.
SignedWhole PVM_WIDE(__mulo, 4)(SignedWhole a, SignedWhole b, int* overflow) {
  const Whole p = magnitude_of(a), q = magnitude_of(b);
  const int is_negative = (a < 0) != (b < 0);
  // One of the upper halves is 0, or the product is too large anyway.
  const Whole middle = high_of(p) != 0 ? product(high_of(p), low_of(q)) : product(low_of(p), high_of(q));
  const Whole low = product(low_of(p), low_of(q));
  const Whole magnitude = low + ((Whole)low_of(middle) << half_bits);
  const Whole largest = ((Whole)1 << (2 * half_bits - 1)) - 1 + (Whole)is_negative;
  *overflow = (high_of(p) != 0 && high_of(q) != 0) || high_of(middle) != 0 || magnitude < low || magnitude > largest;
  return (SignedWhole)PVM_WIDE(__mul, 3)((Whole)a, (Whole)b);
}

// Counts are below the size in bits.
Whole PVM_WIDE(__ashl, 3)(Whole value, int count) {
  const Half high = high_of(value), low = low_of(value);
  if (count == 0) return value;
  if (count >= half_bits) return join(low << (count - half_bits), 0);
  return join(high << count | low >> (half_bits - count), low << count);
}

Whole PVM_WIDE(__lshr, 3)(Whole value, int count) {
  const Half high = high_of(value), low = low_of(value);
  if (count == 0) return value;
  if (count >= half_bits) return high >> (count - half_bits);
  return join(high >> count, low >> count | high << (half_bits - count));
}

SignedWhole PVM_WIDE(__ashr, 3)(SignedWhole value, int count) {
  const SignedHalf high = (SignedHalf)high_of((Whole)value);
  const Half low = low_of((Whole)value);
  if (count == 0) return value;
  if (count >= half_bits) return (SignedWhole)join((Half)(high >> (half_bits - 1)), (Half)(high >> (count - half_bits)));
  return (SignedWhole)join((Half)(high >> count), low >> count | (Half)high << (half_bits - count));
}

int __popcountsi2(uint32_t value) {
  value -= value >> 1 & 0x55555555;
  value = (value & 0x33333333) + (value >> 2 & 0x33333333);
  value = (value + (value >> 4)) & 0x0f0f0f0f;
  return (int)(value * 0x01010101U >> 24);
}

int __popcountdi2(uint64_t value) {
  return __popcountsi2((uint32_t)value) + __popcountsi2((uint32_t)(value >> 32));
}
