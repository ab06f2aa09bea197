// SPDX-License-Identifier: Apache-2.0 OR MIT
// One job on the engine, through its public interface alone.
#pragma once

#include <chrono>
#include <optional>
#include <variant>
#include <vector>

#include "pvm/conformance/job.hpp"
#include "pvm/engine.hpp"
#include "pvm/instance.hpp"

namespace pvm::runner {

/// A compiled job and its instance.
class EngineSession {
 public:
  /// All runs of a job together may take `time`.
  static std::variant<EngineSession, conformance::Rejected, conformance::TargetError> start(const Engine& engine,
                                                                                            const conformance::Job& job,
                                                                                            std::chrono::milliseconds time);

  std::variant<conformance::StepResult, conformance::TargetError> perform(const conformance::JobStep& step);

 private:
  using Problem = std::optional<conformance::TargetError>;

  EngineSession(Instance instance, std::chrono::milliseconds time);
  Problem prepare(const conformance::Pre& pre);
  Problem prepare_memory(const std::vector<conformance::MemoryBytes>& memory);
  Result<void> place(u64 address, std::span<const u8> bytes);
  Problem run();
  std::variant<conformance::StepResult, conformance::TargetError> observe(const std::vector<conformance::ReadRange>& ranges);

  Instance instance_;
  std::chrono::milliseconds time_;
  std::chrono::steady_clock::time_point deadline_;
  std::optional<Exit> last_exit_;
};

/// The whole job: its steps, or the costs of its blocks.
conformance::Outcome run_on_engine(const Engine& engine, const conformance::Job& job, std::chrono::milliseconds time);

}  // namespace pvm::runner
