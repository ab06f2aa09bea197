// SPDX-License-Identifier: Apache-2.0 OR MIT
#include "facts.hpp"
#include "liveness.hpp"
#include "passes.hpp"

namespace pvm::link {

bool remove_dead_code(Program& program) {
  const Liveness liveness(program);
  bool changed = false;
  for (const BlockId id : program.layout) {
    Block& block = program.block(id);
    LiveSet live = liveness.before_end(id);
    for (std::size_t at = block.body.size(); at-- > 0;) {
      Instruction& instruction = block.body[at];
      const bool is_dead = liveness.is_dead(instruction, live);
      live = liveness.before(instruction, live);
      if (is_dead) instruction.op = Op::nop;
    }
    changed |= std::erase_if(block.body, [](const Instruction& instruction) { return instruction.op == Op::nop; }) != 0;
    // Nobody asks where the call would return to, as after a callee that never returns.
    if (block.end.kind == Terminator::Kind::call && (liveness.in(block.end.target) & set_of(block.end.d)) == 0) {
      block.end.kind = Terminator::Kind::jump;
      block.end.d = Reg::ra;
      block.end.otherwise = {};
      changed = true;
    }
  }
  return changed;
}

}  // namespace pvm::link
