// SPDX-License-Identifier: Apache-2.0 OR MIT
// What all emitters share: dispatch, charges, exits, and the binding of jumps.
#include "jit/amd64/emitter.hpp"

#include "native/layout.hpp"

namespace pvm::engine::amd64 {

using native::Context;
using native::ExitReason;

namespace {

// In process: an entry for each of the guest's, and one for the address 0, which is invalid.
u32 table_bytes(const Program& program, jit::Target target) {
  if (target != jit::Target::in_process || !jit::has_jump_table(program)) return 0;
  return static_cast<u32>(8 * (program.jump_table_count + 1));
}

}  // namespace

Emitter::Emitter(const Program& program, const jit::CompileOptions& options, jit::Labels& labels)
    : labels_(labels),
      program_(program),
      cpu_(options.features),
      in_process_(options.target == jit::Target::in_process),
      is_64_bit_(program.is_64_bit()),
      is_graypaper_(is_graypaper(program.semantics())),
      metering_(program.config.metering),
      word_(is_64_bit_ ? Size::b64 : Size::b32),
      guest_(in_process_ ? Mem::Kind::guest_gs : Mem::Kind::guest),
      guest_abs_(in_process_ ? Mem::Kind::guest_abs_gs : Mem::Kind::guest_abs),
      jump_table_bytes_(table_bytes(program, options.target)) {
  as_.reserve(jit::max_bytes_per_instruction);
  halt_stub_ = as_.offset();
  exit(ExitReason::halt, 0);
}

void Emitter::dispatch(In in) {
  switch (in.op) {
#define PVM_CASE(name) \
  case isa::Op::name: return name(in);
    PVM_EMITTERS(PVM_CASE)
#undef PVM_CASE
  }
}

void Emitter::emit_trap() {
  as_.reserve(Assembler::max_instruction_bytes);
  as_.ud2();
}

// ---- Charges: see "Gas" in engine/README.md. A failing `js` goes to byte 2 of the `sub`, which is a privileged instruction. ----

namespace {

constexpr u32 byte_that_faults = 2;
constexpr u64 any_imm64 = 0x7fff'ffff'ffff'ffff;  // Of the longest form.
constexpr u32 wide_imm_at = 2;

}  // namespace

void Emitter::charge(bool wide) {
  as_.reserve(max_bytes_per_charge);
  const u32 start = as_.offset();
  if (wide) as_.mov_imm(scratch, any_imm64);
  if (!in_process_) {
    if (wide) {
      as_.alu(Size::b64, Alu::sub, R::rsp, scratch);
    } else {
      as_.alu_imm32(Size::b64, Alu::sub, R::rsp, 0);
    }
  } else if (wide) {
    as_.neg(Size::b64, scratch);
    as_.alu_load(Size::b64, Alu::add, scratch, context(offsetof(Context, gas)));
    as_.store(8, context(offsetof(Context, gas)), scratch);
  } else {
    as_.alu_mem_imm32(Size::b64, Alu::sub, context(offsetof(Context, gas)), 0);
  }
  if (metering_ != Metering::sync) return;
  if (wide) {
    const u32 paid = as_.jcc_rel8(Cond::ns);
    as_.ud2();
    as_.bind8(paid, as_.offset());
  } else {
    as_.jcc_to(Cond::s, start + byte_that_faults);
  }
}

// The narrow forms end with the immediate, before the 2 bytes of `js`.
void Emitter::set_cost(u32 charge_at, bool wide, i64 cost) {
  if (wide) {
    as_.patch32(charge_at + wide_imm_at, static_cast<u32>(cost));
    as_.patch32(charge_at + wide_imm_at + 4, static_cast<u32>(static_cast<u64>(cost) >> 32));
  } else {
    as_.patch32(charge_at + (in_process_ ? 5 : 3), static_cast<u32>(cost));
  }
}

void Emitter::charge_one() {
  as_.reserve(max_bytes_per_charge);
  const u32 start = as_.offset();
  if (in_process_) {
    as_.alu_mem_imm(Size::b64, Alu::sub, context(offsetof(Context, gas)), 1);
  } else {
    as_.alu_imm(Size::b64, Alu::sub, R::rsp, 1);
  }
  if (metering_ == Metering::sync) as_.jcc_to(Cond::s, start + byte_that_faults);
}

u32 Emitter::charge_fault(bool wide) const {
  if (metering_ != Metering::sync) return 0;
  if (!wide) return byte_that_faults;
  return in_process_ ? 25 : 15;
}

// ---- Exits ----

Mem Emitter::context(std::size_t offset) const {
  if (in_process_) return {Mem::Kind::base, R::rsp, R::rax, static_cast<i32>(offset)};
  const u64 distance = native::context_address + offset - native::code_address;  // Of the operand from the start of the code.
  return {Mem::Kind::rip, R::rax, R::rax, static_cast<i32>(static_cast<u32>(distance))};
}

void Emitter::exit(ExitReason reason, std::size_t index) {
  assert(index < 1U << 28);
  as_.mov_imm(R::rcx, static_cast<u32>(reason) << 28 | static_cast<u32>(index));
  as_.jmp_mem(context(offsetof(Context, exit_handler)));
}

void Emitter::exit_by_call(ExitReason reason, In in) {
  const std::size_t index = calls_.size();
  exit(reason, index);
  calls_.push_back({in.pc, in.next, as_.offset(), static_cast<u32>(in.imm1)});
}

// ---- Jumps ----

void Emitter::resolve() {
  as_.reserve(Assembler::max_instruction_bytes);
  const u32 trap = as_.offset();
  if (is_graypaper_) as_.ud2();  // Where any taken branch to an invalid target goes: its pc isn't reported.
  for (const jit::Labels::Reference& reference : labels_.references()) {
    const u32 native = labels_.find(reference.target);
    if (native != jit::Labels::none) {
      as_.bind32(reference.at, native);
    } else if (is_graypaper_) {
      as_.bind32(reference.at, trap);
    } else {
      as_.trap_instead_of_jump(reference.at);  // Also where a condition doesn't hold.
    }
  }
}

// ---- Shared pieces ----

void Emitter::set(Size size, R d, i64 value) {
  if (value == 0) return zero(d);
  as_.mov_imm(d, size == Size::b64 ? static_cast<u64>(value) : static_cast<u32>(value));
}

void Emitter::extend(R d, R a) {
  if (is_64_bit_) {
    as_.movsxd(d, a);
  } else {
    move(Size::b32, d, a);
  }
}

void Emitter::compare_imm(R a, i64 value) {
  if (value == 0) {
    as_.test(word_, a, a);
  } else {
    as_.alu_imm(word_, Alu::cmp, a, low(value));
  }
}

void Emitter::commutative(Size size, Alu op, R d, R a, R b) {
  if (d == b) return as_.alu(size, op, d, a);
  move(size, d, a);
  as_.alu(size, op, d, b);
}

}  // namespace pvm::engine::amd64
