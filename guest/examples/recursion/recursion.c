// SPDX-License-Identifier: Apache-2.0 OR MIT
// Functions that call themselves: Fibonacci's numbers, Ackermann's function, Takeuchi's function, and the towers of Hanoi, sized by n.
#include "../bench.h"

__attribute__((noinline)) static uint64_t fibonacci(uint32_t n) {
  return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2);
}

__attribute__((noinline)) static uint32_t ackermann(uint32_t m, uint32_t n) {
  if (m == 0) return n + 1;
  return ackermann(m - 1, n == 0 ? 1 : ackermann(m, n - 1));
}

__attribute__((noinline)) static int32_t takeuchi(int32_t x, int32_t y, int32_t z) {
  if (y >= x) return z;
  return takeuchi(takeuchi(x - 1, y, z), takeuchi(y - 1, z, x), takeuchi(z - 1, x, y));
}

// Moves; each is recorded in the disk's peg.
__attribute__((noinline)) static uint32_t hanoi(uint8_t* pegs, uint32_t disks, uint32_t from, uint32_t to) {
  if (disks == 0) return 0;
  const uint32_t other = 3 - from - to;
  const uint32_t before = hanoi(pegs, disks - 1, from, other);
  pegs[disks - 1] = (uint8_t)to;
  return before + 1 + hanoi(pegs, disks - 1, other, to);
}

BENCH(n) {
  static uint8_t pegs[32];
  if (n > 32) n = 32;
  memset(pegs, 0, sizeof pegs);
  const uint32_t third = n / 3;
  uint64_t checksum = fibonacci(n);
  for (uint32_t i = 0; i <= third; ++i) checksum = mixed(checksum, ackermann(2, 8 * i));
  checksum = mixed(checksum, (uint32_t)takeuchi((int32_t)(n * 6 / 10), (int32_t)(n * 3 / 10), 0));
  checksum = mixed(checksum, hanoi(pegs, n * 2 / 3, 0, 2));
  for (uint32_t i = 0; i < n * 2 / 3; ++i) checksum = mixed(checksum, pegs[i]);
  return checksum;
}
