// SPDX-License-Identifier: Apache-2.0 OR MIT
// One instance by the document's rules, whatever executes its code. Chapters "Execution" and "Memory".
#pragma once

#include <memory>
#include <optional>
#include <span>

#include "machine/executor.hpp"
#include "machine/rights.hpp"
#include "program/program.hpp"

namespace pvm::engine {

/// A machine's whole state; restored only into machines of the same program and the same kind of executor. Immutable.
class Snapshot;

/// One instance of a program: registers, memory, gas, next pc; entry, charges on entry, exits, resumption, host operations. One thread
/// at a time.
class Machine {
 public:
  /// `executor` must be new. Sets up the initial memory. [entry.state] [map.contents] [standard.memory]
  static Result<std::unique_ptr<Machine>> create(std::shared_ptr<const Program> program, std::unique_ptr<Executor> executor);

  /// Runs to the next exit. Errors: no_pc; worker_failed and the like, after which the machine is lost and every call says instance_lost.
  Result<Exit> run(const RunLimits& limits = {});

  u64 reg(u32 number) const;
  void set_reg(u32 number, u64 value);  ///< number: 0..12. Keeps the low 32 bits in rv32-1. [host.registers]
  i64 gas() const;
  void set_gas(i64 gas);  ///< [host.gas]
  std::optional<u32> next_pc() const;
  void set_pc(u32 pc);  ///< [resume.set_pc]

  /// Host access; out_of_bounds: the document refuses, and nothing has happened. [host.read_memory] [host.write_memory]
  Result<void> read(u64 address, std::span<u8> out) const;
  Result<void> write(u64 address, std::span<const u8> bytes);
  /// Pages by the host, paged mode only. [host.map] [host.protect] [host.unmap]
  Result<void> map(u64 address, u64 length, bool writable);
  Result<void> protect(u64 address, u64 length, bool writable);
  Result<void> unmap(u64 address, u64 length);
  /// Guest heap of mapped memory, for the host: the new end, or 0 where refused; size 0 asks for the end. [heap.grow]
  Result<u64> sbrk(u64 size);
  std::vector<Rights::Range> ranges() const;
  /// End of the stack region, the initial sp of the calling convention; 0 in paged mode. [entry.convention]
  u32 stack_top() const;

  /// As new, but for registers, gas and next pc, which stay. [entry.state]
  Result<void> reset_memory();
  Result<std::shared_ptr<const Snapshot>> snapshot();
  Result<void> restore(const Snapshot& snapshot);

  Executor& executor();
  const Program& program() const;
};

}  // namespace pvm::engine
