// SPDX-License-Identifier: Apache-2.0 OR MIT
// The guests as functions of this machine, and what a guest must be like.
#pragma once

#include <gtest/gtest.h>

#include "guest.hpp"

// NOLINTBEGIN(readability-identifier-naming): the guests' names
extern "C" {
unsigned long long basic(unsigned what, unsigned long long x);
unsigned long long atomics(unsigned what, unsigned long long x);
unsigned long long classes(unsigned what, unsigned long long x);
unsigned long long host(unsigned what, unsigned long long x);
}
// NOLINTEND(readability-identifier-naming)

namespace pvm::link::test {

inline constexpr u64 operands[] = {0, 1, 2, 5, 12, 0x7fffffff, 0x80000001, 0x123456789abcdef0, 0xfffffffffffffffb};

/// basic() and atomics() give what they give here. Both keep a state, so they are compared in one order, on fresh memory.
inline void expect_as_native(const Bytes& basic_blob, u32 kinds = 7) {
  Guest guest(basic_blob);
  // The state of earlier comparisons here is brought to the guest by doing the same again.
  static std::vector<std::pair<u32, u64>> history;
  static std::vector<u64> results;
  if (history.empty()) {
    for (const u64 x : operands) {
      for (u32 what = 0; what < 7; ++what) {
        history.emplace_back(what, x);
        results.push_back(basic(what, x));
      }
    }
  }
  for (std::size_t index = 0; index < history.size(); ++index) {
    const auto [what, x] = history[index];
    if (what >= kinds) continue;
    ASSERT_EQ(guest.test("basic", what, x), results[index]) << "basic(" << what << ", " << x << ")";
  }
}

}  // namespace pvm::link::test
