// SPDX-License-Identifier: Apache-2.0 OR MIT
#include "liveness.hpp"

#include <algorithm>

#include "facts.hpp"

namespace pvm::link {
namespace {

using Kind = Terminator::Kind;

constexpr LiveSet read_by_callers = live_whole(set_of(Reg::a0) | set_of(Reg::a1) | set_of(Reg::sp) | set_of(Reg::s0) | set_of(Reg::s1));

RegisterSet register_of(const Operand& operand) {
  return operand.is_register ? set_of(operand.reg) : 0;
}

bool is_below(const Operand& operand, i64 bound) {
  return operand.is_number() && operand.value.number >= 0 && operand.value.number < bound;
}

// Of the registers that an instruction reads: those of which the upper half matters, if `result_matters` says whether that of its result
// does.
RegisterSet reads_upper(const Program& program, const Instruction& i, bool result_matters) {
  const RegisterSet a = register_of(i.a), b = register_of(i.b), all = reads(program, i);
  if (i.word || is_load(i.op)) return 0;
  switch (i.op) {
    case Op::sign_extend_8:
    case Op::sign_extend_16:
    case Op::zero_extend_16:
    case Op::store_u8:
    case Op::store_u16:
    case Op::store_u32: return 0;
    case Op::store_u64: return b;
    case Op::move:
    case Op::add:
    case Op::sub:
    case Op::mul:
    case Op::and_:
    case Op::or_:
    case Op::xor_:
    case Op::and_inverted:
    case Op::or_inverted:
    case Op::xnor: return result_matters ? all : 0;
    case Op::shift_left: return result_matters && (i.b.is_register || is_below(i.b, 32)) ? a : 0;
    case Op::shift_right_logical:
    case Op::shift_right_arithmetic:
    case Op::rotate_left:
    case Op::rotate_right: return a;
    case Op::cmov_if_zero:
    case Op::cmov_if_not_zero: return a | (result_matters ? all : 0);
    default: return all;
  }
}

// How an epilogue sets ra and sp: ra from the frame, sp by a known distance from itself or from the frame pointer.
bool is_of_epilogue(const Instruction& instruction) {
  const RegisterSet written = writes(instruction);
  if (written & set_of(Reg::ra)) return is_load(instruction.op) && instruction.a.is_register && instruction.a.reg == Reg::sp;
  if (written & set_of(Reg::sp)) {
    const bool from_frame = instruction.a.is_register && (instruction.a.reg == Reg::sp || instruction.a.reg == Reg::s0);
    return from_frame && (instruction.op == Op::move || (instruction.op == Op::add && instruction.b.is_number()));
  }
  return true;
}

bool sets_ra_to_code(const Block& block) {
  return std::any_of(block.body.begin(), block.body.end(), [](const Instruction& instruction) {
    const bool is_code = !instruction.a.is_register && instruction.a.value.kind == Value::Kind::code;
    return is_code && (writes(instruction) & set_of(Reg::ra)) != 0;
  });
}

// A routine that is called with a link register other than ra, as compilers do for shared prologues and outlined code: does all that is
// reached from its entry come back through that register?
bool comes_back(const Program& program, BlockId entry, Reg link) {
  constexpr std::size_t limit = 32;  // such routines are small; what is longer is none
  std::vector<BlockId> seen = {entry};
  for (std::size_t next = 0; next < seen.size(); ++next) {
    const Block& block = program.block(seen[next]);
    for (const Instruction& instruction : block.body) {
      if (writes(instruction) & set_of(link)) return false;
    }
    const Terminator& end = block.end;
    if (end.kind == Kind::trap) continue;
    if (end.kind == Kind::jump_indirect && end.a == Operand::of(link) && end.offset == 0) continue;
    if (end.kind != Kind::jump && end.kind != Kind::branch) return false;
    for_each_target(end, [&](BlockId target) {
      if (std::find(seen.begin(), seen.end(), target) == seen.end()) seen.push_back(target);
    });
    if (seen.size() > limit) return false;
  }
  return true;
}

}  // namespace

bool is_return(const Block& block) {
  const Terminator& end = block.end;
  if (end.kind != Kind::jump_indirect || end.a != Operand::of(Reg::ra) || end.offset != 0) return false;
  return std::all_of(block.body.begin(), block.body.end(), is_of_epilogue);
}

void Liveness::classify() {
  const AddressTaken taken = address_taken(*program_);
  to_return_.assign(program_->blocks.size(), false);
  to_indirect_ = taken.by_value;
  std::vector<bool> checked(program_->blocks.size());
  for (const BlockId id : program_->layout) {
    const Block& block = program_->block(id);
    const Terminator& end = block.end;
    if (sets_ra_to_code(block)) returns_are_known_ = false;
    if (end.kind != Kind::call && end.kind != Kind::call_indirect) continue;
    to_indirect_[index_of(end.otherwise)] = true;
    if (end.d == Reg::ra) {
      to_return_[index_of(end.otherwise)] = true;
    } else if (end.kind == Kind::call_indirect) {
      returns_are_known_ = false;
    } else if (!checked[index_of(end.target)]) {
      checked[index_of(end.target)] = true;
      returns_are_known_ = returns_are_known_ && comes_back(*program_, end.target, end.d);
    }
  }
}

LiveSet Liveness::after_indirect(const Block& block) const {
  if (block.end.a.is_register) return returns_are_known_ && is_return(block) ? at_return_ : at_indirect_ | at_return_;
  const Value& target = block.end.a.value;
  return target.kind == Value::Kind::code && block.end.offset == 0 ? in(target.block()) : at_indirect_ | at_return_;
}

LiveSet Liveness::before_end(const Block& block) const {
  const Terminator& end = block.end;
  LiveSet after = 0;
  if (end.kind == Kind::jump_indirect || end.kind == Kind::call_indirect) after |= after_indirect(block);
  for_each_target(end, [&](BlockId id) { after |= in(id); });
  const RegisterSet read = reads(end);
  return (after & ~live_whole(writes(end))) | (end.kind == Kind::branch ? live_whole(read) : read);
}

bool Liveness::is_dead(const Instruction& instruction, LiveSet after) const {
  if (instruction.op == Op::nop) return true;
  const bool removable = is_pure(instruction.op) || (is_load(instruction.op) && never_faults(*program_, instruction));
  return removable && (writes(instruction) & after) == 0;
}

LiveSet Liveness::before(const Instruction& instruction, LiveSet after) const {
  if (is_dead(instruction, after)) return after;
  const RegisterSet written = writes(instruction);
  const bool result_matters = (written & upper_halves_of(after)) != 0;
  const LiveSet upper = reads_upper(*program_, instruction, result_matters);
  return (after & ~live_whole(written)) | reads(*program_, instruction) | upper << 32;
}

bool Liveness::update(BlockId id) {
  const Block& block = program_->block(id);
  LiveSet live = before_end(block);
  for (std::size_t at = block.body.size(); at-- > 0;) live = before(block.body[at], live);
  live &= live_whole(machine_registers);
  LiveSet& known = in_[index_of(id)];
  if (live == known) return false;
  known = live;
  return true;
}

Liveness::Liveness(const Program& program) : program_(&program), in_(program.blocks.size(), 0), at_return_(read_by_callers) {
  classify();
  // Who has to be looked at again when a block's set grows: the blocks that lead to it.
  std::vector<std::vector<BlockId>> before(program.blocks.size());
  std::vector<BlockId> indirect;
  for (const BlockId id : program.layout) {
    const Terminator& end = program.block(id).end;
    for_each_target(end, [&](BlockId target) { before[index_of(target)].push_back(id); });
    if (end.kind != Kind::jump_indirect && end.kind != Kind::call_indirect) continue;
    indirect.push_back(id);
    if (!end.a.is_register && end.a.value.kind == Value::Kind::code) before[end.a.value.id].push_back(id);
  }
  std::vector<BlockId> todo(program.layout);
  std::vector<bool> queued(program.blocks.size(), true);
  const auto enqueue = [&](const std::vector<BlockId>& ids) {
    for (const BlockId id : ids) {
      if (!queued[index_of(id)]) todo.push_back(id);
      queued[index_of(id)] = true;
    }
  };
  while (!todo.empty()) {
    const BlockId id = todo.back();
    todo.pop_back();
    queued[index_of(id)] = false;
    if (!update(id)) continue;
    enqueue(before[index_of(id)]);
    const LiveSet at_return = at_return_ | (to_return_[index_of(id)] ? in(id) : 0);
    const LiveSet at_indirect = at_indirect_ | (to_indirect_[index_of(id)] ? in(id) : 0);
    if (at_return == at_return_ && at_indirect == at_indirect_) continue;
    at_return_ = at_return;
    at_indirect_ = at_indirect;
    enqueue(indirect);
  }
}

}  // namespace pvm::link
