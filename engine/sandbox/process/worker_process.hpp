// SPDX-License-Identifier: Apache-2.0 OR MIT
// The host's end of one worker: its control page, its memory, orders and waiting. Nothing that the worker writes is believed.
#pragma once

#include <optional>

#include "machine/executor.hpp"
#include "sandbox/process/descriptor.hpp"
#include "sandbox/process/protocol.hpp"

namespace pvm::engine::sandbox::process {

/// How a wait has ended.
struct Waited {
  std::optional<Report> report;  ///< Unchecked: may be none of the enumerators.
  std::string failure;           ///< Otherwise: why the worker is lost.
};

/// Ends the worker on destruction (in a forked child of the host it only closes descriptors). One thread at a time, but for kick().
class WorkerProcess {
 public:
  /// A worker that doesn't react for so long is lost. Time in which this process itself doesn't run (suspended, frozen) doesn't count. On
  /// a machine with ten times more to do than processors, a new worker was seen to wait 2.2 s for its first moment on one.
  static constexpr std::chrono::seconds patience{10};

  /// `worker` has just been forked with these files; `spins`: how often either side looks before it sleeps.
  WorkerProcess(Descriptor worker, Descriptor guest, Mapping control, u32 spins) noexcept;
  WorkerProcess(const WorkerProcess&) = delete;
  WorkerProcess& operator=(const WorkerProcess&) = delete;
  ~WorkerProcess();

  volatile Control& control() { return *reinterpret_cast<volatile Control*>(control_.data()); }
  const Descriptor& guest_file() const { return guest_; }

  /// Hands the turn to the worker. Everything that the order needs is in the control page.
  void post(Order order, u32 changes = 0);
  /// Waits for the worker's report, for as long as it takes the guest; `limits` and gas make it pause.
  Waited wait(const RunLimits& limits, bool stop_when_gas_negative);
  /// Waits for an answer that needs no guest code: not long. A worker that doesn't answer within `at_most` is lost.
  Waited wait_for_answer(std::chrono::nanoseconds at_most = patience);
  /// The worker's report if it is there now.
  std::optional<Report> report_now() const;
  void kick();
  bool has_ended() const;
  void kill();
  /// Remembers the fields that stay. Only after the first `ready`, when no guest code has run.
  void keep_fixed_fields();
  /// Makes its control pages as they were then, with zeros in everything else, its stacks too. Only while it waits for its first order
  /// after `ready`.
  void wipe();
  /// False in a forked child of the host.
  bool is_ours() const;

 private:
  std::atomic_ref<u32> turn() const;
  u32 spin();
  /// The scheduler likes to wake both on one processor, where none of them can wait by looking: moves the worker to another one, if it
  /// may use others. Its affinity stays as it was.
  void part_from(u32 cpu);
  /// Sleeps until the turn word changes or the time is over.
  void sleep(u32 seen, std::chrono::nanoseconds at_most);
  std::chrono::nanoseconds look(const RunLimits& limits, std::chrono::nanoseconds at_most);
  void interrupt();

  Descriptor worker_;
  Descriptor guest_;
  Mapping control_;
  u32 spins_;
  u32 code_bytes_ = 0;
  u64 exit_handler_ = 0;
  u64 owner_;
  u32 waits_together_ = 0;  ///< On one processor, one after the other.
  std::chrono::steady_clock::time_point last_parting_;
};

}  // namespace pvm::engine::sandbox::process
