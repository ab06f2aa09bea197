// SPDX-License-Identifier: Apache-2.0 OR MIT
// Divisions by known numbers without a division: by powers of two with shifts, others of 32 bits by the upper half of a product.
#include <algorithm>
#include <bit>

#include "facts.hpp"
#include "fold.hpp"
#include "passes.hpp"
#include "propagation.hpp"

namespace pvm::link {
namespace {

bool is_division(Op op) {
  return op >= Op::div_unsigned && op <= Op::rem_signed;
}

// The code that stands for one division x / c or x % c.
class Division {
 public:
  Division(const Instruction& division, const Operand& x, i64 c, const Range& range, u32 register_bits, const std::vector<Reg>& scratch)
      : division_(division), x_(x), c_(c), range_(range), bits_(register_bits), scratch_(scratch) {}

  // Empty: as it was is best.
  std::vector<Instruction> run() {
    if (c_ < 2 || !x_.is_register) return {};
    const bool is_signed = division_.op == Op::div_signed || division_.op == Op::rem_signed;
    // A dividend that isn't negative is divided alike by both kinds.
    const u32 sign_bit = (division_.word ? 32 : bits_) - 1;
    const bool is_positive = range_.unsigned_bits <= sign_bit;
    if (std::has_single_bit(static_cast<u64>(c_))) {
      if (is_signed && !is_positive) return by_signed_power();
      return by_power();
    }
    const bool is_small = division_.word || range_.unsigned_bits <= 31 || (!is_signed && range_.unsigned_bits <= 32);
    if (bits_ != 64 || !is_small || c_ > 0x7fffffff || scratch_.size() < 2) return {};
    is_signed && !is_positive ? multiply_signed() : multiply_unsigned();
    return std::move(code_);
  }

 private:
  bool is_remainder() const { return division_.op == Op::rem_unsigned || division_.op == Op::rem_signed; }
  Reg d() const { return division_.d; }

  void emit(Op op, bool word, Reg to, Operand a, Operand b = {}) {
    Instruction instruction;
    instruction.op = op;
    instruction.word = word;
    instruction.d = to;
    instruction.a = a;
    instruction.b = b;
    instruction.source = division_.source;
    code_.push_back(instruction);
  }

  std::vector<Instruction> by_power() {
    const i64 exponent = std::countr_zero(static_cast<u64>(c_));
    if (is_remainder() && !fits_i32(c_ - 1)) return {};
    if (is_remainder()) {
      emit(Op::and_, false, d(), x_, Operand::of(c_ - 1));
    } else {
      emit(Op::shift_right_logical, division_.word, d(), x_, Operand::of(exponent));
    }
    return std::move(code_);
  }

  // Rounding is towards 0, that of shifts downwards: to negative dividends c - 1 is added before.
  std::vector<Instruction> by_signed_power() {
    const i64 width = division_.word ? 32 : bits_, exponent = std::countr_zero(static_cast<u64>(c_));
    if (!fits_i32(-c_) || exponent > width - 2 || scratch_.empty()) return {};
    const bool word = division_.word;
    const Reg t = x_ == Operand::of(d()) || is_remainder() ? scratch_[0] : d();
    Operand sign = x_;
    if (exponent > 1) {
      emit(Op::shift_right_arithmetic, word, t, x_, Operand::of(width - 1));
      sign = Operand::of(t);
    }
    emit(Op::shift_right_logical, word, t, sign, Operand::of(width - exponent));
    emit(Op::add, word, t, Operand::of(t), x_);
    if (is_remainder()) {
      emit(Op::and_, false, t, Operand::of(t), Operand::of(-c_));
      emit(Op::sub, word, d(), x_, Operand::of(t));
    } else {
      emit(Op::shift_right_arithmetic, word, d(), Operand::of(t), Operand::of(exponent));
    }
    return std::move(code_);
  }

