// SPDX-License-Identifier: Apache-2.0 OR MIT
// Replaces each instruction by the cheapest that does the same, given what is known of its operands.
#include <algorithm>

#include "facts.hpp"
#include "fold.hpp"
#include "passes.hpp"
#include "propagation.hpp"
#include "shift_pairs.hpp"

namespace pvm::link {
namespace {

using Kind = Terminator::Kind;

constexpr std::size_t farthest_comparison = 16;  // instructions between a comparison and its branch

bool differs(const Instruction& x, const Instruction& y) {
  return x.op != y.op || x.word != y.word || x.a != y.a || x.b != y.b || x.offset != y.offset;
}

class Rewriting {
 public:
  Rewriting(Program& program, const Propagation& propagation) : program_(program), propagation_(propagation), rules_(propagation.rules()) {}

  bool run(BlockId id) {
    if (!propagation_.is_reached(id)) return false;  // nor will it be executed
    Block& block = program_.block(id);
    RegisterFile registers = propagation_.at_begin(id);
    bool changed = false;
    for (std::size_t at = 0; at < block.body.size(); ++at) {
      changed |= rewrite_pair(block, at, registers);
      Instruction& instruction = block.body[at];
      const Instruction before = instruction;
      propagation_.simplifier().simplify(instruction, registers);
      rules_.step(instruction, registers);
      changed |= differs(instruction, before);
    }
    std::erase_if(block.body, [](const Instruction& instruction) { return instruction.op == Op::nop; });
    const Terminator before = block.end;
    propagation_.simplifier().simplify(block.end, registers);
    changed |= block.end.kind != before.kind || block.end.a != before.a || block.end.b != before.b || block.end.offset != before.offset;
    if (block.end.kind == Kind::branch) changed |= compare_directly(block, registers);
    return changed;
  }

 private:
  bool rewrite_pair(Block& block, std::size_t at, const RegisterFile& registers) const {
    const std::optional<ShiftPair> pair = shift_pair_at(program_, block, at);
    if (!pair) return false;
    const Range range = rules_.of(block.body[at].a, registers).range;
    return simplify_pair(block, *pair, range, program_.register_bits);
  }

  // The instruction that made what a branch compares with 0, if its operands still are what they were.
  const Instruction* comparison_of(const Block& block) const {
    const Terminator& end = block.end;
    if (!end.a.is_register || !end.b.is_number(0)) return nullptr;
    if (end.condition != Condition::equal && end.condition != Condition::not_equal) return nullptr;
    RegisterSet written = 0;
    const std::size_t first = block.body.size() > farthest_comparison ? block.body.size() - farthest_comparison : 0;
    for (std::size_t at = block.body.size(); at-- > first;) {
      const Instruction& instruction = block.body[at];
      written |= writes(instruction);
      if ((writes(instruction) & set_of(end.a.reg)) == 0) continue;
      // A scratch value lives no longer than it has to.
      const RegisterSet unusable = written | scratch_registers;
      return (reads(program_, instruction) & unusable) == 0 ? &instruction : nullptr;
    }
    return nullptr;
  }

  // "a < b; branch if not 0" and the like, as one.
  bool compare_directly(Block& block, const RegisterFile& registers) const {
    const Instruction* made = comparison_of(block);
    if (made == nullptr) return false;
    Terminator& end = block.end;
    const bool if_zero = end.condition == Condition::equal;
    const bool is_less = made->op == Op::set_less_signed || made->op == Op::set_less_unsigned;
    if (is_less) {
      const bool is_signed = made->op == Op::set_less_signed;
      const Condition less = is_signed ? Condition::less_signed : Condition::less_unsigned;
      end.condition = if_zero ? negated(less) : less;
    } else if (!is_difference(*made, registers)) {
      return false;
    }
    end.a = made->a;
    end.b = made->op == Op::add ? Operand::of(-made->b.value.number) : made->b;
    return true;
  }

  // Its result is 0 just if its operands are equal; of an addition, if one is the other's negative.
  bool is_difference(const Instruction& i, const RegisterFile& registers) const {
    if (i.op != Op::sub && i.op != Op::xor_ && i.op != Op::add) return false;
    if (!i.a.is_register || (!i.b.is_register && !i.b.is_number())) return false;
    if (i.op == Op::add && (!i.b.is_number() || !fits_i32(-i.b.value.number))) return false;
    if (!i.word) return true;
    const auto is_extended = [&](const Operand& operand) { return rules_.of(operand, registers).range.signed_bits <= 32; };
    return is_extended(i.a) && is_extended(i.b);
  }

  Program& program_;
  const Propagation& propagation_;
  const KnownRules& rules_;
};

}  // namespace

bool propagate_constants(Program& program) {
  const Propagation propagation(program);
  Rewriting rewriting(program, propagation);
  bool changed = false;
  for (const BlockId id : program.layout) changed |= rewriting.run(id);
  return changed;
}

}  // namespace pvm::link
