// SPDX-License-Identifier: Apache-2.0 OR MIT
// Native code in this process, for modules that the host trusts: faults are signals, memory is a window of 4 GiB with a guard.
#pragma once

#include <memory>
#include <span>

#include "jit/native_code.hpp"
#include "native/space.hpp"

namespace pvm::engine::sandbox {

/// A module's code, mapped readable and executable, never writable again; with its jump table. Shared by its instances. It keeps the
/// compiler's maps, which tell where a running guest may be paused: between instructions.
class LoadedCode;
Result<std::shared_ptr<const LoadedCode>> load_in_process(std::shared_ptr<const jit::NativeCode> code);

/// An instance's home. Faults arrive as signals, so the first space of the process installs handlers for SIGSEGV, SIGBUS, SIGILL, SIGFPE
/// and SIGTRAP, which pass on what isn't a guest's to the handlers that were there before. Rules for the host:
/// - Handlers installed later for these signals must pass on what isn't theirs in the same way, or guests' faults end the process.
/// - A thread that runs guests leaves these signals, and the real-time signal of interrupt_signal(), unblocked.
/// - The host's own signal handlers may run while guest code does: on the thread's alternate stack, or on a stack of 256 KiB. They return,
///   and run no guests.
/// - kick() and deadlines may interrupt a system call that the thread makes at that moment (EINTR, where SA_RESTART doesn't help).
/// - Where a thread's gs base is 0, which means that it doesn't use gs, any value may be there after a run; another base is preserved.
/// - After fork() the child must not use spaces that the parent made.
Result<std::unique_ptr<native::Space>> make_in_process_space(std::shared_ptr<const LoadedCode> code);

/// The signal that pauses a running guest: the highest real-time signal that nobody used when the first space was made; 0 before that.
int interrupt_signal();

}  // namespace pvm::engine::sandbox
