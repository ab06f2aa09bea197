// SPDX-License-Identifier: Apache-2.0 OR MIT
// A thread that interrupts runs whose deadline has come, or whose gas is gone with metering async. It exists from the first such run on.
#pragma once

#include <sys/types.h>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <limits>
#include <mutex>
#include <vector>

#include "pvm/result.hpp"

namespace pvm::engine::sandbox {

/// Nanoseconds of std::chrono::steady_clock.
using SteadyTime = i64;
inline constexpr SteadyTime never = std::numeric_limits<SteadyTime>::max();
inline SteadyTime steady_time(std::chrono::steady_clock::time_point time) {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(time.time_since_epoch()).count();
}

/// What others see of a space that may be running.
struct Watch {
  /// Makes the run, if there is one, look at what may stop it. Any thread.
  void interrupt();

  std::atomic<pid_t> thread = 0;             ///< That ran it last.
  std::atomic<bool> sent = false;            ///< An interrupt is on its way, so that another isn't needed. The run clears it, then looks.
  std::atomic<SteadyTime> deadline = never;  ///< Of the present run.
  std::atomic<bool> gas_counts = false;      ///< The present run ends when `gas` is negative.
  i64* gas = nullptr;
};

class Watchdog {
 public:
  /// The process's only one; never destroyed.
  static Watchdog& get();

  /// Starts the thread if there is none.
  Result<void> add(Watch& watch);
  void remove(const Watch& watch);
  /// A watch that was added now has this deadline.
  void expect(SteadyTime deadline) {
    if (deadline < next_look_.load()) look_now();
  }
  /// The gas of a watch that was added counts now.
  void expect_gas() {
    if (!polling_.load()) look_now();
  }

 private:
  static void* run(void* self);
  void loop();
  SteadyTime look(SteadyTime now);
  void look_now();

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Watch*> watches_;
  bool started_ = false;
  bool look_again_ = false;
  // While the thread looks around, it promises nothing: who changes a watch meanwhile then wakes it.
  std::atomic<SteadyTime> next_look_ = never;
  std::atomic<bool> polling_ = false;
};

}  // namespace pvm::engine::sandbox
