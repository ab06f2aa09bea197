// SPDX-License-Identifier: Apache-2.0 OR MIT
// An LZ77 compressor with hash chains and its decompressor: n rounds over 64 KiB of text made of words, each compared after the round trip.
//
// Format: a token byte, whose upper half is the number of literals and whose lower half is the length of the match less 4; 15 in either
// means that more bytes follow to be added, up to the first that isn't 255. Then the literals, then two bytes of distance. The last
// sequence has no match.
#include "../bench.h"

enum { text_size = 1 << 16, packed_size = text_size + text_size / 128 + 64, hash_bits = 13, shortest = 4, chain_limit = 16 };

static uint8_t text[text_size], packed[packed_size], unpacked[text_size];
static uint32_t head[1 << hash_bits];  // Position + 1 of the last string with this hash.
static uint32_t previous[text_size];   // Position + 1 of the one before.

static void make_text(uint64_t* random) {
  static char words[256][12];
  for (int word = 0; word < 256; ++word) {
    const uint32_t length = 2 + random_next(random) % 9;
    for (uint32_t i = 0; i < length; ++i) words[word][i] = (char)('a' + random_next(random) % 26);
    words[word][length] = 0;
  }
  size_t size = 0;
  while (size < text_size) {
    // The smaller of two numbers: some words are frequent.
    const uint32_t a = random_next(random) % 256, b = random_next(random) % 256;
    for (const char* word = words[a < b ? a : b]; *word != 0 && size < text_size; ++word) text[size++] = (uint8_t)*word;
    if (size < text_size) text[size++] = a % 16 == 0 ? '\n' : ' ';
  }
}

static uint32_t load(const uint8_t* p) {
  return (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[1] << 8 | p[0];
}
static uint32_t hash(const uint8_t* p) {
  return load(p) * 2654435761U >> (32 - hash_bits);
}

static void remember(uint32_t position) {
  const uint32_t h = hash(text + position);
  previous[position] = head[h];
  head[h] = position + 1;
}

static uint32_t match_length(uint32_t candidate, uint32_t position) {
  uint32_t length = 0;
  while (position + length < text_size && text[candidate + length] == text[position + length]) ++length;
  return length;
}

typedef struct {
  uint32_t length, distance;
} Match;

static Match longest_match(uint32_t position) {
  Match best = {0, 0};
  uint32_t candidate = head[hash(text + position)];
  for (int tries = 0; candidate != 0 && tries < chain_limit; ++tries, candidate = previous[candidate - 1]) {
    const uint32_t distance = position - (candidate - 1);
    if (distance > 0xffff) break;
    const uint32_t length = match_length(candidate - 1, position);
    if (length > best.length) best = (Match){length, distance};
  }
  return best;
}

static uint8_t* put_rest(uint8_t* out, uint32_t rest) {
  for (; rest >= 255; rest -= 255) *out++ = 255;
  *out++ = (uint8_t)rest;
  return out;
}

static uint8_t* put_sequence(uint8_t* out, const uint8_t* literals, uint32_t count, Match match) {
  const uint32_t extra = match.length == 0 ? 0 : match.length - shortest;
  *out++ = (uint8_t)((count < 15 ? count : 15) << 4 | (extra < 15 ? extra : 15));
  if (count >= 15) out = put_rest(out, count - 15);
  for (uint32_t i = 0; i < count; ++i) *out++ = literals[i];
  if (match.length == 0) return out;
  if (extra >= 15) out = put_rest(out, extra - 15);
  *out++ = (uint8_t)match.distance;
  *out++ = (uint8_t)(match.distance >> 8);
  return out;
}

static uint32_t compress(void) {
  memset(head, 0, sizeof head);
  uint8_t* out = packed;
  uint32_t position = 0, literals = 0;
  while (position + shortest <= text_size) {
    const Match match = longest_match(position);
    if (match.length < shortest) {
      remember(position++);
      ++literals;
      continue;
    }
    out = put_sequence(out, text + position - literals, literals, match);
    literals = 0;
    for (const uint32_t end = position + match.length; position < end; ++position) {
      if (position + shortest <= text_size) remember(position);
    }
  }
  literals += text_size - position;
  out = put_sequence(out, text + text_size - literals, literals, (Match){0, 0});
  return (uint32_t)(out - packed);
}

static uint32_t get_length(const uint8_t** in, uint32_t nibble) {
  uint32_t length = nibble, byte = 255;
  if (nibble == 15) {
    for (; byte == 255; length += byte) byte = *(*in)++;
  }
  return length;
}

static uint32_t decompress(uint32_t size) {
  const uint8_t *in = packed, *end = packed + size;
  uint8_t* out = unpacked;
  while (true) {
    const uint32_t token = *in++;
    for (uint32_t literals = get_length(&in, token >> 4); literals > 0; --literals) *out++ = *in++;
    if (in == end) return (uint32_t)(out - unpacked);
    uint32_t length = shortest + get_length(&in, token & 15);
    const uint8_t* from = out - (in[0] | in[1] << 8);
    in += 2;
    for (; length > 0; --length) *out++ = *from++;  // May overlap: a distance of 1 repeats one byte.
  }
}

BENCH(n) {
  uint64_t random = 1, checksum = 0;
  for (uint32_t round = 0; round < n; ++round) {
    make_text(&random);
    const uint32_t size = compress();
    memset(unpacked, 0, text_size);
    if (decompress(size) != text_size || memcmp(text, unpacked, text_size) != 0) return 0;
    checksum = mixed(checksum, size);
    for (uint32_t i = 0; i < size; i += 61) checksum = mixed(checksum, packed[i]);
  }
  return checksum;
}
