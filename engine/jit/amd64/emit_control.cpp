// SPDX-License-Identifier: Apache-2.0 OR MIT
// Emitters of the groups control and branch. Chapter "Instructions".
#include <algorithm>

#include "jit/amd64/emitter.hpp"
#include "native/layout.hpp"

namespace pvm::engine::amd64 {

using jit::has_jump_table;
using native::ExitReason;

namespace {

constexpr i32 halved_halt_address = static_cast<i32>(native::halt_address >> 1);

}  // namespace

// [control.trap] Faults here.
void Emitter::trap(In) {
  as_.ud2();
}

// [decode.opcode] Behaves as trap.
void Emitter::invalid(In) {
  as_.ud2();
}

// [control.fallthrough] Traps itself only where the code ends behind it. [flow.fall_through]
void Emitter::fallthrough(In in) {
  if (!is_graypaper_ && in.next == program_.code_size) as_.ud2();
}

// [control.unlikely]
void Emitter::unlikely(In) {}

// [control.ecalli] Exits, and goes on behind the exit.
void Emitter::ecalli(In in) {
  exit_by_call(ExitReason::host_call, in);
}

// ---- Jumps ----

// The action `jump target`. [jump.static]
void Emitter::jump_to(In in) {
  const u32 native = labels_.find(in.target);
  if (native != jit::Labels::none) return as_.jmp_to(native);
  if (!labels_.may_come(in.pc, in.target)) return as_.ud2();
  labels_.refer(as_.jmp_rel32(), in.target);
}

// [control.jump]
void Emitter::jump(In in) {
  jump_to(in);
}

// [control.load_imm_and_jump] d := i; jump target. The write stands also where the jump traps.
void Emitter::load_imm_and_jump(In in) {
  set(word_, r1(in), in.imm1);
  jump_to(in);
}

// The action dynamic_jump(address), in a 32-bit register whose upper half is 0. In a worker, slots that lead nowhere make the jump fault;
// the table's window covers every address. Clobbers rcx, rdx. [jump.dynamic]
void Emitter::dynamic_jump(R address) {
  if (has_jump_table(program_) && !in_process_) return as_.jmp_mem({Mem::Kind::gs_index8, R::rax, address, 0});
  move(Size::b32, R::rcx, address);
  as_.shift_imm(Size::b32, Shift::ror, R::rcx, 1);  // Odd addresses are beyond any table now.
  has_jump_table(program_) ? dynamic_jump_in_process() : dynamic_jump_without_table();
}

// By a table right before the code, whose entry 0 leads nowhere. ecx: half of the address.
void Emitter::dynamic_jump_in_process() {
  as_.alu_imm(Size::b32, Alu::cmp, R::rcx, static_cast<i32>(program_.jump_table_count + 1));
  const u32 beyond = as_.jcc_rel8(Cond::ae);
  as_.lea(Size::b64, R::rdx, {Mem::Kind::rip, R::rax, R::rax, -static_cast<i32>(jump_table_bytes_)});
  as_.jmp_mem({Mem::Kind::base_index8, R::rdx, R::rcx, 0});
  as_.bind8(beyond, as_.offset());
  as_.alu_imm(Size::b32, Alu::cmp, R::rcx, halved_halt_address);
  as_.jcc_to(Cond::e, halt_stub_);
  as_.ud2();
}

// Entries without bytes are 0, however many there are: all that have an entry go to the label of position 0. ecx: half of the address.
void Emitter::dynamic_jump_without_table() {
  as_.alu_imm(Size::b32, Alu::cmp, R::rcx, halved_halt_address);
  as_.jcc_to(Cond::e, halt_stub_);
  const u32 native = labels_.find(0);
  if (program_.jump_table_count != 0 && native != jit::Labels::none) {
    as_.alu_imm(Size::b32, Alu::sub, R::rcx, 1);
    as_.alu_imm(Size::b32, Alu::cmp, R::rcx, static_cast<i32>(std::min<u64>(program_.jump_table_count, 0x7fff'ffff)));
    as_.jcc_to(Cond::b, native);
  }
  as_.ud2();
}

// [control.jump_indirect] dynamic_jump(u(a + i, 32)). Clobbers rcx, rdx.
void Emitter::jump_indirect(In in) {
  const R a = r1(in);
  if (low(in.imm1) == 0) {
    if (!is_64_bit_) return dynamic_jump(a);
    as_.mov(Size::b32, R::rcx, a);
  } else {
    as_.lea(Size::b32, R::rcx, {Mem::Kind::base, a, R::rax, low(in.imm1)});
  }
  dynamic_jump(R::rcx);
}

// [control.load_imm_and_jump_indirect] The address is taken before d is written, as d may be a. Clobbers rcx, rdx.
void Emitter::load_imm_and_jump_indirect(In in) {
  as_.lea(Size::b32, R::rcx, {Mem::Kind::base, r2(in), R::rax, low(in.imm2)});
  set(word_, r1(in), in.imm1);
  dynamic_jump(R::rcx);
}

// ---- Branches ----

// Jumps to the target if the condition holds; a comparison has set the flags. In the PolkaVM versions a branch that can't be made traps
// here, whatever the condition; in graypaper-0.7.2 only where it is taken. [jump.branch]
void Emitter::branch(Cond c, In in) {
  if (!is_graypaper_ && !program_.is_marked(in.next)) return as_.ud2();
  const u32 native = labels_.find(in.target);
  if (native != jit::Labels::none) return as_.jcc_to(c, native);
  if (!is_graypaper_ && !labels_.may_come(in.pc, in.target)) return as_.ud2();
  labels_.refer(as_.jcc_rel32(c), in.target);
}

void Emitter::branch_if(Cond c, In in) {
  as_.alu(word_, Alu::cmp, r1(in), r2(in));
  branch(c, in);
}

void Emitter::branch_if_imm(Cond c, In in) {
  compare_imm(r1(in), in.imm1);
  branch(c, in);
}

// [branch.branch_eq_imm] and its siblings: jump target when a ? u(i, W), or s(a, W) ? i. They write no register.
void Emitter::branch_eq_imm(In in) {
  branch_if_imm(Cond::e, in);
}
void Emitter::branch_not_eq_imm(In in) {
  branch_if_imm(Cond::ne, in);
}
void Emitter::branch_less_unsigned_imm(In in) {
  branch_if_imm(Cond::b, in);
}
void Emitter::branch_less_or_equal_unsigned_imm(In in) {
  branch_if_imm(Cond::be, in);
}
void Emitter::branch_greater_or_equal_unsigned_imm(In in) {
  branch_if_imm(Cond::ae, in);
}
void Emitter::branch_greater_unsigned_imm(In in) {
  branch_if_imm(Cond::a, in);
}
void Emitter::branch_less_signed_imm(In in) {
  branch_if_imm(Cond::l, in);
}
void Emitter::branch_less_or_equal_signed_imm(In in) {
  branch_if_imm(Cond::le, in);
}
void Emitter::branch_greater_or_equal_signed_imm(In in) {
  branch_if_imm(Cond::ge, in);
}
void Emitter::branch_greater_signed_imm(In in) {
  branch_if_imm(Cond::g, in);
}

// [branch.branch_eq] and its siblings: jump target when a ? b.
void Emitter::branch_eq(In in) {
  branch_if(Cond::e, in);
}
void Emitter::branch_not_eq(In in) {
  branch_if(Cond::ne, in);
}
void Emitter::branch_less_unsigned(In in) {
  branch_if(Cond::b, in);
}
void Emitter::branch_less_signed(In in) {
  branch_if(Cond::l, in);
}
void Emitter::branch_greater_or_equal_unsigned(In in) {
  branch_if(Cond::ae, in);
}
void Emitter::branch_greater_or_equal_signed(In in) {
  branch_if(Cond::ge, in);
}

}  // namespace pvm::engine::amd64
