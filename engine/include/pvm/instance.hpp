// SPDX-License-Identifier: Apache-2.0 OR MIT
// A running program: registers, memory, gas, and where it continues.
#pragma once

#include <any>
#include <array>
#include <chrono>
#include <concepts>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "pvm/module.hpp"
#include "pvm/result.hpp"
#include "pvm/types.hpp"

namespace pvm {

/// What stops a run from outside, besides an Interrupt.
struct RunLimits {
  /// The run ends with Status::interrupted at this time, within some milliseconds.
  std::optional<std::chrono::steady_clock::time_point> deadline = {};
  /// A deadline `time` from now; a negative time is one that has passed.
  static RunLimits within(std::chrono::nanoseconds time) { return {std::chrono::steady_clock::now() + time}; }
};

/// How to call a function of a guest.
struct CallOptions {
  RunLimits limits = {};
  /// The stack pointer; absent: Module::stack_top(). Programs in paged memory need it if they use a stack. [entry.convention]
  std::optional<u32> stack_pointer = {};
};

/// An integer that goes into or comes out of a guest's function. Made from any integer of up to 64 bits. In the 32-bit versions those
/// wider than 32 bits take two registers, the low half first; in the others those of up to 32 bits are sign-extended, as compilers expect.
class Value {
 public:
  template <std::integral T>
  requires(sizeof(T) <= 8) constexpr Value(T value) : bits_(extend(value)), wide_(sizeof(T) > 4) {}  // NOLINT(google-explicit-constructor)
  /// Sign-extended to 64 bits.
  constexpr u64 bits() const { return bits_; }
  /// More than 32 bits.
  constexpr bool is_wide() const { return wide_; }

 private:
  template <std::integral T>
  static constexpr u64 extend(T value) {
    if constexpr (sizeof(T) == 4) return static_cast<u64>(static_cast<i64>(static_cast<i32>(value)));
    return static_cast<u64>(static_cast<i64>(value));
  }
  u64 bits_;
  bool wide_;
};

/// Stops the runs of one instance from any thread. A copy is another handle of the same switch; it may outlive the instance. All
/// functions may be called by any threads at any time, but not from signal handlers.
class PVM_API Interrupt {
 public:
  /// From now on runs of the instance end with Status::interrupted, one that is under way within some milliseconds, until clear().
  void raise() const;
  /// Lets the instance run again.
  void clear() const;
  bool raised() const;

  /// Implementation.
  struct Impl;
  explicit Interrupt(std::shared_ptr<Impl> impl);

 private:
  std::shared_ptr<Impl> impl_;
};

/// The whole state of an instance at one time: memory, registers, gas, next pc. A copy is another handle. Immutable, any thread may use
/// it. Memory is shared copy-on-write where the isolation level can.
class PVM_API Snapshot {
 public:
  /// Implementation.
  struct Impl;
  explicit Snapshot(std::shared_ptr<const Impl> impl);
  const std::shared_ptr<const Impl>& impl() const { return impl_; }

 private:
  std::shared_ptr<const Impl> impl_;
};

/// Memory that the guest can access.
struct MemoryRange {
  u64 begin = 0;
  u64 end = 0;
  bool writable = false;
  bool operator==(const MemoryRange&) const = default;
};

using Registers = std::array<u64, 13>;

/// One instance of a module. It belongs to whoever holds it: movable, not copyable. One thread at a time, not always the same; it must
/// not be destroyed, moved or assigned to while a function of it runs, not by its own host functions either. Every function may fail with
/// instance_busy (another thread, or a host function of its own, uses it now), instance_lost (an earlier failure of its worker has ended
/// it), worker_failed (that happens now) or, moved from, with invalid_argument; further errors are named. A failed call has changed nothing
/// but for those.
class PVM_API Instance {
 public:
  Instance(Instance&&) noexcept;
  Instance& operator=(Instance&&) noexcept;
  ~Instance();

  /// The module; must not be called on an instance that was moved from.
  const Module& module() const;
  /// What stands between this guest and the host.
  Isolation isolation() const;
  /// The switch that stops this instance's runs.
  Interrupt interrupt() const;

