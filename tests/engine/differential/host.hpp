// SPDX-License-Identifier: Apache-2.0 OR MIT
// A made-up host: the state that it starts a guest in, and what it does at each exit.
#pragma once

#include <array>
#include <vector>

#include "choices.hpp"
#include "lockstep.hpp"
#include "recipe.hpp"

namespace pvm::differential {

/// How one guest of a program is treated.
struct Plan {
  std::array<u64, 13> regs{};
  u32 pc = 0;
  i64 gas = 0;
  std::vector<conformance::Page> pages;  ///< Paged memory only.
  std::vector<u32> moves;                ///< Choices of the host, from the first run on.
};

Plan make_plan(Choices& choices, const Setup& setup);
/// Plans a step simpler than this one.
std::vector<Plan> simpler(const Plan& plan);

/// Runs a guest to the end of its plan.
void play(Lockstep& guest, const Setup& setup, const Plan& plan);

}  // namespace pvm::differential
