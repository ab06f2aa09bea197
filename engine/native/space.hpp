// SPDX-License-Identifier: Apache-2.0 OR MIT
// Where native code runs: in this process, or in a worker. The mechanism alone; what an exit means is the NativeExecutor's business.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <variant>

#include "jit/native_code.hpp"
#include "machine/executor.hpp"
#include "native/context.hpp"

namespace pvm::engine::native {

/// Guest code left by the exit stub.
struct StubExit {
  u32 reason = 0;  ///< ExitReason, unchecked.
  u32 index = 0;   ///< Unchecked.
};
/// A synchronous fault in guest code (SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP), at an offset of the module's code. Unchecked.
struct FaultExit {
  u32 native = 0;
  u64 rcx = 0, rdx = 0;  ///< The scratch registers, for memset's progress.
};
/// Stopped by an interrupt, a deadline, or (async) for its gas; the space can go on exactly from there.
struct PausedExit {
  u32 native = 0;  ///< Offset of the code, or of the nearest code known.
};
/// The mechanism broke.
struct BrokenExit {
  Error error;
};
using NativeExit = std::variant<StubExit, FaultExit, PausedExit, BrokenExit>;

/// Begin at an offset of the code, or go on where PausedExit left off.
struct Start {
  std::optional<u32> native;
};

/// One instance's home. Registers and gas are in `state` before enter() and after it. Threads as Executor; memory operations as there.
class Space {
 public:
  virtual ~Space() = default;
  /// `stop_when_gas_negative`: metering async; a guest whose counter is negative is paused within some milliseconds.
  virtual NativeExit enter(CpuState& state, Start start, const RunLimits& limits, bool stop_when_gas_negative) = 0;
  virtual void kick() = 0;
  virtual Result<void> set_access(u64 begin, u64 end, Access access) = 0;
  virtual Result<void> discard(u64 begin, u64 end) = 0;
  virtual bool holds_read_only_data() const { return false; }
  virtual Result<void> read(u32 address, std::span<u8> out) = 0;
  virtual Result<void> write(u32 address, std::span<const u8> bytes) = 0;
  virtual Result<void> clear() = 0;
  virtual Result<std::shared_ptr<const SavedMemory>> save() = 0;
  virtual Result<void> restore(const SavedMemory& saved) = 0;
};

}  // namespace pvm::engine::native
