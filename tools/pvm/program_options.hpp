// SPDX-License-Identifier: Apache-2.0 OR MIT
// What subcommands ask alike about a program: which version it is for, how it is wrapped, what it costs.
#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <string>
#include <variant>

#include "output.hpp"
#include "pvm/ref/program.hpp"

namespace pvm::command {

/// How to understand a blob, as the user spells it.
struct ProgramOptions {
  std::string blob;       ///< Path, or "-".
  std::string semantics;  ///< Empty: what the blob says.
  std::string container = "polkavm";
  std::string gas_model;  ///< Empty: the version's default.
  ref::u32 memory_cost = 25;
};

/// Adds the positional BLOB and the options --semantics, --container, --gas-model and --memory-cost.
void add_program_options(CLI::App& command, ProgramOptions& options);
/// The same without BLOB.
void add_version_options(CLI::App& command, ProgramOptions& options);

/// A version by the document's name, or by the ecosystem's name of its instruction set: revive_v1, latest32, latest64, jam_v1.
std::optional<ref::Semantics> version_named(std::string_view name);

/// A file's bytes and the configuration under which they are a program.
struct ProgramFile {
  std::string path;  ///< As the user named it.
  std::vector<ref::u8> bytes;
  ref::Config config;
};

/// Reads the blob and settles its version. Metering is none.
std::variant<ProgramFile, Problem> read_program(const ProgramOptions& options);

/// Loads it, or says why it is refused.
std::variant<ref::Program, Problem> load_program(const ProgramFile& file);

}  // namespace pvm::command
