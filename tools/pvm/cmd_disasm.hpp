// SPDX-License-Identifier: Apache-2.0 OR MIT
// pvm disasm: shows a program as text.
#pragma once

#include <CLI/CLI.hpp>

namespace pvm::command {

/// Adds the subcommand; once it has been parsed and run, `exit_code` is what it came to.
void add_disasm_command(CLI::App& app, int& exit_code);

}  // namespace pvm::command
