// SPDX-License-Identifier: Apache-2.0 OR MIT
#include "lift/expand.hpp"

#include <initializer_list>

namespace pvm::link::lifting {
namespace {

using riscv::Kind;

class Expander {
 public:
  Expander(const riscv::Instruction& instruction, u32 bits, SourceId source, std::vector<Instruction>& out)
      : in_(instruction), bits_(bits), source_(source), out_(out) {}

  void run();

 private:
  // --- operands ---
  static Operand read(u8 number) {
    const auto reg = riscv::machine_register(number);
    return reg ? Operand::of(*reg) : Operand::of(0);
  }
  Operand rs1() const { return read(in_.rs1); }
  Operand rs2() const { return read(in_.rs2); }
  Operand second() const { return in_.has_immediate ? Operand::of(in_.imm) : rs2(); }
  bool writes() const { return in_.rd != 0; }
  /// Only where writes().
  Reg d() const { return *riscv::machine_register(in_.rd); }
  static Operand of(Reg reg) { return Operand::of(reg); }
  static Operand of(i64 number) { return Operand::of(number); }

  // --- output ---
  void emit(Op op, Reg d, Operand a, Operand b = {}, bool word = false) {
    Instruction made;
    made.op = op;
    made.word = word;
    made.d = d;
    made.a = a;
    made.b = b;
    made.source = source_;
    out_.push_back(made);
  }
  void move(Reg d, Operand a) {
    if (a != of(d)) emit(Op::move, d, a);
  }
  void load(Op op, Reg d, Operand base, i64 offset) {
    emit(op, d, base);
    out_.back().offset = Value::of(offset);
  }
  void store(Op op, Operand base, i64 offset, Operand value) {
    emit(op, Reg::ra, base, value);
    out_.back().offset = Value::of(offset);
  }

  // --- families ---
  void alu();
  void shift_add();
  void zero_extend_32(Reg d, Operand a, i64 shift);
  void bit();
  void or_combine();
  void clear(bool if_zero);
  void select();
  void swap();
  void fetch();
  bool is_word_access() const { return bits_ == 32 || in_.word; }
  Op atomic_load() const { return is_word_access() ? Op::load_i32 : Op::load_u64; }
  Op atomic_store() const { return is_word_access() ? Op::store_u32 : Op::store_u64; }

