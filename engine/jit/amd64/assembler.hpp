// SPDX-License-Identifier: Apache-2.0 OR MIT
// A small amd64 assembler: exactly the encodings that the emitters use, each checked byte by byte against an independent disassembler.
// Functions carry the vendor's mnemonics. Sections cited are of the AMD64 Architecture Programmer's Manual, volume 3, or Intel's volume 2.
#pragma once

#include <cassert>
#include <cstring>
#include <vector>

#include "jit/code_bytes.hpp"
#include "pvm/types.hpp"

namespace pvm::engine::amd64 {

/// Host registers by their hardware number.
enum class R : u8 { rax, rcx, rdx, rbx, rsp, rbp, rsi, rdi, r8, r9, r10, r11, r12, r13, r14, r15 };
enum class Xmm : u8 { xmm0, xmm1, xmm2, xmm3 };

/// Condition codes by their hardware number.
enum class Cond : u8 { o, no, b, ae, e, ne, be, a, s, ns, p, np, l, ge, le, g };
constexpr Cond operator!(Cond c) {
  return static_cast<Cond>(static_cast<u8>(c) ^ 1);
}

/// Operand size of an instruction. A 32-bit destination register is zero-extended to 64 bits.
enum class Size : u8 { b32, b64 };

/// A memory operand.
struct Mem {
  enum class Kind : u8 {
    guest,      ///< [base32 + disp], modulo 2^32: address-size prefix 67.
    guest_gs,   ///< The same relative to gs.
    guest_abs,  ///< [disp as unsigned 32-bit number]: no base; address-size prefix 67 from 2^31 on.
    guest_abs_gs,
    base,         ///< [base + disp], 64-bit addressing.
    rip,          ///< [rip + x], where the operand's offset from the start of the code is disp: the assembler makes it relative.
    base_index8,  ///< [base + index * 8 + disp]
    gs_index8,    ///< gs:[index * 8 + disp]
  };
  Kind kind;
  R reg = R::rax;
  R index = R::rax;
  i32 disp = 0;
};

/// The ALU operations that share encodings; values are the /digit of opcode 81 (AMD64 APM vol. 3, ADD ff.).
enum class Alu : u8 { add = 0, or_ = 1, adc = 2, sbb = 3, and_ = 4, sub = 5, xor_ = 6, cmp = 7 };
/// Shifts: the /digit of opcode C1 and D3.
enum class Shift : u8 { rol = 0, ror = 1, shl = 4, shr = 5, sar = 7 };

/// Appends machine code to a buffer. Writing is unchecked: reserve() first, at most max_instruction_bytes for each call that follows.
class Assembler {
 public:
  static constexpr u32 max_instruction_bytes = 15;

  Assembler() = default;
  Assembler(const Assembler&) = delete;
  Assembler& operator=(const Assembler&) = delete;

  /// Makes room for `bytes` more bytes.
  void reserve(std::size_t bytes);
  u32 offset() const { return static_cast<u32>(end_ - begin_); }
  const u8* data() const { return begin_; }
  void patch32(u32 at, u32 value) { std::memcpy(begin_ + at, &value, 4); }
  void patch8(u32 at, u8 value) { begin_[at] = value; }
  u32 read32(u32 at) const;
  /// The bytes so far, moved out or copied; the assembler is empty afterwards.
  jit::CodeBytes take_code();
  std::vector<u8> take();

  // ---- Moves ----
  void mov(Size size, R to, R from);           ///< 8B /r
  void mov_imm(R to, u64 value);               ///< Shortest: xor is not used (flags); B8 imm32, C7 /0 imm32 sign-extended, or B8 imm64.
  void movsxd(R to, R from);                   ///< 63 /r: sign-extends 32 to 64 bits.
  void movsx8(Size size, R to, R from);        ///< 0F BE /r
  void movsx16(Size size, R to, R from);       ///< 0F BF /r
  void movzx8(R to, R from);                   ///< 0F B6 /r, 32-bit destination.
  void movzx16(R to, R from);                  ///< 0F B7 /r
  void cmov(Size size, Cond c, R to, R from);  ///< 0F 40+c /r
  void setcc(Cond c, R to);                    ///< 0F 90+c, low byte (REX forced where needed).
  void xchg(R a, R b);                         ///< 87 /r or, with rax, 90+r; 64 bits
  void movq(Xmm to, R from);                   ///< 66 REX.W 0F 6E
  void movq(R to, Xmm from);                   ///< 66 REX.W 0F 7E

  // ---- Loads and stores (size in bytes: 1, 2, 4, 8) ----
  void load_zx(u32 bytes, R to, const Mem& from);             ///< movzx or mov; zero-extends to 64 bits.
  void load_sx(u32 bytes, Size size, R to, const Mem& from);  ///< movsx, movsxd (4 bytes to 64 bits), or mov.
  void store(u32 bytes, const Mem& to, R from);
  void store_imm(u32 bytes, const Mem& to, i32 value);  ///< C6 / C7: the low bytes of value; 8 bytes: sign-extended.
  void lea(Size size, R to, const Mem& of);             ///< of: base, rip, or guest (67: 32-bit result).
  void lea_sum(Size size, R to, R base, R index);       ///< lea to, [base + index]; index may be any register but rsp.

