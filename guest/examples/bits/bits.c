// SPDX-License-Identifier: Apache-2.0 OR MIT
// Bits: a set of 65536 numbers as a bitmap - counted, walked, shifted and combined - and single words taken apart; n rounds.
#include "../bench.h"

enum { words = 1024 };

static uint64_t set[words], other[words];

static uint64_t reversed(uint64_t x) {
  x = (x >> 1 & 0x5555555555555555) | (x & 0x5555555555555555) << 1;
  x = (x >> 2 & 0x3333333333333333) | (x & 0x3333333333333333) << 2;
  x = (x >> 4 & 0x0f0f0f0f0f0f0f0f) | (x & 0x0f0f0f0f0f0f0f0f) << 4;
  return __builtin_bswap64(x);
}

// The bits of x at the ones of mask, close together.
static uint64_t extracted(uint64_t x, uint64_t mask) {
  uint64_t result = 0;
  for (unsigned place = 0; mask != 0; ++place, mask &= mask - 1) result |= (x >> __builtin_ctzll(mask) & 1) << place;
  return result;
}

static uint64_t counted(void) {
  uint64_t count = 0;
  for (int i = 0; i < words; ++i) count += (uint64_t)__builtin_popcountll(set[i] & ~other[i]) * (unsigned)(i % 7 + 1);
  return count;
}

static uint64_t walked(void) {
  uint64_t sum = 0;
  for (int i = 0; i < words; ++i) {
    for (uint64_t rest = set[i]; rest != 0; rest &= rest - 1) sum = sum * 3 + (unsigned)(i * 64 + __builtin_ctzll(rest));
  }
  return sum;
}

// The set with all numbers made greater by `by`, 1 to 63; the largest come back as the smallest.
static void shift(unsigned by) {
  uint64_t carry = set[words - 1] >> (64 - by);
  for (int i = 0; i < words; ++i) {
    const uint64_t next = set[i] >> (64 - by);
    set[i] = set[i] << by | carry;
    carry = next;
  }
}

BENCH(n) {
  uint64_t random = 1, checksum = 0;
  for (int i = 0; i < words; ++i) {
    set[i] = (uint64_t)random_next(&random) << 32 | random_next(&random);
    other[i] = (uint64_t)random_next(&random) << 32 | random_next(&random);
  }
  for (uint32_t round = 0; round < n; ++round) {
    checksum += counted();
    checksum = mixed(checksum, walked());
    shift(round % 63 + 1);
    for (int i = 0; i < words; i += 16) {
      const uint64_t x = set[i], mask = other[i];
      const unsigned zeros = (unsigned)__builtin_clzll(x | 1);
      checksum += extracted(x, mask) ^ reversed(x) ^ (mask << zeros | mask >> (63 - zeros) >> 1);
      other[i] = mask ^ __builtin_bswap64(x) ^ (uint64_t)(int64_t)(int8_t)x ^ (uint64_t)(int64_t)(int16_t)(x >> 32);
    }
  }
  return checksum;
}
