// SPDX-License-Identifier: Apache-2.0 OR MIT
// Signals become a readable event descriptor, which threads can wait for.
#include "stop.hpp"

#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdint>
#include <utility>

namespace pvm::command {
namespace {

// The signal handler's; one Stop lives at a time.
std::atomic<bool> signal_came = false;
std::atomic<bool> stop_ends = false;
std::atomic<int> event = -1;
static_assert(std::atomic<bool>::is_always_lock_free && std::atomic<int>::is_always_lock_free, "the signal handler uses them");

void wake_waiters() {
  const std::uint64_t one = 1;
  static_cast<void>(!write(event.load(), &one, sizeof one));
}

void on_stop_signal(int) {
  const int saved = errno;
  signal_came = true;
  wake_waiters();
  errno = saved;
}

void handle_signals(void (*handler)(int)) {
  struct sigaction action {};
  action.sa_handler = handler;
  action.sa_flags = handler == SIG_DFL ? 0 : static_cast<int>(SA_RESETHAND | SA_RESTART);
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

/// Until the deadline, rounded up; -1: for ever.
int milliseconds_until(const std::optional<Stop::Clock::time_point>& deadline) {
  if (!deadline) return -1;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(*deadline - Stop::Clock::now()).count();
  return static_cast<int>(std::clamp<std::int64_t>(left, 0, 1'000'000'000));
}

}  // namespace

Stop::Stop(std::optional<Clock::duration> time) {
  if (time) deadline_ = Clock::now() + *time;
  signal_came = false;
  stop_ends = false;
  event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  handle_signals(on_stop_signal);
}

Stop::~Stop() {
  handle_signals(SIG_DFL);
  stop_ends = true;
  wake_waiters();
  if (watcher_.joinable()) watcher_.join();
  close(event.exchange(-1));
}

void Stop::on_signal(std::function<void()> action) {
  watcher_ = std::thread([action = std::move(action)] {
    pollfd wake{event.load(), POLLIN, 0};
    while (!signal_came && !stop_ends) static_cast<void>(poll(&wake, 1, -1));
    if (signal_came) action();
  });
}

bool Stop::signalled() const {
  return signal_came;
}

bool Stop::wait_for(int fd, short events) const {
  for (;;) {
    if (signalled() || timed_out()) return false;
    pollfd ready[2] = {{fd, events, 0}, {event.load(), POLLIN, 0}};
    const int count = poll(ready, 2, milliseconds_until(deadline_));
    if (count < 0 && errno != EINTR) return true;  // the read or write that follows will say what is wrong
    if (count > 0 && ready[1].revents == 0 && ready[0].revents != 0) return true;
  }
}

}  // namespace pvm::command