  /// Runs from the next pc to the next exit. Status::interrupted: the deadline has passed or the interrupt is raised; the next run goes on
  /// exactly there. Error: no_pc, where there is no next pc: in a new instance, and after halt and trap. [resume.after_end]
  Result<Exit> run(const RunLimits& limits = {});
  /// Calls the function at an export, or at a pc, by the calling convention: sets registers (all others to 0) and pc, and runs to the
  /// first exit; host calls are exits. Gas stays. After Status::halt the result is in a0 (register 7; 64 bits in a 32-bit version: the
  /// upper half in a1). Errors: not_found; invalid_argument for arguments that take more than 9 registers. [entry.convention]
  Result<Exit> call(std::string_view name, std::initializer_list<Value> arguments = {}, const CallOptions& options = {});
  Result<Exit> call(u32 pc, std::initializer_list<Value> arguments = {}, const CallOptions& options = {});
  Result<Exit> call(u32 pc, std::span<const Value> arguments, const CallOptions& options = {});
  /// What call() does before it runs.
  Result<void> prepare_call(u32 pc, std::span<const Value> arguments, std::optional<u32> stack_pointer = {});

  /// Where the next run begins, if it can.
  Result<std::optional<u32>> next_pc() const;
  /// Any number: what happens there is the document's business. [resume.set_pc]
  Result<void> set_pc(u32 pc);

  /// Register `number`, 0 to 12; others: invalid_argument. In a 32-bit version the upper 32 bits are 0 and ignored. [host.registers]
  Result<u64> reg(u32 number) const;
  Result<void> set_reg(u32 number, u64 value);
  Result<Registers> regs() const;
  Result<void> set_regs(const Registers& values);
  /// The gas counter; any number may be set. A new instance has 0. [host.gas]
  Result<i64> gas() const;
  Result<void> set_gas(i64 gas);

  /// Copies guest memory out, or into the guest's writable memory. Errors: out_of_bounds, where the document refuses; invalid_argument for
  /// a null span with a length. [host.read_memory] [host.write_memory]
  Result<void> read(u64 address, std::span<u8> out) const;
  Result<void> write(u64 address, std::span<const u8> bytes);
  /// The same for one little-endian number; the address need not be aligned.
  Result<u8> read_u8(u64 address) const;
  Result<u16> read_u16(u64 address) const;
  Result<u32> read_u32(u64 address) const;
  Result<u64> read_u64(u64 address) const;
  Result<void> write_u8(u64 address, u8 value);
  Result<void> write_u16(u64 address, u16 value);
  Result<void> write_u32(u64 address, u32 value);
  Result<void> write_u64(u64 address, u64 value);

  /// Makes pages, zeroed; changes their right; takes them away. Paged memory only; else, and where the document refuses: out_of_bounds.
  /// [host.map] [host.protect] [host.unmap]
  Result<void> map(u64 address, u64 length, bool writable);
  Result<void> protect(u64 address, u64 length, bool writable);
  Result<void> unmap(u64 address, u64 length);
  /// Grows the guest's heap by `size` bytes: its new end, or 0 where that is refused; size 0 asks for the end. [heap.grow]
  Result<u64> sbrk(u64 size);
  /// The memory that the guest can access now, ascending, adjacent ranges with equal rights joined.
  Result<std::vector<MemoryRange>> memory_ranges() const;

  /// As new: memory, registers, gas, next pc. The interrupt and the user data stay.
  Result<void> reset();
  /// Memory as new; the rest stays.
  Result<void> reset_memory();
  /// The present state. Error: invalid_argument after Status::interrupted, when the guest may be anywhere: run on to another exit.
  Result<Snapshot> snapshot();
  /// Back to a state of this or another instance of the same module. Error: invalid_argument for a snapshot of another module.
  Result<void> restore(const Snapshot& snapshot);

  /// Anything the host wants to find again in its host functions. Not locked: the host's own thread rule.
  std::any& user_data();

  /// Implementation.
  struct Impl;
  explicit Instance(std::unique_ptr<Impl> impl);
  Impl* impl() const { return impl_.get(); }

 private:
  std::unique_ptr<Impl> impl_;
};

}  // namespace pvm
