// SPDX-License-Identifier: Apache-2.0 OR MIT
// Finds, checks and selects the cases to work on.
#pragma once

#include <filesystem>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "pvm/conformance/case.hpp"
#include "pvm/conformance/error.hpp"
#include "pvm/conformance/manifest.hpp"

namespace pvm::runner {

/// What the user wants to see of a suite. Empty lists select everything.
struct Selection {
  std::vector<std::string> vectors;  ///< Files or directories; empty: the suite that belongs to this program.
  std::vector<ref::Semantics> semantics;
  std::vector<std::string> only;  ///< Globs over ids, see selects_case.
};

/// Cases that were read and checked.
struct Suite {
  std::string version;  ///< Of the suite and of the document, from the manifest; empty where there is none.
  std::string spec;
  std::vector<conformance::Case> cases;  ///< The selected ones, by file and position.
  std::set<std::string> all_ids;         ///< The selected ones and those left out.
};

/// The directory with manifest.json: the one installed beside `program` (../share/pvm/conformance), or that of the source tree it was
/// built from.
std::variant<std::filesystem::path, conformance::ParseError> default_root(const std::filesystem::path& program);
/// The path of this executable.
std::filesystem::path this_program();

/// Reads the files that may hold selected cases. A file that a manifest covers must have the bytes that the manifest says. Refuses
/// duplicate ids, and a glob or a list of files that selects nothing.
std::variant<Suite, conformance::ParseError> load_suite(const Selection& selection);

/// Only the manifest of the one directory that the selection names, or of the default one.
std::variant<conformance::Manifest, conformance::ParseError> load_manifest_of(const Selection& selection);

/// Does the selection's `only` take this id?
bool is_selected(const Selection& selection, std::string_view id);

}  // namespace pvm::runner
