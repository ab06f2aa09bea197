// SPDX-License-Identifier: Apache-2.0 OR MIT
// What a basic block costs. Chapter "Gas".
#pragma once

#include <memory>

#include "program/instruction.hpp"

namespace pvm::engine {

/// The cost of the block that starts at `start` under the program's gas model, flat-1 or pipeline-1. [gas.block] [block.extent]
i64 block_cost(const Program& program, u32 start);

/// pipeline-1 fed one instruction at a time, for compilers that see each instruction once. Reusable: finish() makes it fresh again.
/// Allocates nothing after construction. [pipeline.feed]
class Pipeline {
 public:
  explicit Pipeline(const Program& program);
  /// The instruction is not the block's last.
  void feed(const Instruction& instruction);
  /// The block's last instruction: a terminator or (implicit) invalid. Gives the cost of the block. [pipeline.end]
  i64 finish(const Instruction& instruction);

  // private state follows in the same header: it is on the hot path of compilation
};

}  // namespace pvm::engine
