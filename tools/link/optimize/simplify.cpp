// SPDX-License-Identifier: Apache-2.0 OR MIT
#include "simplify.hpp"

#include <algorithm>
#include <bit>
#include <utility>

#include "facts.hpp"
#include "fold.hpp"

namespace pvm::link {
namespace {

// Values that an instruction can hold in a 32-bit immediate. Addresses of code gain nothing as such.
bool is_immediate(const Value& value) {
  if (value.kind == Value::Kind::code) return false;
  return !value.is_number() || fits_i32(value.number);
}

bool is_shift(Op op) {
  return op >= Op::shift_left && op <= Op::rotate_right;
}

// Whether the machine has a form with an immediate as the left (first) or right operand.
bool takes_immediate(const Instruction& instruction, bool first) {
  switch (instruction.op) {
    case Op::add:
    case Op::mul:
    case Op::and_:
    case Op::or_:
    case Op::xor_:
    case Op::sub:
    case Op::shift_left:
    case Op::shift_right_logical:
    case Op::shift_right_arithmetic:
    case Op::rotate_right:
    case Op::set_less_unsigned:
    case Op::set_less_signed: return true;
    case Op::rotate_left:
    case Op::and_inverted:
    case Op::or_inverted:
    case Op::xnor:
    case Op::div_unsigned:
    case Op::div_signed:
    case Op::rem_unsigned:
    case Op::rem_signed:
    case Op::cmov_if_zero:
    case Op::cmov_if_not_zero: return !first;
    case Op::store_u8:
    case Op::store_u16:
    case Op::store_u32:
    case Op::store_u64: return !first;
    default: return false;
  }
}

// Of a right operand: these have no immediate form themselves, but get one by arithmetic().
bool becomes_immediate_form(Op op, const Value& value) {
  if (op == Op::and_inverted || op == Op::or_inverted || op == Op::xnor) return value.is_number();
  if (op == Op::div_unsigned || op == Op::rem_unsigned) {
    return value.is_number() && (value.number == 0 || (value.number > 0 && std::has_single_bit(static_cast<u64>(value.number))));
  }
  if (op == Op::div_signed || op == Op::rem_signed) return value.is_number(1) || value.is_number(0);
  if (op == Op::sub) return value.is_number() && fits_i32(-value.number);
  return true;
}

}  // namespace

void Simplifier::become(Instruction& instruction, Op op, const Operand& a, const Operand& b) {
  instruction.op = op;
  instruction.word = false;
  instruction.a = a;
  instruction.b = b;
  instruction.offset = {};
}

void Simplifier::become_value_of(Instruction& instruction, const Known& a) {
  if (a.is_exact()) return become_move(instruction, Operand::of(a.value));
  if (a.is_copy()) return become_move(instruction, Operand::of(a.base));
  become_move(instruction, instruction.a);
}

Operand Simplifier::original(const Operand& operand, const RegisterFile& registers) const {
  const Known known = rules_.of(operand, registers);
  return known.is_copy() ? Operand::of(known.base) : operand;
}

void Simplifier::operands(Instruction& instruction, const RegisterFile& registers) const {
  const auto normalise = [&](Operand& operand) {
    if (operand.is_number()) operand.value.number = as_register(operand.value.number, instruction.word ? 32 : bits_);
  };
  normalise(instruction.a);
  normalise(instruction.b);
  const auto improve = [&](Operand& operand, bool first) {
    if (!operand.is_register) return;
    const Known known = rules_.of(operand, registers);
    if (known.is_copy()) {
      operand = Operand::of(known.base);
    } else if (known.is_exact() && is_immediate(known.value) && rules_.is_plausible(known.value) && takes_immediate(instruction, first) &&
               (first || becomes_immediate_form(instruction.op, known.value))) {
      operand = Operand::of(known.value);
    }
  };
  const bool is_access = is_load(instruction.op) || is_store(instruction.op);
  if (!is_access) improve(instruction.a, true);
  if (is_binary(instruction.op) || is_cmov(instruction.op) || is_store(instruction.op)) improve(instruction.b, false);
  if (is_commutative(instruction.op) && !instruction.a.is_register && instruction.b.is_register) std::swap(instruction.a, instruction.b);
}

void Simplifier::address(Instruction& access, const RegisterFile& registers) const {
  const Known base = rules_.of(access.a, registers);
  if (base.kind != Known::Kind::exact && base.kind != Known::Kind::based) return;
  // Addresses are truncated to 32 bits, so any way of adding up the parts gives the same one.
  std::optional<Value> offset = sum(base.value, access.offset);
  if (!offset) return;
  if (offset->is_number()) offset->number = static_cast<std::int32_t>(offset->number);
  if (!rules_.is_plausible(*offset) || offset->kind == Value::Kind::code) return;
  access.a = base.is_exact() ? Operand::of(0) : Operand::of(base.base);
  access.offset = *offset;
}

void Simplifier::additive(Instruction& instruction, const Known& a) const {
  const Operand left = instruction.a, right = instruction.b;
  if (instruction.op == Op::sub && left == right && left.is_register) return become_move(instruction, Operand::of(0));
  if (instruction.op == Op::sub && right.is_number() && (right.value.number != 0) && fits_i32(-right.value.number)) {
    instruction.op = Op::add;
    instruction.b = Operand::of(-right.value.number);
    return;
  }
  if (right.is_number(0) && (!instruction.word || a.range.signed_bits <= 32)) return become_value_of(instruction, a);
  // x + n, where x is y + m: one addition to y, if that doesn't have to be kept for itself.
  if (instruction.op == Op::add && !instruction.word && right.is_number() && a.kind == Known::Kind::based) {
    std::optional<Value> value = sum(a.value, right.value);
    if (value && value->is_number()) value->number = as_register(value->number, bits_);
    if (!value || !rules_.is_plausible(*value)) return;
    instruction.a = Operand::of(a.base);
    instruction.b = Operand::of(*value);
    if (value->is_number(0)) become_move(instruction, instruction.a);
  }
}

void Simplifier::multiplicative(Instruction& instruction) const {
  if (!instruction.b.is_number()) return;
  const i64 number = instruction.b.value.number;
  const u64 magnitude = static_cast<u64>(number);
  const bool word = instruction.word;
  const bool is_power = number > 0 && std::has_single_bit(magnitude) && (!(word || bits_ == 32) || number <= i64{1} << 30);
  const i64 exponent = is_power ? std::countr_zero(magnitude) : 0;
  const Operand a = instruction.a;
  if (number == 0 && instruction.op == Op::mul) return become_move(instruction, Operand::of(0));
  if (number == 0 && (instruction.op == Op::div_unsigned || instruction.op == Op::div_signed)) {
    return become_move(instruction, Operand::of(-1));
  }
  const bool is_remainder = instruction.op == Op::rem_unsigned || instruction.op == Op::rem_signed;
  if (number == 1 && is_remainder) return become_move(instruction, Operand::of(0));
  if (number == 1 || (number == 0 && is_remainder)) {
    become(instruction, Op::add, a, Operand::of(0));  // of the word form, the low half remains, sign-extended
    instruction.word = word;
    return;
  }
  if (!is_power) return;
  if (instruction.op == Op::rem_unsigned) return become(instruction, Op::and_, a, Operand::of(number - 1));
  if (instruction.op != Op::mul && instruction.op != Op::div_unsigned) return;
  become(instruction, instruction.op == Op::mul ? Op::shift_left : Op::shift_right_logical, a, Operand::of(exponent));
  instruction.word = word;
}

void Simplifier::bitwise(Instruction& instruction, const Known& a) const {
  const Operand left = instruction.a, right = instruction.b;
  if (left == right && left.is_register) {
    switch (instruction.op) {
      case Op::and_:
      case Op::or_: return become_value_of(instruction, a);
      case Op::xor_:
      case Op::and_inverted: return become_move(instruction, Operand::of(0));
      default: return become_move(instruction, Operand::of(-1));
    }
  }
  if (!right.is_number()) return;
  i64 number = right.value.number;
  if (instruction.op == Op::and_inverted || instruction.op == Op::or_inverted || instruction.op == Op::xnor) {
    number = ~number;
    const Op plain = instruction.op == Op::and_inverted ? Op::and_ : instruction.op == Op::or_inverted ? Op::or_ : Op::xor_;
    become(instruction, plain, left, Operand::of(number));
  }
  if (instruction.op == Op::or_ || instruction.op == Op::xor_) {
    if (number == 0) return become_value_of(instruction, a);
    if (number == -1 && instruction.op == Op::or_) return become_move(instruction, Operand::of(-1));
    return;
  }
  const u32 width = a.range.unsigned_bits;
  const u64 possible = width >= 64 ? ~u64{0} : (u64{1} << width) - 1;
  if (number == -1 || (width < bits_ && (static_cast<u64>(number) & possible) == possible)) return become_value_of(instruction, a);
  if (number == 0) return become_move(instruction, Operand::of(0));
  if (number == 0xffff) become(instruction, Op::zero_extend_16, left);
}

void Simplifier::shift(Instruction& instruction, const Known& a) const {
  if (!instruction.b.is_number()) return;
  const u32 width = instruction.word ? 32 : bits_;
  const u32 amount = static_cast<u32>(instruction.b.value.number) & (width - 1);
  instruction.b = Operand::of(amount);
  if (instruction.op == Op::rotate_left && amount != 0) {
    instruction.op = Op::rotate_right;
    instruction.b = Operand::of(width - amount);
    return;
  }
  if (amount == 0) {
    instruction.op = Op::add;
    return additive(instruction, a);
  }
  if (instruction.op == Op::shift_right_logical || instruction.op == Op::shift_right_arithmetic) {
    // The sign bit of the low half is known to be 0, or to be that of the whole: the full-width form needs no sign extension after it.
    if (!instruction.word) return;
    const bool is_signed = instruction.op == Op::shift_right_arithmetic;
    if (is_signed ? a.range.signed_bits <= 32 : a.range.unsigned_bits <= 31) instruction.word = false;
  }
}

void Simplifier::comparison(Instruction& instruction, const Known& a) const {
  const Operand left = instruction.a, right = instruction.b;
  if (left == right && left.is_register) return become_move(instruction, Operand::of(0));
  if (!right.is_number() || !left.is_register) return;
  const i64 number = right.value.number;
  const u32 width = a.range.unsigned_bits;
  if (instruction.op == Op::set_less_unsigned && number == 0) return become_move(instruction, Operand::of(0));
  if (width >= std::min(bits_, 63u)) return;
  // a is in [0, 2^width)
  if (instruction.op == Op::set_less_signed && number <= 0) return become_move(instruction, Operand::of(0));
  const bool is_above = number < 0 ? instruction.op == Op::set_less_unsigned : number >= i64{1} << width;
  if (is_above) become_move(instruction, Operand::of(1));
}

void Simplifier::extension(Instruction& instruction, const Known& a) {
  const Range& range = a.range;
  const bool is_known = (instruction.op == Op::sign_extend_8 && range.signed_bits <= 8) ||
                        (instruction.op == Op::sign_extend_16 && range.signed_bits <= 16) ||
                        (instruction.op == Op::zero_extend_16 && range.unsigned_bits <= 16);
  if (is_known) become_value_of(instruction, a);
}

void Simplifier::conditional(Instruction& instruction, const RegisterFile& registers) const {
  const Known condition = rules_.of(instruction.a, registers);
  const bool is_zero = condition.is_number() && condition.value.number == 0;
  const bool is_not_zero = condition.is_number() && condition.value.number != 0;
  if (instruction.b == Operand::of(instruction.d)) return become_move(instruction, instruction.b);
  if (!is_zero && !is_not_zero) return;
  const bool moves = is_zero == (instruction.op == Op::cmov_if_zero);
  become_move(instruction, moves ? instruction.b : Operand::of(instruction.d));
}

void Simplifier::load(Instruction& instruction) const {
  const std::optional<Value> address = known_address(instruction);
  if (!address || address->kind != Value::Kind::data || address->number < 0) return;
  const DataSection& section = rules_.program().section(address->section());
  const u64 offset = static_cast<u64>(address->number), size = access_size(instruction.op);
  if (section.kind != SectionKind::read_only || size == 0 || offset > section.size || section.size - offset < size) return;
  const auto& relocations = section.relocations;
  const auto ends_after = [&](const DataRelocation& relocation) { return relocation.offset + relocation.size <= offset; };
  const auto found = std::partition_point(relocations.begin(), relocations.end(), ends_after);
  if (found != relocations.end() && found->offset < offset + size) {
    // Addresses are small positive numbers, whatever way they are extended.
    const bool is_whole = found->offset == offset && found->size == size && size >= 4 && !found->minus;
    if (is_whole && (found->target.is_number() ? size == 8 : rules_.exact(found->target).range.unsigned_bits <= 31)) {
      become_move(instruction, Operand::of(found->target));
    }
    return;
  }
  u64 number = 0;
  for (u64 at = 0; at < size; ++at) {
    if (offset + at < section.bytes.size()) number |= static_cast<u64>(section.bytes[offset + at]) << (8 * at);
  }
  const u32 shift = static_cast<u32>(64 - 8 * size);
  const bool is_signed = instruction.op == Op::load_i8 || instruction.op == Op::load_i16 || instruction.op == Op::load_i32;
  const i64 result = is_signed ? static_cast<i64>(number << shift) >> shift : static_cast<i64>(number);
  become_move(instruction, Operand::of(as_register(result, bits_)));
}

void Simplifier::arithmetic(Instruction& instruction, const RegisterFile& registers) const {
  const Op op = instruction.op;
  const Known a = rules_.of(instruction.a, registers);
  if (op == Op::add || op == Op::sub) return additive(instruction, a);
  if (op == Op::mul || (op >= Op::div_unsigned && op <= Op::rem_signed)) {
    multiplicative(instruction);
    if (instruction.op == Op::add) additive(instruction, a);
    return;
  }
  if (op >= Op::and_ && op <= Op::xnor) return bitwise(instruction, a);
  if (is_shift(op)) return shift(instruction, a);
  if (op == Op::set_less_unsigned || op == Op::set_less_signed) return comparison(instruction, a);
  if (op >= Op::max_signed && op <= Op::min_unsigned && instruction.a == instruction.b) return become_value_of(instruction, a);
  if (op >= Op::sign_extend_8 && op <= Op::zero_extend_16) extension(instruction, a);
}

void Simplifier::simplify(Instruction& instruction, const RegisterFile& registers) const {
  const Op op = instruction.op;
  if (op == Op::sbrk) instruction.a = original(instruction.a, registers);
  if (op == Op::nop || op == Op::host_call || op == Op::memset || op == Op::sbrk) return;
  operands(instruction, registers);
  if (is_load(op) || is_store(op)) {
    address(instruction, registers);
    if (is_load(op)) load(instruction);
    return;
  }
  if (is_cmov(op)) return conditional(instruction, registers);
  const Known result = rules_.result(instruction, registers);
  const bool is_known =
      result.is_exact() && result.value.kind != Value::Kind::code && (result.is_number() || rules_.is_plausible(result.value));
  if (is_known) {
    become_move(instruction, Operand::of(result.value));
  } else if (result.is_copy()) {
    become_move(instruction, Operand::of(result.base));
  } else if (op != Op::move) {
    arithmetic(instruction, registers);
    if (rules_.is_exact_at_full_width(instruction, registers)) instruction.word = false;
  }
  if (instruction.op == Op::move && instruction.a == Operand::of(instruction.d)) become(instruction, Op::nop, {});
}

void Simplifier::branch(Terminator& end, const RegisterFile& registers) const {
  Known a = rules_.of(end.a, registers), b = rules_.of(end.b, registers);
  std::optional<bool> taken;
  const bool is_equality = end.condition == Condition::equal || end.condition == Condition::not_equal;
  const bool same = a.is_copy() && b.is_copy() && a.base == b.base;
  // Blocks and what lies inside a section have other addresses than 0.
  const auto is_address = [&](const Known& known) {
    return known.is_exact() && !known.value.is_number() && known.range.unsigned_bits <= 31;
  };
  if (same) {
    taken = holds(end.condition, 0, 0, bits_);
  } else if (a.is_number() && b.is_number()) {
    taken = holds(end.condition, a.value.number, b.value.number, bits_);
  } else if (is_equality &&
             ((is_address(a) && b.is_number() && b.value.number == 0) || (is_address(b) && a.is_number() && a.value.number == 0))) {
    taken = end.condition == Condition::not_equal;
  }
  if (!taken && end.target == end.otherwise) taken = true;
  if (taken) {
    end.target = *taken ? end.target : end.otherwise;
    end.kind = Terminator::Kind::jump;
    end.condition = Condition::equal;
    end.a = end.b = {};
    end.otherwise = {};
    return;
  }
  const auto improve = [&](Operand& operand, const Known& known, const Operand& other) {
    if (known.is_copy()) operand = Operand::of(known.base);
    if (known.is_exact() && other.is_register && is_immediate(known.value) && rules_.is_plausible(known.value)) {
      operand = Operand::of(known.value);
    }
  };
  improve(end.b, b, end.a);
  improve(end.a, a, end.b);
  if (is_equality && !end.a.is_register && end.b.is_register) std::swap(end.a, end.b);
}

void Simplifier::simplify(Terminator& end, const RegisterFile& registers) const {
  using Kind = Terminator::Kind;
  if (end.kind == Kind::branch) return branch(end, registers);
  if (end.kind != Kind::jump_indirect && end.kind != Kind::call_indirect) return;
  const Known a = rules_.of(end.a, registers);
  if (a.kind != Known::Kind::exact && a.kind != Known::Kind::based) return;
  const std::optional<Value> target = sum(a.value, Value::of(end.offset));
  if (!target) return;
  if (a.is_exact() && target->kind == Value::Kind::code) {
    end.kind = end.kind == Kind::jump_indirect ? Kind::jump : Kind::call;
    end.target = target->block();
    end.a = {};
    end.offset = 0;
  } else if (a.kind == Known::Kind::based && target->is_number() && fits_i32(target->number)) {
    end.a = Operand::of(a.base);
    end.offset = target->number;
  }
}

}  // namespace pvm::link
