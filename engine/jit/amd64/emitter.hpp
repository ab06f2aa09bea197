// SPDX-License-Identifier: Apache-2.0 OR MIT
// From one decoded instruction to amd64 code. See "How native code is laid out" in engine/README.md.
//
// Emitters know nothing of each other: the host can enter at any marked position of a block, and change registers wherever the guest has
// exited, so that nothing may be assumed about a register but the value that it has. Each may clobber rcx, rdx, xmm0 and the flags.
#pragma once

#include <array>
#include <vector>

#include "jit/amd64/assembler.hpp"
#include "jit/compile.hpp"
#include "jit/emitter_list.hpp"
#include "jit/labels.hpp"
#include "native/context.hpp"
#include "program/instruction.hpp"

namespace pvm::engine::amd64 {

/// The register plan: guest registers by number. rcx and rdx are scratch.
inline constexpr std::array<R, 13> host_registers = {R::rbx, R::rbp, R::r12, R::r13, R::r14, R::r8, R::r9,
                                                     R::rdi, R::rax, R::rsi, R::r10, R::r11, R::r15};
inline constexpr R reg_a0 = R::rdi, reg_a1 = R::rax, reg_a2 = R::rsi;

/// Emits the code of one program, instruction by instruction, in the order of their positions. Defined in emit_*.cpp by family.
class Emitter {
 public:
  Emitter(const Program& program, const jit::CompileOptions& options, jit::Labels& labels);

  /// Appends the code of an instruction, at most jit::max_bytes_per_instruction bytes. The label of its position has been defined.
  void emit(const Instruction& in) {
    as_.reserve(jit::max_bytes_per_instruction);
    dispatch(in);
  }
  /// A trap of its own: an implicit invalid instruction.
  void emit_trap();
  u32 offset() const { return as_.offset(); }

  /// Appends the charge of a block, at most max_bytes_per_charge bytes, whose cost is set later, at the block's end.
  /// `wide`: costs may exceed 31 bits. [gas.block]
  void charge(bool wide);
  void set_cost(u32 charge_at, bool wide, i64 cost);
  /// A charge of 1. [gas.instruction]
  void charge_one();
  /// Where a failing charge faults, from its beginning. 0: charges don't fail.
  u32 charge_fault(bool wide) const;
  static constexpr u32 max_bytes_per_charge = 32;

  u32 halt_stub() const { return halt_stub_; }
  u32 jump_table_bytes() const { return jump_table_bytes_; }
  /// Binds the jumps to labels that have come, and makes the others trap. [jump.static] [jump.branch]
  void resolve();
  jit::CodeBytes take_code() { return as_.take_code(); }
  std::vector<jit::Call> take_calls() { return std::move(calls_); }

 private:
  using In = const Instruction&;
#define PVM_DECLARE(name) void name(In in);
  PVM_EMITTERS(PVM_DECLARE)
#undef PVM_DECLARE
  void dispatch(In in);

  // ---- Operands ----
  static R r1(In in) {
    return host_registers[in.reg1];
  }
  static R r2(In in) {
    return host_registers[in.reg2];
  }
  static R r3(In in) {
    return host_registers[in.reg3];
  }
  static i32 low(i64 immediate) {
    return static_cast<i32>(immediate);
  }
  Mem indirect(R base, i64 offset) const {
    return {guest_, base, R::rax, low(offset)};
  }
  Mem direct(i64 address) const {
    return {guest_abs_, R::rax, R::rax, low(address)};
  }
  Mem context(std::size_t offset) const;

  // ---- What many share ----
  /// Zeroes a register; clobbers the flags.
  void zero(R d) {
    as_.alu(Size::b32, Alu::xor_, d, d);
  }
  void move(Size size, R d, R a) {
    if (d != a) as_.mov(size, d, a);
  }
  /// The value of an immediate in a register of `size`. Clobbers the flags.
  void set(Size size, R d, i64 value);
  /// Sign-extends the low 32 bits of `a` to the register width.
  void extend(R d, R a);
  /// Does so with a result of 32 bits, where registers are wider.
  void extend_result(R d) {
    if (is_64_bit_) as_.movsxd(d, d);
  }
  /// Compares a with an immediate, in the register width.
  void compare_imm(R a, i64 value);
  void commutative(Size size, Alu op, R d, R a, R b);
  void logic_imm(Alu op, In in);
  void exit(native::ExitReason reason, std::size_t index);
  void exit_by_call(native::ExitReason reason, In in);

  // ---- Families ----
  void add(Size size, R d, R a, R b);
  void add_imm(Size size, R d, R a, i32 value);
  void subtract(Size size, R d, R a, R b);
  void negate_and_add_imm(Size size, R d, R a, i32 value);
  void set_if(Cond c, In in);
  void set_if_imm(Cond c, In in);
  void set_flag(Cond c, R d, bool is_zero);
  void cmov(Cond c, In in);
  void cmov_imm(Cond c, In in);
  void pick(Cond c, In in);
  void multiply(Size size, In in);
  void multiply_imm(Size size, In in);
  void multiply_upper_by_rax(bool is_signed, In in);
  void multiply_upper_32(R d, R a, R b);
  void divide(Size size, bool is_signed, bool remainder, In in);
  void divide_by_zero(Size size, bool remainder, R d, R a);
  void divide_by_zero_or_minus_one(Size size, bool remainder, R d, R a);
  void shift(Size size, Shift op, R d, R a, R amount);
  void shift_imm(Size size, Shift op, In in);
  void shift_alt(Size size, Shift op, In in);
  void count_ones(Size size, In in);
  void count_leading(Size size, In in);
  void count_trailing(Size size, In in);
  void branch(Cond c, In in);
  void branch_if(Cond c, In in);
  void branch_if_imm(Cond c, In in);
  void jump_to(In in);
  void dynamic_jump(R address);
  void dynamic_jump_in_process();
  void dynamic_jump_without_table();

  static constexpr R scratch = R::rcx, scratch2 = R::rdx;

  Assembler as_;
  jit::Labels& labels_;
  std::vector<jit::Call> calls_;
  const Program& program_;
  const jit::CpuFeatures cpu_;
  const bool in_process_;
  const bool is_64_bit_;
  const bool is_graypaper_;
  const Metering metering_;
  const Size word_;  ///< The register width.
  const Mem::Kind guest_, guest_abs_;
  const u32 jump_table_bytes_;
  u32 halt_stub_ = 0;
};

}  // namespace pvm::engine::amd64
