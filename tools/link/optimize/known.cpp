// SPDX-License-Identifier: Apache-2.0 OR MIT
#include "known.hpp"

#include <algorithm>
#include <bit>

#include "facts.hpp"
#include "fold.hpp"

namespace pvm::link {
namespace {

constexpr i64 plausible_distance = 0x10000;

u32 coarse_bits(u32 bits) {
  for (const u32 step : {1u, 8u, 16u, 31u, 32u}) {
    if (bits <= step) return step;
  }
  return 64;
}

}  // namespace

KnownRules::KnownRules(const Program& program) : program_(program) {
  u64 total = 0;
  for (const DataSection& section : program.sections) {
    if (section.size > u64{1} << 30 || section.alignment > u64{1} << 20) return;
    total += section.size + section.alignment;
    if (total > u64{1} << 30) return;
  }
  addresses_are_small_ = true;
}

Range KnownRules::consistent(Range range) const {
  const u32 bits = register_bits();
  range.unsigned_bits = std::min(range.unsigned_bits, bits);
  range.signed_bits = std::clamp(range.signed_bits, 1u, bits);
  if (range.unsigned_bits < bits) range.signed_bits = std::min(range.signed_bits, range.unsigned_bits + 1);
  return range;
}

Range KnownRules::range_of(const Value& value) const {
  if (value.is_number()) {
    const u64 number = static_cast<u64>(value.number);
    if (value.number < 0) return {register_bits(), 65 - static_cast<u32>(std::countl_one(number))};
    return consistent({64 - static_cast<u32>(std::countl_zero(number)), register_bits()});
  }
  if (value.kind == Value::Kind::code) return bounded_unsigned(31);
  if (!addresses_are_small_) return full();
  if (value.kind == Value::Kind::heap_base) return bounded_unsigned(31);
  const bool inside = value.number >= 0 && static_cast<u64>(value.number) <= program_.section(value.section()).size;
  return inside ? bounded_unsigned(31) : full();
}

bool KnownRules::is_plausible(const Value& value) const {
  if (value.is_number()) return fits_i32(value.number);
  if (value.kind != Value::Kind::data) return true;
  if (!addresses_are_small_) return false;
  const i64 size = static_cast<i64>(program_.section(value.section()).size);
  return value.number >= -plausible_distance && value.number <= size + plausible_distance;
}

Known KnownRules::exact(const Value& value) const {
  Known known;
  known.kind = Known::Kind::exact;
  known.value = value;
  if (value.is_number()) known.value.number = as_register(value.number, register_bits());
  known.range = range_of(known.value);
  return known;
}

Known KnownRules::of(const Operand& operand, const RegisterFile& registers) const {
  if (!operand.is_register) return exact(operand.value);
  Known known = registers[static_cast<u32>(operand.reg)];
  if (known.kind != Known::Kind::any) return known;
  known.kind = Known::Kind::based;
  known.base = operand.reg;
  known.value = Value::of(0);
  return known;
}

Known KnownRules::sum(const Known& a, const Known& b, Range range) const {
  const bool a_is_sum = a.is_exact() || a.kind == Known::Kind::based, b_is_sum = b.is_exact() || b.kind == Known::Kind::based;
  if (!a_is_sum || !b_is_sum || (!a.is_exact() && !b.is_exact())) return with_range(range);
  std::optional<Value> value = link::sum(a.value, b.value);
  if (value && value->is_number()) value->number = as_register(value->number, register_bits());
  if (!value || (!value->is_number() && !is_plausible(*value))) return with_range(range);
  if (a.is_exact() && b.is_exact()) return exact(*value);
  Known known = with_range(range);
  known.kind = Known::Kind::based;
  known.base = a.is_exact() ? b.base : a.base;
  known.value = *value;
  return known;
}

Known KnownRules::difference(const Known& a, const Known& b, Range range) const {
  if (b.is_number()) return sum(a, exact(Value::of(static_cast<i64>(0 - static_cast<u64>(b.value.number)))), range);
  const bool same_origin = a.kind == b.kind && (a.is_exact() || (a.kind == Known::Kind::based && a.base == b.base)) &&
                           a.value.kind == b.value.kind && a.value.id == b.value.id;
  if (!same_origin) return with_range(range);
  return exact(Value::of(static_cast<i64>(static_cast<u64>(a.value.number) - static_cast<u64>(b.value.number))));
}

Range KnownRules::shift_range(const Instruction& instruction, const Known& a, u32 amount) const {
  const u32 bits = register_bits();
  switch (instruction.op) {
    case Op::shift_left: return consistent({a.range.unsigned_bits + amount, a.range.signed_bits + amount});
    case Op::shift_right_logical: {
      const u32 before = instruction.word ? 32 : a.range.unsigned_bits;
      if (amount == 0) return instruction.word ? bounded_signed(32) : a.range;
      return bounded_unsigned(before > amount ? before - amount : 0);
    }
    case Op::shift_right_arithmetic: {
      const u32 before = instruction.word ? std::min(a.range.signed_bits, 32u) : a.range.signed_bits;
      Range range = bounded_signed(before > amount ? before - amount : 1);
      const bool was_positive = a.range.unsigned_bits < (instruction.word ? 32 : bits);
      if (was_positive) range.unsigned_bits = a.range.unsigned_bits > amount ? a.range.unsigned_bits - amount : 0;
      return consistent(range);
    }
    default: return full();
  }
}

Range KnownRules::result_range(const Instruction& instruction, const Known& a, const Known& b) const {
  const u32 bits = register_bits();
  const Range &ra = a.range, &rb = b.range;
  const bool both_positive = ra.unsigned_bits < bits && rb.unsigned_bits < bits;
  switch (instruction.op) {
    case Op::add: {
      const Range wide = {both_positive ? std::max(ra.unsigned_bits, rb.unsigned_bits) + 1 : bits,
                          std::max(ra.signed_bits, rb.signed_bits) + 1};
      return consistent(wide);
    }
    case Op::sub: return bounded_signed(std::max(ra.signed_bits, rb.signed_bits) + 1);
    case Op::mul: return consistent({ra.unsigned_bits + rb.unsigned_bits, ra.signed_bits + rb.signed_bits});
    case Op::and_: return consistent({std::min(ra.unsigned_bits, rb.unsigned_bits), std::max(ra.signed_bits, rb.signed_bits)});
    case Op::or_:
    case Op::xor_: return consistent({std::max(ra.unsigned_bits, rb.unsigned_bits), std::max(ra.signed_bits, rb.signed_bits)});
    case Op::and_inverted: return consistent({ra.unsigned_bits, std::max(ra.signed_bits, rb.signed_bits)});
    case Op::or_inverted:
    case Op::xnor: return bounded_signed(std::max(ra.signed_bits, rb.signed_bits));
    case Op::shift_left:
    case Op::shift_right_logical:
    case Op::shift_right_arithmetic: {
      if (!b.is_number()) return full();
      return shift_range(instruction, a, static_cast<u32>(b.value.number) % (instruction.word ? 32 : bits));
    }
    case Op::set_less_unsigned:
    case Op::set_less_signed: return bounded_unsigned(1);
    case Op::count_leading_zeros:
    case Op::count_trailing_zeros:
    case Op::count_set_bits: return bounded_unsigned(7);
    case Op::sign_extend_8: return bounded_signed(8);
    case Op::sign_extend_16: return bounded_signed(16);
    case Op::zero_extend_16: return bounded_unsigned(16);
    case Op::max_unsigned: return consistent({std::max(ra.unsigned_bits, rb.unsigned_bits), std::max(ra.signed_bits, rb.signed_bits)});
    case Op::min_unsigned: return consistent({std::min(ra.unsigned_bits, rb.unsigned_bits), std::max(ra.signed_bits, rb.signed_bits)});
    case Op::max_signed:
    case Op::min_signed: return consistent({std::max(ra.unsigned_bits, rb.unsigned_bits), std::max(ra.signed_bits, rb.signed_bits)});
    case Op::rem_unsigned: return instruction.word ? full() : bounded_unsigned(ra.unsigned_bits);
    case Op::load_u8: return bounded_unsigned(8);
    case Op::load_u16: return bounded_unsigned(16);
    case Op::load_u32: return bounded_unsigned(32);
    case Op::load_i8: return bounded_signed(8);
    case Op::load_i16: return bounded_signed(16);
    case Op::load_i32: return bounded_signed(32);
    default: return full();
  }
}

bool KnownRules::is_exact_at_full_width(const Instruction& instruction, const RegisterFile& registers) const {
  const Op op = instruction.op;
  if (!instruction.word || (op != Op::add && op != Op::sub && op != Op::mul && op != Op::shift_left)) return false;
  const Known a = of(instruction.a, registers), b = of(instruction.b, registers);
  if (a.range.signed_bits > 32 || b.range.signed_bits > 32) return false;
  if (op == Op::shift_left && (!b.is_number() || b.value.number < 0 || b.value.number > 31)) return false;
  return result_range(instruction, a, b).signed_bits <= 32;
}

Known KnownRules::result(const Instruction& instruction, const RegisterFile& registers) const {
  const Op op = instruction.op;
  const Known a = of(instruction.a, registers);
  if (op == Op::move) return a;
  const Known b = of(instruction.b, registers);
  if (is_cmov(op)) return join(of(Operand::of(instruction.d), registers), b, false);
  if (is_unary(op) && a.is_number()) return exact(Value::of(fold(op, instruction.word, a.value.number, 0, register_bits())));
  if (is_binary(op) && a.is_number() && b.is_number()) {
    return exact(Value::of(fold(op, instruction.word, a.value.number, b.value.number, register_bits())));
  }
  Range range = result_range(instruction, a, b);
  if (instruction.word && !is_unary(op)) {
    // The operation is on low halves. Its bounds hold if the result doesn't overflow 32 bits; then the operands, whose bounds are no
    // wider, were their own low halves.
    const bool is_right_shift = op == Op::shift_right_logical || op == Op::shift_right_arithmetic;
    if (!is_right_shift && range.signed_bits > 32) range = bounded_signed(32);
    range.signed_bits = std::min(range.signed_bits, 32u);
    return with_range(consistent(range));
  }
  if (op == Op::add) return sum(a, b, range);
  if (op == Op::sub) return difference(a, b, range);
  return with_range(range);
}

void KnownRules::write(RegisterFile& registers, Reg d, Known known) const {
  const auto forget = [&](Known& other) {
    if (other.has_base() && other.base == d) {
      other.kind = Known::Kind::any;
      other.base = Reg::ra;
      other.value = {};
    }
  };
  // d := d + n: what is d + m now will be d + (m - n).
  const bool moves = known.kind == Known::Kind::based && known.base == d && known.value.is_number();
  const i64 distance = moves ? known.value.number : 0;
  for (Known& other : registers) {
    if (moves && other.kind == Known::Kind::based && other.base == d && other.value.is_number()) {
      other.value.number =
          as_register(static_cast<i64>(static_cast<u64>(other.value.number) - static_cast<u64>(distance)), register_bits());
    } else {
      forget(other);
    }
  }
  forget(known);
  // A scratch value isn't kept alive by its copies.
  const bool outlives = known.has_base() && (set_of(known.base) & scratch_registers) != 0 && (set_of(d) & scratch_registers) == 0;
  if (outlives) known = with_range(known.range);
  registers[static_cast<u32>(d)] = known;
}

void KnownRules::step(const Instruction& instruction, RegisterFile& registers) const {
  const RegisterSet written = writes(instruction);
  if (written == 0) return;
  if (instruction.op == Op::host_call || instruction.op == Op::memset || instruction.op == Op::sbrk) {
    for (u32 number = 0; number < register_count; ++number) {
      if (written & (RegisterSet{1} << number)) write(registers, static_cast<Reg>(number), any());
    }
    return;
  }
  write(registers, instruction.d, result(instruction, registers));
}

Known KnownRules::join(const Known& a, const Known& b, bool coarse) const {
  if (a == b) return a;
  const bool same = a.kind == b.kind && a.base == b.base && a.value == b.value;
  Known known = same ? a : Known{};
  known.range = {std::max(a.range.unsigned_bits, b.range.unsigned_bits), std::max(a.range.signed_bits, b.range.signed_bits)};
  if (coarse) known.range = {coarse_bits(known.range.unsigned_bits), coarse_bits(known.range.signed_bits)};
  known.range = consistent(known.range);
  return known;
}

}  // namespace pvm::link
