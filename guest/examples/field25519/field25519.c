// SPDX-License-Identifier: Apache-2.0 OR MIT
// X25519 (RFC 7748), n times in a row as in the RFC's iterated test: each result is the next scalar, the old scalar the next point.
// Elements of the field are five limbs of 51 bits; a product of two limbs takes 128 bits.
#include "../bench.h"

typedef struct {
  uint64_t limb[5];
} Field;

static const uint64_t limb_mask = ((uint64_t)1 << 51) - 1;

// WebAssembly has the type, but its multiplication would be a call into a library.
#if defined(__SIZEOF_INT128__) && !defined(__wasm__)
typedef unsigned __int128 Wide;
static inline Wide wide_product(uint64_t a, uint64_t b) {
  return (Wide)a * b;
}
static inline Wide wide_sum(Wide a, Wide b) {
  return a + b;
}
static inline uint64_t low_51(Wide a) {
  return (uint64_t)a & limb_mask;
}
static inline uint64_t above_51(Wide a) {
  return (uint64_t)(a >> 51);
}
static inline Wide widened(uint64_t a) {
  return a;
}
#else
typedef struct {
  uint64_t low, high;
} Wide;
static inline Wide wide_product(uint64_t a, uint64_t b) {
  const uint64_t a0 = (uint32_t)a, a1 = a >> 32, b0 = (uint32_t)b, b1 = b >> 32;
  const uint64_t low = a0 * b0;
  const uint64_t middle = a1 * b0 + (low >> 32);
  const uint64_t other = a0 * b1 + (uint32_t)middle;
  return (Wide){other << 32 | (uint32_t)low, a1 * b1 + (middle >> 32) + (other >> 32)};
}
static inline Wide wide_sum(Wide a, Wide b) {
  const uint64_t low = a.low + b.low;
  return (Wide){low, a.high + b.high + (low < a.low)};
}
static inline uint64_t low_51(Wide a) {
  return a.low & limb_mask;
}
static inline uint64_t above_51(Wide a) {
  return a.low >> 51 | a.high << 13;
}
static inline Wide widened(uint64_t a) {
  return (Wide){a, 0};
}
#endif

static Field sum(Field a, Field b) {
  for (int i = 0; i < 5; ++i) a.limb[i] += b.limb[i];
  return a;
}

// a - b + 2p, so that no limb becomes negative.
static Field difference(Field a, Field b) {
  a.limb[0] += 0xfffffffffffda - b.limb[0];
  for (int i = 1; i < 5; ++i) a.limb[i] += 0xffffffffffffe - b.limb[i];
  return a;
}

// Brings sums of products back to limbs of little more than 51 bits; 2^255 is 19.
static inline Field carried(Wide t[5]) {
  Field r;
  for (int i = 0; i < 4; ++i) {
    r.limb[i] = low_51(t[i]);
    t[i + 1] = wide_sum(t[i + 1], widened(above_51(t[i])));
  }
  r.limb[4] = low_51(t[4]);
  r.limb[0] += above_51(t[4]) * 19;
  r.limb[1] += r.limb[0] >> 51;
  r.limb[0] &= limb_mask;
  return r;
}

static Field product(Field a, Field b) {
  Wide t[5];
  for (int i = 0; i < 5; ++i) {
    t[i] = widened(0);
    for (int j = 0; j < 5; ++j) {
      const int k = (i - j + 5) % 5;
      t[i] = wide_sum(t[i], wide_product(a.limb[j], j <= i ? b.limb[k] : b.limb[k] * 19));
    }
  }
  return carried(t);
}

static Field square(Field a) {
  return product(a, a);
}

static Field small_multiple(Field a, uint64_t factor) {
  Wide t[5];
  for (int i = 0; i < 5; ++i) t[i] = wide_product(a.limb[i], factor);
  return carried(t);
}

static Field power_of_two_power(Field a, int squarings) {
  for (int i = 0; i < squarings; ++i) a = square(a);
  return a;
}

// a^(p - 2), p - 2 being 2^255 - 21.
static Field inverse(Field a) {
  const Field a2 = square(a);
  const Field a9 = product(power_of_two_power(a2, 2), a);
  const Field a11 = product(a9, a2);
  const Field ones_5 = product(square(a11), a9);  // a^(2^5 - 1), and so on
  const Field ones_10 = product(power_of_two_power(ones_5, 5), ones_5);
  const Field ones_20 = product(power_of_two_power(ones_10, 10), ones_10);
  const Field ones_40 = product(power_of_two_power(ones_20, 20), ones_20);
  const Field ones_50 = product(power_of_two_power(ones_40, 10), ones_10);
  const Field ones_100 = product(power_of_two_power(ones_50, 50), ones_50);
  const Field ones_200 = product(power_of_two_power(ones_100, 100), ones_100);
  const Field ones_250 = product(power_of_two_power(ones_200, 50), ones_50);
  return product(power_of_two_power(ones_250, 5), a11);
}

