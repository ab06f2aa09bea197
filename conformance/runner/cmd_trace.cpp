// SPDX-License-Identifier: Apache-2.0 OR MIT
// pvm-conform trace: what the reference interpreter does in a case, step by step.
#include <filesystem>
#include <iostream>

#include "commands.hpp"
#include "exit_code.hpp"
#include "trace_formats.hpp"

namespace pvm::runner {
namespace {

int write_streams(const TracedCase& traced, const std::string& directory) {
  std::error_code failure;
  std::filesystem::create_directories(directory, failure);
  if (failure) return complain({directory, "", "cannot be made: " + failure.message()});
  for (const auto& [name, bytes] : trace_as_streams(traced)) {
    if (const auto error = write_output((std::filesystem::path(directory) / name).string(), bytes)) return complain(*error);
  }
  std::cout << traced.steps.size() << " steps written to " << directory << "\n";
  return exit_passed;
}

}  // namespace

int trace_command(const TraceOptions& options) {
  if (options.format == "streams" && options.out.empty()) return complain("--format streams needs --out DIR");
  auto c = load_case(options.selection, options.id);
  if (const auto* error = std::get_if<conformance::ParseError>(&c)) return complain(*error);
  const TracedCase traced = trace_case(std::get<conformance::Case>(std::move(c)), options.max_steps);
  if (options.format == "streams") return write_streams(traced, options.out);
  const std::string text = options.format == "jip7" ? trace_as_jip7(traced) : trace_as_text(traced);
  if (!options.out.empty()) {
    if (const auto error = write_output(options.out, text)) return complain(*error);
    return exit_passed;
  }
  std::cout << text << std::flush;
  return exit_passed;
}

}  // namespace pvm::runner
