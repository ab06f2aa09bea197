// SPDX-License-Identifier: Apache-2.0 OR MIT
// What a run of the suite has found out; the reports are made from it.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pvm/conformance/case.hpp"
#include "pvm/conformance/compare.hpp"
#include "pvm/conformance/protocol.hpp"

namespace pvm::runner {

using conformance::Verdict;

/// A verdict seen in the light of the expected failures.
enum class Standing : conformance::u8 { pass, fail, unsupported, error, timeout, expected, unexpected };
inline constexpr std::size_t standing_count = 7;

/// "pass", ..., "expected" (a listed case that doesn't pass), "unexpected" (a listed case that does).
std::string_view name_of(Standing standing);
/// Does it make the run fail?
constexpr bool is_bad(Standing standing) {
  return standing == Standing::fail || standing == Standing::error || standing == Standing::timeout || standing == Standing::unexpected;
}

/// The first state in which the target's trace isn't the reference's.
struct Departure {
  conformance::u64 step = 0;           ///< Number of instructions executed before it.
  std::optional<conformance::u32> pc;  ///< Of the instruction executed last, the one to look at; none for step 0.
  std::string text;                    ///< What differs there, in words.
};

/// One entry of an --expected file.
struct ExpectedFailure {
  std::string glob;
  std::string reason;
  std::string link;  ///< May be empty.
};

/// What became of one case.
struct CaseResult {
  const conformance::Case* subject = nullptr;
  Verdict verdict = Verdict::error;
  std::string message;  ///< Why not pass, where the differences don't say it.
  std::vector<conformance::Difference> differences;
  std::optional<Departure> departure;
  bool traces_agree = false;  ///< Both were traced and don't depart.
  const ExpectedFailure* listed = nullptr;
  double seconds = 0;
  bool finished = false;  ///< False only for cases that an interrupt left over.

  Standing standing() const;
};

/// One run of the suite on one target.
struct RunReport {
  conformance::Hello target;
  std::string command;  ///< As given to --target.
  std::string suite;    ///< Versions from the manifest; may be empty.
  std::string spec;
  std::string date;  ///< UTC, "2026-01-31T12:00:00Z".
  double seconds = 0;
  std::vector<CaseResult> results;    ///< Finished ones only, in the suite's order.
  std::string incomplete;             ///< Why not every case could be run; empty if all were.
  conformance::u64 restarts = 0;      ///< How often a target was started again.
  conformance::u64 quiet_deaths = 0;  ///< How often it had gone between two cases, which cost none.
};

/// Number of results by standing, indexed by Standing.
using Counts = std::array<conformance::u64, standing_count>;
Counts count(const std::vector<CaseResult>& results);
inline conformance::u64 count_of(const Counts& counts, Standing standing) {
  return counts[static_cast<std::size_t>(standing)];
}
conformance::u64 bad_count(const Counts& counts);

/// Valid UTF-8 without control characters (newlines and tabs are kept): for anything that a target has said.
std::string clean_text(std::string_view text);

/// The text of a result's failure without its differences: message, expected reason. Several lines.
std::string explain(const CaseResult& result);

}  // namespace pvm::runner