  const riscv::Instruction& in_;
  u32 bits_;
  SourceId source_;
  std::vector<Instruction>& out_;
};

void Expander::run() {
  switch (in_.kind) {
    case Kind::lui:
      if (writes()) move(d(), of(in_.imm));
      return;
    case Kind::alu: return alu();
    case Kind::unary:
      if (writes()) emit(in_.op, d(), rs1(), {}, in_.word);
      return;
    case Kind::load:
      if (writes()) load(in_.op, d(), rs1(), in_.imm);
      return;
    case Kind::store: return store(in_.op, rs1(), in_.imm, rs2());
    case Kind::shift_add: return shift_add();
    case Kind::shift_word:
      if (writes()) zero_extend_32(d(), rs1(), in_.imm);
      return;
    case Kind::bit: return bit();
    case Kind::or_combine: return or_combine();
    case Kind::clear_if_zero: return clear(true);
    case Kind::clear_if_not_zero: return clear(false);
    case Kind::move_if_zero:
    case Kind::move_if_not_zero:
      if (writes()) emit(in_.kind == Kind::move_if_zero ? Op::cmov_if_zero : Op::cmov_if_not_zero, d(), rs2(), rs1());
      return;
    case Kind::select: return select();
    case Kind::load_reserved:
      if (writes()) load(atomic_load(), d(), rs1(), 0);
      return;
    case Kind::store_conditional:
      // There is one thread: no other can have come between.
      store(atomic_store(), rs1(), 0, rs2());
      if (writes()) move(d(), of(0));
      return;
    case Kind::swap: return swap();
    case Kind::fetch: return fetch();
    case Kind::sbrk: return emit(Op::sbrk, d(), rs1());
    case Kind::memset: return emit(Op::memset, Reg::ra, {});
    case Kind::heap_base:
      if (writes()) move(d(), Operand::of(Value::of_heap_base()));
      return;
    default: return;
  }
}

void Expander::alu() {
  if (!writes()) return;
  const Operand a = rs1();
  const Operand b = second();
  // The ways in which a copy and a constant are written.
  if (in_.op == Op::add && !in_.word) {
    if (b.is_number(0)) return move(d(), a);
    if (a.is_number(0)) return move(d(), b);
  }
  if (in_.op == Op::add && in_.has_immediate && a.is_number(0)) return move(d(), b);
  emit(in_.op, d(), a, b, in_.word);
}

/// d = (low half of a, zero-extended) << shift; 64-bit programs only.
void Expander::zero_extend_32(Reg d, Operand a, i64 shift) {
  if (shift >= 32) return emit(Op::shift_left, d, a, of(shift));
  emit(Op::shift_left, d, a, of(32));
  emit(Op::shift_right_logical, d, of(d), of(32 - shift));
}

void Expander::shift_add() {
  if (!writes()) return;
  const Reg shifted = in_.rd == in_.rs2 ? Reg::e0 : d();
  if (in_.word) {
    zero_extend_32(shifted, rs1(), in_.imm);
  } else {
    emit(Op::shift_left, shifted, rs1(), of(in_.imm));
  }
  if (in_.rs2 == 0) return move(d(), of(shifted));
  emit(Op::add, d(), of(shifted), rs2());
}

void Expander::bit() {
  if (!writes()) return;
  if (in_.op == Op::nop) {
    emit(Op::shift_right_logical, d(), rs1(), second());
    return emit(Op::and_, d(), of(d()), of(1));
  }
  if (in_.has_immediate) {
    const u64 mask = u64{1} << in_.imm;
    u64 operand = in_.op == Op::and_ ? ~mask : mask;
    if (bits_ == 32) operand = static_cast<u64>(i64{static_cast<std::int32_t>(operand)});
    return emit(in_.op, d(), rs1(), of(static_cast<i64>(operand)));
  }
  emit(Op::shift_left, Reg::e0, of(1), rs2());
  emit(in_.op == Op::and_ ? Op::and_inverted : in_.op, d(), rs1(), of(Reg::e0));
}

/// Each byte that isn't 0 becomes 0xff. Adding 0x7f to the low seven bits of a byte carries into its eighth unless they are 0, and never
/// further; with the byte's own eighth bit that says which bytes aren't 0. From 0x80 in such a byte, 0x100 - 0x01 makes 0xff.
void Expander::or_combine() {
  if (!writes()) return;
  const i64 low_bits = bits_ == 32 ? 0x7f7f7f7f : 0x7f7f7f7f7f7f7f7f;
  emit(Op::move, Reg::e0, of(low_bits));
  emit(Op::and_, Reg::e1, rs1(), of(Reg::e0));
  emit(Op::add, Reg::e1, of(Reg::e1), of(Reg::e0));
  emit(Op::or_, Reg::e1, of(Reg::e1), rs1());
  emit(Op::and_inverted, Reg::e1, of(Reg::e1), of(Reg::e0));
  emit(Op::shift_right_logical, Reg::e0, of(Reg::e1), of(7));
  emit(Op::shift_left, Reg::e1, of(Reg::e1), of(1));
  emit(Op::sub, d(), of(Reg::e1), of(Reg::e0));
}

/// d = 0 if rs2 is (not) 0, else rs1.
void Expander::clear(bool if_zero) {
  if (!writes()) return;
  if (in_.rs2 == 0) return move(d(), if_zero ? of(0) : rs1());
  if (in_.rs1 == 0) return move(d(), of(0));
  const Op op = if_zero ? Op::cmov_if_zero : Op::cmov_if_not_zero;
  if (in_.rd != in_.rs2 || in_.rd == in_.rs1) {
    move(d(), rs1());
    return emit(op, d(), rs2(), of(0));
  }
  if (if_zero) return emit(Op::cmov_if_not_zero, d(), rs2(), rs1());  // a 0 stays
  move(Reg::e0, rs1());
  emit(op, Reg::e0, rs2(), of(0));
  move(d(), of(Reg::e0));
}

void Expander::select() {
  if (!writes()) return;
  const Operand if_zero = read(in_.rs3);
  if (in_.rs2 == 0) return move(d(), if_zero);
  if (in_.rd == in_.rs1) return emit(Op::cmov_if_zero, d(), rs2(), if_zero);
  if (in_.rd == in_.rs3) return emit(Op::cmov_if_not_zero, d(), rs2(), rs1());
  const Reg result = in_.rd == in_.rs2 ? Reg::e0 : d();
  move(result, if_zero);
  emit(Op::cmov_if_not_zero, result, rs2(), rs1());
  move(d(), of(result));
}

void Expander::swap() {
  if (!writes()) return store(atomic_store(), rs1(), 0, rs2());
  const Reg old = in_.rd == in_.rs1 || in_.rd == in_.rs2 ? Reg::e0 : d();
  load(atomic_load(), old, rs1(), 0);
  store(atomic_store(), rs1(), 0, rs2());
  move(d(), of(old));
}

void Expander::fetch() {
  const bool is_order = in_.op == Op::min_signed || in_.op == Op::max_signed || in_.op == Op::min_unsigned || in_.op == Op::max_unsigned;
  const bool keeps_operands = writes() && in_.rd != in_.rs1 && in_.rd != in_.rs2;
  const Reg old = keeps_operands ? d() : Reg::e0;
  load(atomic_load(), old, rs1(), 0);
  Operand operand = rs2();
  // What is loaded is sign-extended. So must be what it is compared with, for signed and unsigned order alike.
  if (is_order && bits_ == 64 && in_.word && operand.is_register) {
    emit(Op::add, Reg::e1, operand, of(0), true);
    operand = of(Reg::e1);
  }
  emit(in_.op, Reg::e1, of(old), operand);
  store(atomic_store(), rs1(), 0, of(Reg::e1));
  if (writes()) move(d(), of(old));
}

}  // namespace

std::optional<u8> expand(const riscv::Instruction& instruction, u32 bits, SourceId source, std::vector<Instruction>& out) {
  for (const u8 number : {instruction.rd, instruction.rs1, instruction.rs2, instruction.rs3}) {
    if (number != 0 && !riscv::machine_register(number)) return number;
  }
  Expander(instruction, bits, source, out).run();
  return std::nullopt;
}

}  // namespace pvm::link::lifting
