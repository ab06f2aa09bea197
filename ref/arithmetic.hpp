// SPDX-License-Identifier: Apache-2.0 OR MIT
// The notation of the formulas on C++ integers.
#pragma once

#include <limits>

#include "pvm/ref/types.hpp"

namespace pvm::ref {

inline constexpr u64 all_ones = ~u64{0};

/// u(x, 32)
constexpr u32 low32(u64 value) {
  return static_cast<u32>(value);
}
/// s(x, 32)
constexpr i32 signed32(u64 value) {
  return static_cast<i32>(static_cast<u32>(value));
}
/// s(x, 32), as a register holds it
constexpr u64 sx32(u64 value) {
  return static_cast<u64>(static_cast<i64>(signed32(value)));
}

/// quot(a, b) for b other than 0; the one quotient that doesn't fit wraps to the least value, as s(.., n) says.
template <typename Signed>
constexpr Signed quotient(Signed a, Signed b) {
  return a == std::numeric_limits<Signed>::min() && b == -1 ? a : static_cast<Signed>(a / b);
}

/// rem(a, b) for b other than 0.
template <typename Signed>
constexpr Signed remainder(Signed a, Signed b) {
  return b == -1 ? Signed{0} : static_cast<Signed>(a % b);
}

/// (a * b) div 2^64 of unsigned values, from four products of halves.
constexpr u64 upper_product(u64 a, u64 b) {
  const u64 low = u64{low32(a)} * low32(b);
  const u64 middle1 = (a >> 32) * low32(b) + (low >> 32);
  const u64 middle2 = u64{low32(a)} * (b >> 32) + low32(middle1);
  return (a >> 32) * (b >> 32) + (middle1 >> 32) + (middle2 >> 32);
}

}  // namespace pvm::ref
