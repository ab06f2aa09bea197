// SPDX-License-Identifier: Apache-2.0 OR MIT
// The memory that native code shares with whoever entered it. The generated code knows these offsets.
#pragma once

#include <cstddef>
#include <cstdint>

namespace pvm::engine::native {

/// In a worker this lies in a page that the host shares and that the guest, once compromised, can write: the host copies what it reads
/// once, and checks it. In process it is the guest's stack pointer's target. Two cache lines hold all that a host call moves.
struct alignas(64) Context {
  std::uint64_t regs[13];      ///< Guest registers by number, while no guest code runs.
  std::int64_t gas;            ///< The counter; in process also while guest code runs.
  std::uint64_t exit_code;     ///< As the exit stub got it in ecx: reason in bits 28..31, index in bits 0..27.
  std::uint64_t exit_handler;  ///< Absolute address of the exit stub: guest code leaves by `mov ecx, code; jmp [exit_handler]`.
};
static_assert(offsetof(Context, gas) == 104 && offsetof(Context, exit_code) == 112 && offsetof(Context, exit_handler) == 120);
static_assert(sizeof(Context) == 128);

/// Why generated code called the exit stub (bits 28..31 of ecx). Everything else it does by a fault at a known place.
enum class ExitReason : std::uint8_t {
  halt = 0,       ///< index: 0.
  host_call = 1,  ///< index: into NativeCode::calls.
  sbrk = 2,       ///< index: into NativeCode::calls.
  fill = 3,       ///< index: into NativeCode::calls. memset that the machine is to do.
};

}  // namespace pvm::engine::native
