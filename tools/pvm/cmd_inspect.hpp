// SPDX-License-Identifier: Apache-2.0 OR MIT
// pvm inspect: shows what is in a program.
#pragma once

#include <CLI/CLI.hpp>

namespace pvm::command {

/// Adds the subcommand; once it has been parsed and run, `exit_code` is what it came to.
void add_inspect_command(CLI::App& app, int& exit_code);

}  // namespace pvm::command
