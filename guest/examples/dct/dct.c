// SPDX-License-Identifier: Apache-2.0 OR MIT
// The core of a JPEG-class codec on a generated picture of 128 x 128 grey values, n times: 8 x 8 cosine transform in fixed point,
// quantisation, zigzag, runs and Exp-Golomb codes into a stream of bits; then all of it backwards, and the error is measured.
#include "../bench.h"

enum { side = 128, stream_size = side * side, scale_bits = 12 };

static uint8_t picture[side][side], decoded[side][side];
static uint8_t stream[stream_size];

// cos(k pi / 16) / 2 * 4096, the first row over the square root of 2.
static const int16_t cosines[8][8] = {
    {1448, 1448, 1448, 1448, 1448, 1448, 1448, 1448},     {2009, 1703, 1138, 400, -400, -1138, -1703, -2009},
    {1892, 784, -784, -1892, -1892, -784, 784, 1892},     {1703, -400, -2009, -1138, 1138, 2009, 400, -1703},
    {1448, -1448, -1448, 1448, 1448, -1448, -1448, 1448}, {1138, -2009, 400, 1703, -1703, -400, 2009, -1138},
    {784, -1892, 1892, -784, -784, 1892, -1892, 784},     {400, -1138, 1703, -2009, 2009, -1703, 1138, -400}};

typedef struct {
  uint32_t size, bits, count;  // Bytes done; bits waiting, and how many.
} Bits;

static void make_picture(uint64_t* random) {
  for (int y = 0; y < side; ++y) {
    for (int x = 0; x < side; ++x) {
      const int wave = (x * x + y * y) / 64 + ((x / 16 + y / 16) % 2 ? 60 : 0);
      picture[y][x] = (uint8_t)((wave & 127) + (int)(random_next(random) % 16) + 40);
    }
  }
}

// The places of a block in the order of its diagonals.
static void make_zigzag(uint8_t order[64]) {
  int count = 0;
  for (int diagonal = 0; diagonal < 15; ++diagonal) {
    for (int i = 0; i <= diagonal; ++i) {
      const int y = diagonal % 2 ? i : diagonal - i, x = diagonal - y;
      if (x < 8 && y < 8) order[count++] = (uint8_t)(y * 8 + x);
    }
  }
}

static int32_t step_of(int place) {
  return 8 + (place / 8 + place % 8) * 3;
}

static int32_t rounded(int32_t value) {
  return (value + (1 << (scale_bits - 1))) >> scale_bits;
}

static void forward(int32_t block[64]) {
  int32_t rows[64];
  for (int y = 0; y < 8; ++y) {
    for (int u = 0; u < 8; ++u) {
      int32_t sum = 0;
      for (int x = 0; x < 8; ++x) sum += block[y * 8 + x] * cosines[u][x];
      rows[y * 8 + u] = rounded(sum);
    }
  }
  for (int u = 0; u < 8; ++u) {
    for (int v = 0; v < 8; ++v) {
      int32_t sum = 0;
      for (int y = 0; y < 8; ++y) sum += rows[y * 8 + u] * cosines[v][y];
      block[v * 8 + u] = rounded(sum);
    }
  }
}

static void backward(int32_t block[64]) {
  int32_t columns[64];
  for (int u = 0; u < 8; ++u) {
    for (int y = 0; y < 8; ++y) {
      int32_t sum = 0;
      for (int v = 0; v < 8; ++v) sum += block[v * 8 + u] * cosines[v][y];
      columns[y * 8 + u] = rounded(sum);
    }
  }
  for (int y = 0; y < 8; ++y) {
    for (int x = 0; x < 8; ++x) {
      int32_t sum = 0;
      for (int u = 0; u < 8; ++u) sum += columns[y * 8 + u] * cosines[u][x];
      block[y * 8 + x] = rounded(sum);
    }
  }
}

