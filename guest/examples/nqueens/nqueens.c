// SPDX-License-Identifier: Apache-2.0 OR MIT
// In how many ways n queens stand on a board of n x n without attacking each other, by recursion over rows with sets of columns as bits.
#include "../bench.h"

static uint64_t placements(uint32_t all, uint32_t columns, uint32_t falling, uint32_t rising) {
  if (columns == all) return 1;
  uint64_t count = 0;
  for (uint32_t open = all & ~(columns | falling | rising); open != 0; open &= open - 1) {
    const uint32_t queen = open & (0 - open);
    count += placements(all, columns | queen, (falling | queen) << 1, (rising | queen) >> 1);
  }
  return count;
}

BENCH(n) {
  if (n > 20) return 0;
  return placements(((uint32_t)1 << n) - 1, 0, 0, 0);
}
