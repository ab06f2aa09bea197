// SPDX-License-Identifier: Apache-2.0 OR MIT
// What the rules of instructions share: their inputs under the letters of the clauses, and arithmetic on them.
#pragma once

#include <limits>

#include "pvm/isa.hpp"
#include "pvm/types.hpp"

namespace pvm::engine::interp {

using isa::Op;

/// The operands of an instruction in a version with registers of W bits: unsigned below 2^W, and read as signed numbers.
template <u32 W>
struct Inputs {
  u64 d = 0, a = 0, b = 0, i = 0;
  i64 sa = 0, sb = 0, si = 0;
};

/// The value that an instruction of the groups move, alu and bits gives to d; low W bits count.
/// A specialisation per instruction: a missing one fails the build.
template <Op op>
inline constexpr decltype(nullptr) value = nullptr;

/// The condition of a branch. Likewise.
template <Op op>
inline constexpr decltype(nullptr) condition = nullptr;

inline constexpr u64 all_ones = ~u64{0};

/// u(x, 32)
constexpr u32 low32(u64 x) {
  return static_cast<u32>(x);
}
/// s(x, 32)
constexpr i32 signed32(u64 x) {
  return static_cast<i32>(static_cast<u32>(x));
}
/// s(x, 32) as a register holds it.
constexpr u64 sx32(u64 x) {
  return static_cast<u64>(static_cast<i64>(signed32(x)));
}

/// quot(a, b), b other than 0; the one quotient that doesn't fit wraps.
template <typename Signed>
constexpr u64 quotient(Signed a, Signed b) {
  return static_cast<u64>(i64{b == -1 && a == std::numeric_limits<Signed>::min() ? a : static_cast<Signed>(a / b)});
}
/// rem(a, b), b other than 0.
template <typename Signed>
constexpr u64 remainder(Signed a, Signed b) {
  return static_cast<u64>(i64{b == -1 ? Signed{0} : static_cast<Signed>(a % b)});
}

}  // namespace pvm::engine::interp
