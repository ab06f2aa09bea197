// SPDX-License-Identifier: Apache-2.0 OR MIT
// The subcommands of pvm-conform. Each prints to standard output, complains to standard error, and returns an ExitCode.
#pragma once

#include <atomic>
#include <optional>
#include <string>
#include <vector>

#include "pvm/conformance/error.hpp"
#include "suite.hpp"

namespace pvm::runner {

/// Which cases, as the user spells it: shared by most subcommands.
struct SelectionOptions {
  std::vector<std::string> vectors;
  std::vector<std::string> semantics;
  std::vector<std::string> only;
};

struct RunOptions {
  SelectionOptions selection;
  std::string target;
  std::string expected;  ///< Path; empty: none.
  unsigned jobs = 0;     ///< 0: one per processor.
  unsigned timeout_ms = 10'000;
  unsigned start_timeout_ms = 30'000;
  unsigned details = 10;
  std::string json;
  std::string junit;
  std::string html;
};
/// `interrupt` becomes true on SIGINT or SIGTERM.
int run_command(const RunOptions& options, const std::atomic<bool>& interrupt);

struct ListOptions {
  SelectionOptions selection;
  bool json = false;
};
int list_command(const ListOptions& options);

struct ShowOptions {
  SelectionOptions selection;  ///< Only `vectors` is used.
  std::string id;
  bool json = false;
};
int show_command(const ShowOptions& options);

struct TraceOptions {
  SelectionOptions selection;  ///< Only `vectors` is used.
  std::string id;
  std::string format = "text";
  std::string out;  ///< Directory for the streams.
  conformance::u64 max_steps = 1'000'000;
};
int trace_command(const TraceOptions& options);

struct DiffOptions {
  SelectionOptions selection;  ///< Only `vectors` is used.
  std::string a;
  std::string b;
  bool check = false;
  std::string document;  ///< Path of differences.md; empty: that of the source tree.
  bool json = false;
};
int diff_command(const DiffOptions& options);

struct VerifyOptions {
  std::string root;  ///< Directory with manifest.json; empty: the default one.
};
int verify_command(const VerifyOptions& options);

struct ImportCommandOptions {
  std::string dialect;
  std::vector<std::string> files;
  std::string out;
  std::string semantics;
  bool drop_final_pc = false;
};
int import_command(const ImportCommandOptions& options);

struct ExportCommandOptions {
  SelectionOptions selection;
  std::string dialect;
  std::string out;
};
int export_command(const ExportCommandOptions& options);

struct ServeOptions {
  std::string protocol = "native";
  std::string semantics;  ///< blank-line only.
};
int serve_command(const ServeOptions& options);

/// Hidden: answers target protocol 1 on standard input and output with the library at `path`.
int host_lib_command(const std::string& path);

struct HostEngineOptions {
  std::string level;        ///< "jit", "jit-in-process" or "interp".
  unsigned run_ms = 7'500;  ///< Time for all runs of a case.
};
/// Hidden: answers target protocol 1 on standard input and output with the engine.
int host_engine_command(const HostEngineOptions& options);

// --- shared by the subcommands ---

/// Prints "pvm-conform: path: place: reason" to standard error and returns exit_bad_input.
int complain(const conformance::ParseError& error);
int complain(const std::string& reason);

/// The selection, or what is wrong with it.
std::variant<Selection, conformance::ParseError> selection_of(const SelectionOptions& options);

/// Loads the one case with this id.
std::variant<conformance::Case, conformance::ParseError> load_case(const SelectionOptions& options, const std::string& id);

/// Writes a file or a device; what went wrong, if anything.
std::optional<conformance::ParseError> write_output(const std::string& path, const std::string& text);

}  // namespace pvm::runner
