// SPDX-License-Identifier: Apache-2.0 OR MIT
// How to run a program, as the user spells it: shared by `run` and `trace`.
#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "environment.hpp"
#include "program_options.hpp"

namespace pvm::command {

struct RunOptions {
  ProgramOptions program;
  std::vector<std::string> arguments;  ///< The guest's, without its name.
  std::vector<std::string> call;       ///< --call: name and integers.
  std::optional<u32> pc;               ///< --pc
  std::optional<i64> gas;
  std::string metering;  ///< Empty: sync with --gas, else none.
  std::string isolation = "process";
  std::vector<std::string> fallbacks;
  std::optional<double> timeout_seconds;
  bool allow_clock = false;
  bool output_to_errors = false;  ///< What the guest writes to its standard output goes to standard error.
};

/// Adds BLOB, ARGS and every option of the above.
void add_run_options(CLI::App& command, RunOptions& options);

/// An integer argument of --call: "5", "-1", "0xff", with "u32", "i32", "u64" or "i64" behind it if it matters.
struct CallArgument {
  u64 bits = 0;
  bool is_wide = false;  ///< Takes two registers in the 32-bit version.
};
/// nullopt: not of that form, or out of range.
std::optional<CallArgument> parse_call_argument(std::string_view text, bool is_32_bit);

/// Where and how the guest starts.
struct Entry {
  u32 pc = 0;
  bool by_convention = true;  ///< Registers by the calling convention; else as the program has them.
  bool is_main = false;       ///< It runs as a program: a0 is its exit code.
  std::vector<CallArgument> arguments;
};

/// The entry that the options ask for: main, an export, or a code offset.
std::variant<Entry, Problem> find_entry(const RunOptions& options, const ref::Program& program);

/// The environment that the options ask for.
EnvironmentOptions environment_of(const RunOptions& options);
/// The metering that the options ask for, and the gas that the guest starts with.
ref::Metering metering_of(const RunOptions& options);
i64 initial_gas(const RunOptions& options);
/// Time until the deadline, if there is one.
std::optional<Stop::Clock::duration> time_of(const RunOptions& options);

}  // namespace pvm::command
