// SPDX-License-Identifier: Apache-2.0 OR MIT
// Runs the vectors with one fault switched on, in a process of its own.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "pvm/conformance/case.hpp"
#include "pvm/ref/mutant.hpp"

namespace pvm::mutants {

/// How a fault was noticed.
enum class Fate : unsigned char { survived, differs, crash, hang };

struct Result {
  const ref::Mutant* mutant = nullptr;
  Fate fate = Fate::survived;
  const conformance::Case* killer = nullptr;  ///< nullptr if it survived.
  /// The killer is a case that names the fault's clause.
  bool by_own_clause = false;
  std::size_t cases_run = 0;
  double seconds = 0;
};

using Cases = std::vector<conformance::Case>;

/// The cases in the order in which a fault in `clause` meets them: those about the clause, those that name it, those of its group, the
/// rest.
std::vector<const conformance::Case*> in_order_for(std::string_view clause, const Cases& cases);

/// Runs the cases without a fault in this process and gives those that don't pass.
std::vector<const conformance::Case*> failing_without_fault(const Cases& cases);

/// Runs each fault in a forked process, `jobs` at a time, until a case notices it. `done` sees each result as it comes.
/// Results are in the order of `mutants`.
std::vector<Result> run_gauntlet(const std::vector<const ref::Mutant*>& mutants, const Cases& cases, unsigned jobs,
                                 const std::function<void(const Result&)>& done);

std::string_view name_of(Fate fate);

}  // namespace pvm::mutants
