// SPDX-License-Identifier: Apache-2.0 OR MIT
// Orders, and waiting for reports: first by looking, then asleep, always with an eye on the worker's life and the caller's limits.
#include "sandbox/process/worker_process.hpp"

#include <fcntl.h>
#include <immintrin.h>
#include <linux/futex.h>
#include <poll.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <string>

#include "sandbox/process/template_process.hpp"

namespace pvm::engine::sandbox::process {
namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;

/// While a guest runs the host looks this often whether worker and limits are as they were.
constexpr auto look_interval = 4ms;
/// While a pause is wanted, the signal is repeated this often.
constexpr auto pause_interval = 1ms;
/// Looks between two signals that only ask for a sign of life.
constexpr u32 looks_between_beats = 64;

/// So many waits one after the other on one processor are no chance, and worth some microseconds to end it; not too often.
constexpr u32 waits_before_parting = 16;
constexpr auto parting_interval = 20ms;
/// this_cpu() has the node in the bits above.
constexpr u32 cpu_mask = 0xfff;

bool is_order(u32 word) {
  return (word & order_bit) != 0;
}
Report report_of(u32 word) {
  return static_cast<Report>(word & kind_mask);
}

// The processor that runs this, in the form that workers use too.
u32 this_cpu() {
  u32 cpu = ~u32{0};
  asm volatile("lsl %1, %0" : "+r"(cpu) : "r"(u32{PVM_CPU_SEGMENT}) : "cc");
  return cpu;
}

// The process that a pidfd stands for, as this process' namespace numbers it; 0 without /proc.
pid_t process_of(const Descriptor& pidfd) {
  const Descriptor info(::open(("/proc/self/fdinfo/" + std::to_string(pidfd.get())).c_str(), O_RDONLY | O_CLOEXEC));
  char text[512] = {};
  if (!info.valid() || ::read(info.get(), text, sizeof text - 1) <= 0) return 0;
  constexpr const char* key = "\nPid:";
  const char* line = std::strstr(text, key);
  return line == nullptr ? 0 : static_cast<pid_t>(std::strtol(line + std::strlen(key), nullptr, 10));
}

}  // namespace

WorkerProcess::WorkerProcess(Descriptor worker, Descriptor guest, Mapping control, u32 spins) noexcept
    : worker_(std::move(worker)), guest_(std::move(guest)), control_(std::move(control)), spins_(spins), owner_(this_process()) {}

WorkerProcess::~WorkerProcess() {
  if (is_ours()) kill();
}

std::atomic_ref<u32> WorkerProcess::turn() const {
  return std::atomic_ref<u32>(*reinterpret_cast<u32*>(control_.data() + offsetof(Control, turn)));
}

void WorkerProcess::post(Order order, u32 changes) {
  const u32 before = turn().exchange(order_word(order, changes), std::memory_order_seq_cst);
  if ((before & sleep_bit) != 0) ::syscall(SYS_futex, control_.data() + offsetof(Control, turn), FUTEX_WAKE, 1, nullptr, nullptr, 0);
}

// Looking for a change is useless where the worker needs this very processor to make it.
u32 WorkerProcess::spin() {
  const u32 here = this_cpu();
  if (control().host_cpu != here) control().host_cpu = here;
  const bool together = control().worker_cpu == here;
  waits_together_ = together ? waits_together_ + 1 : 0;
  if (waits_together_ >= waits_before_parting) part_from(here);
  u32 word = turn().load(std::memory_order_acquire);
  for (u32 left = together ? 0 : spins_; is_order(word) && left > 0; --left) {
    _mm_pause();
    word = turn().load(std::memory_order_acquire);
  }
  return word;
}

void WorkerProcess::part_from(u32 cpu) {
  waits_together_ = 0;
  const auto now = steady_clock::now();
  if (now - last_parting_ < parting_interval) return;
  last_parting_ = now;
  const pid_t process = process_of(worker_);
  cpu_set_t allowed;
  if (process <= 0 || ::sched_getaffinity(process, sizeof allowed, &allowed) != 0) return;
  cpu_set_t others = allowed;
  CPU_CLR(cpu & cpu_mask, &others);
  if (CPU_COUNT(&others) == 0) return;
  ::sched_setaffinity(process, sizeof others, &others);
  ::sched_setaffinity(process, sizeof allowed, &allowed);
}

