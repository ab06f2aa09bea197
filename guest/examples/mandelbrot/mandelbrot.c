// SPDX-License-Identifier: Apache-2.0 OR MIT
// The Mandelbrot set on n x n points, at most 200 iterations each, in fixed point with 28 binary places: the sum of all iterations.
#include "../bench.h"

enum { places = 28, iterations = 200 };

static int64_t product(int64_t a, int64_t b) {
  return (a * b) >> places;
}

static uint32_t escape_time(int64_t x0, int64_t y0) {
  int64_t x = 0, y = 0;
  uint32_t count = 0;
  for (; count < iterations; ++count) {
    const int64_t xx = product(x, x), yy = product(y, y);
    if (xx + yy > (int64_t)4 << places) break;
    y = 2 * product(x, y) + y0;
    x = xx - yy + x0;
  }
  return count;
}

BENCH(n) {
  uint64_t sum = 0;
  for (uint32_t row = 0; row < n; ++row) {
    for (uint32_t column = 0; column < n; ++column) {
      const int64_t x = (int64_t)((3 * ((uint64_t)column << places)) / n) - ((int64_t)9 << (places - 2));
      const int64_t y = (int64_t)((3 * ((uint64_t)row << places)) / n) - ((int64_t)3 << (places - 1));
      sum += escape_time(x, y);
    }
  }
  return sum;
}
