// SPDX-License-Identifier: Apache-2.0 OR MIT
// What a back end does for a machine: run code until the document's rules are needed, and hold memory.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <span>

#include "pvm/result.hpp"
#include "pvm/types.hpp"

namespace pvm::engine {

/// Number of the registers that memset uses, and of those of the calling convention.
inline constexpr u32 reg_ra = 0, reg_sp = 1, reg_a0 = 7, reg_a1 = 8, reg_a2 = 9;
inline constexpr u32 register_count = 13;

/// What the guest may do with an address.
enum class Access : u8 { none, read, write };

/// Registers and gas, in the host's memory. Between runs this is the only copy. rv32-1: the upper halves are 0.
struct CpuState {
  std::array<u64, register_count> regs{};
  i64 gas = 0;
};

/// Where execution begins. `paid`: the block that holds pc has been charged, nothing is charged now. Otherwise pc starts a block (in
/// graypaper-0.7.2: an instruction), whose charge comes first. pc is marked, or an implicit invalid instruction stands there.
struct Entry {
  u32 pc = 0;
  bool paid = false;
};

/// Why code has stopped. In every case registers and gas are as the document wants them at that point.
struct Event {
  enum class Kind : u8 {
    halt,         ///< Dynamic jump to the halt address. pc: unspecified.
    trap,         ///< The instruction at pc traps for a reason other than memory.
    host_call,    ///< ecalli at pc; `number` is its immediate as 32-bit number, `next` the position behind it.
    access,       ///< The load, store or memset at pc was refused. Nothing of it has happened (memset: progress is in a0, a2, gas).
    sbrk,         ///< sbrk at pc, not yet executed; `next` the position behind it.
    fill,         ///< memset at pc is to be (re)started by the machine: nothing of it has happened; `next` as above.
    out_of_gas,   ///< The charge at pc failed. sync: gas is as before the charge; instruction-1: -1; async: negative.
    interrupted,  ///< Interrupted; pc: about where. The executor can go on exactly from here if execute() is called with `resume`.
    failed,       ///< The mechanism broke: `error` says how. The instance is lost.
  };
  Kind kind = Kind::failed;
  u32 pc = 0;
  u32 next = 0;
  u32 number = 0;
  Error error = {};
};

/// What may stop a run from outside.
struct RunLimits {
  /// Set by any thread to stop the run; see Executor::kick. May be null. Not reset by the executor.
  const std::atomic<bool>* interrupt = nullptr;
  std::optional<std::chrono::steady_clock::time_point> deadline;

  /// Whether the run is to stop.
  bool reached() const {
    if (interrupt != nullptr && interrupt->load()) return true;
    return deadline && std::chrono::steady_clock::now() >= *deadline;
  }
};

/// What an executor has saved of its memory; see Executor::save.
class SavedMemory {
 public:
  virtual ~SavedMemory() = default;
};

/// One instance's mechanism: interpreter, native code in this process, or native code in a worker process. One thread at a time, but for
/// kick(). It enforces the rights that the machine sets, and knows no rule of the document beyond instructions. Ranges are of whole
/// pages of 4096 bytes within [0x10000, 2^32).
class Executor {
 public:
  virtual ~Executor() = default;

  /// Runs from `entry`, or, if it is nullopt, goes on exactly where an `interrupted` event has left off (registers and gas in `state`
  /// replace the saved ones). `state` is updated at every event.
  virtual Event execute(CpuState& state, std::optional<Entry> entry, const RunLimits& limits) = 0;

  /// Called by any thread, any number of times, also while nothing runs: makes a running execute() look at limits.interrupt soon.
  virtual void kick() = 0;

  /// Gives [begin, end) a right. Contents stay as they are; bytes that were never written or were discarded are zero.
  virtual Result<void> set_access(u64 begin, u64 end, Access access) = 0;
  /// Makes the contents of [begin, end) zero and gives their memory back, whatever the right.
  virtual Result<void> discard(u64 begin, u64 end) = 0;
  /// True: the program's read-only data is in place already, shared between instances, and clear() and discard() leave it there. The
  /// machine then only sets its right.
  virtual bool holds_read_only_data() const { return false; }
  /// Copies contents out or in, whatever the guest's right; the machine has checked the host's. May span pages of any right but none.
  virtual Result<void> read(u32 address, std::span<u8> out) = 0;
  virtual Result<void> write(u32 address, std::span<const u8> bytes) = 0;
  /// All rights none, all contents zero, as new. Used before an instance is reset.
  virtual Result<void> clear() = 0;

  /// The present contents and rights, shared copy-on-write where the mechanism can. `restore` takes what an executor of the same kind and
  /// program has saved.
  virtual Result<std::shared_ptr<const SavedMemory>> save() = 0;
  virtual Result<void> restore(const SavedMemory& saved) = 0;
};

}  // namespace pvm::engine