void WorkerProcess::sleep(u32 seen, std::chrono::nanoseconds at_most) {
  const u32 marked = seen | sleep_bit;
  if (!turn().compare_exchange_strong(seen, marked)) return;
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(at_most);
  const timespec timeout = {seconds.count(), (at_most - seconds).count()};
  ::syscall(SYS_futex, control_.data() + offsetof(Control, turn), FUTEX_WAIT, marked, &timeout, nullptr, 0);
}

Waited WorkerProcess::wait(const RunLimits& limits, bool stop_when_gas_negative) {
  if (const u32 word = spin(); !is_order(word)) return {report_of(word), {}};

  bool stopping = false;  // A pause is wanted, and asked for again and again.
  bool asked = false;     // A sign of life is awaited.
  u32 looks = 0, beats_before = 0;
  auto silence = 0ns;
  for (;;) {
    if (!stopping && limits.reached()) {
      stopping = true;
      silence = 0ns;
      control().pause_when = static_cast<u32>(PauseWhen::always);
    }
    if (stopping) {
      interrupt();
    } else if (asked && control().beats != beats_before) {
      asked = false;
      silence = 0ns;
    } else if (!asked && looks > 0 && (stop_when_gas_negative || looks % looks_between_beats == 0)) {
      asked = true;
      beats_before = control().beats;
      control().pause_when = static_cast<u32>(stop_when_gas_negative ? PauseWhen::gas_negative : PauseWhen::never);
      interrupt();
    }
    ++looks;

    const auto slept = look(limits, stopping ? pause_interval : look_interval);
    const u32 word = turn().load(std::memory_order_acquire);
    if (!is_order(word)) return {report_of(word), {}};
    if (has_ended()) return {{}, "the worker process has ended"};
    if (stopping || asked) silence += slept;
    if (silence > patience) return {{}, "the worker process doesn't react"};
  }
}

// Sleeps, but not if somebody has called kick() or the deadline is over.
std::chrono::nanoseconds WorkerProcess::look(const RunLimits& limits, std::chrono::nanoseconds at_most) {
  const u32 word = turn().load(std::memory_order_acquire);
  if (!is_order(word)) return 0ns;
  if ((word & kick_bit) != 0) {
    turn().fetch_and(~kick_bit);
    return 0ns;
  }
  const auto before = steady_clock::now();
  auto time = at_most;
  if (limits.deadline && *limits.deadline > before) time = std::min<std::chrono::nanoseconds>(time, *limits.deadline - before);
  sleep(word, time);
  return std::min<std::chrono::nanoseconds>(at_most, steady_clock::now() - before);
}

Waited WorkerProcess::wait_for_answer(std::chrono::nanoseconds at_most) {
  u32 word = spin();
  for (auto silence = 0ns; is_order(word); word = turn().load(std::memory_order_acquire)) {
    if (has_ended()) return {{}, "the worker process has ended"};
    silence += look({}, pause_interval);
    if (silence > at_most) return {{}, "the worker process doesn't react"};
  }
  return {report_of(word), {}};
}

std::optional<Report> WorkerProcess::report_now() const {
  const u32 word = turn().load(std::memory_order_acquire);
  if (is_order(word)) return std::nullopt;
  return report_of(word);
}

void WorkerProcess::kick() {
  turn().fetch_or(kick_bit);
  ::syscall(SYS_futex, control_.data() + offsetof(Control, turn), FUTEX_WAKE, INT_MAX, nullptr, nullptr, 0);
}

void WorkerProcess::interrupt() {
  ::syscall(SYS_pidfd_send_signal, worker_.get(), interrupt_signal, nullptr, 0);
}

bool WorkerProcess::has_ended() const {
  pollfd ended = {worker_.get(), POLLIN, 0};
  return ::poll(&ended, 1, 0) > 0;
}

void WorkerProcess::kill() {
  if (worker_.valid()) ::syscall(SYS_pidfd_send_signal, worker_.get(), SIGKILL, nullptr, 0);
}

void WorkerProcess::keep_fixed_fields() {
  code_bytes_ = control().code_bytes;
  exit_handler_ = control().exit_handler;
}

void WorkerProcess::wipe() {
  ::madvise(control_.data() + page_bytes, control_bytes - page_bytes, MADV_REMOVE);
  const auto zero = [this](std::size_t begin, std::size_t end) { std::memset(control_.data() + begin, 0, end - begin); };
  zero(0, offsetof(Control, turn));
  zero(offsetof(Control, exit_handler), page_bytes);
  control().exit_handler = exit_handler_;
  control().spins = spins_;
  control().code_bytes = code_bytes_;
}

bool WorkerProcess::is_ours() const {
  return owner_ == this_process();
}

}  // namespace pvm::engine::sandbox::process
