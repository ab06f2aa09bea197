// SPDX-License-Identifier: Apache-2.0 OR MIT
// Levenshtein's distance of two texts of 512 characters by dynamic programming, n times; each time the texts change a little.
#include "../bench.h"

enum { length = 512 };

static char a[length], b[length];
static uint32_t row[length + 1];

static uint32_t smaller(uint32_t x, uint32_t y) {
  return x < y ? x : y;
}

static uint32_t distance(void) {
  for (uint32_t j = 0; j <= length; ++j) row[j] = j;
  for (uint32_t i = 0; i < length; ++i) {
    uint32_t diagonal = row[0];
    row[0] = i + 1;
    for (uint32_t j = 0; j < length; ++j) {
      const uint32_t replaced = diagonal + (a[i] != b[j]);
      diagonal = row[j + 1];
      row[j + 1] = smaller(replaced, smaller(diagonal, row[j]) + 1);
    }
  }
  return row[length];
}

BENCH(n) {
  uint64_t random = 1, checksum = 0;
  for (uint32_t i = 0; i < length; ++i) {
    a[i] = (char)('a' + random_next(&random) % 4);
    b[i] = (char)('a' + random_next(&random) % 4);
  }
  for (uint32_t round = 0; round < n; ++round) {
    checksum = checksum * 31 + distance();
    a[random_next(&random) % length] = (char)('a' + random_next(&random) % 4);
    b[random_next(&random) % length] = (char)('a' + random_next(&random) % 4);
  }
  return checksum;
}
