// SPDX-License-Identifier: Apache-2.0 OR MIT
// CRC-32 (ISO 3309, as in gzip) of n KiB of data: a byte at a time with one table, and eight bytes at a time with eight; both must agree.
#include "../bench.h"

enum { buffer_size = 8192 };

static uint32_t tables[8][256];
static uint8_t buffer[buffer_size];

static void make_tables(void) {
  for (uint32_t i = 0; i < 256; ++i) {
    uint32_t crc = i;
    for (int bit = 0; bit < 8; ++bit) crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
    tables[0][i] = crc;
  }
  for (int t = 1; t < 8; ++t) {
    for (int i = 0; i < 256; ++i) tables[t][i] = tables[t - 1][i] >> 8 ^ tables[0][tables[t - 1][i] & 255];
  }
}

static uint32_t by_bytes(uint32_t crc, const uint8_t* bytes, size_t size) {
  for (size_t i = 0; i < size; ++i) crc = crc >> 8 ^ tables[0][(crc ^ bytes[i]) & 255];
  return crc;
}

static uint32_t load(const uint8_t* p) {
  return (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[1] << 8 | p[0];
}

// `size` is a multiple of eight.
static uint32_t by_eights(uint32_t crc, const uint8_t* bytes, size_t size) {
  for (size_t i = 0; i < size; i += 8) {
    const uint32_t low = load(bytes + i) ^ crc, high = load(bytes + i + 4);
    crc = tables[7][low & 255] ^ tables[6][low >> 8 & 255] ^ tables[5][low >> 16 & 255] ^ tables[4][low >> 24] ^ tables[3][high & 255] ^
          tables[2][high >> 8 & 255] ^ tables[1][high >> 16 & 255] ^ tables[0][high >> 24];
  }
  return crc;
}

BENCH(n) {
  make_tables();
  if (~by_bytes(~0U, (const uint8_t*)"123456789", 9) != 0xcbf43926) return 0;
  uint64_t random = 1;
  for (size_t i = 0; i < buffer_size; ++i) buffer[i] = (uint8_t)(random_next(&random) >> 24);
  uint32_t slow = ~0U, fast = ~0U;
  for (uint32_t kib = 0; kib < n; ++kib) {
    const uint8_t* part = buffer + kib % (buffer_size / 1024) * 1024;
    slow = by_bytes(slow, part, 1024);
    fast = by_eights(fast, part, 1024);
  }
  return slow == fast ? ~slow : ~(uint64_t)0;
}
