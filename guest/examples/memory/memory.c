// SPDX-License-Identifier: Apache-2.0 OR MIT
// Copies, moves, fills and compares blocks of 1 to 64 KiB, and of a few bytes, n times: what the library's functions cost.
#include "../bench.h"

enum { buffer_size = 1 << 17, largest = 1 << 16 };

static uint8_t buffer[buffer_size];

static uint64_t sampled(uint64_t checksum) {
  for (size_t i = 0; i < buffer_size; i += 4099) checksum = mixed(checksum, buffer[i]);
  return checksum;
}

BENCH(n) {
  uint64_t random = 1, checksum = 0;
  for (size_t i = 0; i < buffer_size; ++i) buffer[i] = (uint8_t)(i * 7 + (i >> 8));
  for (uint32_t round = 0; round < n; ++round) {
    for (size_t size = 1024; size <= largest; size *= 2) {
      const size_t place = random_next(&random) % 997;
      memcpy(buffer + largest, buffer + place, size - place);
      memmove(buffer + place, buffer + place / 2, size);
      memset(buffer + largest + place, (int)(round + size / 1024), size / 4);
      checksum += memcmp(buffer, buffer + largest, size) == 0;
    }
    for (size_t small = 1; small < 200; small += 3) {
      uint8_t* place = buffer + random_next(&random) % (largest - 256);
      memcpy(place, place + 200, small);
      memset(place + small, (int)small, small / 2);
    }
    checksum = sampled(checksum);
  }
  return checksum;
}
