// SPDX-License-Identifier: Apache-2.0 OR MIT
// Where nobody reads the upper half of a result, it need not be right: no sign extension of 32-bit results, no extension of an index that
// only becomes part of an address. In native code each of these is an instruction or two.
#include "facts.hpp"
#include "liveness.hpp"
#include "passes.hpp"
#include "shift_pairs.hpp"

namespace pvm::link {
namespace {

// The full-width form has the same low half, and is cheaper.
bool is_better_full(const Instruction& i) {
  if (!i.word) return false;
  if (i.op == Op::shift_left) return i.b.is_number() && i.b.value.number >= 0 && i.b.value.number < 32;
  return i.op == Op::add || i.op == Op::sub || i.op == Op::mul;
}

bool narrow_block(const Program& program, const Liveness& liveness, BlockId id, Block& block) {
  bool changed = false;
  LiveSet live = liveness.before_end(id);
  std::vector<bool> is_narrow(block.body.size());
  for (std::size_t at = block.body.size(); at-- > 0;) {
    const Instruction& instruction = block.body[at];
    is_narrow[at] = (writes(instruction) & upper_halves_of(live)) == 0;
    live = liveness.before(instruction, live);
  }
  for (std::size_t at = 0; at < block.body.size(); ++at) {
    Instruction& instruction = block.body[at];
    if (is_narrow[at] && is_better_full(instruction)) {
      instruction.word = false;
      changed = true;
    }
    // The low half of ((x << 32) >> n) is that of x << (32 - n).
    const std::optional<ShiftPair> pair = shift_pair_at(program, block, at);
    if (!pair || !is_narrow[pair->second] || pair->left != 32 || pair->right > 32) continue;
    replace(block, *pair, Op::shift_left, Operand::of(32 - pair->right));
    changed = true;
  }
  std::erase_if(block.body, [](const Instruction& instruction) { return instruction.op == Op::nop; });
  return changed;
}

}  // namespace

bool narrow_results(Program& program) {
  if (program.register_bits != 64) return false;
  const Liveness liveness(program);
  bool changed = false;
  for (const BlockId id : program.layout) changed |= narrow_block(program, liveness, id, program.block(id));
  return changed;
}

}  // namespace pvm::link
