// SPDX-License-Identifier: Apache-2.0 OR MIT
// pvm-conform run: gates a target on the vectors.
#include <filesystem>
#include <iostream>
#include <thread>

#include "commands.hpp"
#include "exit_code.hpp"
#include "expected.hpp"
#include "progress.hpp"
#include "pvm/conformance/json_io.hpp"
#include "reports.hpp"
#include "session.hpp"

namespace pvm::runner {
namespace {

using conformance::ParseError;

/// A report that can't be written should be known before the run, not after it.
std::optional<ParseError> check_outputs(const RunOptions& options) {
  for (const std::string& path : {options.json, options.junit, options.html}) {
    if (path.empty()) continue;
    const std::filesystem::path directory = std::filesystem::absolute(path).parent_path();
    std::error_code failure;
    if (!std::filesystem::is_directory(directory, failure))
      return ParseError{path, "", "cannot be written: there is no directory " + directory.string()};
    if (std::filesystem::is_directory(path, failure)) return ParseError{path, "", "cannot be written: it is a directory"};
  }
  return std::nullopt;
}

std::variant<std::vector<ExpectedFailure>, ParseError> load_expected(const std::string& path, const Suite& suite) {
  if (path.empty()) return std::vector<ExpectedFailure>{};
  auto text = conformance::read_text(path);
  if (auto* error = std::get_if<ParseError>(&text)) return std::move(*error);
  return parse_expected(std::get<std::string>(text), path, suite.all_ids);
}

std::optional<ParseError> write_reports(const RunOptions& options, const RunReport& report) {
  std::optional<ParseError> problem;
  const auto write = [&](const std::string& path, std::string (*make)(const RunReport&)) {
    if (path.empty()) return;
    if (auto error = write_output(path, make(report))) problem = std::move(error);
  };
  write(options.json, json_report);
  write(options.junit, junit_report);
  write(options.html, html_report);
  return problem;
}

int exit_code_of(const SessionResult& session) {
  const Counts counts = count(session.report.results);
  if (session.interrupted) return exit_interrupted;
  if (session.lost) return exit_no_target;
  if (bad_count(counts) != 0) return exit_failed;
  if (count_of(counts, Standing::unsupported) == session.report.results.size())
    return complain("no case was run: the target supports none of the selected ones");
  return exit_passed;
}

SessionOptions session_options(const RunOptions& options, const std::vector<ExpectedFailure>& expected, const std::atomic<bool>& interrupt,
                               ProgressLine& line) {
  SessionOptions session;
  session.jobs = options.jobs != 0 ? options.jobs : std::max(1U, std::thread::hardware_concurrency());
  session.expected = &expected;
  session.interrupt = &interrupt;
  session.progress = [&line](const Progress& progress) { line.show(progress); };
  return session;
}

int run_loaded(const RunOptions& options, const Suite& suite, const std::vector<ExpectedFailure>& expected,
               const TargetFactory& make_target, const std::atomic<bool>& interrupt) {
  std::variant<SessionResult, std::string> outcome;
  {
    ProgressLine line;
    outcome = run_session(suite.cases, make_target, session_options(options, expected, interrupt, line));
  }
  if (const auto* problem = std::get_if<std::string>(&outcome)) {
    complain("the target " + options.target + " cannot be used: " + *problem);
    return interrupt ? exit_interrupted : exit_no_target;
  }
  auto& session = std::get<SessionResult>(outcome);
  session.report.command = options.target;
  session.report.suite = suite.version;
  session.report.spec = suite.spec;
  const auto problem = write_reports(options, session.report);
  std::cout << summary_text(session.report, wants_colour(), options.details) << std::flush;
  if (problem) return complain(*problem);
  return exit_code_of(session);
}

}  // namespace

int run_command(const RunOptions& options, const std::atomic<bool>& interrupt) {
  Patience patience;
  patience.per_case = std::chrono::milliseconds(options.timeout_ms);
  patience.start = std::chrono::milliseconds(options.start_timeout_ms);
  auto factory = target_named(options.target, patience, &interrupt);
  if (auto* problem = std::get_if<std::string>(&factory)) return complain("--target: " + *problem);
  if (auto error = check_outputs(options)) return complain(*error);
  auto selection = selection_of(options.selection);
  if (auto* error = std::get_if<ParseError>(&selection)) return complain(*error);
  auto suite = load_suite(std::get<Selection>(selection));
  if (auto* error = std::get_if<ParseError>(&suite)) return complain(*error);
  auto expected = load_expected(options.expected, std::get<Suite>(suite));
  if (auto* error = std::get_if<ParseError>(&expected)) return complain(*error);
  return run_loaded(options, std::get<Suite>(suite), std::get<std::vector<ExpectedFailure>>(expected), std::get<TargetFactory>(factory),
                    interrupt);
}

}  // namespace pvm::runner
