// SPDX-License-Identifier: Apache-2.0 OR MIT
// Runs a program in the environment, on the engine or on the reference interpreter.
#pragma once

#include <array>
#include <functional>
#include <optional>
#include <string>
#include <variant>

#include "environment.hpp"
#include "pvm/ref/machine.hpp"
#include "run_options.hpp"

namespace pvm::command {

/// How a run came to its end. `limit`: an observer has seen enough.
enum class End : u8 { returned, exited, trap, page_fault, out_of_gas, timeout, interrupted, unknown_host_call, host_error, limit };
/// "returned", "page_fault"
std::string_view name_of(End end);

using Registers = std::array<u64, 13>;

/// A run that took place, to whatever end.
struct Execution {
  End end = End::trap;
  std::optional<u32> pc = {};  ///< Where it ended, if that is known.
  u64 host_call = 0;           ///< unknown_host_call: the number.
  u32 fault_address = 0;       ///< page_fault: of the page.
  i32 exit_code = 0;           ///< exited: what the guest gave.
  std::string message = {};    ///< host_error: what went wrong.
  Registers registers{};
  i64 gas_left = 0;
  i64 gas_used = 0;
  std::string isolation = {};  ///< "process", "in_process", "interpreter", or "ref".
  double compile_seconds = 0, instantiate_seconds = 0, run_seconds = 0;
};

/// A host call and what the host did in it; seen by an observer.
struct HostCall {
  u64 number;
  std::string_view name;  ///< Empty: not an import.
  u32 pc;
  i64 gas;
  Registers before;
  /// One access of the host to guest memory that was granted.
  struct Access {
    bool is_write;
    u64 address;
    std::vector<u8> bytes;
  };
  std::vector<Access> accesses;
  std::vector<std::pair<u32, u64>> set_registers;
};

/// Called after each host call; false: the run is to end there, with End::limit.
using HostCallObserver = std::function<bool(const HostCall&)>;
/// Called before the first instruction of a run, with the state that the guest starts with.
using StartObserver = std::function<void(u32 pc, i64 gas, const Registers&)>;

/// Called before each instruction; false: it is the last one, and the run ends with End::limit.
using StepObserver = std::function<bool(const ref::TraceStep&, const ref::Memory&)>;

struct Observers {
  StartObserver start = {};
  HostCallObserver host_call = {};
  StepObserver step = {};                 ///< run_on_ref only.
  std::function<bool()> keep_going = {};  ///< run_on_ref only: asked now and then; false ends the run.
};

/// Runs on the engine. A Problem: the run could not take place.
std::variant<Execution, Problem> run_on_engine(const ProgramFile& file, const ref::Program& program, const Entry& entry,
                                               const RunOptions& options, const Observers& observers = {});
/// Runs on the reference interpreter: slow, and sees every step.
Execution run_on_ref(const ref::Program& program, const Entry& entry, const RunOptions& options, const Observers& observers = {});

/// The exit code of pvm for it; see ExitCode.
int exit_code_of(const Execution& execution, const Entry& entry);

/// The complaint about an end that is not `returned` or `exited`: "prog.pvm: pc 12 (main+4: trap): trap".
Problem describe(const ProgramFile& file, const Execution& execution, const ref::Program& program);

}  // namespace pvm::command
