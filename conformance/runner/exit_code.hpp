// SPDX-License-Identifier: Apache-2.0 OR MIT
// What the exit codes of pvm-conform mean.
#pragma once

namespace pvm::runner {

/// Exit codes; --help documents them.
enum ExitCode : int {
  exit_passed = 0,        ///< Every case that ran passed (or failed as listed in --expected); unsupported cases are allowed.
  exit_failed = 1,        ///< At least one fail, error, timeout or unexpected pass; for verify and diff --check: a finding.
  exit_bad_input = 2,     ///< Usage, bad or unreadable input, wrong manifest, or nothing to run.
  exit_no_target = 3,     ///< The target can't be started or greets wrongly.
  exit_interrupted = 130  ///< By SIGINT or SIGTERM; reports hold what was learned so far.
};

}  // namespace pvm::runner
