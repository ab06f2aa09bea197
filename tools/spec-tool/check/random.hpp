// SPDX-License-Identifier: Apache-2.0 OR MIT
// Random and boundary values, the same on every machine for the same seed.
#pragma once

#include <cstdint>
#include <iterator>
#include <random>
#include <string_view>
#include <vector>

namespace pvm::spec {

/// Draws without std::distributions, whose results differ between libraries.
class Random {
 public:
  /// A stream of its own for each pair of seed and name.
  Random(std::uint64_t seed, std::string_view name);

  std::uint64_t bits() { return engine_(); }
  /// 0 .. count - 1; count > 0.
  std::uint64_t below(std::uint64_t count) { return engine_() % count; }
  bool one_in(std::uint64_t count) { return below(count) == 0; }
  template <typename List>
  const auto& pick(const List& list) {
    return std::data(list)[below(std::size(list))];
  }

  /// A register value: a boundary value, a neighbour of a power of two, or any bits.
  std::uint64_t register_value();
  /// An immediate in -2^31 .. 2^31 - 1, small ones as likely as large ones.
  std::int64_t immediate();

 private:
  std::mt19937_64 engine_;
};

/// Values at which 32-bit and 64-bit arithmetic, shifts and comparisons change behaviour.
const std::vector<std::uint64_t>& boundary_registers();
/// The same for immediates, with the border of each encoded length.
const std::vector<std::int64_t>& boundary_immediates();

}  // namespace pvm::spec
