// SPDX-License-Identifier: Apache-2.0 OR MIT
// Decoding one instruction. Chapter "Decoding".
#include "pvm/ref/decode.hpp"

#include <algorithm>

namespace pvm::ref {
namespace {

constexpr u32 max_skip = 24;

// [decode.register]
u8 register_number(u32 nibble) {
  return static_cast<u8>(std::min(nibble & 15, 12u));
}

// [decode.register_third]
u8 third_register(const Program& program, u8 byte) {
  return is_graypaper(program.config.semantics) ? std::min(byte, u8{12}) : register_number(byte);
}

// [decode.length_nibble]
u32 length_of(u32 nibble) {
  return std::min(nibble & 7, 4u);
}

// The length that is left of `available` bytes after `used` of them, at most 4.
u32 rest(u32 available, u32 used) {
  return available > used ? std::min(available - used, 4u) : 0;
}

// [decode.immediate] [decode.overrun]
i64 immediate(const Program& program, u64 position, u32 length) {
  u32 value = 0;
  for (u32 byte = 0; byte < length; ++byte) value |= u32{program.byte_at(position + byte)} << (8 * byte);
  if (length == 0) return 0;
  const u32 unused_bits = 32 - 8 * length;
  return static_cast<i32>(value << unused_bits) >> unused_bits;
}

// [decode.target]
u32 target(const Program& program, u32 pc, u64 position, u32 length) {
  return pc + static_cast<u32>(immediate(program, position, length));
}

// The operands, by format. [decode.format.*]
void decode_operands(const Program& program, isa::Format format, u32 skip, Instruction& in) {
  const u64 at = in.pc;
  const u8 b1 = program.byte_at(at + 1);
  const u8 b2 = program.byte_at(at + 2);
  switch (format) {
    // [decode.format.none]
    case isa::Format::none: return;
    // [decode.format.imm]
    case isa::Format::imm: in.imm1 = immediate(program, at + 1, std::min(4u, skip)); return;
    // [decode.format.offset]
    case isa::Format::offset: in.target = target(program, in.pc, at + 1, std::min(4u, skip)); return;
    // [decode.format.reg_imm]
    case isa::Format::reg_imm:
      in.reg1 = register_number(b1);
      in.imm1 = immediate(program, at + 2, rest(skip, 1));
      return;
    // [decode.format.reg_imm64]
    case isa::Format::reg_imm64: {
      in.reg1 = register_number(b1);
      u64 value = 0;
      for (u32 byte = 0; byte < 8; ++byte) value |= u64{program.byte_at(at + 2 + byte)} << (8 * byte);
      in.imm1 = static_cast<i64>(value);
      return;
    }
    // [decode.format.imm_imm]
    case isa::Format::imm_imm: {
      const u32 length = length_of(b1);
      in.imm1 = immediate(program, at + 2, length);
      in.imm2 = immediate(program, at + 2 + length, rest(skip, length + 1));
      return;
    }
    // [decode.format.reg_imm_imm]
    case isa::Format::reg_imm_imm: {
      const u32 length = length_of(b1 >> 4);
      in.reg1 = register_number(b1);
      in.imm1 = immediate(program, at + 2, length);
      in.imm2 = immediate(program, at + 2 + length, rest(skip, length + 1));
      return;
    }
    // [decode.format.reg_imm_offset]
    case isa::Format::reg_imm_offset: {
      const u32 length = length_of(b1 >> 4);
      in.reg1 = register_number(b1);
      in.imm1 = immediate(program, at + 2, length);
      in.target = target(program, in.pc, at + 2 + length, rest(skip, length + 1));
      return;
    }
    // [decode.format.reg_reg]
    case isa::Format::reg_reg:
      in.reg1 = register_number(b1);
      in.reg2 = register_number(b1 >> 4);
      return;
    // [decode.format.reg_reg_imm]
    case isa::Format::reg_reg_imm:
      in.reg1 = register_number(b1);
      in.reg2 = register_number(b1 >> 4);
      in.imm1 = immediate(program, at + 2, rest(skip, 1));
      return;
    // [decode.format.reg_reg_offset]
    case isa::Format::reg_reg_offset:
      in.reg1 = register_number(b1);
      in.reg2 = register_number(b1 >> 4);
      in.target = target(program, in.pc, at + 2, rest(skip, 1));
      return;
    // [decode.format.reg_reg_imm_imm]
    case isa::Format::reg_reg_imm_imm: {
      const u32 length = length_of(b2);
      in.reg1 = register_number(b1);
      in.reg2 = register_number(b1 >> 4);
      in.imm1 = immediate(program, at + 3, length);
      in.imm2 = immediate(program, at + 3 + length, rest(skip, length + 2));
      return;
    }
    // [decode.format.reg_reg_reg]
    case isa::Format::reg_reg_reg:
      in.reg1 = third_register(program, b2);
      in.reg2 = register_number(b1);
      in.reg3 = register_number(b1 >> 4);
      return;
  }
}

}  // namespace

// [decode.skip]
u32 skip_at(const Program& program, u64 pc) {
  u32 skip = 0;
  while (skip < max_skip && pc + 1 + skip < program.code_size() && !program.is_marked(pc + 1 + skip)) ++skip;
  return skip;
}

Instruction decode(const Program& program, u32 pc) {
  Instruction in;
  in.pc = pc;
  const u32 skip = skip_at(program, pc);
  in.next = pc + 1 + skip;  // [decode.next]
  // [decode.implicit_trap]
  if (!program.is_marked(pc)) return in;
  // [decode.opcode]
  in.op = isa::ops_by_opcode[static_cast<std::size_t>(program.config.semantics)][program.byte_at(pc)];
  if (in.op != isa::Op::invalid) decode_operands(program, isa::row_of(in.op).format, skip, in);
  return in;
}

u8 register_in(const Instruction& in, isa::Field field) {
  return field == isa::Field::reg2 ? in.reg2 : field == isa::Field::reg3 ? in.reg3 : in.reg1;
}

}  // namespace pvm::ref
