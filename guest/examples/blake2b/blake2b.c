// SPDX-License-Identifier: Apache-2.0 OR MIT
// BLAKE2b-512 (RFC 7693), unkeyed, of a message of 128 n + 17 bytes, byte i being 7i + i / 256; the first eight bytes of the digest.
#include "../bench.h"

typedef struct {
  uint64_t state[8];
  uint64_t length;  // Bytes so far; below 2^64 here.
  uint8_t block[128];
  uint32_t filled;
} Blake2b;

static const uint64_t initial[8] = {0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b, 0xa54ff53a5f1d36f1,
                                    0x510e527fade682d1, 0x9b05688c2b3e6c1f, 0x1f83d9abfb41bd6b, 0x5be0cd19137e2179};

static const uint8_t schedule[10][16] = {
    {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}, {14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3},
    {11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4}, {7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8},
    {9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13}, {2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9},
    {12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11}, {13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10},
    {6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5}, {10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0}};

static uint64_t rotate_right(uint64_t x, unsigned by) {
  return x >> by | x << (64 - by);
}

static inline void quarter(uint64_t* v, int a, int b, int c, int d, uint64_t x, uint64_t y) {
  v[a] += v[b] + x;
  v[d] = rotate_right(v[d] ^ v[a], 32);
  v[c] += v[d];
  v[b] = rotate_right(v[b] ^ v[c], 24);
  v[a] += v[b] + y;
  v[d] = rotate_right(v[d] ^ v[a], 16);
  v[c] += v[d];
  v[b] = rotate_right(v[b] ^ v[c], 63);
}

static void compress(Blake2b* hash, bool last) {
  uint64_t v[16], m[16];
  for (int i = 0; i < 8; ++i) v[i] = hash->state[i], v[i + 8] = initial[i];
  v[12] ^= hash->length;
  if (last) v[14] = ~v[14];
  for (int i = 0; i < 16; ++i) {
    m[i] = 0;
    for (int byte = 7; byte >= 0; --byte) m[i] = m[i] << 8 | hash->block[8 * i + byte];
  }
  for (int round = 0; round < 12; ++round) {
    const uint8_t* s = schedule[round % 10];
    quarter(v, 0, 4, 8, 12, m[s[0]], m[s[1]]);
    quarter(v, 1, 5, 9, 13, m[s[2]], m[s[3]]);
    quarter(v, 2, 6, 10, 14, m[s[4]], m[s[5]]);
    quarter(v, 3, 7, 11, 15, m[s[6]], m[s[7]]);
    quarter(v, 0, 5, 10, 15, m[s[8]], m[s[9]]);
    quarter(v, 1, 6, 11, 12, m[s[10]], m[s[11]]);
    quarter(v, 2, 7, 8, 13, m[s[12]], m[s[13]]);
    quarter(v, 3, 4, 9, 14, m[s[14]], m[s[15]]);
  }
  for (int i = 0; i < 8; ++i) hash->state[i] ^= v[i] ^ v[i + 8];
}

static void start(Blake2b* hash) {
  memcpy(hash->state, initial, sizeof initial);
  hash->state[0] ^= 0x01010040;  // No key, 64 bytes of digest.
  hash->length = 0;
  hash->filled = 0;
}

// A full block is compressed only when more follows: the last one is treated differently.
static void update(Blake2b* hash, const uint8_t* bytes, uint32_t size) {
  while (size > 0) {
    if (hash->filled == 128) {
      hash->length += 128;
      compress(hash, false);
      hash->filled = 0;
    }
    const uint32_t part = size < 128 - hash->filled ? size : 128 - hash->filled;
    memcpy(hash->block + hash->filled, bytes, part);
    hash->filled += part;
    bytes += part;
    size -= part;
  }
}

// The first eight bytes of the digest, as a big-endian number.
static uint64_t finish(Blake2b* hash) {
  memset(hash->block + hash->filled, 0, 128 - hash->filled);
  hash->length += hash->filled;
  compress(hash, true);
  uint64_t first = 0;
  for (int i = 0; i < 8; ++i) first = first << 8 | (hash->state[0] >> (8 * i) & 0xff);
  return first;
}

BENCH(n) {
  static Blake2b hash;
  static uint8_t message[128];
  start(&hash);
  update(&hash, (const uint8_t*)"abc", 3);
  if (finish(&hash) != 0xba80a53f981c4d0d) return 0;

  start(&hash);
  for (uint32_t block = 0; block <= n; ++block) {
    const uint32_t size = block < n ? 128 : 17;
    for (uint32_t i = 0; i < size; ++i) message[i] = (uint8_t)((block * 128 + i) * 7 + ((block * 128 + i) >> 8));
    update(&hash, message, size);
  }
  return finish(&hash);
}
