// SPDX-License-Identifier: Apache-2.0 OR MIT
// What compilers call for numbers of two words, under the names that they use: of 64 bits for a 32-bit machine, of 128 bits for a 64-bit
// one.
#include <stdint.h>

#if __riscv_xlen == 32
typedef uint32_t Word;
typedef uint64_t Wide;
typedef int64_t SignedWide;
#define NAMED(name) __asm__("__" name "di3")
#define count_leading_zeros __builtin_clz
enum { word_bits = 32 };
#else
typedef uint64_t Word;
typedef unsigned __int128 Wide;
typedef __int128 SignedWide;
#define NAMED(name) __asm__("__" name "ti3")
#define count_leading_zeros __builtin_clzl
enum { word_bits = 64 };
#endif

#include "wide.h"

Wide divide_unsigned(Wide a, Wide b) NAMED("udiv");
Wide rest_unsigned(Wide a, Wide b) NAMED("umod");
SignedWide divide_signed(SignedWide a, SignedWide b) NAMED("div");
SignedWide rest_signed(SignedWide a, SignedWide b) NAMED("mod");
Wide multiply(Wide a, Wide b) NAMED("mul");
Wide shift_left(Wide a, int count) NAMED("ashl");
Wide shift_right(Wide a, int count) NAMED("lshr");
SignedWide shift_right_signed(SignedWide a, int count) NAMED("ashr");

Wide divide_unsigned(Wide a, Wide b) {
  Wide rest;
  return divide_wide(a, b, &rest);
}

Wide rest_unsigned(Wide a, Wide b) {
  Wide rest;
  divide_wide(a, b, &rest);
  return rest;
}

static Wide magnitude(SignedWide a) {
  return a < 0 ? 0 - (Wide)a : (Wide)a;
}

SignedWide divide_signed(SignedWide a, SignedWide b) {
  Wide rest;
  const Wide quotient = divide_wide(magnitude(a), magnitude(b), &rest);
  return (SignedWide)((a ^ b) < 0 ? 0 - quotient : quotient);
}

SignedWide rest_signed(SignedWide a, SignedWide b) {
  Wide rest;
  divide_wide(magnitude(a), magnitude(b), &rest);
  return (SignedWide)(a < 0 ? 0 - rest : rest);
}

// The product of two words, by four products of halves: where the compiler has no instruction for it, it must not call `multiply` again.
static Wide multiply_words(Word a, Word b) {
  enum { half = word_bits / 2 };
  const Word mask = ((Word)1 << half) - 1;
  const Word low = (a & mask) * (b & mask);
  const Word middle = (a >> half) * (b & mask) + (low >> half);
  const Word other = (a & mask) * (b >> half) + (middle & mask);
  const Word high = (a >> half) * (b >> half) + (middle >> half) + (other >> half);
  return (Wide)high << word_bits | (Word)(other << half | (low & mask));
}

Wide multiply(Wide a, Wide b) {
  const Word high = (Word)(a >> word_bits) * (Word)b + (Word)a * (Word)(b >> word_bits);
  return multiply_words((Word)a, (Word)b) + ((Wide)high << word_bits);
}

Wide shift_left(Wide a, int count) {
  const Word low = (Word)a, high = (Word)(a >> word_bits);
  if (count == 0) return a;
  if (count >= word_bits) return (Wide)(Word)(low << (count - word_bits)) << word_bits;
  return (Wide)(Word)(high << count | low >> (word_bits - count)) << word_bits | (Word)(low << count);
}

Wide shift_right(Wide a, int count) {
  const Word low = (Word)a, high = (Word)(a >> word_bits);
  if (count == 0) return a;
  if (count >= word_bits) return high >> (count - word_bits);
  return (Wide)(high >> count) << word_bits | (Word)(low >> count | high << (word_bits - count));
}

SignedWide shift_right_signed(SignedWide a, int count) {
  return a < 0 ? (SignedWide)~shift_right(~(Wide)a, count) : (SignedWide)shift_right((Wide)a, count);
}
