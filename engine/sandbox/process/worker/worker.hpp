// SPDX-License-Identifier: Apache-2.0 OR MIT
// The worker program's parts, for each other.
#pragma once

#include "sandbox/process/protocol.hpp"
#include "sandbox/process/worker/system.hpp"

namespace pvm::engine::sandbox::process {

/// The descriptors of a fork request, as the template has received them.
struct ForkDescriptors {
  i32 control, guest, module;
};

/// In the new process: maps what the request describes, gives up everything else, and serves. Reports where it failed by the control page
/// if that is mapped, and ends.
[[noreturn]] void become_worker(const ForkRequest& request, const ForkDescriptors& descriptors);
/// The handlers for faults and the interrupt signal, the alternate stack, and gs, which forked workers inherit. Negative: errno.
long set_up_signals();
/// Forgets all that guest code may have changed in this process, but for memory, and serves as if new, beginning with the report `ready`.
/// `can_write_bases`: the kernel allows the instructions that write the bases of fs and gs.
[[noreturn]] void forget_everything(bool can_write_bases);

// Hidden: addressed directly, not by way of a table that would have to be writable.
#pragma GCC visibility push(hidden)
extern "C" {
[[noreturn]] void template_start(const u64* initial_stack);
/// Rights and rare orders. Returns the word to report, or 0: enter guest code. A reset doesn't return.
u32 obey_slowly(u32 word);

// entry.S
[[noreturn]] void call_on_stack(u64 stack_top, void (*function)(u64), u64 argument);
[[noreturn]] void report_and_serve(u32 report);
void begin_anew();
[[noreturn]] void return_to(const void* signal_frame);
void return_from_signal();
void exit_stub();
u32 await_order();

// Of worker.ld. NOLINTNEXTLINE(bugprone-dynamic-static-initializers): nothing initializes them
extern const char image_begin[], image_end[];
}
#pragma GCC visibility pop

}  // namespace pvm::engine::sandbox::process
