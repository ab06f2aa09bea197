// SPDX-License-Identifier: Apache-2.0 OR MIT
// Signals that arrive while guest code runs: faults leave it, the interrupt signal pauses it between two instructions.
#pragma once

#include <sys/types.h>

#include "pvm/result.hpp"
#include "sandbox/in_process/frame.hpp"
#include "sandbox/in_process/loaded_code.hpp"

namespace pvm::engine::sandbox {

/// What the handlers need to know of the guest that a thread is in.
struct Run {
  Frame* frame = nullptr;
  const LoadedCode* code = nullptr;
  /// The processor's trap flag is set, to go on to the next instruction's start. Used by the handlers alone.
  bool stepping = false;
  /// The interrupt signal waits, blocked, for the end of a handler of the host's; whoever leaves the run must unblock it.
  volatile bool held_back = false;
};

/// One for each thread.
struct ThreadState {
  Run* run = nullptr;    ///< The guest that the thread enters, runs or leaves; nullptr while it runs anything else.
  pid_t id = 0;          ///< 0: prepare_thread() has not been called.
  u64 left_gs_base = 0;  ///< What was left in place of the host's 0; 0: nothing. See GuestBase.
};
// The model keeps the handlers from allocating.
extern constinit thread_local ThreadState this_thread [[gnu::tls_model("initial-exec")]];

/// Installs the handlers when first called. Error: no real-time signal is free.
Result<void> install_handlers();
/// Unblocks the signals, and fills the thread's state.
void prepare_thread();
/// Makes a thread of this process look at its run. No effect if the thread is gone or runs no guest.
void send_interrupt(pid_t thread);
/// Lets an interrupt come that was held back in this run of the calling thread's, without effect: look for its cause afterwards.
void let_interrupt_come(Run& run);

}  // namespace pvm::engine::sandbox
