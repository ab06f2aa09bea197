// SPDX-License-Identifier: Apache-2.0 OR MIT
// 32-bit instructions. "The RISC-V Instruction Set Manual", the chapters on the base sets and their extensions.
#include <array>
#include <cstdio>
#include <string>

#include "lift/riscv.hpp"

namespace pvm::link::riscv {
namespace {

u32 bits_of(u32 value, u32 low, u32 count) {
  return value >> low & ((1U << count) - 1);
}

i64 signed_bits(u32 value, u32 low, u32 count) {
  const i64 field = bits_of(value, low, count);
  const i64 sign = i64{1} << (count - 1);
  return (field ^ sign) - sign;
}

/// The fields of a word, and the instruction being made of them.
struct Decoder {
  u32 word;
  u32 bits;
  u32 opcode = word & 0x7f;
  u32 funct3 = bits_of(word, 12, 3);
  u32 funct7 = bits_of(word, 25, 7);
  u8 rd = static_cast<u8>(bits_of(word, 7, 5));
  u8 rs1 = static_cast<u8>(bits_of(word, 15, 5));
  u8 rs2 = static_cast<u8>(bits_of(word, 20, 5));
  i64 imm_i = signed_bits(word, 20, 12);

  static Instruction unknown() { return {}; }
  /// Its other fields are no registers.
  static Instruction no_operation() {
    Instruction made;
    made.kind = Kind::nop;
    return made;
  }
  Instruction of(Kind kind, Op op = Op::nop, bool is_word = false) const {
    Instruction made;
    made.kind = kind;
    made.op = op;
    made.word = is_word && bits == 64;
    made.rd = rd;
    made.rs1 = rs1;
    made.rs2 = rs2;
    return made;
  }
  Instruction immediate(Kind kind, Op op, i64 imm, bool is_word = false) const {
    Instruction made = of(kind, op, is_word);
    made.has_immediate = true;
    made.rs2 = 0;
    made.imm = imm;
    return made;
  }
  Instruction upper(Kind kind) const {
    Instruction made = immediate(kind, Op::nop, i64{static_cast<std::int32_t>(word & 0xfffff000)});
    made.rs1 = 0;
    return made;
  }
  Instruction unary(Op op, bool is_word = false) const {
    Instruction made = of(Kind::unary, op, is_word);
    made.rs2 = 0;
    return made;
  }

