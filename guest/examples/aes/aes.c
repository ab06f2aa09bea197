// SPDX-License-Identifier: Apache-2.0 OR MIT
// AES-128 (FIPS 197) by tables: n blocks are encrypted in a chain (CBC), then decrypted and compared.
#include "../bench.h"

enum { rounds = 10 };

typedef struct {
  uint32_t words[4 * (rounds + 1)];
} Key;

static uint8_t sbox[256], inverse_sbox[256];
static uint32_t encrypt_table[4][256], decrypt_table[4][256];

static uint8_t doubled(uint8_t x) {
  return (uint8_t)(x << 1 ^ (x & 0x80 ? 0x1b : 0));
}
static uint8_t gf_product(uint8_t a, uint8_t b) {
  uint8_t product = 0;
  for (; b != 0; b >>= 1, a = doubled(a)) {
    if (b & 1) product ^= a;
  }
  return product;
}
static uint32_t rotate_left(uint32_t x, unsigned by) {
  return x << by | x >> (32 - by);
}
static uint32_t pack(uint8_t a, uint8_t b, uint8_t c, uint8_t d) {
  return (uint32_t)a << 24 | (uint32_t)b << 16 | (uint32_t)c << 8 | d;
}

// p runs through all non-zero elements as powers of 3, q through their inverses.
static void make_tables(void) {
  uint8_t p = 1, q = 1;
  do {
    p ^= doubled(p);
    q ^= (uint8_t)(q << 1);
    q ^= (uint8_t)(q << 2);
    q ^= (uint8_t)(q << 4);
    if (q & 0x80) q ^= 0x09;
    const uint8_t rotated = (uint8_t)(q ^ (q << 1 | q >> 7) ^ (q << 2 | q >> 6) ^ (q << 3 | q >> 5) ^ (q << 4 | q >> 4));
    sbox[p] = rotated ^ 0x63;
  } while (p != 1);
  sbox[0] = 0x63;
  for (int i = 0; i < 256; ++i) inverse_sbox[sbox[i]] = (uint8_t)i;
  for (int i = 0; i < 256; ++i) {
    const uint8_t s = sbox[i], t = inverse_sbox[i];
    uint32_t forward = pack(doubled(s), s, s, (uint8_t)(doubled(s) ^ s));
    uint32_t backward = pack(gf_product(t, 14), gf_product(t, 9), gf_product(t, 13), gf_product(t, 11));
    for (int table = 0; table < 4; ++table) {
      encrypt_table[table][i] = forward;
      decrypt_table[table][i] = backward;
      forward = rotate_left(forward, 24);
      backward = rotate_left(backward, 24);
    }
  }
}

static uint32_t substituted(uint32_t x) {
  return pack(sbox[x >> 24], sbox[x >> 16 & 255], sbox[x >> 8 & 255], sbox[x & 255]);
}

static void expand(Key* key, const uint8_t bytes[16]) {
  uint8_t constant = 1;
  for (int i = 0; i < 4; ++i) key->words[i] = pack(bytes[4 * i], bytes[4 * i + 1], bytes[4 * i + 2], bytes[4 * i + 3]);
  for (int i = 4; i < 4 * (rounds + 1); ++i) {
    uint32_t word = key->words[i - 1];
    if (i % 4 == 0) {
      word = substituted(rotate_left(word, 8)) ^ (uint32_t)constant << 24;
      constant = doubled(constant);
    }
    key->words[i] = key->words[i - 4] ^ word;
  }
}

// The key of the equivalent inverse cipher: all but the first and last round keys pass through InvMixColumns.
static void invert(Key* inverted, const Key* key) {
  for (int i = 0; i <= rounds; ++i) {
    for (int column = 0; column < 4; ++column) {
      const uint32_t word = key->words[4 * (rounds - i) + column];
      inverted->words[4 * i + column] = i == 0 || i == rounds
                                            ? word
                                            : decrypt_table[0][sbox[word >> 24]] ^ decrypt_table[1][sbox[word >> 16 & 255]] ^
                                                  decrypt_table[2][sbox[word >> 8 & 255]] ^ decrypt_table[3][sbox[word & 255]];
    }
  }
}

// `turn` is the direction in which rows are shifted: 1 to encrypt, 3 to decrypt.
static inline void cipher(uint32_t s[4], const Key* key, const uint32_t table[4][256], const uint8_t last[256], int turn) {
  uint32_t t[4];
  for (int i = 0; i < 4; ++i) s[i] ^= key->words[i];
  for (int round = 1; round < rounds; ++round) {
    for (int i = 0; i < 4; ++i) {
      t[i] = table[0][s[i] >> 24] ^ table[1][s[(i + turn) % 4] >> 16 & 255] ^ table[2][s[(i + 2) % 4] >> 8 & 255] ^
             table[3][s[(i + 3 * turn) % 4] & 255] ^ key->words[4 * round + i];
    }
    for (int i = 0; i < 4; ++i) s[i] = t[i];
  }
  for (int i = 0; i < 4; ++i) {
    t[i] = pack(last[s[i] >> 24], last[s[(i + turn) % 4] >> 16 & 255], last[s[(i + 2) % 4] >> 8 & 255], last[s[(i + 3 * turn) % 4] & 255]);
  }
  for (int i = 0; i < 4; ++i) s[i] = t[i] ^ key->words[4 * rounds + i];
}

static void encrypt(uint32_t block[4], const Key* key) {
  cipher(block, key, encrypt_table, sbox, 1);
}
static void decrypt(uint32_t block[4], const Key* key) {
  cipher(block, key, decrypt_table, inverse_sbox, 3);
}

// FIPS 197, appendix C.1.
static bool known_answer(void) {
  uint8_t bytes[16];
  for (int i = 0; i < 16; ++i) bytes[i] = (uint8_t)i;
  Key key, inverted;
  expand(&key, bytes);
  invert(&inverted, &key);
  uint32_t block[4] = {0x00112233, 0x44556677, 0x8899aabb, 0xccddeeff};
  encrypt(block, &key);
  if (block[0] != 0x69c4e0d8 || block[1] != 0x6a7b0430 || block[2] != 0xd8cdb780 || block[3] != 0x70b4c55a) return false;
  decrypt(block, &inverted);
  return block[0] == 0x00112233 && block[1] == 0x44556677 && block[2] == 0x8899aabb && block[3] == 0xccddeeff;
}

BENCH(n) {
  make_tables();
  if (!known_answer()) return 0;
  static const uint8_t key_bytes[16] = {0x2b, 0x7e, 0x15, 0x16, 0x28, 0xae, 0xd2, 0xa6, 0xab, 0xf7, 0x15, 0x88, 0x09, 0xcf, 0x4f, 0x3c};
  Key key, inverted;
  expand(&key, key_bytes);
  invert(&inverted, &key);
  uint32_t chain[4] = {0};
  uint64_t random = 1, checksum = 0;
  for (uint32_t number = 0; number < n; ++number) {
    uint32_t plain[4], block[4], back[4];
    for (int i = 0; i < 4; ++i) plain[i] = random_next(&random), block[i] = plain[i] ^ chain[i];
    encrypt(block, &key);
    for (int i = 0; i < 4; ++i) back[i] = block[i];
    decrypt(back, &inverted);
    for (int i = 0; i < 4; ++i) {
      if ((back[i] ^ chain[i]) != plain[i]) return 0;
      chain[i] = block[i];
    }
    checksum += (uint64_t)block[0] << 32 | block[3];
  }
  return checksum;
}
