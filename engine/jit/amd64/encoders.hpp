// SPDX-License-Identifier: Apache-2.0 OR MIT
// Encodings of the assembler's instructions. An instruction is built in a register and stored in one go; what is optional in it is
// shifted out rather than branched around. "APM" is the AMD64 Architecture Programmer's Manual, volume 3; its chapter 1 explains
// prefixes, ModRM and SIB; instructions are in alphabetical order in chapter 3. "SDM" is Intel's volume 2.
#pragma once

#include <utility>

#include "jit/amd64/assembler.hpp"

namespace pvm::engine::amd64 {

struct Assembler::Opcode {
  u32 bytes;
  u32 count;
  u8 prefix = 0;
};

struct Assembler::Operand {
  u32 bytes;  ///< ModRM, then SIB if count is 2.
  u32 count;
  u32 disp_bytes;
  u32 rex = 0;  ///< REX.X and REX.B.
};

// ---- The parts of an instruction ----

inline void Assembler::reserve(std::size_t bytes) {
  if (static_cast<std::size_t>(limit_ - end_) < bytes) grow(bytes);
}

inline u32 Assembler::read32(u32 at) const {
  u32 value = 0;
  std::memcpy(&value, begin_ + at, 4);
  return value;
}

// Stored as a number rather than as bytes: these could be those of end_ itself, which then had to be read again after each store.
inline void Assembler::put(u64 bytes, u32 count) {
  struct [[gnu::packed]] Unaligned {
    u64 value;
  };
  reinterpret_cast<Unaligned*>(end_)->value = bytes;
  end_ += count;
}

// APM 1.2.7 REX, 1.4.1 ModRM. Without REX, the byte registers 4 to 7 would be ah, ch, dh, bh.
inline void Assembler::registers(const Opcode& opcode, Size size, u32 reg, u32 rm, bool force_rex) {
  if (opcode.prefix != 0) put(opcode.prefix, 1);
  const u32 rex = 0x40 | static_cast<u32>(size) << 3 | (reg >> 3) << 2 | rm >> 3;
  const u32 no_rex = static_cast<u32>(rex == 0x40 && !force_rex);
  const u64 modrm = 0xc0 | (reg & 7) << 3 | (rm & 7);
  put((rex | u64{opcode.bytes} << 8 | modrm << (8 + 8 * opcode.count)) >> (8 * no_rex), 2 + opcode.count - no_rex);
}

// APM 1.4.2 SIB, 1.5 displacements, 1.7 rip-relative. As base, rbp and r13 need a displacement, rsp and r12 a SIB.
inline Assembler::Operand Assembler::operand(const Mem& mem, u32 reg) {
  const u32 base = number(mem.reg);
  const u32 index = number(mem.index);
  const u32 field = (reg & 7) << 3;
  const bool no_disp = mem.disp == 0 && (base & 7) != 5;
  const u32 mod = no_disp ? 0 : is_i8(mem.disp) ? 1 : 2;
  const u32 disp_bytes = no_disp ? 0 : is_i8(mem.disp) ? 1 : 4;
  switch (mem.kind) {
    case Mem::Kind::guest:
    case Mem::Kind::guest_gs:
    case Mem::Kind::base: {
      const u32 sib = static_cast<u32>((base & 7) == 4);
      return {0x2400 | mod << 6 | field | (base & 7), 1 + sib, disp_bytes, base >> 3};
    }
    case Mem::Kind::guest_abs:
    case Mem::Kind::guest_abs_gs: return {0x2504 | field, 2, 4};
    case Mem::Kind::rip: return {0x05 | field, 1, 4};
    case Mem::Kind::base_index8:
      assert(mem.index != R::rsp);
      return {(0xc0 | (index & 7) << 3 | (base & 7)) << 8 | mod << 6 | field | 4, 2, disp_bytes, (index >> 3) << 1 | base >> 3};
    case Mem::Kind::gs_index8: break;
  }
  assert(mem.index != R::rsp);
  return {(0xc5 | (index & 7) << 3) << 8 | field | 4, 2, 4, (index >> 3) << 1};
}

// APM 1.2 prefixes: gs 65, address size 67, mandatory prefix, REX. At most 8 bytes precede the displacement.
inline void Assembler::memory(const Opcode& opcode, Size size, u32 reg, const Mem& mem, u32 immediate_bytes, bool force_rex) {
  using Kind = Mem::Kind;
  const u8* const start = end_;
  const Operand operand = Assembler::operand(mem, reg);
  const bool absolute = mem.kind == Kind::guest_abs || mem.kind == Kind::guest_abs_gs;
  const bool guest = mem.kind == Kind::guest || mem.kind == Kind::guest_gs;
  if (mem.kind == Kind::guest_gs || mem.kind == Kind::guest_abs_gs || mem.kind == Kind::gs_index8) put(0x65, 1);
  if (guest || (absolute && mem.disp < 0)) put(0x67, 1);
  if (opcode.prefix != 0) put(opcode.prefix, 1);
  const u32 rex = 0x40 | static_cast<u32>(size) << 3 | (reg >> 3) << 2 | operand.rex;
  const u32 no_rex = static_cast<u32>(rex == 0x40 && !force_rex);
  const u64 bytes = rex | u64{opcode.bytes} << 8 | u64{operand.bytes} << (8 + 8 * opcode.count);
  put(bytes >> (8 * no_rex), 1 + opcode.count + operand.count - no_rex);
  u32 disp = static_cast<u32>(mem.disp);
  if (mem.kind == Kind::rip) disp -= offset() + 4 + immediate_bytes;
  put(disp, operand.disp_bytes);
  assert(end_ - start + immediate_bytes <= max_instruction_bytes);
  static_cast<void>(start);
}

// APM 1.8.2: the three-byte VEX prefix, whose register bits are inverted. prefix: 0 none, 1 66, 2 F3, 3 F2.
inline void Assembler::vex(u32 map, u32 prefix, u8 opcode, Size size, R reg, u32 vvvv, R rm) {
  const u32 byte1 = (~number(reg) & 8) << 4 | 0x40 | (~number(rm) & 8) << 2 | map;
  const u32 byte2 = static_cast<u32>(size) << 7 | (~vvvv & 15) << 3 | prefix;
  const u64 modrm = 0xc0 | (number(reg) & 7) << 3 | (number(rm) & 7);
  put(0xc4 | byte1 << 8 | byte2 << 16 | u32{opcode} << 24 | modrm << 32, 5);
}

// ---- Moves ----

// APM MOV: 8B /r
inline void Assembler::mov(Size size, R to, R from) {
  registers({0x8b, 1}, size, number(to), number(from));
}

// APM MOV: B8+r id zero-extends, C7 /0 id sign-extends, REX.W B8+r iq
inline void Assembler::mov_imm(R to, u64 value) {
  const u32 low = number(to) & 7;
  const u32 rex = 0x40 | number(to) >> 3;
  if (value <= 0xffffffff) {
    const u32 no_rex = static_cast<u32>(rex == 0x40);
    put((rex | (0xb8 | low) << 8 | value << 16) >> (8 * no_rex), 6 - no_rex);
  } else if (value >= 0xffffffff80000000) {
    put(0x08 | rex | 0xc700 | (0xc0 | low) << 16 | value << 24, 7);
  } else {
    put(0x08 | rex | (0xb8 | low) << 8, 2);
    immediate(value, 8);
  }
}

// APM MOVSXD: REX.W 63 /r
inline void Assembler::movsxd(R to, R from) {
  registers({0x63, 1}, Size::b64, number(to), number(from));
}

// APM MOVSX: 0F BE /r, 0F BF /r; MOVZX: 0F B6 /r, 0F B7 /r
inline void Assembler::movsx8(Size size, R to, R from) {
  registers({0xbe0f, 2}, size, number(to), number(from), number(from) >= 4);
}
inline void Assembler::movsx16(Size size, R to, R from) {
  registers({0xbf0f, 2}, size, number(to), number(from));
}
inline void Assembler::movzx8(R to, R from) {
  registers({0xb60f, 2}, Size::b32, number(to), number(from), number(from) >= 4);
}
inline void Assembler::movzx16(R to, R from) {
  registers({0xb70f, 2}, Size::b32, number(to), number(from));
}

// APM CMOVcc: 0F 40+c /r
inline void Assembler::cmov(Size size, Cond c, R to, R from) {
  registers({0x400f | static_cast<u32>(c) << 8, 2}, size, number(to), number(from));
}

// APM SETcc: 0F 90+c /0
inline void Assembler::setcc(Cond c, R to) {
  registers({0x900f | static_cast<u32>(c) << 8, 2}, Size::b32, 0, number(to), number(to) >= 4);
}

// APM XCHG: 90+r, 87 /r
inline void Assembler::xchg(R a, R b) {
  if (a == R::rax || b == R::rax) {
    const u32 other = number(a) | number(b);
    put(0x48 | other >> 3 | (0x90 | (other & 7)) << 8, 2);
  } else {
    registers({0x87, 1}, Size::b64, number(a), number(b));
  }
}

// APM vol. 4 MOVQ; SDM MOVD/MOVQ: 66 REX.W 0F 6E /r, 66 REX.W 0F 7E /r
inline void Assembler::movq(Xmm to, R from) {
  registers({0x6e0f, 2, 0x66}, Size::b64, number(to), number(from));
}
inline void Assembler::movq(R to, Xmm from) {
  registers({0x7e0f, 2, 0x66}, Size::b64, number(from), number(to));
}

// ---- Loads and stores ----

// APM MOVZX, MOV: 8B /r
inline void Assembler::load_zx(u32 bytes, R to, const Mem& from) {
  assert(bytes == 1 || bytes == 2 || bytes == 4 || bytes == 8);
  if (bytes >= 4) return memory({0x8b, 1}, size_of(bytes), number(to), from);
  memory({bytes == 1 ? 0xb60fU : 0xb70fU, 2}, Size::b32, number(to), from);
}

// APM MOVSX, MOVSXD, MOV: 8B /r
inline void Assembler::load_sx(u32 bytes, Size size, R to, const Mem& from) {
  assert(bytes == 1 || bytes == 2 || bytes == 4 || (bytes == 8 && size == Size::b64));
  if (bytes == 4 && size == Size::b64) return memory({0x63, 1}, size, number(to), from);
  if (bytes >= 4) return memory({0x8b, 1}, size, number(to), from);
  memory({bytes == 1 ? 0xbe0fU : 0xbf0fU, 2}, size, number(to), from);
}

// APM MOV: 88 /r, 66 89 /r, 89 /r
inline void Assembler::store(u32 bytes, const Mem& to, R from) {
  assert(bytes == 1 || bytes == 2 || bytes == 4 || bytes == 8);
  const Opcode opcode = {bytes == 1 ? 0x88U : 0x89U, 1, static_cast<u8>(bytes == 2 ? 0x66 : 0)};
  memory(opcode, size_of(bytes), number(from), to, 0, bytes == 1 && number(from) >= 4);
}

// APM MOV: C6 /0 ib, 66 C7 /0 iw, C7 /0 id
inline void Assembler::store_imm(u32 bytes, const Mem& to, i32 value) {
  assert(bytes == 1 || bytes == 2 || bytes == 4 || bytes == 8);
  const u32 immediate_bytes = bytes == 8 ? 4 : bytes;
  memory({bytes == 1 ? 0xc6U : 0xc7U, 1, static_cast<u8>(bytes == 2 ? 0x66 : 0)}, size_of(bytes), 0, to, immediate_bytes);
  immediate(static_cast<u32>(value), immediate_bytes);
}

// APM LEA: 8D /r. It ignores segments.
inline void Assembler::lea(Size size, R to, const Mem& of) {
  assert(of.kind != Mem::Kind::guest_gs && of.kind != Mem::Kind::guest_abs_gs && of.kind != Mem::Kind::gs_index8);
  memory({0x8d, 1}, size, number(to), of);
}

// APM LEA: 8D /r with SIB and scale 1. rbp and r13 are rather the index, as a base they need a displacement.
inline void Assembler::lea_sum(Size size, R to, R base, R index) {
  assert(index != R::rsp);
  if ((number(base) & 7) == 5) std::swap(base, index);
  const u32 disp8 = static_cast<u32>((number(base) & 7) == 5);
  const u32 rex = 0x40 | static_cast<u32>(size) << 3 | (number(to) >> 3) << 2 | (number(index) >> 3) << 1 | number(base) >> 3;
  const u32 no_rex = static_cast<u32>(rex == 0x40);
  const u32 modrm = disp8 << 6 | (number(to) & 7) << 3 | 4;
  const u64 sib = (number(index) & 7) << 3 | (number(base) & 7);
  put((rex | 0x8d00 | modrm << 16 | sib << 24) >> (8 * no_rex), 4 + disp8 - no_rex);
}

// ---- Arithmetic ----

// APM ADD, OR, ADC, SBB, AND, SUB, XOR, CMP: 03+8op /r, 83 /op ib, 05+8op id, 81 /op id
inline void Assembler::alu(Size size, Alu op, R to, R from) {
  registers({3 + 8 * static_cast<u32>(op), 1}, size, number(to), number(from));
}
inline void Assembler::alu_imm(Size size, Alu op, R to, i32 value) {
  if (is_i8(value)) {
    registers({0x83, 1}, size, static_cast<u32>(op), number(to));
    immediate(static_cast<u32>(value), 1);
  } else if (to == R::rax) {
    const u32 no_rex = static_cast<u32>(size == Size::b32);
    const u64 opcode = 5 + 8 * static_cast<u32>(op);
    put((0x48 | opcode << 8 | u64{static_cast<u32>(value)} << 16) >> (8 * no_rex), 6 - no_rex);
  } else {
    alu_imm32(size, op, to, value);
  }
}
inline void Assembler::alu_imm32(Size size, Alu op, R to, i32 value) {
  registers({0x81, 1}, size, static_cast<u32>(op), number(to));
  immediate(static_cast<u32>(value), 4);
}
inline void Assembler::alu_mem_imm(Size size, Alu op, const Mem& to, i32 value) {
  if (!is_i8(value)) return alu_mem_imm32(size, op, to, value);
  memory({0x83, 1}, size, static_cast<u32>(op), to, 1);
  immediate(static_cast<u32>(value), 1);
}
inline void Assembler::alu_mem_imm32(Size size, Alu op, const Mem& to, i32 value) {
  memory({0x81, 1}, size, static_cast<u32>(op), to, 4);
  immediate(static_cast<u32>(value), 4);
}
inline void Assembler::alu_load(Size size, Alu op, R to, const Mem& from) {
  memory({3 + 8 * static_cast<u32>(op), 1}, size, number(to), from);
}

// APM TEST: 85 /r
inline void Assembler::test(Size size, R a, R b) {
  registers({0x85, 1}, size, number(b), number(a));
}

// APM NOT: F7 /2, NEG: /3, MUL: /4, IMUL: /5, DIV: /6, IDIV: /7
inline void Assembler::not_(Size size, R r) {
  registers({0xf7, 1}, size, 2, number(r));
}
inline void Assembler::neg(Size size, R r) {
  registers({0xf7, 1}, size, 3, number(r));
}
inline void Assembler::mul(Size size, R by) {
  registers({0xf7, 1}, size, 4, number(by));
}
inline void Assembler::imul_wide(Size size, R by) {
  registers({0xf7, 1}, size, 5, number(by));
}
inline void Assembler::div(Size size, R by) {
  registers({0xf7, 1}, size, 6, number(by));
}
inline void Assembler::idiv(Size size, R by) {
  registers({0xf7, 1}, size, 7, number(by));
}

// APM IMUL: 0F AF /r, 6B /r ib, 69 /r id
inline void Assembler::imul(Size size, R to, R from) {
  registers({0xaf0f, 2}, size, number(to), number(from));
}
inline void Assembler::imul_imm(Size size, R to, R from, i32 value) {
  const bool small = is_i8(value);
  registers({small ? 0x6bU : 0x69U, 1}, size, number(to), number(from));
  immediate(static_cast<u32>(value), small ? 1 : 4);
}

// APM MULX: VEX.LZ.F2.0F38.W1 F6 /r
inline void Assembler::mulx(R high, R low, R by) {
  vex(2, 3, 0xf6, Size::b64, high, number(low), by);
}

// APM CDQ, CQO: 99
inline void Assembler::cdq() {
  put(0x99, 1);
}
inline void Assembler::cqo() {
  put(0x9948, 2);
}

// ---- Bits ----

// APM ROL ff.: D1 /op, C1 /op ib, D3 /op
inline void Assembler::shift_imm(Size size, Shift op, R r, u8 amount) {
  assert(amount < (size == Size::b64 ? 64 : 32));
  registers({amount == 1 ? 0xd1U : 0xc1U, 1}, size, static_cast<u32>(op), number(r));
  immediate(amount, amount == 1 ? 0 : 1);
}
inline void Assembler::shift_cl(Size size, Shift op, R r) {
  registers({0xd3, 1}, size, static_cast<u32>(op), number(r));
}

// APM SHLX: VEX.LZ.66.0F38 F7 /r, SHRX: F2, SARX: F3; RORX: VEX.LZ.F2.0F3A F0 /r ib; ANDN: VEX.LZ.0F38 F2 /r
inline void Assembler::shlx(Size size, R to, R from, R amount) {
  vex(2, 1, 0xf7, size, to, number(amount), from);
}
inline void Assembler::shrx(Size size, R to, R from, R amount) {
  vex(2, 3, 0xf7, size, to, number(amount), from);
}
inline void Assembler::sarx(Size size, R to, R from, R amount) {
  vex(2, 2, 0xf7, size, to, number(amount), from);
}
inline void Assembler::rorx(Size size, R to, R from, u8 amount) {
  assert(amount < (size == Size::b64 ? 64 : 32));
  vex(3, 3, 0xf0, size, to, 0, from);
  immediate(amount, 1);
}
inline void Assembler::andn(Size size, R to, R inverted, R other) {
  vex(2, 0, 0xf2, size, to, number(inverted), other);
}

// APM BSWAP: 0F C8+r
inline void Assembler::bswap(Size size, R r) {
  const u32 rex = 0x40 | static_cast<u32>(size) << 3 | number(r) >> 3;
  const u32 no_rex = static_cast<u32>(rex == 0x40);
  put((rex | 0x0f00 | (0xc8 | (number(r) & 7)) << 16) >> (8 * no_rex), 3 - no_rex);
}

// APM POPCNT: F3 0F B8 /r, LZCNT: F3 0F BD /r, TZCNT: F3 0F BC /r, BSF: 0F BC /r, BSR: 0F BD /r
inline void Assembler::popcnt(Size size, R to, R from) {
  registers({0xb80f, 2, 0xf3}, size, number(to), number(from));
}
inline void Assembler::lzcnt(Size size, R to, R from) {
  registers({0xbd0f, 2, 0xf3}, size, number(to), number(from));
}
inline void Assembler::tzcnt(Size size, R to, R from) {
  registers({0xbc0f, 2, 0xf3}, size, number(to), number(from));
}
inline void Assembler::bsf(Size size, R to, R from) {
  registers({0xbc0f, 2}, size, number(to), number(from));
}
inline void Assembler::bsr(Size size, R to, R from) {
  registers({0xbd0f, 2}, size, number(to), number(from));
}

// ---- Control ----

// APM JMP: E9 cd, EB cb; Jcc: 0F 80+c cd, 70+c cb
inline u32 Assembler::jmp_rel32() {
  put(0xe9, 5);
  return offset() - 4;
}
inline u32 Assembler::jcc_rel32(Cond c) {
  put(0x800f | static_cast<u32>(c) << 8, 6);
  return offset() - 4;
}
inline u32 Assembler::jmp_rel8() {
  put(0xeb, 2);
  return offset() - 1;
}
inline u32 Assembler::jcc_rel8(Cond c) {
  put(0x70 | static_cast<u32>(c), 2);
  return offset() - 1;
}
inline void Assembler::jmp_to(u32 target) {
  const i32 distance = static_cast<i32>(target - offset());
  const bool near = is_i8(distance - 2);
  put(near ? 0xeb | u64{static_cast<u8>(distance - 2)} << 8 : 0xe9 | u64{static_cast<u32>(distance - 5)} << 8, near ? 2 : 5);
}
inline void Assembler::jcc_to(Cond c, u32 target) {
  const u32 code = static_cast<u32>(c);
  const i32 distance = static_cast<i32>(target - offset());
  const bool near = is_i8(distance - 2);
  put(near ? 0x70 | code | u64{static_cast<u8>(distance - 2)} << 8 : 0x800f | code << 8 | u64{static_cast<u32>(distance - 6)} << 16,
      near ? 2 : 6);
}
inline void Assembler::bind8(u32 at, u32 target) {
  const i32 distance = static_cast<i32>(target - (at + 1));
  assert(is_i8(distance));
  patch8(at, static_cast<u8>(distance));
}

// APM JMP: FF /4, 64 bits without REX.W
inline void Assembler::jmp_mem(const Mem& to) {
  memory({0xff, 1}, Size::b32, 4, to);
}
inline void Assembler::jmp_reg(R to) {
  registers({0xff, 1}, Size::b32, 4, number(to));
}

// APM UD2: 0F 0B
inline void Assembler::ud2() {
  put(0x0b0f, 2);
}

// APM STOS: AA, with REP F3 and the address size prefix 67
inline void Assembler::rep_stosb_32() {
  put(0xaaf367, 3);
}

}  // namespace pvm::engine::amd64
