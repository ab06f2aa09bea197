// SPDX-License-Identifier: Apache-2.0 OR MIT
// What the exit codes of pvm mean. `pvm run` has more of them: run_exit_code.hpp.
#pragma once

namespace pvm::command {

/// Exit codes; --help documents them.
enum ExitCode : int {
  exit_ok = 0,
  exit_finding = 1,    ///< A negative result, where a subcommand defines one.
  exit_bad_input = 2,  ///< Usage, bad or unreadable input, an output that can't be written.
};

}  // namespace pvm::command
