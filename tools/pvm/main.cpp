// SPDX-License-Identifier: Apache-2.0 OR MIT
// pvm: makes, runs and looks into programs. This file is its command line.
#include <fcntl.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <exception>

#include "cmd_asm.hpp"
#include "cmd_disasm.hpp"
#include "cmd_inspect.hpp"
#include "cmd_link.hpp"
#include "cmd_run.hpp"
#include "cmd_stats.hpp"
#include "cmd_trace.hpp"
#include "exit_code.hpp"
#include "output.hpp"

namespace {

using namespace pvm::command;

constexpr const char* footer =
    "Examples:\n"
    "  pvm run hello.pvm -- one two      run a program's main with arguments\n"
    "  pvm inspect hello.pvm             what is in it\n"
    "  pvm SUBCOMMAND --help             options, exit codes and examples of a subcommand\n"
    "\n"
    "Exit codes: 0 done, 1 a negative result, 2 bad usage or input; `pvm run` has its own.\n";

int run_program(int argc, char** argv) {
  CLI::App app("Makes, runs and looks into PVM programs.", "pvm");
  app.set_version_flag("--version", "pvm " PVM_VERSION);
  app.require_subcommand(1);
  app.footer(footer);
  int exit_code = exit_ok;
  add_link_command(app, exit_code);
  add_run_command(app, exit_code);
  add_inspect_command(app, exit_code);
  add_trace_command(app, exit_code);
  add_stats_command(app, exit_code);
  add_asm_command(app, exit_code);
  add_disasm_command(app, exit_code);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? exit_ok : exit_bad_input;
  }
  return exit_code;
}

/// Opens what is closed of the standard descriptors, in the direction that nobody uses: else the next file of ours would get its number,
/// and a guest's output.
void occupy_standard_descriptors() {
  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; ++fd) {
    if (fcntl(fd, F_GETFD) < 0) static_cast<void>(open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY));
  }
}

}  // namespace

int main(int argc, char** argv) {
  occupy_standard_descriptors();
  try {
    return run_program(argc, argv);
  } catch (const std::exception& error) {
    return complain(error.what());
  }
}
