// SPDX-License-Identifier: Apache-2.0 OR MIT
// Sieve of Eratosthenes over odd numbers, a window at a time: how many primes there are up to n, and the low half of their sum.
#include "../bench.h"

enum { window_odds = 32768, base_limit = 65536, base_count_max = 6542 };

static uint8_t composite[window_odds];
static uint32_t base_primes[base_count_max];
static uint32_t next_multiple[base_count_max];  // As an index of odd numbers, relative to the window.

// The odd primes up to the square root of `limit`.
static uint32_t find_base_primes(uint32_t limit) {
  static uint8_t crossed[base_limit];
  uint32_t count = 0;
  memset(crossed, 0, sizeof crossed);
  for (uint32_t p = 3; p < base_limit && (uint64_t)p * p <= limit; p += 2) {
    if (crossed[p]) continue;
    base_primes[count] = p;
    next_multiple[count] = (uint32_t)(((uint64_t)p * p - 1) / 2);
    ++count;
    for (uint64_t multiple = (uint64_t)p * p; multiple < base_limit; multiple += 2 * p) crossed[multiple] = 1;
  }
  return count;
}

static void cross_out(uint32_t base_count, uint32_t odds) {
  memset(composite, 0, sizeof composite);
  for (uint32_t i = 0; i < base_count; ++i) {
    const uint32_t step = base_primes[i];
    uint32_t place = next_multiple[i];
    for (; place < odds; place += step) composite[place] = 1;
    next_multiple[i] = place - odds;
  }
}

BENCH(n) {
  if (n < 2) return 0;
  const uint32_t base_count = find_base_primes(n);
  const uint32_t last_odd = (n - 1) / 2;  // Odd number 2i + 1 has index i; index 0, the number 1, is no prime.
  uint32_t count = 1, sum = 2;
  for (uint32_t first = 0; first <= last_odd; first += window_odds) {
    cross_out(base_count, window_odds);
    const uint32_t odds = last_odd - first < window_odds ? last_odd - first + 1 : window_odds;
    for (uint32_t i = first == 0; i < odds; ++i) {
      if (composite[i]) continue;
      ++count;
      sum += 2 * (first + i) + 1;
    }
  }
  return (uint64_t)count << 32 | sum;
}
