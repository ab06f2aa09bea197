// SPDX-License-Identifier: Apache-2.0 OR MIT
// The gas counter, and when to look for an interrupt: one counter serves both.
#pragma once

#include "interp/operation.hpp"
#include "machine/executor.hpp"

namespace pvm::engine::interp {

/// Where control goes after an operation. The first three go on: to the next operation, to a block that begins (and is to be charged) at a
/// jump's target, or at the next operation. The others leave the loop; but for out_of_gas they are the events of that name.
enum class Flow : u8 { next, jump, enter, halt, trap, host_call, access, sbrk, fill, out_of_gas, interrupted };

/// Gas of a run. The loop takes charges from a part of it that it keeps in a register, the fuel; where that is used up it comes here for
/// more, and an interrupt is looked for. Without metering fuel only measures time.
class Budget {
 public:
  Budget(Metering metering, bool per_instruction, i64 gas, const RunLimits& limits);

  i64 fuel = 0;  ///< The loop's part, while the loop doesn't run.

  /// The counter; of no meaning without metering.
  i64 gas() const { return reserve_ + fuel; }

  /// The charge of `cost` has made the fuel negative: undoes it, and charges it again from all gas. next: it is paid.
  Flow refill(i64 cost);
  /// Is the run to stop?
  bool is_interrupted() const { return limits_.reached(); }
  /// Takes `count` from the counter, for bytes that a memset has written. [gas.memset]
  void take(u32 count);
  /// Whether the counter can pay for that.
  bool can_pay(u32 count) const { return metering_ != Metering::sync || gas() >= i64{count}; }
  /// async: has a charge gone too far? [exit.async]
  bool is_overdrawn() const { return metering_ != Metering::none && gas() < 0; }

 private:
  void split(i64 gas, i64 cost);

  Metering metering_;
  bool charge_stays_;  ///< Is a charge that fails taken all the same?
  i64 reserve_ = 0;    ///< The rest of the gas.
  const RunLimits& limits_;
};

}  // namespace pvm::engine::interp
