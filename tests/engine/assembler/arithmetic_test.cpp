// SPDX-License-Identifier: Apache-2.0 OR MIT
// Arithmetic and bit operations on registers.
#include <gtest/gtest.h>

#include "disassembled.hpp"

namespace pvm::engine::amd64 {
namespace {

constexpr std::array<ZydisMnemonic, 8> alu_names = {ZYDIS_MNEMONIC_ADD, ZYDIS_MNEMONIC_OR,  ZYDIS_MNEMONIC_ADC, ZYDIS_MNEMONIC_SBB,
                                                    ZYDIS_MNEMONIC_AND, ZYDIS_MNEMONIC_SUB, ZYDIS_MNEMONIC_XOR, ZYDIS_MNEMONIC_CMP};

TEST(Arithmetic, alu) {
  for (u8 i = 0; i < 8; ++i) {
    const Alu op = static_cast<Alu>(i);
    for_sized_pairs([&](Size size, R a, R b) {
      expect_instruction([=](Assembler& as) { as.alu(size, op, a, b); }, alu_names[i], {reg(a, size), reg(b, size)});
    });
    for (const Size size : sizes) {
      for (const R r : registers) {
        for (const i32 value : immediates) {
          const u32 shortest = value >= -128 && value <= 127 ? 1 : 4;
          expect_instruction([=](Assembler& as) { as.alu_imm(size, op, r, value); }, alu_names[i], {reg(r, size), imm(value, shortest)});
          expect_instruction([=](Assembler& as) { as.alu_imm32(size, op, r, value); }, alu_names[i], {reg(r, size), imm(value, 4)},
                             Length::as_asked);
        }
      }
    }
  }
}

// The immediate is the last of an instruction of a known length: it will be patched.
TEST(Arithmetic, alu_imm32_has_one_form) {
  for (const R r : registers) {
    Assembler as;
    as.reserve(2 * Assembler::max_instruction_bytes);
    as.alu_imm32(Size::b64, Alu::sub, r, 0);
    EXPECT_EQ(as.offset(), 7U);
    as.patch32(as.offset() - 4, 0x11223344);
    EXPECT_EQ(as.read32(3), 0x11223344U);
  }
}

TEST(Arithmetic, test) {
  for_sized_pairs([](Size size, R a, R b) {
    expect_instruction([=](Assembler& as) { as.test(size, a, b); }, ZYDIS_MNEMONIC_TEST, {reg(a, size), reg(b, size)});
  });
}

TEST(Arithmetic, unary) {
  for (const Size size : sizes) {
    for (const R r : registers) {
      const auto expect = [&](void (Assembler::*f)(Size, R), ZydisMnemonic name) {
        expect_instruction([=](Assembler& as) { (as.*f)(size, r); }, name, {reg(r, size)});
      };
      expect(&Assembler::neg, ZYDIS_MNEMONIC_NEG);
      expect(&Assembler::not_, ZYDIS_MNEMONIC_NOT);
      expect(&Assembler::mul, ZYDIS_MNEMONIC_MUL);
      expect(&Assembler::imul_wide, ZYDIS_MNEMONIC_IMUL);
      expect(&Assembler::div, ZYDIS_MNEMONIC_DIV);
      expect(&Assembler::idiv, ZYDIS_MNEMONIC_IDIV);
      expect(&Assembler::bswap, ZYDIS_MNEMONIC_BSWAP);
    }
  }
  expect_instruction([](Assembler& as) { as.cdq(); }, ZYDIS_MNEMONIC_CDQ, {});
  expect_instruction([](Assembler& as) { as.cqo(); }, ZYDIS_MNEMONIC_CQO, {});
}

TEST(Arithmetic, multiplications) {
  for_sized_pairs([](Size size, R a, R b) {
    expect_instruction([=](Assembler& as) { as.imul(size, a, b); }, ZYDIS_MNEMONIC_IMUL, {reg(a, size), reg(b, size)});
    for (const i32 value : immediates) {
      const u32 shortest = value >= -128 && value <= 127 ? 1 : 4;
      expect_instruction([=](Assembler& as) { as.imul_imm(size, a, b, value); }, ZYDIS_MNEMONIC_IMUL,
                         {reg(a, size), reg(b, size), imm(value, shortest)});
    }
  });
  for_pairs([](R high, R low) {
    for (const R by : registers) {
      expect_instruction([=](Assembler& as) { as.mulx(high, low, by); }, ZYDIS_MNEMONIC_MULX, {reg(high, 8), reg(low, 8), reg(by, 8)});
    }
  });
}

TEST(Arithmetic, shifts) {
  struct Row {
    Shift op;
    ZydisMnemonic name;
  };
  for (const Row& row : {Row{Shift::rol, ZYDIS_MNEMONIC_ROL}, Row{Shift::ror, ZYDIS_MNEMONIC_ROR}, Row{Shift::shl, ZYDIS_MNEMONIC_SHL},
                         Row{Shift::shr, ZYDIS_MNEMONIC_SHR}, Row{Shift::sar, ZYDIS_MNEMONIC_SAR}}) {
    for (const Size size : sizes) {
      for (const R r : registers) {
        expect_instruction([&](Assembler& as) { as.shift_cl(size, row.op, r); }, row.name, {reg(r, size), reg(R::rcx, 1)});
        for (u8 amount = 0; amount < 8 * bytes_of(size); ++amount) {
          expect_instruction([&](Assembler& as) { as.shift_imm(size, row.op, r, amount); }, row.name,
                             {reg(r, size), imm(amount, amount == 1 ? 0 : 1)});
        }
      }
    }
  }
}

TEST(Arithmetic, three_registers) {
  for_sized_pairs([](Size size, R a, R b) {
    for (const R c : registers) {
      const auto expect = [&](void (Assembler::*f)(Size, R, R, R), ZydisMnemonic name) {
        expect_instruction([=](Assembler& as) { (as.*f)(size, a, b, c); }, name, {reg(a, size), reg(b, size), reg(c, size)});
      };
      expect(&Assembler::shlx, ZYDIS_MNEMONIC_SHLX);
      expect(&Assembler::shrx, ZYDIS_MNEMONIC_SHRX);
      expect(&Assembler::sarx, ZYDIS_MNEMONIC_SARX);
      expect(&Assembler::andn, ZYDIS_MNEMONIC_ANDN);
    }
    for (u8 amount = 0; amount < 8 * bytes_of(size); ++amount) {
      expect_instruction([=](Assembler& as) { as.rorx(size, a, b, amount); }, ZYDIS_MNEMONIC_RORX,
                         {reg(a, size), reg(b, size), imm(amount, 1)});
    }
  });
}

TEST(Arithmetic, counts) {
  for_sized_pairs([](Size size, R a, R b) {
    const auto expect = [&](void (Assembler::*f)(Size, R, R), ZydisMnemonic name) {
      expect_instruction([=](Assembler& as) { (as.*f)(size, a, b); }, name, {reg(a, size), reg(b, size)});
    };
    expect(&Assembler::popcnt, ZYDIS_MNEMONIC_POPCNT);
    expect(&Assembler::lzcnt, ZYDIS_MNEMONIC_LZCNT);
    expect(&Assembler::tzcnt, ZYDIS_MNEMONIC_TZCNT);
    expect(&Assembler::bsf, ZYDIS_MNEMONIC_BSF);
    expect(&Assembler::bsr, ZYDIS_MNEMONIC_BSR);
  });
}

}  // namespace
}  // namespace pvm::engine::amd64
