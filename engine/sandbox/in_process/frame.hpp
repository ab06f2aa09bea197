// SPDX-License-Identifier: Apache-2.0 OR MIT
// What lies at the stack pointer while guest code runs: the context, and behind it what it takes to get back.
#pragma once

#include <atomic>
#include <cstddef>

#include "native/context.hpp"
#include "pvm/types.hpp"

namespace pvm::engine::sandbox {

/// How guest code was left. The assembly knows `not_started`.
enum class Left : u32 { by_stub = 0, by_fault = 1, paused = 2, not_started = 3 };

/// Everything behind the context is the host's. The assembly of trampoline.cpp knows the offsets.
struct Frame {
  native::Context context;
  u64 host_stack = 0;  ///< While guest code runs.
  u64 entry = 0;       ///< Absolute address to enter at.
  /// Where the guest's registers come from and go to. Not to the context and on from there: loads wider than the stores before them
  /// stall.
  u64* registers = nullptr;
  /// Set by a signal that wants this run paused: guest code isn't entered then.
  std::atomic<u32> pause_wanted = 0;
  Left left = Left::by_stub;
  u64 rip = 0;  ///< by_fault, paused: absolute.
  u64 rcx = 0;  ///< by_fault.
  u64 rdx = 0;
};
static_assert(offsetof(Frame, host_stack) == 128 && offsetof(Frame, entry) == 136 && offsetof(Frame, registers) == 144);
static_assert(offsetof(Frame, pause_wanted) == 152 && offsetof(Frame, left) == 156);

extern "C" {
/// Enters guest code at frame->entry with frame->registers; returns when it is left, with `left` set.
void pvm_in_process_enter(Frame* frame);
/// [begin, end): what pvm_in_process_enter does between looking at pause_wanted and guest code, with rsp at the frame. It reads the frame
/// only, so that it can be abandoned anywhere by going on at pvm_in_process_abandon.
extern const u8 pvm_in_process_enter_begin[];
extern const u8 pvm_in_process_enter_end[];
extern const u8 pvm_in_process_abandon[];
/// Where guest code leaves: ecx holds the exit code, rsp is at the frame.
extern const u8 pvm_in_process_exit_stub[];
/// Back to the host, with rsp at the frame: the end of every way out.
extern const u8 pvm_in_process_leave[];
}

}  // namespace pvm::engine::sandbox
