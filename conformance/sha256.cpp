// SPDX-License-Identifier: Apache-2.0 OR MIT
// SHA-256 as FIPS 180-4 describes it.
#include "pvm/conformance/sha256.hpp"

#include <bit>

namespace pvm::conformance {
namespace {

// FIPS 180-4 §4.2.2: first 32 bits of the fractional parts of the cube roots of the first 64 primes.
constexpr std::array<u32, 64> round_constants = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be,
    0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa,
    0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85,
    0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3,
    0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f,
    0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

using State = std::array<u32, 8>;

constexpr std::size_t block_bytes = 64;

// §6.2.2, step 1: the message schedule.
std::array<u32, 64> schedule(std::string_view block) {
  std::array<u32, 64> w{};
  for (std::size_t t = 0; t < 16; ++t) {
    for (std::size_t byte = 0; byte < 4; ++byte) w[t] = (w[t] << 8) | static_cast<u8>(block[4 * t + byte]);
  }
  for (std::size_t t = 16; t < 64; ++t) {
    const u32 s0 = std::rotr(w[t - 15], 7) ^ std::rotr(w[t - 15], 18) ^ (w[t - 15] >> 3);
    const u32 s1 = std::rotr(w[t - 2], 17) ^ std::rotr(w[t - 2], 19) ^ (w[t - 2] >> 10);
    w[t] = s1 + w[t - 7] + s0 + w[t - 16];
  }
  return w;
}

// §6.2.2, steps 2 to 4.
void add_block(State& hash, std::string_view block) {
  const std::array<u32, 64> w = schedule(block);
  auto [a, b, c, d, e, f, g, h] = hash;
  for (std::size_t t = 0; t < 64; ++t) {
    const u32 t1 = h + (std::rotr(e, 6) ^ std::rotr(e, 11) ^ std::rotr(e, 25)) + ((e & f) ^ (~e & g)) + round_constants[t] + w[t];
    const u32 t2 = (std::rotr(a, 2) ^ std::rotr(a, 13) ^ std::rotr(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
    h = g;
    g = f;
    f = e;
    e = d + t1;
    d = c;
    c = b;
    b = a;
    a = t1 + t2;
  }
  const State round = {a, b, c, d, e, f, g, h};
  for (std::size_t index = 0; index < hash.size(); ++index) hash[index] += round[index];
}

// §5.1.1: what follows the last whole block, with the padding and the length in bits.
std::string padded_rest(std::string_view bytes) {
  std::string rest(bytes.substr(bytes.size() / block_bytes * block_bytes));
  rest += '\x80';
  while (rest.size() % block_bytes != block_bytes - 8) rest += '\0';
  const u64 bits = u64{bytes.size()} * 8;
  for (int shift = 56; shift >= 0; shift -= 8) rest += static_cast<char>(static_cast<u8>(bits >> shift));
  return rest;
}

void add_blocks(State& hash, std::string_view bytes) {
  for (; bytes.size() >= block_bytes; bytes.remove_prefix(block_bytes)) add_block(hash, bytes.substr(0, block_bytes));
}

}  // namespace

std::array<u8, 32> sha256(std::string_view bytes) {
  // §5.3.3
  State hash = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  add_blocks(hash, bytes);
  add_blocks(hash, padded_rest(bytes));
  std::array<u8, 32> digest{};
  for (std::size_t index = 0; index < digest.size(); ++index) digest[index] = static_cast<u8>(hash[index / 4] >> (24 - 8 * (index % 4)));
  return digest;
}

std::string sha256_hex(std::string_view bytes) {
  return hex_bytes(sha256(bytes));
}

}  // namespace pvm::conformance