  // ---- Arithmetic ----
  void alu(Size size, Alu op, R to, R from);
  void alu_imm(Size size, Alu op, R to, i32 value);                 ///< 83 ib where it fits, else 81 id (rax: 05+8op id).
  void alu_imm32(Size size, Alu op, R to, i32 value);               ///< 81 id, the immediate in the last 4 bytes, for patching.
  void alu_mem_imm(Size size, Alu op, const Mem& to, i32 value);    ///< 83 ib or 81 id.
  void alu_mem_imm32(Size size, Alu op, const Mem& to, i32 value);  ///< 81 id, the immediate in the last 4 bytes.
  void alu_load(Size size, Alu op, R to, const Mem& from);          ///< op to, [mem]
  void test(Size size, R a, R b);
  void neg(Size size, R r);
  void not_(Size size, R r);                          // NOLINT(readability-identifier-naming): `not` is a keyword
  void imul(Size size, R to, R from);                 ///< 0F AF
  void imul_imm(Size size, R to, R from, i32 value);  ///< 6B / 69
  void mul(Size size, R by);                          ///< F7 /4: rdx:rax = rax * by, unsigned.
  void imul_wide(Size size, R by);                    ///< F7 /5: signed.
  void mulx(R high, R low, R by);                     ///< BMI2, 64 bits: rdx * by.
  void div(Size size, R by);                          ///< F7 /6
  void idiv(Size size, R by);                         ///< F7 /7
  void cdq();                                         ///< 99
  void cqo();                                         ///< 48 99

  // ---- Bits ----
  void shift_imm(Size size, Shift op, R r, u8 amount);  ///< C1 /op ib, by one: D1 /op
  void shift_cl(Size size, Shift op, R r);              ///< D3 /op
  void shlx(Size size, R to, R from, R amount);         ///< BMI2
  void shrx(Size size, R to, R from, R amount);
  void sarx(Size size, R to, R from, R amount);
  void rorx(Size size, R to, R from, u8 amount);    ///< BMI2
  void andn(Size size, R to, R inverted, R other);  ///< BMI1: to = ~inverted & other
  void bswap(Size size, R r);
  void popcnt(Size size, R to, R from);
  void lzcnt(Size size, R to, R from);
  void tzcnt(Size size, R to, R from);
  void bsf(Size size, R to, R from);
  void bsr(Size size, R to, R from);

  // ---- Control ----
  /// Both give the offset of the 4-byte displacement, to be bound later.
  u32 jmp_rel32();                  ///< E9
  u32 jcc_rel32(Cond c);            ///< 0F 80+c
  void jmp_to(u32 target);          ///< Known target: EB or E9.
  void jcc_to(Cond c, u32 target);  ///< Known target: 70+c or 0F 80+c.
  /// Both give the offset of the 1-byte displacement.
  u32 jmp_rel8();
  u32 jcc_rel8(Cond c);
  void bind32(u32 at, u32 target) { patch32(at, target - (at + 4)); }
  /// Overwrites the jump whose 4-byte displacement is at `at` with ud2, and the rest of it with a nop.
  void trap_instead_of_jump(u32 at);
  void bind8(u32 at, u32 target);  ///< Asserts the range.
  void jmp_mem(const Mem& to);     ///< FF /4
  void jmp_reg(R to);
  void ud2();           ///< 0F 0B
  void rep_stosb_32();  ///< 67 F3 AA: edi, ecx, al.
  void nop(u32 bytes);  ///< Recommended multi-byte forms.

 private:
  /// What precedes an operand: a mandatory prefix (0: none), then, after REX, one or two bytes (0F first).
  struct Opcode;
  /// ModRM, SIB and displacement of a memory operand.
  struct Operand;

  static constexpr std::size_t slack = 16;  // Instructions are stored in units of 8 bytes, of which only a part may count.

  static constexpr u32 number(R r) { return static_cast<u32>(r); }
  static constexpr u32 number(Xmm r) { return static_cast<u32>(r); }
  static constexpr bool is_i8(i32 value) { return value == static_cast<i8>(value); }
  static constexpr Size size_of(u32 bytes) { return bytes == 8 ? Size::b64 : Size::b32; }
  static Operand operand(const Mem& mem, u32 reg);

  void grow(std::size_t bytes);
  void put(u64 bytes, u32 count);
  void immediate(u64 value, u32 count) { put(value, count); }
  void registers(const Opcode& opcode, Size size, u32 reg, u32 rm, bool force_rex = false);
  void memory(const Opcode& opcode, Size size, u32 reg, const Mem& mem, u32 immediate_bytes = 0, bool force_rex = false);
  void vex(u32 map, u32 prefix, u8 opcode, Size size, R reg, u32 vvvv, R rm);

  u8* begin_ = nullptr;
  u8* end_ = nullptr;
  u8* limit_ = nullptr;  // reserve() need not grow the buffer up to here.
  jit::CodeBytes buffer_;
};

}  // namespace pvm::engine::amd64

#include "jit/amd64/encoders.hpp"  // Definitions: all but the rare ones are inline, as compilation is mostly these.
