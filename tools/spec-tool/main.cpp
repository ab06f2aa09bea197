// SPDX-License-Identifier: Apache-2.0 OR MIT
// spec-tool: extracts tables from the document, checks its formulas against the reference interpreter, and traces its clauses.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>

#include "check/check.hpp"
#include "document.hpp"
#include "isa.hpp"
#include "trace.hpp"

namespace {

using namespace pvm::spec;

constexpr int exit_ok = 0, exit_findings = 1, exit_usage = 2;

constexpr const char* footer = R"(Examples, from the root of the repository:
  spec-tool extract                       refresh spec/isa.json and spec/clauses.json from spec/*.md
  spec-tool extract --check               fail if they are stale
  spec-tool check                         evaluate every formula and compare it with the reference interpreter
  spec-tool check --only 'alu.div_*'      ... of some clauses
  spec-tool trace                         clauses without rule or vector, ids that name no clause
  spec-tool trace --json > trace.json     the same for machines

Exit codes: 0 all is well, 1 something was found, 2 wrong usage or unreadable input.)";

struct Options {
  std::filesystem::path root = ".";
  bool extract_check = false;
  bool trace_as_json = false;
  CheckOptions check;
};

void print(const std::vector<Finding>& findings) {
  for (const Finding& finding : findings) std::cerr << to_string(finding) << "\n";
}

// Writes the file, or with --check compares it. Returns an exit code.
int settle(const Options& options, const std::string& name, const std::string& text) {
  const std::filesystem::path path = options.root / name;
  const std::optional<std::string> old_text = read_text(path);
  if (old_text == text) return exit_ok;
  if (options.extract_check) {
    std::cerr << name << (old_text ? " is stale" : " is missing") << ": run spec-tool extract and commit the result\n";
    return exit_findings;
  }
  std::ofstream out(path, std::ios::binary);
  out << text;
  out.close();
  if (!out) {
    std::cerr << name << ": can't be written\n";
    return exit_usage;
  }
  std::cout << "wrote " << name << "\n";
  return exit_ok;
}

int extract(const Options& options, const Document& document, const Isa& isa) {
  const int isa_code = settle(options, "spec/isa.json", isa_json(isa));
  const int clauses_code = settle(options, "spec/clauses.json", clauses_json(document, isa));
  const int code = std::max(isa_code, clauses_code);
  if (code == exit_ok) {
    std::cout << isa.instructions.size() << " instructions, " << isa.versions.size() << " versions, " << document.clauses.size()
              << " clauses: " << (options.extract_check ? "isa.json and clauses.json are up to date\n" : "extracted\n");
  }
  return code;
}

int check(const Options& options, const Isa& isa) {
  const CheckReport report = check_formulas(isa, options.check);
  print(report.findings);
  for (const InstructionSummary& line : report.instructions) {
    std::cout << line.clause << std::string(line.clause.size() < 44 ? 44 - line.clause.size() : 1, ' ') << line.versions
              << (line.versions == 1 ? " version,  " : " versions, ") << line.runs << " runs" << (line.mismatches == 0 ? "" : "  ")
              << (line.mismatches == 0 ? "" : std::to_string(line.mismatches) + " MISMATCHES") << "\n";
  }
  for (const std::string& mismatch : report.mismatches) std::cout << "\n" << mismatch;
  std::cout << "\nexits:";
  for (const auto& [name, count] : report.exits) std::cout << " " << name << " " << count;
  std::cout << "\n"
            << report.instructions.size() << " instructions, " << report.pairs << " pairs of instruction and version, " << report.formulas
            << " formulas, " << report.evaluations << " evaluations, " << report.runs << " runs, " << report.mismatch_count
            << " mismatches\n";
  if (report.instructions.empty()) {
    std::cerr << "no instruction matches --only " << options.check.only << "\n";
    return exit_usage;
  }
  return report.mismatch_count == 0 && report.findings.empty() ? exit_ok : exit_findings;
}

int trace_clauses(const Options& options, const Document& document, const Isa& isa) {
  const TraceReport report = trace(options.root, document, isa);
  if (options.trace_as_json) {
    std::cout << trace_json(report);
  } else {
    print(report.findings);
    std::cout << report.clauses.size() << " clauses, " << report.cases << " cases, " << report.findings.size() << " findings\n";
  }
  return report.findings.empty() ? exit_ok : exit_findings;
}

int run(int argc, char** argv) {
  Options options;
  CLI::App app("Works on the semantics document: spec/*.md", "spec-tool");
  app.footer(footer);
  app.require_subcommand(1);
  app.fallthrough();
  app.add_option("--root", options.root, "Root of the repository")->check(CLI::ExistingDirectory)->capture_default_str();

  CLI::App* extract_command = app.add_subcommand("extract", "Write spec/isa.json and spec/clauses.json");
  extract_command->add_flag("--check", options.extract_check, "Write nothing; exit with 1 if a file is stale");

  CLI::App* check_command = app.add_subcommand("check", "Compare the formulas with the reference interpreter");
  check_command->add_option("--seed", options.check.seed, "Seed of the random operands")->capture_default_str();
  check_command->add_option("--samples", options.check.samples, "Random cases per instruction, version and kind of case")
      ->capture_default_str();
  check_command->add_option("--only", options.check.only, "Clauses to check, with * and ?")->capture_default_str();

  CLI::App* trace_command = app.add_subcommand("trace", "Report clauses without rule or vector, and ids that name no clause");
  trace_command->add_flag("--json", options.trace_as_json, "Print the whole trace as JSON");

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? exit_ok : exit_usage;
  }

  std::vector<Finding> findings;
  const Document document = read_document(options.root, findings);
  if (document.clauses.empty()) {
    print(findings);
    return exit_usage;
  }
  const Isa isa = read_isa(document, findings);
  print(findings);
  int code = exit_usage;
  if (*extract_command) code = findings.empty() ? extract(options, document, isa) : exit_findings;
  if (*check_command) code = check(options, isa);
  if (*trace_command) code = trace_clauses(options, document, isa);
  return code == exit_ok && !findings.empty() ? exit_findings : code;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const std::exception& error) {
    static_cast<void>(std::fprintf(stderr, "spec-tool: %s\n", error.what()));
    return exit_usage;
  }
}