  Instruction run() const;
  Instruction load() const;
  Instruction store() const;
  Instruction branch() const;
  Instruction jal() const;
  Instruction op_imm() const;
  Instruction shift_imm() const;
  Instruction count(bool is_word) const;
  Instruction op_imm_word() const;
  Instruction op() const;
  Instruction op_bits() const;
  Instruction op_word() const;
  Instruction system() const;
  Instruction atomic() const;
  Instruction custom_0() const;
};

Instruction Decoder::run() const {
  switch (opcode) {
    case 0x03: return load();
    case 0x0b: return custom_0();
    case 0x0f: return funct3 <= 1 ? no_operation() : unknown();  // fence, fence.i
    case 0x13: return op_imm();
    case 0x17: return upper(Kind::auipc);
    case 0x1b: return bits == 64 ? op_imm_word() : unknown();
    case 0x23: return store();
    case 0x2f: return atomic();
    case 0x33: return op();
    case 0x37: return upper(Kind::lui);
    case 0x3b: return bits == 64 ? op_word() : unknown();
    case 0x63: return branch();
    case 0x67: return funct3 == 0 ? immediate(Kind::jalr, Op::nop, imm_i) : unknown();
    case 0x6f: return jal();
    case 0x73: return system();
    default: return unknown();
  }
}

Instruction Decoder::load() const {
  static constexpr std::array<Op, 8> ops = {Op::load_i8, Op::load_i16, Op::load_i32, Op::load_u64,
                                            Op::load_u8, Op::load_u16, Op::load_u32, Op::nop};
  if (funct3 == 7 || (bits == 32 && (funct3 == 3 || funct3 == 6))) return unknown();
  return immediate(Kind::load, ops[funct3], imm_i);
}

Instruction Decoder::store() const {
  static constexpr std::array<Op, 4> ops = {Op::store_u8, Op::store_u16, Op::store_u32, Op::store_u64};
  if (funct3 > 3 || (bits == 32 && funct3 == 3)) return unknown();
  Instruction made = of(Kind::store, ops[funct3]);
  made.rd = 0;
  made.imm = signed_bits(word, 25, 7) * 32 + i64{bits_of(word, 7, 5)};
  return made;
}

Instruction Decoder::branch() const {
  static constexpr std::array<Condition, 8> conditions = {Condition::equal,         Condition::not_equal,
                                                          Condition::equal,         Condition::equal,
                                                          Condition::less_signed,   Condition::greater_or_equal_signed,
                                                          Condition::less_unsigned, Condition::greater_or_equal_unsigned};
  if (funct3 == 2 || funct3 == 3) return unknown();
  Instruction made = of(Kind::branch);
  made.rd = 0;
  made.condition = conditions[funct3];
  made.imm = signed_bits(word, 31, 1) * 4096 + i64{bits_of(word, 7, 1) << 11 | bits_of(word, 25, 6) << 5 | bits_of(word, 8, 4) << 1};
  return made;
}

Instruction Decoder::jal() const {
  const i64 low = bits_of(word, 12, 8) << 12 | bits_of(word, 20, 1) << 11 | bits_of(word, 21, 10) << 1;
  Instruction made = immediate(Kind::jal, Op::nop, signed_bits(word, 31, 1) * (1 << 20) + low);
  made.rs1 = 0;
  return made;
}

Instruction Decoder::op_imm() const {
  switch (funct3) {
    case 0: return immediate(Kind::alu, Op::add, imm_i);
    case 2: return immediate(Kind::alu, Op::set_less_signed, imm_i);
    case 3: return immediate(Kind::alu, Op::set_less_unsigned, imm_i);
    case 4: return immediate(Kind::alu, Op::xor_, imm_i);
    case 6: return immediate(Kind::alu, Op::or_, imm_i);
    case 7: return immediate(Kind::alu, Op::and_, imm_i);
    default: return shift_imm();
  }
}

Instruction Decoder::shift_imm() const {
  const i64 amount = bits_of(word, 20, 6);
  const u32 funct6 = funct7 >> 1;
  const u32 imm12 = word >> 20;
  if (funct3 == 5 && imm12 == 0x287) {
    Instruction made = of(Kind::or_combine);
    made.rs2 = 0;
    return made;
  }
  if (funct3 == 5 && imm12 == (bits == 64 ? 0x6b8U : 0x698U)) return unary(Op::reverse_bytes);
  if (bits == 32 && amount > 31) return unknown();
  if (funct3 == 1) {
    switch (funct6) {
      case 0x00: return immediate(Kind::alu, Op::shift_left, amount);
      case 0x0a: return immediate(Kind::bit, Op::or_, amount);
      case 0x12: return immediate(Kind::bit, Op::and_, amount);
      case 0x1a: return immediate(Kind::bit, Op::xor_, amount);
      case 0x18: return count(false);
      default: return unknown();
    }
  }
  switch (funct6) {
    case 0x00: return immediate(Kind::alu, Op::shift_right_logical, amount);
    case 0x10: return immediate(Kind::alu, Op::shift_right_arithmetic, amount);
    case 0x12: return immediate(Kind::bit, Op::nop, amount);
    case 0x18: return immediate(Kind::alu, Op::rotate_right, amount);
    default: return unknown();
  }
}

Instruction Decoder::count(bool is_word) const {
  if (funct7 != 0x30) return unknown();
  switch (rs2) {
    case 0: return unary(Op::count_leading_zeros, is_word);
    case 1: return unary(Op::count_trailing_zeros, is_word);
    case 2: return unary(Op::count_set_bits, is_word);
    case 4: return is_word ? unknown() : unary(Op::sign_extend_8);
    case 5: return is_word ? unknown() : unary(Op::sign_extend_16);
    default: return unknown();
  }
}

Instruction Decoder::op_imm_word() const {
  const i64 amount = rs2;
  if (funct3 == 0) return immediate(Kind::alu, Op::add, imm_i, true);
  if (funct3 == 1 && funct7 >> 1 == 0x02) return immediate(Kind::shift_word, Op::nop, bits_of(word, 20, 6));
  if (funct3 == 1 && funct7 == 0) return immediate(Kind::alu, Op::shift_left, amount, true);
  if (funct3 == 1) return count(true);
  if (funct3 != 5) return unknown();
  switch (funct7) {
    case 0x00: return immediate(Kind::alu, Op::shift_right_logical, amount, true);
    case 0x20: return immediate(Kind::alu, Op::shift_right_arithmetic, amount, true);
    case 0x30: return immediate(Kind::alu, Op::rotate_right, amount, true);
    default: return unknown();
  }
}

Instruction Decoder::op() const {
  static constexpr std::array<Op, 8> base = {
      Op::add, Op::shift_left, Op::set_less_signed, Op::set_less_unsigned, Op::xor_, Op::shift_right_logical, Op::or_, Op::and_};
  static constexpr std::array<Op, 8> inverted = {Op::sub,         Op::nop,         Op::nop, Op::nop, Op::xnor, Op::shift_right_arithmetic,
                                                 Op::or_inverted, Op::and_inverted};
  static constexpr std::array<Op, 8> multiply = {Op::mul,
                                                 Op::mul_upper_signed_signed,
                                                 Op::mul_upper_signed_unsigned,
                                                 Op::mul_upper_unsigned_unsigned,
                                                 Op::div_signed,
                                                 Op::div_unsigned,
                                                 Op::rem_signed,
                                                 Op::rem_unsigned};
  switch (funct7) {
    case 0x00: return of(Kind::alu, base[funct3]);
    case 0x01: return of(Kind::alu, multiply[funct3]);
    case 0x20: return inverted[funct3] == Op::nop ? unknown() : of(Kind::alu, inverted[funct3]);
    default: return op_bits();
  }
}

Instruction Decoder::op_bits() const {
  switch (funct7 << 4 | funct3) {
    case 0x044:
      if (bits == 32 && rs2 == 0) return unary(Op::zero_extend_16);
      return unknown();
    case 0x054: return of(Kind::alu, Op::min_signed);
    case 0x055: return of(Kind::alu, Op::min_unsigned);
    case 0x056: return of(Kind::alu, Op::max_signed);
    case 0x057: return of(Kind::alu, Op::max_unsigned);
    case 0x075: return of(Kind::clear_if_zero);
    case 0x077: return of(Kind::clear_if_not_zero);
    case 0x102:
    case 0x104:
    case 0x106: {
      Instruction made = of(Kind::shift_add);
      made.imm = funct3 / 2;
      return made;
    }
    case 0x141: return of(Kind::bit, Op::or_);
    case 0x241: return of(Kind::bit, Op::and_);
    case 0x245: return of(Kind::bit, Op::nop);
    case 0x341: return of(Kind::bit, Op::xor_);
    case 0x301: return of(Kind::alu, Op::rotate_left);
    case 0x305: return of(Kind::alu, Op::rotate_right);
    default: return unknown();
  }
}

Instruction Decoder::op_word() const {
  switch (funct7 << 4 | funct3) {
    case 0x000: return of(Kind::alu, Op::add, true);
    case 0x200: return of(Kind::alu, Op::sub, true);
    case 0x001: return of(Kind::alu, Op::shift_left, true);
    case 0x005: return of(Kind::alu, Op::shift_right_logical, true);
    case 0x205: return of(Kind::alu, Op::shift_right_arithmetic, true);
    case 0x010: return of(Kind::alu, Op::mul, true);
    case 0x014: return of(Kind::alu, Op::div_signed, true);
    case 0x015: return of(Kind::alu, Op::div_unsigned, true);
    case 0x016: return of(Kind::alu, Op::rem_signed, true);
    case 0x017: return of(Kind::alu, Op::rem_unsigned, true);
    case 0x301: return of(Kind::alu, Op::rotate_left, true);
    case 0x305: return of(Kind::alu, Op::rotate_right, true);
    case 0x044: return rs2 == 0 ? unary(Op::zero_extend_16) : unknown();
    case 0x040:
    case 0x102:
    case 0x104:
    case 0x106: {
      Instruction made = of(Kind::shift_add, Op::nop, true);
      made.imm = funct3 / 2;
      return made;
    }
    default: return unknown();
  }
}

Instruction Decoder::system() const {
  // unimp; and ebreak, which is how GCC spells __builtin_trap.
  if (word == 0xc0001073 || word == 0x00100073) return of(Kind::trap);
  return unknown();
}

Instruction Decoder::atomic() const {
  if (funct3 != 2 && (funct3 != 3 || bits == 32)) return unknown();
  const bool is_word = funct3 == 2;
  const auto amo = [&](Kind kind, Op op = Op::nop) { return of(kind, op, is_word); };
  Instruction made;
  switch (funct7 >> 2) {
    case 0x00: made = amo(Kind::fetch, Op::add); break;
    case 0x01: made = amo(Kind::swap); break;
    case 0x02: made = rs2 == 0 ? amo(Kind::load_reserved) : unknown(); break;
    case 0x03: made = amo(Kind::store_conditional); break;
    case 0x04: made = amo(Kind::fetch, Op::xor_); break;
    case 0x08: made = amo(Kind::fetch, Op::or_); break;
    case 0x0c: made = amo(Kind::fetch, Op::and_); break;
    case 0x10: made = amo(Kind::fetch, Op::min_signed); break;
    case 0x14: made = amo(Kind::fetch, Op::max_signed); break;
    case 0x18: made = amo(Kind::fetch, Op::min_unsigned); break;
    case 0x1c: made = amo(Kind::fetch, Op::max_unsigned); break;
    default: return unknown();
  }
  return made;
}

Instruction Decoder::custom_0() const {
  switch (funct3) {
    case 0: return word == 0x0000000b ? of(Kind::host_call) : unknown();
    case 1:
      if (funct7 == 0x20) return of(Kind::move_if_zero);
      if (funct7 == 0x21) return of(Kind::move_if_not_zero);
      return funct7 == 0 && rs2 == 0 && rd != 0 && rs1 != 0 ? of(Kind::sbrk) : unknown();
    case 2: return word == 0x0000200b ? of(Kind::memset) : unknown();
    case 3: {
      if ((funct7 & 3) == 3) {
        Instruction made = of(Kind::select);
        made.rs3 = static_cast<u8>(funct7 >> 2);
        return made;
      }
      return funct7 == 0 && rs2 == 0 && rs1 == 0 ? of(Kind::heap_base) : unknown();
    }
    default: return unknown();
  }
}

u32 half_at(std::span<const u8> bytes, std::size_t at) {
  return static_cast<u32>(bytes[at] | bytes[at + 1] << 8);
}

}  // namespace

Instruction decode(std::span<const u8> bytes, u32 bits) {
  const u32 half = half_at(bytes, 0);
  if ((half & 3) != 3) {
    Instruction made;
    if (half == 0) {
      made.kind = Kind::trap;
    } else if (const auto word = expand_compressed(half, bits)) {
      made = Decoder{*word, bits}.run();
    }
    made.size = 2;
    return made;
  }
  if (bytes.size() < 4) {
    Instruction cut_off;
    cut_off.size = 2;
    return cut_off;
  }
  return Decoder{half | half_at(bytes, 2) << 16, bits}.run();
}

std::string describe_unknown(std::span<const u8> bytes) {
  const u32 half = half_at(bytes, 0);
  char text[32];
  if ((half & 3) != 3 || bytes.size() < 4) {
    static_cast<void>(std::snprintf(text, sizeof text, "instruction 0x%04x", half));
    return text;
  }
  const u32 word = half | half_at(bytes, 2) << 16;
  switch (word & 0x7f) {
    case 0x07:
    case 0x27:
    case 0x43:
    case 0x47:
    case 0x4b:
    case 0x4f:
    case 0x53: return "floating-point or vector instruction";
    case 0x57: return "vector instruction";
    case 0x73: return word == 0x73 ? "instruction ecall" : "system instruction";
    default: break;
  }
  static_cast<void>(std::snprintf(text, sizeof text, "instruction 0x%08x", word));
  return text;
}

const char* register_name(u8 number) {
  static constexpr std::array<const char*, 32> names = {"zero", "ra", "sp", "gp", "tp",  "t0",  "t1", "t2", "s0", "s1", "a0",
                                                        "a1",   "a2", "a3", "a4", "a5",  "a6",  "a7", "s2", "s3", "s4", "s5",
                                                        "s6",   "s7", "s8", "s9", "s10", "s11", "t3", "t4", "t5", "t6"};
  return names[number & 31];
}

std::optional<Reg> machine_register(u8 number) {
  if (number == 1 || number == 2) return static_cast<Reg>(number - 1);
  if (number >= 5 && number <= 15) return static_cast<Reg>(number - 3);
  return std::nullopt;
}

}  // namespace pvm::link::riscv
