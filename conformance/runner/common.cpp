// SPDX-License-Identifier: Apache-2.0 OR MIT
// What the subcommands share: complaints, selections, output files.
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iostream>

#include "commands.hpp"
#include "exit_code.hpp"

namespace pvm::runner {

using conformance::ParseError;

int complain(const ParseError& error) {
  return complain(conformance::to_text(error));
}

int complain(const std::string& reason) {
  std::cerr << "pvm-conform: " << reason << "\n";
  return exit_bad_input;
}

std::variant<Selection, ParseError> selection_of(const SelectionOptions& options) {
  Selection selection{options.vectors, {}, options.only};
  for (const std::string& name : options.semantics) {
    const auto version = ref::semantics_named(name);
    if (!version) return ParseError{"--semantics", "", "unknown semantics version '" + name + "'"};
    selection.semantics.push_back(*version);
  }
  return selection;
}

std::variant<conformance::Case, ParseError> load_case(const SelectionOptions& options, const std::string& id) {
  if (id.find_first_of("*?[") != std::string::npos) return ParseError{id, "", "an id is needed, not a pattern"};
  Selection selection{options.vectors, {}, {id}};
  auto suite = load_suite(selection);
  if (auto* error = std::get_if<ParseError>(&suite)) {
    if (error->path.starts_with("--only")) return ParseError{id, "", "there is no case with this id"};
    return std::move(*error);
  }
  std::vector<conformance::Case>& cases = std::get<Suite>(suite).cases;
  for (conformance::Case& c : cases) {
    if (c.id == id) return std::move(c);
  }
  if (cases.size() == 1) return std::move(cases.front());
  return ParseError{id, "", "several versions have such a case; put the version in front, as in '" + cases.front().id + "'"};
}

std::optional<ParseError> write_output(const std::string& path, const std::string& text) {
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out.write(text.data(), static_cast<std::streamsize>(text.size()));
  out.close();
  if (out) return std::nullopt;
  return ParseError{path, "", "cannot be written: " + std::string(std::strerror(errno))};
}

}  // namespace pvm::runner
