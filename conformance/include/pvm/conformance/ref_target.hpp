// SPDX-License-Identifier: Apache-2.0 OR MIT
// Runs cases on the reference interpreter in this process, and computes what a case must expect.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "pvm/conformance/job.hpp"

namespace pvm::conformance {

/// A data access that an instruction is about to attempt. A memset reports the one byte that comes next.
struct MemoryAccess {
  u32 address = 0;
  u32 size = 0;   ///< 1, 2, 4 or 8 bytes.
  u64 value = 0;  ///< Stored, or loaded before extension; 0 where a load will fail.
  bool operator==(const MemoryAccess&) const = default;
};

/// One step of a trace, before it is charged and executed. [trace.step]
struct RefTraceStep {
  u32 step_index = 0;  ///< Index of the case's step that runs.
  u32 pc = 0;
  i64 gas = 0;
  Registers regs{};
  ref::Instruction instruction;
  std::string text;  ///< Disassembly.
  std::optional<MemoryAccess> load;
  std::optional<MemoryAccess> store;
};

struct RefOptions {
  /// All runs of a case together may execute this many instructions; then the outcome is a TargetError.
  u64 max_steps = 50'000'000;
  /// If set, sees each step. Return false to stop (the outcome is then a TargetError).
  std::function<bool(const RefTraceStep&)> trace;
};

/// Runs a job on ref. Never hangs, never fails in any other way than by a TargetError (a host operation of `pre` that is refused, a
/// run that has no pc, max_steps reached).
Outcome run_on_ref(const Job& job, const RefOptions& options = {});
/// The same for a case.
Outcome run_on_ref(const Case& c, const RefOptions& options = {});

/// At most `max_steps` steps of a job or case, all runs concatenated.
std::vector<RefTraceStep> trace_on_ref(const Job& job, u64 max_steps);
std::vector<RefTraceStep> trace_on_ref(const Case& c, u64 max_steps);

struct FillOptions {
  RefOptions ref;
  /// A longer range of touched memory is asserted by its first and last half of this many bytes.
  u32 max_range_bytes = 512;
};

/// Computes the expectations of a case with ref: posts (a single alternative is replaced; a real any_of is left alone), `ok` and
/// `bytes` of host steps, phase and reason of Rejected, costs of BlockCosts; then `needs` and `disassembly`. What is asserted follows
/// the version: gas only with config.gas_model, write_protected not in graypaper-0.7.2, nothing but the status of an asynchronous
/// out-of-gas exit. Memory: every byte that a run stored or tried to store to and that is readable afterwards, together with the
/// ranges that the old post.memory names. nullopt, or why the case can't be filled (then it is unchanged).
std::optional<std::string> fill_expectations(Case& c, const FillOptions& options = {});

/// "0: div_unsigned_32 a0, a1, a2", one line per instruction that the bitmask marks, 2,000 at most; none if ref refuses the program.
std::vector<std::string> disassemble(const Case& c);

}  // namespace pvm::conformance
