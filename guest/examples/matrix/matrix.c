// SPDX-License-Identifier: Apache-2.0 OR MIT
// Multiplies 96 x 96 matrices of 32-bit numbers, 64-bit sums, n times; each product, reduced to 16 bits, is the next left factor.
#include "../bench.h"

enum { size = 96 };

static uint32_t left[size][size], right[size][size];
static uint64_t result[size][size];

static void multiply(void) {
  for (int row = 0; row < size; ++row) {
    for (int column = 0; column < size; ++column) {
      uint64_t sum = 0;
      for (int k = 0; k < size; ++k) sum += (uint64_t)left[row][k] * right[k][column];
      result[row][column] = sum;
    }
  }
}

BENCH(n) {
  uint64_t random = 1, checksum = 0;
  for (int row = 0; row < size; ++row) {
    for (int column = 0; column < size; ++column) {
      left[row][column] = random_next(&random);
      right[row][column] = random_next(&random);
    }
  }
  for (uint32_t round = 0; round < n; ++round) {
    multiply();
    for (int row = 0; row < size; ++row) {
      for (int column = 0; column < size; ++column) {
        left[row][column] = (uint32_t)(result[row][column] >> 24) & 0xffff;
        checksum += result[row][column];
      }
    }
  }
  return checksum;
}
