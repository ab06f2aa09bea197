// SPDX-License-Identifier: Apache-2.0 OR MIT
#include "propagation.hpp"

#include "facts.hpp"

namespace pvm::link {
namespace {

using Kind = Terminator::Kind;

// After this many visits of a block, bounds are rounded; after the second number, given up: loops that count would take long.
constexpr u32 visits_before_rounding = 3, visits_before_giving_up = 12;

}  // namespace

Propagation::Propagation(const Program& program) : program_(program), rules_(program), simplifier_(rules_), states_(program.blocks.size()) {
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

// Numbers blocks so that, but for loops, those that lead to a block come before it.
void Propagation::number_blocks() {
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
  for (std::size_t at = program_.layout.size(); at-- > 0;) {
    enter(program_.layout[at]);
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

void Propagation::visit(BlockId id) {
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

void Propagation::leave(const Terminator& end, RegisterFile& registers) {
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

void Propagation::reach(BlockId id, const RegisterFile& registers) {
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

}  // namespace pvm::link