static void swap_if(Field* a, Field* b, uint64_t condition) {
  for (int i = 0; i < 5; ++i) {
    const uint64_t changed = (a->limb[i] ^ b->limb[i]) & (0 - condition);
    a->limb[i] ^= changed;
    b->limb[i] ^= changed;
  }
}

static uint64_t load_little_endian(const uint8_t* p) {
  uint64_t value = 0;
  for (int i = 7; i >= 0; --i) value = value << 8 | p[i];
  return value;
}

static Field from_bytes(const uint8_t bytes[32]) {
  const uint64_t w0 = load_little_endian(bytes), w1 = load_little_endian(bytes + 8);
  const uint64_t w2 = load_little_endian(bytes + 16), w3 = load_little_endian(bytes + 24);
  return (Field){{w0 & limb_mask, (w0 >> 51 | w1 << 13) & limb_mask, (w1 >> 38 | w2 << 26) & limb_mask, (w2 >> 25 | w3 << 39) & limb_mask,
                  w3 >> 12 & limb_mask}};
}

static void to_bytes(uint8_t bytes[32], Field a) {
  for (int pass = 0; pass < 2; ++pass) {
    for (int i = 0; i < 4; ++i) {
      a.limb[i + 1] += a.limb[i] >> 51;
      a.limb[i] &= limb_mask;
    }
    a.limb[0] += (a.limb[4] >> 51) * 19;
    a.limb[4] &= limb_mask;
  }
  // a is below 2^255 + 19; subtract p where it is not below p: then a + 19 reaches 2^255.
  uint64_t carry = 19;
  for (int i = 0; i < 5; ++i) carry = (a.limb[i] + carry) >> 51;
  a.limb[0] += 19 * carry;
  for (int i = 0; i < 4; ++i) {
    a.limb[i + 1] += a.limb[i] >> 51;
    a.limb[i] &= limb_mask;
  }
  a.limb[4] &= limb_mask;
  const uint64_t words[4] = {a.limb[0] | a.limb[1] << 51, a.limb[1] >> 13 | a.limb[2] << 38, a.limb[2] >> 26 | a.limb[3] << 25,
                             a.limb[3] >> 39 | a.limb[4] << 12};
  for (int i = 0; i < 32; ++i) bytes[i] = (uint8_t)(words[i / 8] >> (8 * (i % 8)));
}

// The Montgomery ladder of RFC 7748, section 5.
static void x25519(uint8_t out[32], const uint8_t scalar[32], const uint8_t point[32]) {
  uint8_t k[32];
  memcpy(k, scalar, 32);
  k[0] &= 248;
  k[31] = (uint8_t)((k[31] & 127) | 64);
  const Field x1 = from_bytes(point);
  Field x2 = {{1}}, z2 = {{0}}, x3 = x1, z3 = {{1}};
  uint64_t swapped = 0;
  for (int bit = 254; bit >= 0; --bit) {
    const uint64_t now = k[bit / 8] >> (bit % 8) & 1;
    swap_if(&x2, &x3, swapped ^ now);
    swap_if(&z2, &z3, swapped ^ now);
    swapped = now;
    const Field a = sum(x2, z2), b = difference(x2, z2);
    const Field da = product(difference(x3, z3), a), cb = product(sum(x3, z3), b);
    const Field aa = square(a), bb = square(b), e = difference(aa, bb);
    x3 = square(sum(da, cb));
    z3 = product(x1, square(difference(da, cb)));
    x2 = product(aa, bb);
    z2 = product(e, sum(aa, small_multiple(e, 121665)));
  }
  swap_if(&x2, &x3, swapped);
  swap_if(&z2, &z3, swapped);
  to_bytes(out, product(x2, inverse(z2)));
}

BENCH(n) {
  uint8_t scalar[32] = {9}, point[32] = {9}, result[32];
  for (uint32_t i = 0; i < n; ++i) {
    x25519(result, scalar, point);
    memcpy(point, scalar, 32);
    memcpy(scalar, result, 32);
  }
  uint64_t first = 0;
  for (int i = 0; i < 8; ++i) first = first << 8 | scalar[i];
  return first;
}
