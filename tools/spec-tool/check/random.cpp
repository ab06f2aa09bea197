// SPDX-License-Identifier: Apache-2.0 OR MIT
// Boundary values and the random stream.
#include "random.hpp"

namespace pvm::spec {

namespace {

// FNV-1a, so that a stream depends on the name and not on the order in which names come up.
std::uint64_t hash(std::uint64_t seed, std::string_view name) {
  std::uint64_t value = 0xcbf29ce484222325u ^ seed;
  for (const char c : name) value = (value ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
  return value;
}

}  // namespace

Random::Random(std::uint64_t seed, std::string_view name) : engine_(hash(seed, name)) {}

std::uint64_t Random::register_value() {
  switch (below(4)) {
    case 0: return pick(boundary_registers());
    case 1: return (std::uint64_t{1} << below(64)) + below(5) - 2;
    case 2: return bits() >> below(64);
    default: return bits();
  }
}

std::int64_t Random::immediate() {
  if (one_in(3)) return pick(boundary_immediates());
  const std::int64_t value = static_cast<std::int32_t>(static_cast<std::uint32_t>(bits()));
  return value >> below(32);
}

const std::vector<std::uint64_t>& boundary_registers() {
  static const std::vector<std::uint64_t> values = {0,
                                                    1,
                                                    2,
                                                    3,
                                                    31,
                                                    32,
                                                    33,
                                                    63,
                                                    64,
                                                    65,
                                                    0x7f,
                                                    0x80,
                                                    0xff,
                                                    0x7fff,
                                                    0x8000,
                                                    0xffff,
                                                    0x10000,
                                                    0x7fffffff,
                                                    0x80000000,
                                                    0x80000001,
                                                    0xffffffff,
                                                    0x100000000,
                                                    0x100000001,
                                                    0x17fffffff,
                                                    0x180000000,
                                                    0x123456789abcdef0,
                                                    0x7fffffffffffffff,
                                                    0x8000000000000000,
                                                    0x8000000000000001,
                                                    0xffffffff00000000,
                                                    0xffffffff7fffffff,
                                                    0xffffffff80000000,
                                                    0xfffffffffffffffe,
                                                    0xffffffffffffffff};
  return values;
}

const std::vector<std::int64_t>& boundary_immediates() {
  static const std::vector<std::int64_t> values = {
      0,       1,        -1,       2,         -2,        31,         32,         33,          63,           64,      65,
      127,     128,      -128,     -129,      255,       256,        0x7fff,     0x8000,      -0x8000,      -0x8001, 0xffff,
      0x10000, 0x7fffff, 0x800000, -0x800000, -0x800001, 0x7fffffff, 0x7ffffffe, -0x7fffffff, -0x80000000LL};
  return values;
}

}  // namespace pvm::spec
