// SPDX-License-Identifier: Apache-2.0 OR MIT
// The VM under test, however it is reached.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "pvm/conformance/compare.hpp"
#include "pvm/conformance/protocol.hpp"

namespace pvm::runner {

/// Why there is no outcome.
struct Failure {
  conformance::Verdict verdict = conformance::Verdict::error;  ///< error or timeout.
  std::string message;
};

/// The target can't be had any more: this case wasn't run, and neither will the next be.
struct Lost {
  std::string message;
};

/// The user wants to stop: this case wasn't run.
struct Interrupted {};

/// What came of one case, and what turned out to be wrong with the case before it.
struct Answer {
  std::variant<conformance::Outcome, Failure, Lost, Interrupted> result;
  /// The target broke the protocol after it had answered the case before (it said more than its answer).
  std::optional<std::string> blame_previous;
};

/// One VM. Used by one thread at a time.
class Target {
 public:
  virtual ~Target() = default;
  /// Starts it and hears its greeting, or says why that failed.
  virtual std::variant<conformance::Hello, std::string> start() = 0;
  /// Runs a case that it supports.
  virtual Answer run(const conformance::Case& c) = 0;
  /// The target's trace, or nothing if it gives none; never changes a verdict.
  virtual std::optional<std::vector<conformance::TraceEntry>> trace(const conformance::Case& c, conformance::u64 max_steps) = 0;
  /// Ends it. What was wrong after the last answer, if anything.
  virtual std::optional<std::string> finish() = 0;
  virtual conformance::u64 restarts() const { return 0; }
  virtual conformance::u64 quiet_deaths() const { return 0; }
};

/// How patient to be with a child process.
struct Patience {
  std::chrono::milliseconds per_case{10'000};
  std::chrono::milliseconds start{30'000};  ///< From the start to the greeting.
  std::chrono::milliseconds finish{1'000};  ///< From the farewell to the end.
  int restart_attempts = 5;                 ///< In a row; the pause between them doubles.
  std::chrono::milliseconds first_pause{100};
};

using TargetFactory = std::function<std::unique_ptr<Target>()>;

/// The reference interpreter, in this process.
std::unique_ptr<Target> make_ref_target();

/// A child process that speaks target protocol 1, started as `argv`. `interrupt` may be null.
std::unique_ptr<Target> make_process_target(std::vector<std::string> argv, const Patience& patience, const std::atomic<bool>* interrupt);

/// A factory for what --target names: "ref", "engine:NAME", "cmd:COMMAND" or "lib:PATH"; or what is wrong with the text. Engine and
/// libraries run in a child process (this program with a hidden command), so that a crash costs one case only.
std::variant<TargetFactory, std::string> target_named(const std::string& text, const Patience& patience,
                                                      const std::atomic<bool>* interrupt);

}  // namespace pvm::runner
