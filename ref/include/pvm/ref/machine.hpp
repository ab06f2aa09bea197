// SPDX-License-Identifier: Apache-2.0 OR MIT
// The machine: registers, memory, gas and pc, run to the next exit. Chapter "Execution".
#pragma once

#include <array>
#include <functional>
#include <optional>

#include "pvm/ref/gas.hpp"
#include "pvm/ref/memory.hpp"

namespace pvm::ref {

/// How a run ended. `no_pc` is the answer to running a machine that has nowhere to continue: a host's mistake, not a guest exit.
enum class Status : u8 { halt, trap, host_call, page_fault, out_of_gas, no_pc };

std::string_view name_of(Status);

/// An exit and what the document lets the host observe of it. [exit.pc]
struct Exit {
  Status status = Status::no_pc;
  std::optional<u32> pc = {};       ///< As reported; see each [exit.*] clause.
  std::optional<u32> next_pc = {};  ///< Where the next run continues, if it can.
  u64 host_call = 0;                ///< Number of the host call. [exit.host_call]
  u32 fault_address = 0;            ///< Page address. [exit.page_fault]
  bool write_protected = false;     ///< The page is there but read-only; not reported by graypaper-0.7.2.
};

/// State before one instruction; a step precedes the gas charge of a block. [trace.step]
struct TraceStep {
  u32 pc;
  Instruction instruction;
  i64 gas;
  const std::array<u64, 13>& registers;
};

/// Called with each step; empty: no tracing.
using Trace = std::function<void(const TraceStep&)>;

/// One instance of a program. Not thread-safe; copyable, and a copy is an independent snapshot.
class Machine {
 public:
  /// `program` must outlive the machine. Registers, memory and gas as [entry.state] says; pc unset; gas 0.
  explicit Machine(const Program& program);

  /// Runs to the next exit. `trace`, if given, sees each instruction before it is charged and executed.
  Exit run(const Trace& trace = {});
  /// As run, but gives up and returns nullopt once `max_steps` instructions have been executed; another call goes on.
  std::optional<Exit> run_at_most(u64 max_steps, const Trace& trace = {});

  u64 reg(u32 number) const { return registers_[number]; }
  /// Keeps the low 32 bits in rv32-1. number: 0..12. [host.registers]
  void set_reg(u32 number, u64 value);
  const std::array<u64, 13>& registers() const { return registers_; }
  i64 gas() const { return gas_; }
  void set_gas(i64 gas) { gas_ = gas; }  ///< [host.gas]
  std::optional<u32> next_pc() const { return next_pc_; }
  /// Makes the next run a host entry at `pc`. [resume.set_pc]
  void set_pc(u32 pc);
  Memory& memory() { return memory_; }
  const Memory& memory() const { return memory_; }

 private:
  // How the next run continues: [entry.pc] checks and charges, a block start charges, paid code just runs.
  enum class Resume : u8 { host_entry, block_start, paid };

  friend struct Executor;  // the instruction rules

  std::optional<Exit> step(const Trace& trace);
  std::optional<Exit> execute_and_continue(const Instruction& in);
  std::optional<Exit> fall_through(const Instruction& in);
  bool charge_block(u32 start);
  bool charge_instruction();
  Exit out_of_gas(u32 pc);
  Exit out_of_gas_at_entry() const;
  Exit end(Status status, std::optional<u32> pc);

  const Program* program_;
  std::array<u64, 13> registers_{};
  Memory memory_;
  i64 gas_ = 0;  ///< [gas.counter]
  std::optional<u32> next_pc_;
  Resume resume_ = Resume::host_entry;
};

}  // namespace pvm::ref
