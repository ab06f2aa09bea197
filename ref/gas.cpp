// SPDX-License-Identifier: Apache-2.0 OR MIT
// Blocks and what they cost under flat-1. Chapter "Gas".
#include "pvm/ref/gas.hpp"

namespace pvm::ref {

// [block.extent]
std::vector<Instruction> block_at(const Program& program, u32 start) {
  std::vector<Instruction> block;
  do {
    block.push_back(decode(program, block.empty() ? start : block.back().next));
  } while (!ends_block(block.back().op));
  return block;
}

// [gas.block]
i64 block_cost(const Program& program, u32 start) {
  const std::vector<Instruction> block = block_at(program, start);
  if (program.config.gas_model == GasModel::pipeline_1) return pipeline_cost(program, block);
  // [gas.flat]
  return static_cast<i64>(block.size());
}

}  // namespace pvm::ref
