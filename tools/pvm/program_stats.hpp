// SPDX-License-Identifier: Apache-2.0 OR MIT
// Counts over the code of programs.
#pragma once

#include <map>
#include <string_view>
#include <vector>

#include "pvm/ref/program.hpp"

namespace pvm::command {

/// How often each value came. Ordered by value.
using Histogram = std::map<ref::u64, ref::u64>;

/// Sum of the counts.
ref::u64 count_of(const Histogram& histogram);
/// Sum of the values.
ref::u64 sum_of(const Histogram& histogram);
/// The smallest value that at least `share` (0 to 1) of all values don't exceed; 0 for an empty histogram.
ref::u64 quantile_of(const Histogram& histogram, double share);

struct ProgramStats {
  ref::u64 programs = 0;
  ref::u64 code_bytes = 0;
  std::map<std::string_view, ref::u64> opcodes;  ///< By the instruction's name; "invalid" for opcodes that the version lacks.
  Histogram instruction_bytes;
  Histogram immediate_bytes;  ///< Of each immediate and each offset as it is encoded.
  Histogram block_instructions;
  Histogram flat_gas;      ///< Of each block under flat-1.
  Histogram pipeline_gas;  ///< Of each block under pipeline-1.

  ref::u64 instructions() const { return count_of(instruction_bytes); }
  ref::u64 blocks() const { return count_of(block_instructions); }
  void add(const ProgramStats& other);
};

/// Takes time in proportion to the code.
ProgramStats stats_of(const ref::Program& program);

}  // namespace pvm::command
