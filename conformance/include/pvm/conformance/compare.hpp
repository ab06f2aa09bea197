// SPDX-License-Identifier: Apache-2.0 OR MIT
// The verdict on an outcome: equal to what the case expects, or what differs.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "pvm/conformance/job.hpp"

namespace pvm::conformance {

enum class Verdict : u8 { pass, fail, unsupported, error, timeout };

/// "pass", "fail", "unsupported", "error", "timeout".
std::string_view name_of(Verdict verdict);

/// One member that isn't as asserted. Numbers are spelt as in the case; "none" is null, "not reported" a member left out.
struct Difference {
  std::string member;  ///< "steps[0].regs.a0", "steps[2].memory[0x20000]", "rejected.reason", "block_costs[12]".
  std::string expected;
  std::string actual;
  bool operator==(const Difference&) const = default;
};

struct Comparison {
  Verdict verdict = Verdict::pass;  ///< pass, fail, or error.
  /// In the order of the steps. Of an any_of, the differences from the alternative with the fewest of them.
  std::vector<Difference> differences;
  std::string note;  ///< The error's text, or which alternative of an any_of was the closest.
  bool operator==(const Comparison&) const = default;
};

/// Compares what a target did with what the case expects. A next_pc that isn't reported is not compared, nor are phase and reason
/// of a rejection; any other asserted member that isn't reported is a difference.
Comparison compare(const Case& c, const Outcome& outcome);

/// "steps[0].regs.a0: expected 0x1, got 0x2".
std::string to_text(const Difference& difference);

}  // namespace pvm::conformance
