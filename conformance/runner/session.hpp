// SPDX-License-Identifier: Apache-2.0 OR MIT
// Runs the cases of a suite on a target, several at a time.
#pragma once

#include <atomic>
#include <functional>
#include <string>
#include <variant>
#include <vector>

#include "results.hpp"
#include "suite.hpp"
#include "target.hpp"

namespace pvm::runner {

/// How far a run has come.
struct Progress {
  std::size_t done = 0;
  std::size_t total = 0;
  std::size_t bad = 0;  ///< Not passed and not unsupported, expected failures included.
  double seconds = 0;
};

struct SessionOptions {
  unsigned jobs = 1;                                       ///< Targets that run at the same time, at least 1.
  const std::vector<ExpectedFailure>* expected = nullptr;  ///< Must outlive the report.
  const std::atomic<bool>* interrupt = nullptr;
  std::function<void(const Progress&)> progress;  ///< Called about ten times a second, by the caller's thread.
  conformance::u64 max_trace_steps = 1000;
};

/// What a session has found out.
struct SessionResult {
  RunReport report;   ///< command, suite and spec are left to the caller.
  bool lost = false;  ///< The target couldn't be had any more; report.incomplete says so.
  bool interrupted = false;
};

/// Runs every case and gives every case a result (when interrupted: those that were done). Or says why the target can't be started.
/// `cases` must outlive the report.
std::variant<SessionResult, std::string> run_session(const std::vector<conformance::Case>& cases, const TargetFactory& make_target,
                                                     const SessionOptions& options);

/// The first state in which `target` isn't as `reference`; gas counts if `with_gas`. nullopt: they agree as far as both go.
std::optional<Departure> first_departure(const std::vector<conformance::RefTraceStep>& reference,
                                         const std::vector<conformance::TraceEntry>& target, bool with_gas, bool reference_is_complete);

}  // namespace pvm::runner
