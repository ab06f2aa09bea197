// SPDX-License-Identifier: Apache-2.0 OR MIT
// SHA3-256 (FIPS 202) of a message of 136 n + 17 bytes, byte i being 7i + i / 256; the first eight bytes of the digest.
#include "../bench.h"

enum { rate = 136 };

static uint64_t rotate_left(uint64_t x, unsigned by) {
  return by == 0 ? x : x << by | x >> (64 - by);
}

// One bit of the round constants: FIPS 202, algorithm 5, as a register that is stepped once for each.
static unsigned next_constant_bit(unsigned* lfsr) {
  const unsigned bit = *lfsr & 1;
  *lfsr = *lfsr << 1 ^ (*lfsr & 0x80 ? 0x171 : 0);
  return bit;
}

static void make_constants(uint64_t constants[24]) {
  unsigned lfsr = 1;
  for (int round = 0; round < 24; ++round) {
    constants[round] = 0;
    for (int j = 0; j < 7; ++j) constants[round] |= (uint64_t)next_constant_bit(&lfsr) << ((1 << j) - 1);
  }
}

static void permute(uint64_t lanes[25], const uint64_t constants[24]) {
  static const uint8_t offsets[24] = {1, 3, 6, 10, 15, 21, 28, 36, 45, 55, 2, 14, 27, 41, 56, 8, 25, 43, 62, 18, 39, 61, 20, 44};
  static const uint8_t places[24] = {10, 7, 11, 17, 18, 3, 5, 16, 8, 21, 24, 4, 15, 23, 19, 13, 12, 2, 20, 14, 22, 9, 6, 1};
  for (int round = 0; round < 24; ++round) {
    uint64_t column[5];
    for (int x = 0; x < 5; ++x) column[x] = lanes[x] ^ lanes[x + 5] ^ lanes[x + 10] ^ lanes[x + 15] ^ lanes[x + 20];
    for (int x = 0; x < 5; ++x) {
      const uint64_t d = column[(x + 4) % 5] ^ rotate_left(column[(x + 1) % 5], 1);
      for (int y = 0; y < 25; y += 5) lanes[x + y] ^= d;
    }
    uint64_t moving = lanes[1];
    for (int i = 0; i < 24; ++i) {
      const uint64_t next = lanes[places[i]];
      lanes[places[i]] = rotate_left(moving, offsets[i]);
      moving = next;
    }
    for (int y = 0; y < 25; y += 5) {
      uint64_t row[5];
      for (int x = 0; x < 5; ++x) row[x] = lanes[y + x];
      for (int x = 0; x < 5; ++x) lanes[y + x] = row[x] ^ (~row[(x + 1) % 5] & row[(x + 2) % 5]);
    }
    lanes[0] ^= constants[round];
  }
}

static void absorb(uint64_t lanes[25], const uint8_t* block) {
  for (int i = 0; i < rate / 8; ++i) {
    uint64_t lane = 0;
    for (int byte = 7; byte >= 0; --byte) lane = lane << 8 | block[8 * i + byte];
    lanes[i] ^= lane;
  }
}

BENCH(n) {
  static uint64_t lanes[25], constants[24];
  static uint8_t block[rate];
  make_constants(constants);
  memset(lanes, 0, sizeof lanes);
  for (uint32_t number = 0; number <= n; ++number) {
    const uint32_t size = number < n ? rate : 17;
    memset(block, 0, sizeof block);
    for (uint32_t i = 0; i < size; ++i) block[i] = (uint8_t)((number * rate + i) * 7 + ((number * rate + i) >> 8));
    if (size < rate) {
      block[size] = 0x06;
      block[rate - 1] |= 0x80;
    }
    absorb(lanes, block);
    permute(lanes, constants);
  }
  uint64_t first = 0;
  for (int i = 0; i < 8; ++i) first = first << 8 | (lanes[0] >> (8 * i) & 0xff);
  return first;
}
