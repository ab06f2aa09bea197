// SPDX-License-Identifier: Apache-2.0 OR MIT
// Charges that the loop can't make from its fuel.
#include "interp/budget.hpp"

#include <algorithm>

namespace pvm::engine::interp {
namespace {

// Fuel between two looks for an interrupt: less than 10 microseconds of most code, and about a millisecond of code that does nothing but
// touch one new page after another.
constexpr i64 slice = 8192;

}  // namespace

Budget::Budget(Metering metering, bool per_instruction, i64 gas, const RunLimits& limits)
    : metering_(metering), charge_stays_(per_instruction || metering == Metering::async), limits_(limits) {
  split(gas, 0);
}

// Gives the loop fuel for `cost` and another slice.
void Budget::split(i64 gas, i64 cost) {
  fuel = metering_ == Metering::none ? cost + slice : std::min(gas, cost + slice);
  reserve_ = metering_ == Metering::none ? 0 : gas - fuel;
}

// [gas.sync] [gas.async] [gas.instruction] [gas.exact]
Flow Budget::refill(i64 cost) {
  fuel += cost;
  const i64 before = gas();
  if (metering_ != Metering::none && before < cost) {
    if (charge_stays_) fuel -= cost;
    return Flow::out_of_gas;
  }
  if (is_interrupted()) return Flow::interrupted;
  split(before, cost);
  fuel -= cost;
  return Flow::next;
}

void Budget::take(u32 count) {
  if (metering_ != Metering::none) split(gas() - count, 0);
}

}  // namespace pvm::engine::interp
