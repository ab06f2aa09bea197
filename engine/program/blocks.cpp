// SPDX-License-Identifier: Apache-2.0 OR MIT
// Instructions and blocks, one question at a time. Chapter "Decoding".
#include "program/decoder.hpp"

namespace pvm::engine {

u32 skip_at(const Program& program, u32 pc) {
  return Decoder(program).skip(pc);
}

Instruction decode(const Program& program, u32 pc) {
  return Decoder(program).decode(pc);
}

std::optional<u32> predecessor(const Program& program, u32 pc) {
  return Decoder(program).predecessor(pc);
}

std::optional<u32> block_start(const Program& program, u32 pc) {
  const Decoder decoder(program);
  if (!decoder.is_marked(pc)) return std::nullopt;
  while (pc != 0) {
    const std::optional<u32> before = decoder.predecessor(pc);
    if (!before) return std::nullopt;
    if (decoder.opcode_at(*before).ends_block) return pc;
    pc = *before;
  }
  return 0;
}

bool is_valid_target(const Program& program, u64 target) {
  return Decoder(program).is_valid_target(target);
}

// graypaper-0.7.2 examines a branch only when it is taken.
bool branch_is_sound(const Program& program, const Instruction& branch) {
  if (is_graypaper(program.semantics())) return true;
  return program.is_marked(branch.next) && is_valid_target(program, branch.target);
}

}  // namespace pvm::engine
