// SPDX-License-Identifier: Apache-2.0 OR MIT
// x = x + value; ... [x + offset] becomes [x + (value + offset)], where x is used for nothing but addresses until it is overwritten or
// dead. (Where the sum goes to another register than it came from, propagation does the same.)
#include "facts.hpp"
#include "known.hpp"
#include "liveness.hpp"
#include "passes.hpp"

namespace pvm::link {
namespace {

constexpr std::size_t farthest = 32;  // instructions looked at for one addition

class Folding {
 public:
  Folding(Program& program, const KnownRules& rules, const Liveness& liveness) : program_(program), rules_(rules), liveness_(liveness) {}

  bool run(BlockId id) {
    bool changed = false;
    Block& block = program_.block(id);
    for (std::size_t at = 0; at < block.body.size(); ++at) changed |= try_at(id, block, at);
    std::erase_if(block.body, [](const Instruction& instruction) { return instruction.op == Op::nop; });
    return changed;
  }

 private:
  static bool is_addition(const Instruction& instruction) {
    return instruction.op == Op::add && !instruction.word && instruction.a.is_register && !instruction.b.is_register;
  }

  // x = x + z, which is less by as much as x is.
  static bool carries(const Instruction& i, Reg x) {
    if (i.op != Op::add || i.word || i.d != x || !i.a.is_register || !i.b.is_register) return false;
    return (i.a.reg == x) != (i.b.reg == x);
  }

  bool try_at(BlockId id, Block& block, std::size_t at) {
    Instruction& addition = block.body[at];
    if (!is_addition(addition)) return false;
    const RegisterSet x = set_of(addition.d);
    if (x & set_of(Reg::sp)) return false;  // frames are best left as they are
    std::vector<std::size_t> uses;
    bool is_over = false, is_carried = false;
    for (std::size_t next = at + 1; next < block.body.size() && next <= at + farthest && !is_over; ++next) {
      const Instruction& instruction = block.body[next];
      if (carries(instruction, addition.d)) {
        is_carried = true;
        continue;
      }
      if (reads(program_, instruction) & x) {
        if (!is_address_use(instruction, addition)) return false;
        uses.push_back(next);
      }
      is_over = (writes(instruction) & x) != 0;
    }
    const bool saw_all = block.body.size() <= at + farthest + 1;
    if (!is_over && (!saw_all || (registers_of(liveness_.before_end(id)) & x) != 0)) return false;
    const bool is_own = addition.a == Operand::of(addition.d);
    if (!is_own && !is_carried) return false;
    for (const std::size_t use : uses) block.body[use].offset = *sum_of(block.body[use], addition);
    addition.op = is_own ? Op::nop : Op::move;
    addition.b = {};
    return true;
  }

  std::optional<Value> sum_of(const Instruction& access, const Instruction& addition) const {
    std::optional<Value> offset = sum(access.offset, addition.b.value);
    if (!offset || offset->kind == Value::Kind::code) return std::nullopt;
    if (offset->is_number()) offset->number = static_cast<std::int32_t>(offset->number);  // addresses have 32 bits
    if (!rules_.is_plausible(*offset)) return std::nullopt;
    return offset;
  }

  bool is_address_use(const Instruction& instruction, const Instruction& addition) const {
    if (!is_load(instruction.op) && !is_store(instruction.op)) return false;
    if (is_store(instruction.op) && instruction.b == Operand::of(addition.d)) return false;
    return instruction.a == Operand::of(addition.d) && sum_of(instruction, addition).has_value();
  }

  Program& program_;
  const KnownRules& rules_;
  const Liveness& liveness_;
};

}  // namespace

bool fold_offsets(Program& program) {
  const KnownRules rules(program);
  const Liveness liveness(program);
  Folding folding(program, rules, liveness);
  bool changed = false;
  for (const BlockId id : program.layout) changed |= folding.run(id);
  return changed;
}

}  // namespace pvm::link
