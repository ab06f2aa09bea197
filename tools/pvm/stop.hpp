// SPDX-License-Identifier: Apache-2.0 OR MIT
// What ends a guest from outside: SIGINT, SIGTERM, a deadline.
#pragma once

#include <signal.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <optional>
#include <thread>

namespace pvm::command {

/// Watches for signals while it lives; one at a time, made and destroyed by the thread that runs the guest. That thread doesn't get the
/// signals itself: an engine that runs guests in this process interrupts it by a signal of its own, which is lost on a handler. The first
/// signal asks the guest to stop, a second one ends the program at once.
class Stop {
 public:
  using Clock = std::chrono::steady_clock;

  /// `time`, if given, is how long from now until the deadline. At the first signal `action`, if given, is called in another thread.
  explicit Stop(std::optional<Clock::duration> time = std::nullopt, std::function<void()> action = {});
  Stop(const Stop&) = delete;
  Stop& operator=(const Stop&) = delete;
  ~Stop();

  bool signalled() const { return signalled_; }
  bool timed_out() const { return deadline_ && Clock::now() >= *deadline_; }
  const std::optional<Clock::time_point>& deadline() const { return deadline_; }

  /// Waits until `fd` is ready for `events` (as poll has them). False: the stop came first.
  bool wait_for(int fd, short events) const;

 private:
  const std::atomic<bool>& signalled_;  ///< The signal handler's.
  std::optional<Clock::time_point> deadline_;
  sigset_t mask_before_{};
  std::thread watcher_;
};

}  // namespace pvm::command
