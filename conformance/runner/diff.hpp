// SPDX-License-Identifier: Apache-2.0 OR MIT
// On which clauses two semantics versions observably differ, as the vectors and the instruction tables show it.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "pvm/conformance/case.hpp"
#include "pvm/conformance/error.hpp"

namespace pvm::runner {

/// Why a clause counts as different.
struct ClauseFinding {
  std::set<std::string> how;          ///< "status", "pc", "rejected", "opcode 102 / 101", "only in rv64-1", ...
  std::vector<std::string> examples;  ///< Ids without the version; empty where the instruction tables alone show it.
};

/// The comparison of two versions.
struct VersionDiff {
  std::map<std::string, ClauseFinding> clauses;
  conformance::u64 compared = 0;  ///< Cases of one name that ask both versions the same.
  conformance::u64 differing = 0;
  conformance::u64 not_comparable = 0;  ///< Cases of one name that ask something else of each.
  conformance::u64 unshared = 0;        ///< Cases whose name only one version has.
};

/// Compares the cases of one name (id without the version) where program, preparation and host steps are the same; a difference belongs
/// to the primary clause, but one in pc or next_pc alone at a trap or halt to [exit.trap] or [exit.halt]. Clauses with cases in only one
/// of the versions, and instructions that only one has or that are numbered differently, count too.
VersionDiff diff_versions(const std::vector<conformance::Case>& a, const std::vector<conformance::Case>& b, ref::Semantics version_a,
                          ref::Semantics version_b);

/// One row of the table "differences" of the document.
struct DifferenceRow {
  std::string version_a;
  std::string version_b;
  std::vector<std::string> patterns;  ///< Clause ids or globs.
};

/// Reads the table that follows the line "<!-- table: differences -->".
std::variant<std::vector<DifferenceRow>, conformance::ParseError> parse_differences(std::string_view text, const std::string& path);

/// What document and finding disagree about, one line each; empty: nothing.
std::vector<std::string> check_differences(const VersionDiff& diff, const std::vector<DifferenceRow>& rows, std::string_view version_a,
                                           std::string_view version_b);

}  // namespace pvm::runner
