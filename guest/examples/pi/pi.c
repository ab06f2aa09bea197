// SPDX-License-Identifier: Apache-2.0 OR MIT
// The first n decimals of pi, n a multiple of 9 up to 9000, by Machin's formula in numbers of many words to the base 10^9: almost all of
// it is division. The result is the sum of all groups of nine decimals, each times its place.
#include "../bench.h"

enum { base = 1000000000, words_most = 1004 };

static uint32_t total[words_most], term[words_most], part[words_most];
static uint32_t words;  // In use: the integer part, the decimals, and two to spare for roundings.

// to = from / divisor; true if anything is left. Words before `*first` are 0.
static void divide(uint32_t* to, const uint32_t* from, uint32_t first, uint32_t divisor) {
  uint64_t rest = 0;
  for (uint32_t i = first; i < words; ++i) {
    const uint64_t value = rest * base + from[i];
    to[i] = (uint32_t)(value / divisor);
    rest = value % divisor;
  }
}

static void add(uint32_t* to, const uint32_t* what) {
  uint32_t carry = 0;
  for (uint32_t i = words; i-- > 0;) {
    const uint32_t sum = to[i] + what[i] + carry;
    carry = sum >= base;
    to[i] = carry ? sum - base : sum;
  }
}

static void subtract(uint32_t* from, const uint32_t* what) {
  uint32_t borrow = 0;
  for (uint32_t i = words; i-- > 0;) {
    const uint32_t taken = what[i] + borrow;
    borrow = from[i] < taken;
    from[i] = borrow ? from[i] + base - taken : from[i] - taken;
  }
}

// total += or -= factor * arctan(1 / x), by the power series.
static void add_arctangent(uint32_t factor, uint32_t x, bool negative) {
  memset(term, 0, words * sizeof *term);
  memset(part, 0, words * sizeof *part);
  term[0] = factor;
  divide(term, term, 0, x);
  uint32_t first = 0;
  for (uint32_t odd = 1; first < words; odd += 2) {
    divide(part, term, first, odd);
    if ((odd / 2 % 2 != 0) == negative) {
      add(total, part);
    } else {
      subtract(total, part);
    }
    divide(term, term, first, x * x);
    while (first < words && term[first] == 0) part[first++] = 0;
  }
}

BENCH(n) {
  if (n > 9000) n = 9000;
  words = n / 9 + 3;
  memset(total, 0, sizeof total);
  add_arctangent(16, 5, false);
  add_arctangent(4, 239, true);
  if (total[0] != 3) return 0;
  uint64_t checksum = 0;
  for (uint32_t i = 1; i <= n / 9; ++i) checksum += (uint64_t)total[i] * i;
  return checksum;
}
