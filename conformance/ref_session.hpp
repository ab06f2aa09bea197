// SPDX-License-Identifier: Apache-2.0 OR MIT
// One job on the reference interpreter, step by step.
#pragma once

#include <functional>
#include <memory>

#include "pvm/conformance/ref_target.hpp"

namespace pvm::conformance {

/// The data access that `step` is about to attempt, if it attempts one.
struct Accesses {
  std::optional<MemoryAccess> load;
  std::optional<MemoryAccess> store;
};
Accesses accesses_of(const ref::Instruction& instruction, const Registers& registers, const ref::Memory& memory);

/// A loaded job. Failures of a host operation of `pre`, of a run without pc, and of the step limit are TargetErrors.
class RefSession {
 public:
  /// Sees each instruction of a run before it is charged; false stops.
  using Observer = std::function<bool(const ref::TraceStep&, const ref::Memory&)>;

  /// A host can't read more at once here; nothing that a vector asks for comes near it.
  static constexpr u32 max_read_bytes = u32{1} << 24;

  static std::variant<RefSession, Rejected, TargetError> start(const Job& job, u64 max_steps);

  std::variant<StepResult, TargetError> perform(const JobStep& step, const Observer& observer = {});
  std::variant<BlockCosts, TargetError> block_costs(const std::vector<u32>& positions) const;

  const ref::Program& program() const { return *program_; }
  const ref::Memory& memory() const { return machine_.memory(); }

 private:
  explicit RefSession(ref::Program program, u64 max_steps);
  std::optional<TargetError> prepare(const Pre& pre);
  std::variant<ref::Exit, TargetError> run(const Observer& observer);
  bool spend_steps();
  Observation observe(const std::vector<ReadRange>& ranges) const;
  HostResult host_step(const JobStep& step);

  std::unique_ptr<const ref::Program> program_;  // the machine refers to it
  ref::Machine machine_;
  u64 steps_left_;
  std::optional<ref::Exit> last_exit_;
};

}  // namespace pvm::conformance
