// SPDX-License-Identifier: Apache-2.0 OR MIT
// What a basic block costs. Chapter "Gas".
#pragma once

#include <vector>

#include "pvm/ref/decode.hpp"

namespace pvm::ref {

/// The instructions of the gas block that starts at `start`, the closing terminator or (implicit) invalid instruction
/// included. [block.extent]
std::vector<Instruction> block_at(const Program& program, u32 start);

/// The block's cost under the program's gas model, flat-1 or pipeline-1. [gas.block]
i64 block_cost(const Program& program, u32 start);

/// The cost of a list of instructions under pipeline-1. [pipeline.end]
i64 pipeline_cost(const Program& program, const std::vector<Instruction>& block);

}  // namespace pvm::ref