static void put_bits(Bits* out, uint32_t value, uint32_t count) {
  out->bits = out->bits << count | value;
  for (out->count += count; out->count >= 8; out->count -= 8) stream[out->size++] = (uint8_t)(out->bits >> (out->count - 8));
}

// Exp-Golomb: as many zeros as there are bits behind the first one of value + 1. At most 16 bits at a time fit beside what waits.
static void put_number(Bits* out, uint32_t value) {
  const uint32_t length = 32 - (uint32_t)__builtin_clz(value + 1);
  put_bits(out, 0, length - 1);
  put_bits(out, value + 1, length);
}

static uint32_t get_bit(Bits* in) {
  const uint32_t bit = stream[in->size / 8] >> (7 - in->size % 8) & 1;
  ++in->size;
  return bit;
}

static uint32_t get_number(Bits* in) {
  uint32_t length = 0, value = 1;
  while (get_bit(in) == 0) ++length;
  for (; length > 0; --length) value = value << 1 | get_bit(in);
  return value - 1;
}

// Signed numbers alternate: 0, 1, -1, 2, -2...
static uint32_t folded(int32_t value) {
  return value > 0 ? (uint32_t)value * 2 - 1 : (uint32_t)-value * 2;
}
static int32_t unfolded(uint32_t value) {
  return value % 2 ? (int32_t)(value / 2) + 1 : -(int32_t)(value / 2);
}

static void encode_block(Bits* out, int32_t block[64], const uint8_t order[64]) {
  uint32_t zeros = 0;
  for (int i = 0; i < 64; ++i) {
    const int32_t step = step_of(order[i]), value = block[order[i]];
    const int32_t level = value < 0 ? -((-value + step / 2) / step) : (value + step / 2) / step;
    if (level == 0) {
      ++zeros;
      continue;
    }
    put_number(out, zeros);
    put_number(out, folded(level));
    zeros = 0;
  }
  put_number(out, 64);  // The block ends.
}

static void decode_block(Bits* in, int32_t block[64], const uint8_t order[64]) {
  memset(block, 0, 64 * sizeof *block);
  uint32_t place = 0;
  for (uint32_t zeros = get_number(in); zeros != 64; zeros = get_number(in)) {
    place += zeros;
    block[order[place]] = unfolded(get_number(in)) * step_of(order[place]);
    ++place;
  }
}

static uint32_t encode(const uint8_t order[64]) {
  Bits out = {0, 0, 0};
  int32_t block[64];
  for (int y = 0; y < side; y += 8) {
    for (int x = 0; x < side; x += 8) {
      for (int i = 0; i < 64; ++i) block[i] = picture[y + i / 8][x + i % 8] - 128;
      forward(block);
      encode_block(&out, block, order);
    }
  }
  put_bits(&out, 0, 7);
  return out.size;
}

static void decode(const uint8_t order[64]) {
  Bits in = {0, 0, 0};
  int32_t block[64];
  for (int y = 0; y < side; y += 8) {
    for (int x = 0; x < side; x += 8) {
      decode_block(&in, block, order);
      backward(block);
      for (int i = 0; i < 64; ++i) {
        const int32_t value = block[i] + 128;
        decoded[y + i / 8][x + i % 8] = (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value);
      }
    }
  }
}

BENCH(n) {
  uint8_t order[64];
  make_zigzag(order);
  uint64_t random = 1, checksum = 0;
  for (uint32_t round = 0; round < n; ++round) {
    make_picture(&random);
    const uint32_t size = encode(order);
    decode(order);
    uint32_t error = 0;
    for (int y = 0; y < side; ++y) {
      for (int x = 0; x < side; ++x) {
        const int32_t difference = picture[y][x] - decoded[y][x];
        error += (uint32_t)(difference * difference);
      }
    }
    if (error > side * side * 100) return 0;  // 10 grey values on average would be a fault.
    checksum = mixed(mixed(checksum, size), error);
  }
  return checksum;
}
