// SPDX-License-Identifier: Apache-2.0 OR MIT
// Constants, addresses, copies and bounds of values, over the whole program: what holds at the beginning of a block is what holds at the
// end of all blocks that lead to it. Blocks that indirect jumps, returns or the host may enter begin with nothing known.
#include <algorithm>
#include <set>

#include "facts.hpp"
#include "passes.hpp"
#include "shift_pairs.hpp"
#include "simplify.hpp"

namespace pvm::link {
namespace {

using Kind = Terminator::Kind;

// After this many visits of a block, bounds are rounded; after the second number, given up: loops that count would take long.
constexpr u32 visits_before_rounding = 3, visits_before_giving_up = 12;

class Propagation {
 public:
  explicit Propagation(Program& program) : program_(program), rules_(program), simplifier_(rules_), states_(program.blocks.size()) {}

  void solve() {
    number_blocks();
    const AddressTaken taken = address_taken(program_);
    for (const BlockId id : program_.layout) {
      if (!taken.unknown(id)) continue;
      State& state = states_[index_of(id)];
      state.registers.fill(rules_.any());
      state.reached = state.fixed = true;
      todo_.insert(state.order);
    }
    while (!todo_.empty()) {
      const u32 order = *todo_.begin();
      todo_.erase(todo_.begin());
      visit(order_[order]);
    }
  }

  // Replaces instructions by what they amount to.
  bool rewrite() {
    bool changed = false;
    for (const BlockId id : program_.layout) {
      const State& state = states_[index_of(id)];
      if (!state.reached) continue;  // nor will it be executed
      Block& block = program_.block(id);
      RegisterFile registers = state.registers;
      for (std::size_t at = 0; at < block.body.size(); ++at) {
        changed |= rewrite_pair(block, at, registers);
        Instruction& instruction = block.body[at];
        const Instruction before = instruction;
        simplifier_.simplify(instruction, registers);
        rules_.step(instruction, registers);
        changed |= instruction.op != before.op || instruction.a != before.a || instruction.b != before.b ||
                   instruction.offset != before.offset || instruction.word != before.word;
      }
      std::erase_if(block.body, [](const Instruction& instruction) { return instruction.op == Op::nop; });
      const Terminator before = block.end;
      simplifier_.simplify(block.end, registers);
      changed |= block.end.kind != before.kind || block.end.a != before.a || block.end.b != before.b || block.end.offset != before.offset;
    }
    return changed;
  }

 private:
  struct State {
    RegisterFile registers;
    u32 order = 0;  ///< Position in reverse postorder.
    u32 visits = 0;
    bool reached = false;
    bool fixed = false;  ///< Entered from who knows where.
  };

  bool rewrite_pair(Block& block, std::size_t at, const RegisterFile& registers) const {
    const std::optional<ShiftPair> pair = shift_pair_at(program_, block, at);
    if (!pair) return false;
    const Range range = rules_.of(block.body[at].a, registers).range;
    return simplify_pair(block, *pair, range, program_.register_bits);
  }

  // Numbers blocks so that, but for loops, those that lead to a block come before it.
  void number_blocks() {
    std::vector<bool> seen(program_.blocks.size());
    std::vector<BlockId> postorder;
    struct Frame {
      BlockId id;
      BlockId next[2];
      u32 count = 0;
    };
    std::vector<Frame> stack;
    const auto enter = [&](BlockId id) {
      if (seen[index_of(id)]) return;
      seen[index_of(id)] = true;
      Frame frame{id, {}, 0};
      for_each_target(program_.block(id).end, [&](BlockId target) { frame.next[frame.count++] = target; });
      stack.push_back(frame);
    };
    for (auto root = program_.layout.rbegin(); root != program_.layout.rend(); ++root) {
      enter(*root);
      while (!stack.empty()) {
        if (stack.back().count > 0) {
          const BlockId next = stack.back().next[--stack.back().count];
          enter(next);
        } else {
          postorder.push_back(stack.back().id);
          stack.pop_back();
        }
      }
    }
    order_.assign(postorder.rbegin(), postorder.rend());
    for (u32 number = 0; number < order_.size(); ++number) states_[index_of(order_[number])].order = number;
  }

  void visit(BlockId id) {
    const Block& block = program_.block(id);
    RegisterFile registers = states_[index_of(id)].registers;
    for (const Instruction& original : block.body) {
      Instruction instruction = original;
      simplifier_.simplify(instruction, registers);
      rules_.step(instruction, registers);
    }
    for (u32 number = machine_register_count; number < register_count; ++number) {
      rules_.write(registers, static_cast<Reg>(number), rules_.any());
    }
    Terminator end = block.end;
    simplifier_.simplify(end, registers);
    leave(end, registers);
  }

  void leave(const Terminator& end, RegisterFile& registers) {
    if (end.kind == Kind::jump) reach(end.target, registers);
    if (end.kind == Kind::call) {
      rules_.write(registers, end.d, rules_.exact(Value::of(end.otherwise)));
      reach(end.target, registers);
    }
    if (end.kind != Kind::branch) return;
    RegisterFile equal = registers;
    if (end.a.is_register && end.b.is_number()) {
      equal[static_cast<u32>(end.a.reg)] = rules_.exact(end.b.value);
    }
    reach(end.target, end.condition == Condition::equal ? equal : registers);
    reach(end.otherwise, end.condition == Condition::not_equal ? equal : registers);
  }

  void reach(BlockId id, const RegisterFile& registers) {
    State& state = states_[index_of(id)];
    if (state.fixed) return;
    if (!state.reached) {
      state.reached = true;
      state.registers = registers;
      todo_.insert(state.order);
      return;
    }
    bool changed = false;
    for (u32 number = 0; number < machine_register_count; ++number) {
      Known& known = state.registers[number];
      Known joined = rules_.join(known, registers[number], state.visits >= visits_before_rounding);
      if (joined == known) continue;
      if (state.visits >= visits_before_giving_up) joined.range = rules_.full();
      known = joined;
      changed = true;
    }
    if (!changed) return;
    ++state.visits;
    todo_.insert(state.order);
  }

  Program& program_;
  KnownRules rules_;
  Simplifier simplifier_;
  std::vector<State> states_;
  std::vector<BlockId> order_;
  std::set<u32> todo_;
};

}  // namespace

bool propagate_constants(Program& program) {
  Propagation propagation(program);
  propagation.solve();
  return propagation.rewrite();
}

}  // namespace pvm::link
