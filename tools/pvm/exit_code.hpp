// SPDX-License-Identifier: Apache-2.0 OR MIT
// What the exit codes of pvm mean.
#pragma once

namespace pvm::command {

/// Exit codes; --help documents them.
enum ExitCode : int {
  exit_ok = 0,
  exit_finding = 1,    ///< A negative result, where a subcommand defines one.
  exit_bad_input = 2,  ///< Usage, bad or unreadable input, an output that can't be written.
  // `pvm run` and `pvm trace` besides, where they don't give the guest's own:
  exit_timeout = 124,      ///< --timeout has passed.
  exit_out_of_gas = 125,   ///< --gas is used up.
  exit_host_error = 126,   ///< A host call that the environment doesn't have, or a lost worker process.
  exit_interrupted = 130,  ///< SIGINT or SIGTERM.
  exit_trap = 134,         ///< The guest has trapped.
  exit_page_fault = 139,   ///< The guest has touched a page that isn't there; only in paged memory.
};

}  // namespace pvm::command
