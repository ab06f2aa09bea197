// SPDX-License-Identifier: Apache-2.0 OR MIT
// What ends a guest from outside: SIGINT, SIGTERM, a deadline.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <thread>

namespace pvm::command {

/// Watches for signals while it lives; one at a time. The first signal asks the guest to stop, a second one ends the program at once.
class Stop {
 public:
  using Clock = std::chrono::steady_clock;

  /// `time`, if given, is how long from now until the deadline.
  explicit Stop(std::optional<Clock::duration> time = std::nullopt);
  Stop(const Stop&) = delete;
  Stop& operator=(const Stop&) = delete;
  ~Stop();

  /// Calls `action` in another thread at the first signal, or now if that has come. Once for each Stop.
  void on_signal(std::function<void()> action);

  bool signalled() const;
  bool timed_out() const { return deadline_ && Clock::now() >= *deadline_; }
  const std::optional<Clock::time_point>& deadline() const { return deadline_; }

  /// Waits until `fd` is ready for `events` (as poll has them). False: the stop came first.
  bool wait_for(int fd, short events) const;

 private:
  std::optional<Clock::time_point> deadline_;
  std::thread watcher_;
};

}  // namespace pvm::command
