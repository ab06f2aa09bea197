// SPDX-License-Identifier: Apache-2.0 OR MIT
// What a target is asked to do (a case without its expectations), and what it answers.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "pvm/conformance/case.hpp"

namespace pvm::conformance {

/// A range of memory that the target is asked to report.
struct ReadRange {
  u64 address = 0;
  u32 length = 0;
  bool operator==(const ReadRange&) const = default;
};

/// Run, or check, and then report these ranges of memory.
struct RunJob {
  std::vector<ReadRange> read;
  bool operator==(const RunJob&) const = default;
};
struct CheckJob {
  std::vector<ReadRange> read;
  bool operator==(const CheckJob&) const = default;
};
/// Host steps are those of a case; their `ok` and a read's `bytes` mean nothing here.
using JobStep = std::variant<RunJob, CheckJob, SetRegStep, SetPcStep, SetGasStep, WriteStep, ReadStep, MapStep, ProtectStep, UnmapStep>;

/// A case without why, clauses and expectations.
struct Job {
  std::string id;
  ref::Semantics semantics = ref::Semantics::rv64_1;
  ref::Config config;  ///< Complete.
  Bytes program;
  Pre pre;
  std::vector<JobStep> steps;
  /// Present: nothing is run, only these blocks' costs are asked for.
  std::optional<std::vector<u32>> block_costs;
};

/// The job that a case stands for.
Job job_of(const Case& c);

/// Answer to a run or check step.
using Observation = Post;
/// Answer to a host step.
struct HostResult {
  bool ok = true;
  std::optional<Bytes> bytes;  ///< Of a read that succeeded.
  bool operator==(const HostResult&) const = default;
};
using StepResult = std::variant<Observation, HostResult>;
using StepResults = std::vector<StepResult>;

/// The target couldn't do what it was asked.
struct TargetError {
  std::string text;
  bool operator==(const TargetError&) const = default;
};

/// What came of a job.
using Outcome = std::variant<StepResults, Rejected, BlockCosts, TargetError>;

/// State before one instruction; the runs of a case follow each other without a mark. [trace.step]
struct TraceEntry {
  u32 pc = 0;
  std::optional<i64> gas;
  std::optional<Registers> regs;
  bool operator==(const TraceEntry&) const = default;
};

}  // namespace pvm::conformance
