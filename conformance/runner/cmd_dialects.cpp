// SPDX-License-Identifier: Apache-2.0 OR MIT
// pvm-conform verify, import and export.
#include <filesystem>
#include <iostream>
#include <map>

#include "commands.hpp"
#include "exit_code.hpp"
#include "pvm/conformance/dialects.hpp"
#include "pvm/conformance/json_io.hpp"
#include "pvm/conformance/ref_target.hpp"

namespace pvm::runner {
namespace {

namespace fs = std::filesystem;
using conformance::Case;
using conformance::Dialect;
using conformance::ParseError;

std::optional<ParseError> make_directory(const std::string& path) {
  std::error_code failure;
  fs::create_directories(path, failure);
  if (failure) return ParseError{path, "", "cannot be made: " + failure.message()};
  return std::nullopt;
}

/// The files that the arguments name; a directory stands for its .json files.
std::variant<std::vector<fs::path>, ParseError> input_files(const std::vector<std::string>& names) {
  std::vector<fs::path> files;
  for (const std::string& name : names) {
    std::error_code failure;
    if (!fs::is_directory(name, failure)) {
      files.emplace_back(name);
      continue;
    }
    std::vector<fs::path> found;
    for (fs::directory_iterator at(name, failure), end; !failure && at != end; at.increment(failure)) {
      if (at->path().extension() == ".json") found.push_back(at->path());
    }
    if (failure) return ParseError{name, "", failure.message()};
    std::sort(found.begin(), found.end());
    files.insert(files.end(), found.begin(), found.end());
  }
  return files;
}

std::variant<std::vector<Case>, ParseError> read_foreign(Dialect dialect, const std::vector<fs::path>& files,
                                                         const conformance::ImportOptions& options) {
  std::vector<Case> cases;
  for (const fs::path& path : files) {
    const auto text = conformance::read_text(path);
    if (const auto* error = std::get_if<ParseError>(&text)) return *error;
    auto imported = conformance::import_file(dialect, std::get<std::string>(text), path.string(), options);
    if (auto* error = std::get_if<ParseError>(&imported)) return std::move(*error);
    for (Case& c : std::get<std::vector<Case>>(imported)) cases.push_back(std::move(c));
  }
  conformance::make_ids_unique(cases);
  return cases;
}

/// One native file per version.
int write_imported(const ImportCommandOptions& options, std::vector<Case> cases) {
  if (const auto error = make_directory(options.out)) return complain(*error);
  std::map<ref::Semantics, conformance::VectorFile> files;
  for (Case& c : cases) {
    if (c.disassembly.empty()) c.disassembly = conformance::disassemble(c);
    conformance::VectorFile& file = files[c.semantics];
    file.semantics = c.semantics;
    file.group = "import-" + options.dialect;
    file.cases.push_back(std::move(c));
  }
  for (const auto& [version, file] : files) {
    const fs::path path = fs::path(options.out) / (std::string(ref::name_of(version)) + "." + file.group + ".json");
    if (const auto error = conformance::write_text(path, conformance::print_file(file))) return complain(*error);
    std::cout << path.string() << ": " << file.cases.size() << " cases\n";
  }
  return exit_passed;
}

void print_export_summary(const conformance::ExportResult& result, const std::string& out) {
  std::size_t cases = 0;
  std::map<std::string, std::size_t> lost;
  for (const auto& file : result.files) {
    cases += file.ids.size();
    for (const std::string& member : file.lost) ++lost[member];
  }
  std::cout << cases << " cases in " << result.files.size() << " files written to " << out << "\n";
  for (const auto& [member, count] : lost)
    std::cout << "  " << count << " files without " << member << ": the dialect has no word for it\n";
  std::map<std::string, std::size_t> refused;
  for (const auto& entry : result.refused) ++refused[std::string(conformance::name_of(entry.problem))];
  std::cout << result.refused.size() << " cases that the dialect cannot hold\n";
  for (const auto& [problem, count] : refused) std::cout << "  " << count << " " << problem << "\n";
}

}  // namespace

int verify_command(const VerifyOptions& options) {
  std::variant<fs::path, ParseError> root = fs::path(options.root);
  if (options.root.empty()) root = default_root(this_program());
  if (const auto* error = std::get_if<ParseError>(&root)) return complain(*error);
  const fs::path& directory = std::get<fs::path>(root);
  const auto manifest = conformance::load_manifest(directory);
  if (const auto* error = std::get_if<ParseError>(&manifest)) return complain(*error);
  const auto problems = conformance::verify(directory);
  for (const ParseError& problem : problems) std::cout << conformance::to_text(problem) << "\n";
  std::size_t cases = 0;
  const auto& files = std::get<conformance::Manifest>(manifest).files;
  for (const auto& file : files) cases += file.count;
  std::cout << directory.string() << ": suite " << std::get<conformance::Manifest>(manifest).suite << ", " << files.size() << " files, "
            << cases << " cases, " << problems.size() << " problems\n";
  return problems.empty() ? exit_passed : exit_failed;
}

int import_command(const ImportCommandOptions& options) {
  const auto dialect = conformance::dialect_named(options.dialect);
  if (!dialect) return complain("unknown dialect '" + options.dialect + "'");
  conformance::ImportOptions import_options;
  import_options.drop_final_pc = options.drop_final_pc;
  if (!options.semantics.empty()) {
    import_options.semantics = ref::semantics_named(options.semantics);
    if (!import_options.semantics) return complain("--semantics: unknown semantics version '" + options.semantics + "'");
  }
  const auto files = input_files(options.files);
  if (const auto* error = std::get_if<ParseError>(&files)) return complain(*error);
  auto cases = read_foreign(*dialect, std::get<std::vector<fs::path>>(files), import_options);
  if (const auto* error = std::get_if<ParseError>(&cases)) return complain(*error);
  if (std::get<std::vector<Case>>(cases).empty()) return complain("no case to import");
  return write_imported(options, std::get<std::vector<Case>>(std::move(cases)));
}

int export_command(const ExportCommandOptions& options) {
  const auto dialect = conformance::dialect_named(options.dialect);
  if (!dialect) return complain("unknown dialect '" + options.dialect + "'");
  const auto selection = selection_of(options.selection);
  if (const auto* error = std::get_if<ParseError>(&selection)) return complain(*error);
  const auto suite = load_suite(std::get<Selection>(selection));
  if (const auto* error = std::get_if<ParseError>(&suite)) return complain(*error);
  conformance::ExportOptions export_options;
  const auto& versions = std::get<Selection>(selection).semantics;
  if (versions.size() == 1) export_options.semantics = versions.front();
  const auto result = conformance::export_cases(*dialect, std::get<Suite>(suite).cases, export_options);
  if (const auto error = make_directory(options.out)) return complain(*error);
  for (const auto& file : result.files) {
    if (const auto error = conformance::write_text(fs::path(options.out) / (file.name + ".json"), file.text)) return complain(*error);
  }
  print_export_summary(result, options.out);
  return result.files.empty() ? complain("no case can be held by dialect " + options.dialect) : static_cast<int>(exit_passed);
}

}  // namespace pvm::runner
