// SPDX-License-Identifier: Apache-2.0 OR MIT
// The document's formulas, evaluated with unbounded integers, against the reference interpreter.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "../isa.hpp"

namespace pvm::spec {

struct CheckOptions {
  std::uint64_t seed = 1;
  unsigned samples = 64;   ///< Random cases per instruction, version and kind of case, on top of the boundary values.
  std::string only = "*";  ///< Clause ids, with * and ?.
};

struct InstructionSummary {
  std::string clause;
  int versions = 0;
  std::uint64_t runs = 0;
  std::uint64_t mismatches = 0;
};

struct CheckReport {
  std::vector<InstructionSummary> instructions;
  std::vector<Finding> findings;        ///< Formulas that can't be parsed, use unknown names or have no value.
  std::vector<std::string> mismatches;  ///< The first few of each instruction, several lines each.
  std::uint64_t pairs = 0;              ///< Instruction and version.
  std::uint64_t formulas = 0;           ///< Parsed and checked.
  std::uint64_t evaluations = 0;        ///< Of formulas.
  std::uint64_t runs = 0;               ///< Of ref, up to an exit.
  std::uint64_t mismatch_count = 0;
  std::map<std::string, std::uint64_t> exits;  ///< Runs by the exit of ref.
};

/// Runs every instruction in every version on boundary and random operands. The same options give the same report.
CheckReport check_formulas(const Isa& isa, const CheckOptions& options);

/// Does `text` match `pattern`, in which * stands for any characters and ? for one?
bool matches_glob(std::string_view pattern, std::string_view text);

}  // namespace pvm::spec
