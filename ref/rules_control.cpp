// SPDX-License-Identifier: Apache-2.0 OR MIT
// The rules of the control, branch and move groups, and of jumps. Chapters "Instructions" and "Decoding".
#include "executor.hpp"

namespace pvm::ref {
namespace {

constexpr u32 halt_address = 0xffff0000;
constexpr u32 code_address_alignment = 2;

}  // namespace

Operands::Operands(const Executor& x, const Instruction& in) : i(in.imm1), j(in.imm2) {
  const isa::Operands& fields = isa::row_of(in.op).operands;
  if (fields.d != isa::Field::none) d = register_in(in, fields.d);
  if (fields.a != isa::Field::none) a = x.get(register_in(in, fields.a));
  if (fields.b != isa::Field::none) b = x.get(register_in(in, fields.b));
}

Step Executor::set(u8 number, u64 value) {
  machine.set_reg(number, value);
  return next();
}

// [jump.static]
Step Executor::jump(u32 target) const {
  if (!is_valid_target(program, target)) return trap();
  return {.kind = Step::Kind::jump, .target = target};
}

// [jump.branch]
Step Executor::branch(const Instruction& in, bool taken) const {
  if (!branch_is_sound(program, in)) return trap();
  return taken ? jump(in.target) : next();
}

// [jump.dynamic]
Step Executor::dynamic_jump(u32 address) const {
  // [jump.halt]
  if (address == halt_address) return {.kind = Step::Kind::halt};
  if (address == 0 || address % code_address_alignment != 0) return trap();
  // [jump.table]
  const auto target = program.jump_table_entry(address / code_address_alignment - 1);
  return target ? jump(*target) : trap();
}

Step execute_control(Executor& x, const Instruction& in) {
  const Operands o(x, in);
  switch (in.op) {
    // [control.fallthrough]
    case isa::Op::fallthrough: return x.next();
    // [control.unlikely]
    case isa::Op::unlikely: return x.next();
    // [control.ecalli]
    case isa::Op::ecalli: {
      const u64 number = is_graypaper(x.program.config.semantics) ? static_cast<u64>(o.i) : static_cast<u32>(o.i);
      return {.kind = Step::Kind::host_call, .number = number};
    }
    // [control.jump]
    case isa::Op::jump: return x.jump(in.target);
    // [control.jump_indirect]
    case isa::Op::jump_indirect: return x.dynamic_jump(static_cast<u32>(o.a + static_cast<u64>(o.i)));
    // [control.load_imm_and_jump]
    case isa::Op::load_imm_and_jump: x.set(o.d, static_cast<u64>(o.i)); return x.jump(in.target);
    // [control.load_imm_and_jump_indirect]
    case isa::Op::load_imm_and_jump_indirect: {
      const u32 address = static_cast<u32>(o.a + static_cast<u64>(o.j));
      x.set(o.d, static_cast<u64>(o.i));
      return x.dynamic_jump(address);
    }
    // [control.trap]
    default: return x.trap();
  }
}

Step execute_branch(Executor& x, const Instruction& in) {
  const Operands o(x, in);
  const u64 a = o.a, b = o.b, i = x.as_unsigned(o.i);
  const i64 sa = x.as_signed(a), sb = x.as_signed(b), si = o.i;
  switch (in.op) {
    // [branch.branch_eq_imm]
    case isa::Op::branch_eq_imm: return x.branch(in, a == i);
    // [branch.branch_not_eq_imm]
    case isa::Op::branch_not_eq_imm: return x.branch(in, a != i);
    // [branch.branch_less_unsigned_imm]
    case isa::Op::branch_less_unsigned_imm: return x.branch(in, a < i);
    // [branch.branch_less_or_equal_unsigned_imm]
    case isa::Op::branch_less_or_equal_unsigned_imm: return x.branch(in, a <= i);
    // [branch.branch_greater_or_equal_unsigned_imm]
    case isa::Op::branch_greater_or_equal_unsigned_imm: return x.branch(in, a >= i);
    // [branch.branch_greater_unsigned_imm]
    case isa::Op::branch_greater_unsigned_imm: return x.branch(in, a > i);
    // [branch.branch_less_signed_imm]
    case isa::Op::branch_less_signed_imm: return x.branch(in, sa < si);
    // [branch.branch_less_or_equal_signed_imm]
    case isa::Op::branch_less_or_equal_signed_imm: return x.branch(in, sa <= si);
    // [branch.branch_greater_or_equal_signed_imm]
    case isa::Op::branch_greater_or_equal_signed_imm: return x.branch(in, sa >= si);
    // [branch.branch_greater_signed_imm]
    case isa::Op::branch_greater_signed_imm: return x.branch(in, sa > si);
    // [branch.branch_eq]
    case isa::Op::branch_eq: return x.branch(in, a == b);
    // [branch.branch_not_eq]
    case isa::Op::branch_not_eq: return x.branch(in, a != b);
    // [branch.branch_less_unsigned]
    case isa::Op::branch_less_unsigned: return x.branch(in, a < b);
    // [branch.branch_less_signed]
    case isa::Op::branch_less_signed: return x.branch(in, sa < sb);
    // [branch.branch_greater_or_equal_unsigned]
    case isa::Op::branch_greater_or_equal_unsigned: return x.branch(in, a >= b);
    // [branch.branch_greater_or_equal_signed]
    case isa::Op::branch_greater_or_equal_signed: return x.branch(in, sa >= sb);
    default: return x.trap();
  }
}

Step execute_move(Executor& x, const Instruction& in) {
  const Operands o(x, in);
  const u64 i = static_cast<u64>(o.i);
  switch (in.op) {
    // [move.load_imm64]
    case isa::Op::load_imm64: return x.set(o.d, i);
    // [move.load_imm]
    case isa::Op::load_imm: return x.set(o.d, i);
    // [move.move_reg]
    case isa::Op::move_reg: return x.set(o.d, o.a);
    // [move.cmov_if_zero_imm]
    case isa::Op::cmov_if_zero_imm: return x.set(o.d, o.a == 0 ? i : x.get(o.d));
    // [move.cmov_if_not_zero_imm]
    case isa::Op::cmov_if_not_zero_imm: return x.set(o.d, o.a != 0 ? i : x.get(o.d));
    // [move.cmov_if_zero]
    case isa::Op::cmov_if_zero: return x.set(o.d, o.b == 0 ? o.a : x.get(o.d));
    // [move.cmov_if_not_zero]
    case isa::Op::cmov_if_not_zero: return x.set(o.d, o.b != 0 ? o.a : x.get(o.d));
    default: return x.trap();
  }
}

}  // namespace pvm::ref
