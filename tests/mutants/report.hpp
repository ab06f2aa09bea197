// SPDX-License-Identifier: Apache-2.0 OR MIT
// The outcome of a mutant run as a table in Markdown, as JSON, and as a summary.
#pragma once

#include <iosfwd>
#include <string>
#include <vector>

#include "gauntlet.hpp"

namespace pvm::mutants {

struct Summary {
  std::size_t mutants = 0, killed = 0, killed_by_own_clause = 0;
  std::vector<const Result*> proved;    ///< Survived, and are listed as unobservable.
  std::vector<const Result*> survived;  ///< Survived without a proof.
  std::vector<const Result*> refuted;   ///< Listed as unobservable, and killed.
  bool is_clean() const { return survived.empty() && refuted.empty(); }
};

Summary summarise(const std::vector<Result>& results);

/// One row per fault: name, clause, fate, the case that noticed it, what was replaced.
void write_table(std::ostream& out, const std::vector<Result>& results);
/// What isn't as it should be, then the counts.
void write_summary(std::ostream& out, const Summary& summary);
std::string to_json(const std::vector<Result>& results, std::size_t case_count);

}  // namespace pvm::mutants
