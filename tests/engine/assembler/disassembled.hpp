// SPDX-License-Identifier: Apache-2.0 OR MIT
// What an instruction of the assembler should be, in the terms of the disassembler Zydis, and the comparison.
#pragma once

#include <Zydis/Zydis.h>

#include <array>
#include <functional>
#include <limits>
#include <vector>

#include "jit/amd64/assembler.hpp"

namespace pvm::engine::amd64 {

/// A visible operand. reg: `reg`; mem: `mem`, an access of `bits` (0: not compared); imm: `value`, `bits` wide as encoded (0: not
/// compared); relative: a jump to the offset `value`.
struct Expected {
  enum class Kind : u8 { reg, mem, imm, relative } kind;
  ZydisRegister reg = ZYDIS_REGISTER_NONE;
  Mem mem = {Mem::Kind::base};
  i64 value = 0;
  u32 bits = 0;
};

/// The register under its name of 1, 2, 4 or 8 bytes.
ZydisRegister named(R r, u32 bytes);
inline ZydisRegister named(R r, Size size) {
  return named(r, size == Size::b64 ? 8 : 4);
}
inline u32 bytes_of(Size size) {
  return size == Size::b64 ? 8 : 4;
}

inline Expected reg(R r, u32 bytes) {
  return {.kind = Expected::Kind::reg, .reg = named(r, bytes)};
}
inline Expected reg(R r, Size size) {
  return reg(r, bytes_of(size));
}
inline Expected xmm(Xmm r) {
  return {.kind = Expected::Kind::reg, .reg = static_cast<ZydisRegister>(ZYDIS_REGISTER_XMM0 + static_cast<int>(r))};
}
inline Expected mem(const Mem& m, u32 bytes) {
  return {.kind = Expected::Kind::mem, .mem = m, .bits = 8 * bytes};
}
inline Expected imm(i64 value, u32 bytes) {
  return {.kind = Expected::Kind::imm, .value = value, .bits = 8 * bytes};
}
inline Expected relative(i64 target) {
  return {.kind = Expected::Kind::relative, .value = target};
}

/// Whether the instruction must be as short as the encoder of Zydis makes it.
enum class Length : u8 { shortest, as_asked };

using Emit = std::function<void(Assembler&)>;

/// Fails the test unless `emit`, after some other code, writes exactly the one instruction described.
void expect_instruction(const Emit& emit, ZydisMnemonic mnemonic, const std::vector<Expected>& operands, Length length = Length::shortest);

/// Where the instruction of expect_instruction() begins.
inline constexpr u32 start_offset = 1000;

// ---- The operand space ----

inline constexpr std::array sizes = {Size::b32, Size::b64};
inline constexpr std::array registers = {R::rax, R::rcx, R::rdx, R::rbx, R::rsp, R::rbp, R::rsi, R::rdi,
                                         R::r8,  R::r9,  R::r10, R::r11, R::r12, R::r13, R::r14, R::r15};
inline constexpr std::array<i32, 11> displacements = {
    0, 1, -1, 127, 128, -128, -129, 0x12345678, -0x12345678, std::numeric_limits<i32>::min(), std::numeric_limits<i32>::max()};
inline constexpr std::array<i32, 13> immediates = {
    0, 1, -1, 127, 128, -128, -129, 255, 256, 0x7fff, -0x8000, std::numeric_limits<i32>::min(), std::numeric_limits<i32>::max()};

/// Memory operands of all kinds, with all bases, some indices and all displacements.
std::vector<Mem> memory_operands();

/// Calls `check` with all pairs of registers.
template <typename F>
void for_pairs(F check) {
  for (const R a : registers) {
    for (const R b : registers) check(a, b);
  }
}

/// Calls `check` with both sizes and all pairs of registers.
template <typename F>
void for_sized_pairs(F check) {
  for (const Size size : sizes) {
    for_pairs([&](R a, R b) { check(size, a, b); });
  }
}

}  // namespace pvm::engine::amd64
