// SPDX-License-Identifier: Apache-2.0 OR MIT
// One instance by the document's rules, whatever executes its code. Chapters "Execution" and "Memory".
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "machine/executor.hpp"
#include "machine/guest_memory.hpp"
#include "machine/rights.hpp"
#include "program/program.hpp"

namespace pvm::engine {

/// A machine's whole state; restored only into machines of the same program and the same kind of executor. Immutable.
class Snapshot;

/// How the next run goes on. [entry.run]
enum class Continuation : u8 {
  entry,        ///< The host has set the pc, which is to be checked.
  block,        ///< A block is to begin, and isn't paid.
  paid,         ///< In a block that has been paid.
  interrupted,  ///< Where the executor was stopped; it knows where.
};

/// One instance of a program: registers, memory, gas, next pc; entry, charges on entry, exits, resumption, host operations. One thread
/// at a time. Once a mechanism has broken the machine is lost: every call that returns a Result says instance_lost.
class Machine {
 public:
  /// `executor` must be new. Sets up the initial memory. [entry.state] [map.contents] [standard.memory]
  static Result<std::unique_ptr<Machine>> create(std::shared_ptr<const Program> program, std::unique_ptr<Executor> executor);

  /// Runs to the next exit. Errors: no_pc; worker_failed and the like, after which the machine is lost.
  Result<Exit> run(const RunLimits& limits = {});

  u64 reg(u32 number) const { return cpu_.regs[number] & register_mask_; }
  void set_reg(u32 number, u64 value) { cpu_.regs[number] = value & register_mask_; }  ///< number: 0..12. [host.registers]
  i64 gas() const { return cpu_.gas; }
  void set_gas(i64 gas) { cpu_.gas = gas; }  ///< [host.gas]
  std::optional<u32> next_pc() const { return next_pc_; }
  void set_pc(u32 pc);  ///< [resume.set_pc]
  void clear_pc();      ///< As in a new machine.

  /// Host access; out_of_bounds: the document refuses, and nothing has happened. [host.read_memory] [host.write_memory]
  Result<void> read(u64 address, std::span<u8> out) const;
  Result<void> write(u64 address, std::span<const u8> bytes);
  /// Pages by the host, paged mode only. [host.map] [host.protect] [host.unmap]
  Result<void> map(u64 address, u64 length, bool writable);
  Result<void> protect(u64 address, u64 length, bool writable);
  Result<void> unmap(u64 address, u64 length);
  /// Guest heap of mapped memory, for the host: the new end, or 0 where refused; size 0 asks for the end. In paged memory there is none:
  /// out_of_bounds. [heap.grow]
  Result<u64> sbrk(u64 size);
  std::vector<Rights::Range> ranges() const { return memory_.rights().ranges(); }
  /// End of the stack region, the initial sp of the calling convention; 0 in paged mode. [entry.convention]
  u32 stack_top() const { return memory_.is_paged() ? 0 : static_cast<u32>(memory_.map().stack.end); }

  /// As new, but for registers, gas and next pc, which stay. [entry.state]
  Result<void> reset_memory();
  /// invalid_argument: the last run was interrupted in the middle of something; run to an exit, or set the pc.
  Result<std::shared_ptr<const Snapshot>> snapshot();
  /// invalid_argument: a snapshot of another program.
  Result<void> restore(const Snapshot& snapshot);

  /// A mechanism has broken.
  bool is_lost() const { return lost_ || memory_.broken(); }

  Executor& executor() { return *executor_; }
  const Program& program() const { return *program_; }

 private:
  /// Where a run begins: an exit before anything is executed, or where to enter (nullopt: go on where interrupted).
  struct Beginning {
    std::optional<Exit> exit;
    std::optional<Entry> entry;
  };
  /// What the last entry by the host was found to be; hosts enter at the same place again and again.
  struct EntryPoint {
    u32 pc = 0;
    bool known = false;
    std::optional<u32> block;  ///< Start of its block.
    i64 cost = 0;              ///< Of the block, if pc isn't its start.
  };
  /// nullopt: the run goes on.
  using Outcome = std::optional<Result<Exit>>;

  Machine(std::shared_ptr<const Program> program, std::unique_ptr<Executor> executor);

  Error lose(Error error);
  Error inconsistent(const char* what);

  Beginning begin();
  Beginning begin_entry(u32 pc);
  Beginning begin_instruction(u32 pc);
  const EntryPoint& entry_point(u32 pc);
  Exit out_of_gas_before_run() const;

  Outcome handle(const Event& event, const RunLimits& limits);
  Exit end(Status status, std::optional<u32> pc);
  Exit host_call(const Event& event);
  Outcome out_of_gas(u32 pc);
  Exit out_of_gas_async();
  Exit interrupted(u32 pc, Continuation continuation);
  Outcome access(const Event& event, const RunLimits& limits);
  Exit denied(u32 pc, u32 address, u32 size, const Denial& denial);
  Outcome sbrk(const Event& event, const RunLimits& limits);
  Outcome go_on(u32 next, const RunLimits& limits);
  Outcome fill(const Event& event, const RunLimits& limits);
  Outcome fill_bytes(u32 pc, u32& count, const RunLimits& limits);

  std::shared_ptr<const Program> program_;
  std::unique_ptr<Executor> executor_;
  GuestMemory memory_;
  CpuState cpu_;
  std::optional<u32> next_pc_;
  Continuation continuation_ = Continuation::entry;
  bool lost_ = false;
  bool graypaper_;
  Metering metering_;
  u64 register_mask_;
  EntryPoint entry_point_;
  std::vector<u8> fill_buffer_;
};

}  // namespace pvm::engine
