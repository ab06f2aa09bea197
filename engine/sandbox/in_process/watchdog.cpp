// SPDX-License-Identifier: Apache-2.0 OR MIT
// Sleeps until the next deadline, or for some milliseconds while a run's gas counts; then signals the threads whose time has come.
#include "sandbox/in_process/watchdog.hpp"

#include <pthread.h>

#include <algorithm>
#include <csignal>

#include "sandbox/in_process/signals.hpp"

namespace pvm::engine::sandbox {
namespace {

constexpr SteadyTime gas_period = 5'000'000;
// A run acknowledges an interrupt by ending, so this is for a thread that the system has not scheduled meanwhile.
constexpr SteadyTime repeat_period = 2'000'000;

}  // namespace

// What is to stop the run has been set before. A run that moves to another thread notes that thread, then clears `sent`, then looks: so
// an interrupt that goes to the old thread is no longer needed.
void Watch::interrupt() {
  if (sent.exchange(true)) return;
  const pid_t to = thread.load();
  if (to != 0) send_interrupt(to);
}

Watchdog& Watchdog::get() {
  static Watchdog* const watchdog = new Watchdog;  // Its thread may outlive all static objects.
  return *watchdog;
}

Result<void> Watchdog::add(Watch& watch) {
  const std::lock_guard lock(mutex_);
  if (!started_) {
    // The host's signals are none of this thread's business: it inherits a full mask.
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    pthread_t thread;
    const bool created = pthread_create(&thread, nullptr, run, this) == 0;
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
    if (!created) return Error{ErrorCode::resource_exhausted, "the system refuses a thread for deadlines", {}, {}};
    pthread_detach(thread);
    started_ = true;
  }
  watches_.push_back(&watch);
  return {};
}

void Watchdog::remove(const Watch& watch) {
  const std::lock_guard lock(mutex_);
  std::erase(watches_, &watch);
}

void Watchdog::look_now() {
  {
    const std::lock_guard lock(mutex_);
    look_again_ = true;
  }
  changed_.notify_one();
}

void* Watchdog::run(void* self) {
  static_cast<Watchdog*>(self)->loop();
  return nullptr;
}

void Watchdog::loop() {
  std::unique_lock lock(mutex_);
  for (;;) {
    look_again_ = false;
    next_look_.store(never);
    polling_.store(false);
    const SteadyTime next = look(steady_time(std::chrono::steady_clock::now()));
    next_look_.store(next);
    const auto wanted = [this] { return look_again_; };
    if (next == never) {
      changed_.wait(lock, wanted);
    } else {
      changed_.wait_until(lock, std::chrono::steady_clock::time_point(std::chrono::nanoseconds(next)), wanted);
    }
  }
}

SteadyTime Watchdog::look(SteadyTime now) {
  SteadyTime next = never;
  bool polling = false;
  for (Watch* const watch : watches_) {
    const SteadyTime deadline = watch->deadline.load();
    const bool gas_counts = watch->gas_counts.load();
    const bool late = deadline <= now;
    const bool poor = gas_counts && std::atomic_ref(*watch->gas).load(std::memory_order_relaxed) < 0;
    if (late || poor) watch->interrupt();
    if (deadline != never) next = std::min(next, late ? now + repeat_period : deadline);
    if (gas_counts) next = std::min(next, now + gas_period);
    polling = polling || gas_counts;
  }
  polling_.store(polling);
  return next;
}

}  // namespace pvm::engine::sandbox
