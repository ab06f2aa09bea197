// SPDX-License-Identifier: Apache-2.0 OR MIT
// Moves between registers.
#include <gtest/gtest.h>

#include "disassembled.hpp"

namespace pvm::engine::amd64 {
namespace {

TEST(Moves, mov) {
  for_sized_pairs([](Size size, R a, R b) {
    expect_instruction([=](Assembler& as) { as.mov(size, a, b); }, ZYDIS_MNEMONIC_MOV, {reg(a, size), reg(b, size)});
  });
}

TEST(Moves, mov_imm) {
  struct Row {
    u64 value;
    u32 reg_bytes, imm_bytes;
  };
  constexpr std::array<Row, 14> rows = {{
      {0, 4, 4},
      {1, 4, 4},
      {0x7f, 4, 4},
      {0x80, 4, 4},
      {0x7fffffff, 4, 4},
      {0x80000000, 4, 4},
      {0xffffffff, 4, 4},
      {0x100000000, 8, 8},
      {0x7fffffffffffffff, 8, 8},
      {0x8000000000000000, 8, 8},
      {0xffffffff7fffffff, 8, 8},
      {0xffffffff80000000, 8, 4},
      {0xffffffffffffffff, 8, 4},
      {0x0123456789abcdef, 8, 8},
  }};
  for (const R to : registers) {
    for (const Row& row : rows) {
      // Zydis reads the immediate of B8+r sign-extended.
      const i64 value = row.reg_bytes == 4 ? static_cast<i32>(row.value) : static_cast<i64>(row.value);
      expect_instruction([&](Assembler& as) { as.mov_imm(to, row.value); }, ZYDIS_MNEMONIC_MOV,
                         {reg(to, row.reg_bytes), imm(value, row.imm_bytes)});
    }
  }
}

TEST(Moves, extensions) {
  for_pairs([](R a, R b) {
    expect_instruction([=](Assembler& as) { as.movsxd(a, b); }, ZYDIS_MNEMONIC_MOVSXD, {reg(a, 8), reg(b, 4)});
    expect_instruction([=](Assembler& as) { as.movzx8(a, b); }, ZYDIS_MNEMONIC_MOVZX, {reg(a, 4), reg(b, 1)});
    expect_instruction([=](Assembler& as) { as.movzx16(a, b); }, ZYDIS_MNEMONIC_MOVZX, {reg(a, 4), reg(b, 2)});
  });
  for_sized_pairs([](Size size, R a, R b) {
    expect_instruction([=](Assembler& as) { as.movsx8(size, a, b); }, ZYDIS_MNEMONIC_MOVSX, {reg(a, size), reg(b, 1)});
    expect_instruction([=](Assembler& as) { as.movsx16(size, a, b); }, ZYDIS_MNEMONIC_MOVSX, {reg(a, size), reg(b, 2)});
  });
}

TEST(Moves, conditional) {
  constexpr std::array<ZydisMnemonic, 16> cmov = {
      ZYDIS_MNEMONIC_CMOVO, ZYDIS_MNEMONIC_CMOVNO, ZYDIS_MNEMONIC_CMOVB,  ZYDIS_MNEMONIC_CMOVNB,
      ZYDIS_MNEMONIC_CMOVZ, ZYDIS_MNEMONIC_CMOVNZ, ZYDIS_MNEMONIC_CMOVBE, ZYDIS_MNEMONIC_CMOVNBE,
      ZYDIS_MNEMONIC_CMOVS, ZYDIS_MNEMONIC_CMOVNS, ZYDIS_MNEMONIC_CMOVP,  ZYDIS_MNEMONIC_CMOVNP,
      ZYDIS_MNEMONIC_CMOVL, ZYDIS_MNEMONIC_CMOVNL, ZYDIS_MNEMONIC_CMOVLE, ZYDIS_MNEMONIC_CMOVNLE};
  constexpr std::array<ZydisMnemonic, 16> set = {ZYDIS_MNEMONIC_SETO, ZYDIS_MNEMONIC_SETNO, ZYDIS_MNEMONIC_SETB,  ZYDIS_MNEMONIC_SETNB,
                                                 ZYDIS_MNEMONIC_SETZ, ZYDIS_MNEMONIC_SETNZ, ZYDIS_MNEMONIC_SETBE, ZYDIS_MNEMONIC_SETNBE,
                                                 ZYDIS_MNEMONIC_SETS, ZYDIS_MNEMONIC_SETNS, ZYDIS_MNEMONIC_SETP,  ZYDIS_MNEMONIC_SETNP,
                                                 ZYDIS_MNEMONIC_SETL, ZYDIS_MNEMONIC_SETNL, ZYDIS_MNEMONIC_SETLE, ZYDIS_MNEMONIC_SETNLE};
  for (u8 i = 0; i < 16; ++i) {
    const Cond c = static_cast<Cond>(i);
    for_sized_pairs([&](Size size, R a, R b) {
      expect_instruction([=](Assembler& as) { as.cmov(size, c, a, b); }, cmov[i], {reg(a, size), reg(b, size)});
    });
    for (const R r : registers) expect_instruction([=](Assembler& as) { as.setcc(c, r); }, set[i], {reg(r, 1)});
  }
}

TEST(Moves, xchg) {
  for_pairs([](R a, R b) {
    if (a == R::rax && b == R::rax) {  // 90 is the very nop.
      expect_instruction([=](Assembler& as) { as.xchg(a, b); }, ZYDIS_MNEMONIC_NOP, {}, Length::as_asked);
      return;
    }
    const bool swapped = a == R::rax;  // 90+r names rax second; Zydis also gives 87 /r in the order r/m, r.
    const bool short_form = a == R::rax || b == R::rax;
    const R first = short_form ? (swapped ? b : a) : b;
    const R second = first == a ? b : a;
    expect_instruction([=](Assembler& as) { as.xchg(a, b); }, ZYDIS_MNEMONIC_XCHG, {reg(first, 8), reg(second, 8)});
  });
}

TEST(Moves, movq) {
  for (const Xmm x : {Xmm::xmm0, Xmm::xmm1, Xmm::xmm2, Xmm::xmm3}) {
    for (const R r : registers) {
      expect_instruction([=](Assembler& as) { as.movq(x, r); }, ZYDIS_MNEMONIC_MOVQ, {xmm(x), reg(r, 8)});
      expect_instruction([=](Assembler& as) { as.movq(r, x); }, ZYDIS_MNEMONIC_MOVQ, {reg(r, 8), xmm(x)});
    }
  }
}

}  // namespace
}  // namespace pvm::engine::amd64
