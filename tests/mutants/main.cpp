// SPDX-License-Identifier: Apache-2.0 OR MIT
// Proves that the conformance vectors notice each seeded fault of the reference interpreter.
#include <fnmatch.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <set>

#include "pvm/conformance/json_io.hpp"
#include "report.hpp"

namespace {

namespace fs = std::filesystem;
using namespace pvm::mutants;

constexpr int exit_clean = 0, exit_survivors = 1, exit_usage = 2;

struct Options {
  std::string only = "*", root = PVM_VECTORS, report, json;
  unsigned jobs = 2;
  bool list = false, quiet = false;
};

std::vector<const pvm::ref::Mutant*> selected(const std::string& glob) {
  std::vector<const pvm::ref::Mutant*> result;
  for (const pvm::ref::Mutant& mutant : pvm::ref::all_mutants()) {
    if (fnmatch(glob.c_str(), std::string(mutant.name).c_str(), 0) == 0) result.push_back(&mutant);
  }
  return result;
}

// All cases below root/vectors in the order of the paths; an error ends the program with a message.
bool load_cases(const fs::path& root, Cases& cases) {
  std::vector<fs::path> paths;
  std::error_code error;
  for (const auto& entry : fs::recursive_directory_iterator(root / "vectors", error)) {
    if (entry.path().extension() == ".json") paths.push_back(entry.path());
  }
  if (error) {
    std::cerr << "mutants: " << (root / "vectors").string() << ": " << error.message() << '\n';
    return false;
  }
  std::sort(paths.begin(), paths.end());
  for (const fs::path& path : paths) {
    auto file = pvm::conformance::load_file(path);
    if (const auto* problem = std::get_if<pvm::conformance::ParseError>(&file)) {
      std::cerr << "mutants: " << to_text(*problem) << '\n';
      return false;
    }
    for (auto& one : std::get<pvm::conformance::VectorFile>(file).cases) cases.push_back(std::move(one));
  }
  if (cases.empty()) std::cerr << "mutants: no vectors in " << (root / "vectors").string() << '\n';
  return !cases.empty();
}

// A fault in a clause that no vector names is a slip of the pen in the list, or a hole in the suite.
bool clauses_are_known(const std::vector<const pvm::ref::Mutant*>& mutants, const Cases& cases) {
  std::set<std::string_view> clauses;
  for (const auto& one : cases) clauses.insert(one.clauses.begin(), one.clauses.end());
  bool known = true;
  for (const pvm::ref::Mutant* mutant : mutants) {
    if (clauses.contains(mutant->clause)) continue;
    std::cerr << "mutants: " << mutant->name << ": no vector names the clause " << mutant->clause << '\n';
    known = false;
  }
  return known;
}

bool write_file(const std::string& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary);
  file << text;
  if (file.flush()) return true;
  std::cerr << "mutants: " << path << ": cannot be written\n";
  return false;
}

int run(const Options& options) {
  const auto mutants = selected(options.only);
  if (mutants.empty()) {
    std::cerr << "mutants: no mutant matches " << options.only << '\n';
    return exit_usage;
  }
  if (options.list) {
    for (const pvm::ref::Mutant* mutant : mutants) {
      std::cout << mutant->name << "  [" << mutant->clause << "]  " << (mutant->unobservable.empty() ? "" : "(unobservable) ")
                << mutant->why << '\n';
    }
    return exit_clean;
  }
  Cases cases;
  if (!load_cases(options.root, cases)) return exit_usage;
  if (const auto failing = failing_without_fault(cases); !failing.empty()) {
    for (const auto* one : failing) std::cerr << "mutants: fails without any fault: " << one->id << '\n';
    return exit_survivors;
  }
  const bool known = clauses_are_known(mutants, cases);

  std::size_t count = 0;
  const auto results = run_gauntlet(mutants, cases, options.jobs, [&](const Result& result) {
    ++count;
    if (!options.quiet) {
      std::cout << count << '/' << mutants.size() << ' ' << result.mutant->name << ": " << name_of(result.fate);
      if (result.killer != nullptr) std::cout << ' ' << result.killer->id;
      std::cout << std::endl;
    }
  });

  std::ostringstream table;
  write_table(table, results);
  const Summary summary = summarise(results);
  std::ostringstream words;
  write_summary(words, summary);
  if (!options.report.empty() && !write_file(options.report, "# Seeded faults and the vectors that notice them\n\n" + table.str() +
                                                                 "\n```\n" + words.str() + "```\n")) {
    return exit_usage;
  }
  if (!options.json.empty() && !write_file(options.json, to_json(results, cases.size()))) return exit_usage;
  std::cout << words.str();
  return summary.is_clean() && known ? exit_clean : exit_survivors;
}

int parse_and_run(int argc, char** argv) {
  Options options;
  CLI::App app{
      "Switches on the reference interpreter's seeded faults one at a time and runs the conformance vectors until one notices.\n"
      "Exit code: 0 every fault is noticed or proved unobservable, 1 not so, 2 bad usage or input."};
  app.option_defaults()->always_capture_default();
  app.add_option("--only", options.only, "only the faults whose name matches this glob");
  app.add_option("--vectors", options.root, "directory that holds vectors/");
  app.add_option("--jobs", options.jobs, "processes at a time")->check(CLI::Range(1u, 256u));
  app.add_option("--report", options.report, "write a table in Markdown");
  app.add_option("--json", options.json, "write the results as JSON");
  app.add_flag("--list", options.list, "name the faults and end");
  app.add_flag("--quiet", options.quiet, "print the summary only");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? exit_clean : exit_usage;
  }
  return run(options);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return parse_and_run(argc, argv);
  } catch (const std::exception& error) {
    static_cast<void>(std::fprintf(stderr, "mutants: %s\n", error.what()));
  }
  return exit_usage;
}
