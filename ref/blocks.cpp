// SPDX-License-Identifier: Apache-2.0 OR MIT
// Basic blocks and jump targets. Chapter "Decoding".
#include "pvm/ref/decode.hpp"

namespace pvm::ref {
namespace {

constexpr u32 max_distance = 25;  // an opcode and the longest skip

}  // namespace

// [block.terminators]
bool ends_block(isa::Op op) {
  return isa::row_of(op).ends_block;
}

std::optional<u32> predecessor(const Program& program, u32 pc) {
  for (u32 distance = 1; distance <= max_distance && distance <= pc; ++distance) {
    if (program.is_marked(pc - distance)) return pc - distance;
  }
  return std::nullopt;
}

// [block.start]
std::optional<u32> block_start(const Program& program, u32 pc) {
  while (program.is_marked(pc)) {
    if (pc == 0) return 0;
    const auto before = predecessor(program, pc);
    if (!before) return std::nullopt;
    if (ends_block(decode(program, *before).op)) return pc;
    pc = *before;
  }
  return std::nullopt;
}

// [target.valid]
bool is_valid_target(const Program& program, u64 target) {
  if (!program.is_marked(target)) return false;
  const u32 pc = static_cast<u32>(target);
  if (is_graypaper(program.config.semantics) && decode(program, pc).op == isa::Op::invalid) return false;
  if (pc == 0) return true;
  const auto before = predecessor(program, pc);
  if (!before) return false;
  const isa::Op op = decode(program, *before).op;
  return op != isa::Op::invalid && ends_block(op);
}

// [jump.branch]
bool branch_is_sound(const Program& program, const Instruction& branch) {
  if (is_graypaper(program.config.semantics)) return true;
  return is_valid_target(program, branch.target) && program.is_marked(branch.next);
}

}  // namespace pvm::ref
