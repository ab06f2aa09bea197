// SPDX-License-Identifier: Apache-2.0 OR MIT
// Signals become a readable event descriptor, which threads can wait for.
#include "stop.hpp"

#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstdint>
#include <utility>

namespace pvm::command {
namespace {

// The signal handler's; one Stop lives at a time.
std::atomic<bool> signal_came = false;
std::atomic<int> event = -1;
static_assert(std::atomic<bool>::is_always_lock_free && std::atomic<int>::is_always_lock_free, "the signal handler uses them");

std::atomic<int> end_event = -1;  ///< Readable once the Stop ends.

int make_event() {
  return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
}

void set(int fd) {
  const std::uint64_t one = 1;
  static_cast<void>(!write(fd, &one, sizeof one));
}

void on_stop_signal(int) {
  const int saved = errno;
  signal_came = true;
  set(event);
  errno = saved;
}

void handle_signals(void (*handler)(int)) {
  struct sigaction action {};
  action.sa_handler = handler;
  action.sa_flags = handler == SIG_DFL ? 0 : static_cast<int>(SA_RESETHAND | SA_RESTART);
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

sigset_t stop_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  return signals;
}

/// The one thread that takes the signals, so it stays until the end: the second one must find it.
void watch(const std::function<void()>& action) {
  const sigset_t signals = stop_signals();
  pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);
  std::array<pollfd, 2> ready = {{{end_event.load(), POLLIN, 0}, {event.load(), POLLIN, 0}}};
  while (ready[0].revents == 0 && !signal_came) static_cast<void>(poll(ready.data(), 2, -1));
  if (signal_came && action) action();
  while (ready[0].revents == 0) static_cast<void>(poll(ready.data(), 1, -1));
}

/// Until the deadline, rounded up; -1: for ever.
int milliseconds_until(const std::optional<Stop::Clock::time_point>& deadline) {
  if (!deadline) return -1;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(*deadline - Stop::Clock::now()).count();
  return static_cast<int>(std::clamp<std::int64_t>(left, 0, 1'000'000'000));
}

}  // namespace

Stop::Stop(std::optional<Clock::duration> time, std::function<void()> action) : signalled_(signal_came) {
  if (time) deadline_ = Clock::now() + *time;
  signal_came = false;
  event = make_event();
  end_event = make_event();
  const sigset_t signals = stop_signals();
  pthread_sigmask(SIG_BLOCK, &signals, &mask_before_);
  handle_signals(on_stop_signal);
  watcher_ = std::thread(watch, std::move(action));
}

Stop::~Stop() {
  set(end_event);
  watcher_.join();
  handle_signals(SIG_DFL);
  pthread_sigmask(SIG_SETMASK, &mask_before_, nullptr);
  close(event.exchange(-1));
  close(end_event.exchange(-1));
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
