// SPDX-License-Identifier: Apache-2.0 OR MIT
// pvm asm: makes a program from text.
#pragma once

#include <CLI/CLI.hpp>

namespace pvm::command {

/// Adds the subcommand; once it has been parsed and run, `exit_code` is what it came to.
void add_asm_command(CLI::App& app, int& exit_code);

}  // namespace pvm::command
