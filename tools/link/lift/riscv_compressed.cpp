// SPDX-License-Identifier: Apache-2.0 OR MIT
// 16-bit instructions, as the 32-bit ones that they abbreviate. "The RISC-V Instruction Set Manual", chapter on C.
#include "lift/riscv.hpp"

namespace pvm::link::riscv {
namespace {

u32 bits_of(u32 value, u32 low, u32 count) {
  return value >> low & ((1U << count) - 1);
}

/// Bit `from` of `value` at position `to`.
u32 bit(u32 value, u32 from, u32 to) {
  return (value >> from & 1) << to;
}

u32 sign_extend(u32 value, u32 width) {
  const u32 sign = 1U << (width - 1);
  return (value ^ sign) - sign;
}

u32 i_type(u32 imm, u32 rs1, u32 funct3, u32 rd, u32 opcode) {
  return imm << 20 | rs1 << 15 | funct3 << 12 | rd << 7 | opcode;
}

u32 s_type(u32 imm, u32 rs2, u32 rs1, u32 funct3) {
  return bits_of(imm, 5, 7) << 25 | rs2 << 20 | rs1 << 15 | funct3 << 12 | bits_of(imm, 0, 5) << 7 | 0x23;
}

u32 r_type(u32 funct7, u32 rs2, u32 rs1, u32 funct3, u32 rd, u32 opcode) {
  return funct7 << 25 | rs2 << 20 | rs1 << 15 | funct3 << 12 | rd << 7 | opcode;
}

u32 b_type(u32 imm, u32 rs1, u32 funct3) {
  return bit(imm, 12, 31) | bits_of(imm, 5, 6) << 25 | rs1 << 15 | funct3 << 12 | bits_of(imm, 1, 4) << 8 | bit(imm, 11, 7) | 0x63;
}

u32 j_type(u32 imm, u32 rd) {
  return bit(imm, 20, 31) | bits_of(imm, 1, 10) << 21 | bit(imm, 11, 20) | bits_of(imm, 12, 8) << 12 | rd << 7 | 0x6f;
}

constexpr u32 opcode_load = 0x03, opcode_op_imm = 0x13, opcode_op_imm_word = 0x1b, opcode_op = 0x33, opcode_op_word = 0x3b;
constexpr u32 opcode_lui = 0x37, opcode_jalr = 0x67;

// Immediates by their instruction; h is the halfword.
u32 imm6(u32 h) {
  return sign_extend(bit(h, 12, 5) | bits_of(h, 2, 5), 6);
}
u32 offset_word(u32 h) {
  return bits_of(h, 10, 3) << 3 | bit(h, 6, 2) | bit(h, 5, 6);
}
u32 offset_double(u32 h) {
  return bits_of(h, 10, 3) << 3 | bits_of(h, 5, 2) << 6;
}
u32 jump_offset(u32 h) {
  return sign_extend(bit(h, 12, 11) | bit(h, 11, 4) | bits_of(h, 9, 2) << 8 | bit(h, 8, 10) | bit(h, 7, 6) | bit(h, 6, 7) |
                         bits_of(h, 3, 3) << 1 | bit(h, 2, 5),
                     12);
}
u32 branch_offset(u32 h) {
  return sign_extend(bit(h, 12, 8) | bits_of(h, 10, 2) << 3 | bits_of(h, 5, 2) << 6 | bits_of(h, 3, 2) << 1 | bit(h, 2, 5), 9);
}

std::optional<u32> quadrant_0(u32 h, u32 bits) {
  const u32 rd = 8 + bits_of(h, 2, 3);
  const u32 rs1 = 8 + bits_of(h, 7, 3);
  switch (h >> 13) {
    case 0: {
      const u32 imm = bits_of(h, 11, 2) << 4 | bits_of(h, 7, 4) << 6 | bit(h, 6, 2) | bit(h, 5, 3);
      if (imm == 0) return std::nullopt;
      return i_type(imm, 2, 0, rd, opcode_op_imm);
    }
    case 2: return i_type(offset_word(h), rs1, 2, rd, opcode_load);
    case 3:
      if (bits == 64) return i_type(offset_double(h), rs1, 3, rd, opcode_load);
      return std::nullopt;
    case 6: return s_type(offset_word(h), rd, rs1, 2);
    case 7:
      if (bits == 64) return s_type(offset_double(h), rd, rs1, 3);
      return std::nullopt;
    default: return std::nullopt;
  }
}

std::optional<u32> arithmetic(u32 h, u32 bits) {
  const u32 rd = 8 + bits_of(h, 7, 3);
  const u32 rs2 = 8 + bits_of(h, 2, 3);
  const u32 amount = bit(h, 12, 5) | bits_of(h, 2, 5);
  switch (bits_of(h, 10, 2)) {
    case 0:
    case 1:
      if (bits == 32 && amount > 31) return std::nullopt;
      return i_type(amount | (bits_of(h, 10, 2) == 1 ? 0x400U : 0U), rd, 5, rd, opcode_op_imm);
    case 2: return i_type(imm6(h), rd, 7, rd, opcode_op_imm);
    default: break;
  }
  if (bit(h, 12, 0) != 0) {
    if (bits == 32 || bits_of(h, 5, 2) > 1) return std::nullopt;
    return r_type(bits_of(h, 5, 2) == 0 ? 0x20 : 0, rs2, rd, 0, rd, opcode_op_word);
  }
  static constexpr u32 funct3[] = {0, 4, 6, 7};  // sub, xor, or, and
  const u32 which = bits_of(h, 5, 2);
  return r_type(which == 0 ? 0x20 : 0, rs2, rd, funct3[which], rd, opcode_op);
}

std::optional<u32> quadrant_1(u32 h, u32 bits) {
  const u32 rd = bits_of(h, 7, 5);
  switch (h >> 13) {
    case 0: return i_type(imm6(h), rd, 0, rd, opcode_op_imm);
    case 1:
      if (bits == 32) return j_type(jump_offset(h), 1);
      if (rd == 0) return std::nullopt;
      return i_type(imm6(h), rd, 0, rd, opcode_op_imm_word);
    case 2: return i_type(imm6(h), 0, 0, rd, opcode_op_imm);
    case 3: {
      if (rd != 2) return bits_of(imm6(h), 0, 20) << 12 | rd << 7 | opcode_lui;
      const u32 imm = sign_extend(bit(h, 12, 9) | bit(h, 6, 4) | bit(h, 5, 6) | bits_of(h, 3, 2) << 7 | bit(h, 2, 5), 10);
      if (imm == 0) return std::nullopt;
      return i_type(imm, 2, 0, 2, opcode_op_imm);
    }
    case 4: return arithmetic(h, bits);
    case 5: return j_type(jump_offset(h), 0);
    default: return b_type(branch_offset(h), 8 + bits_of(h, 7, 3), h >> 13 & 1);
  }
}

std::optional<u32> quadrant_2(u32 h, u32 bits) {
  const u32 rd = bits_of(h, 7, 5);
  const u32 rs2 = bits_of(h, 2, 5);
  switch (h >> 13) {
    case 0: {
      const u32 amount = bit(h, 12, 5) | rs2;
      if (bits == 32 && amount > 31) return std::nullopt;
      return i_type(amount, rd, 1, rd, opcode_op_imm);
    }
    case 2:
      if (rd == 0) return std::nullopt;
      return i_type(bit(h, 12, 5) | bits_of(h, 4, 3) << 2 | bits_of(h, 2, 2) << 6, 2, 2, rd, opcode_load);
    case 3:
      if (bits == 32 || rd == 0) return std::nullopt;
      return i_type(bit(h, 12, 5) | bits_of(h, 5, 2) << 3 | bits_of(h, 2, 3) << 6, 2, 3, rd, opcode_load);
    case 4:
      if (rs2 != 0) return r_type(0, rs2, bit(h, 12, 0) != 0 ? rd : 0, 0, rd, opcode_op);
      if (rd != 0) return i_type(0, rd, 0, bit(h, 12, 0), opcode_jalr);
      if (bit(h, 12, 0) != 0) return 0x00100073;  // ebreak
      return std::nullopt;
    case 6: return s_type(bits_of(h, 9, 4) << 2 | bits_of(h, 7, 2) << 6, rs2, 2, 2);
    case 7:
      if (bits == 32) return std::nullopt;
      return s_type(bits_of(h, 10, 3) << 3 | bits_of(h, 7, 3) << 6, rs2, 2, 3);
    default: return std::nullopt;
  }
}

}  // namespace

std::optional<u32> expand_compressed(u32 half, u32 bits) {
  switch (half & 3) {
    case 0: return quadrant_0(half, bits);
    case 1: return quadrant_1(half, bits);
    case 2: return quadrant_2(half, bits);
    default: return std::nullopt;
  }
}

}  // namespace pvm::link::riscv