  // 2^64 / c, rounded up. For |x| < 2^32 the error of x times it is below 1 / c of 2^64, so the upper half is x / c, rounded down.
  i64 reciprocal() const { return static_cast<i64>(~u64{0} / static_cast<u64>(c_) + 1); }

  void multiply_unsigned() {
    const Reg m = scratch_[0], t = scratch_[1];
    Operand low = x_;
    if (range_.unsigned_bits > 32) {
      emit(Op::shift_left, false, t, x_, Operand::of(32));
      emit(Op::shift_right_logical, false, t, Operand::of(t), Operand::of(32));
      low = Operand::of(t);
    }
    emit(Op::move, false, m, Operand::of(reciprocal()));
    const Reg quotient = is_remainder() ? m : d();
    emit(Op::mul_upper_unsigned_unsigned, false, quotient, low, Operand::of(m));
    if (is_remainder()) subtract(m);
  }

  void multiply_signed() {
    const Reg m = scratch_[0], t = scratch_[1];
    Operand low = x_;
    if (range_.signed_bits > 32) {
      emit(Op::add, true, t, x_, Operand::of(0));
      low = Operand::of(t);
    }
    emit(Op::move, false, m, Operand::of(reciprocal()));
    emit(Op::mul_upper_signed_signed, false, m, low, Operand::of(m));
    emit(Op::shift_right_logical, false, t, low, Operand::of(63));
    emit(Op::add, true, is_remainder() ? m : d(), Operand::of(m), Operand::of(t));
    if (is_remainder()) subtract(m);
  }

  void subtract(Reg quotient) {
    emit(Op::mul, division_.word, quotient, Operand::of(quotient), Operand::of(c_));
    emit(Op::sub, division_.word, d(), x_, Operand::of(quotient));
  }

  const Instruction& division_;
  Operand x_;
  i64 c_;
  Range range_;
  u32 bits_;
  const std::vector<Reg>& scratch_;
  std::vector<Instruction> code_;
};

// Scratch registers that a block doesn't use.
std::vector<Reg> free_scratch(const Program& program, const Block& block) {
  RegisterSet used = reads(block.end);
  for (const Instruction& instruction : block.body) used |= reads(program, instruction) | writes(instruction);
  std::vector<Reg> free;
  for (const Reg reg : {Reg::e0, Reg::e1, Reg::e2, Reg::e3}) {
    if ((used & set_of(reg)) == 0) free.push_back(reg);
  }
  return free;
}

bool reduce_block(const Program& program, const Propagation& propagation, BlockId id, Block& block) {
  const auto divides = [](const Instruction& instruction) { return is_division(instruction.op); };
  if (!propagation.is_reached(id) || std::none_of(block.body.begin(), block.body.end(), divides)) return false;
  const KnownRules& rules = propagation.rules();
  const std::vector<Reg> scratch = free_scratch(program, block);
  RegisterFile registers = propagation.at_begin(id);
  std::vector<Instruction> body;
  bool changed = false;
  for (const Instruction& instruction : block.body) {
    const Known c = rules.of(instruction.b, registers);
    std::vector<Instruction> code;
    if (divides(instruction) && c.is_number()) {
      const i64 number = instruction.word ? as_register(c.value.number, 32) : c.value.number;
      const Range range = rules.of(instruction.a, registers).range;
      code = Division(instruction, instruction.a, number, range, rules.register_bits(), scratch).run();
    }
    changed |= !code.empty();
    if (code.empty()) code.push_back(instruction);
    body.insert(body.end(), code.begin(), code.end());
    rules.step(instruction, registers);
  }
  block.body = std::move(body);
  return changed;
}

}  // namespace

bool reduce_strength(Program& program) {
  const Propagation propagation(program);
  bool changed = false;
  for (const BlockId id : program.layout) changed |= reduce_block(program, propagation, id, program.block(id));
  return changed;
}

}  // namespace pvm::link
