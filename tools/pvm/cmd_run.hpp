// SPDX-License-Identifier: Apache-2.0 OR MIT
// pvm run: executes a program in the host environment of command-line guests.
#pragma once

#include <CLI/CLI.hpp>

namespace pvm::command {

/// Adds the subcommand; once it has been parsed and run, `exit_code` is what it came to.
void add_run_command(CLI::App& app, int& exit_code);

}  // namespace pvm::command
