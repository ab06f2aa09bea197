// SPDX-License-Identifier: Apache-2.0 OR MIT
// Instructions with a memory operand, over all kinds of it.
#include <gtest/gtest.h>

#include "disassembled.hpp"

namespace pvm::engine::amd64 {
namespace {

// The second operand is one of these; every register stands as a base.
constexpr std::array others = {R::rax, R::rbx, R::rsp, R::rdi, R::r8, R::r13};

TEST(Memory, loads) {
  for (const Mem& m : memory_operands()) {
    for (const R r : others) {
      for (const u32 bytes : {1U, 2U}) {
        expect_instruction([&](Assembler& as) { as.load_zx(bytes, r, m); }, ZYDIS_MNEMONIC_MOVZX, {reg(r, 4), mem(m, bytes)});
        for (const Size size : sizes) {
          expect_instruction([&](Assembler& as) { as.load_sx(bytes, size, r, m); }, ZYDIS_MNEMONIC_MOVSX, {reg(r, size), mem(m, bytes)});
        }
      }
      for (const u32 bytes : {4U, 8U}) {
        expect_instruction([&](Assembler& as) { as.load_zx(bytes, r, m); }, ZYDIS_MNEMONIC_MOV, {reg(r, bytes), mem(m, bytes)});
      }
      expect_instruction([&](Assembler& as) { as.load_sx(4, Size::b64, r, m); }, ZYDIS_MNEMONIC_MOVSXD, {reg(r, 8), mem(m, 4)});
      expect_instruction([&](Assembler& as) { as.load_sx(4, Size::b32, r, m); }, ZYDIS_MNEMONIC_MOV, {reg(r, 4), mem(m, 4)});
      expect_instruction([&](Assembler& as) { as.load_sx(8, Size::b64, r, m); }, ZYDIS_MNEMONIC_MOV, {reg(r, 8), mem(m, 8)});
    }
  }
}

TEST(Memory, stores) {
  for (const Mem& m : memory_operands()) {
    for (const u32 bytes : {1U, 2U, 4U, 8U}) {
      for (const R r : registers) {
        expect_instruction([&](Assembler& as) { as.store(bytes, m, r); }, ZYDIS_MNEMONIC_MOV, {mem(m, bytes), reg(r, bytes)});
      }
      for (const i32 value : immediates) {
        const i64 low = bytes == 1 ? static_cast<i8>(value) : bytes == 2 ? static_cast<i16>(value) : i64{value};
        expect_instruction([&](Assembler& as) { as.store_imm(bytes, m, value); }, ZYDIS_MNEMONIC_MOV,
                           {mem(m, bytes), imm(low, bytes == 8 ? 4 : bytes)});
      }
    }
  }
}

TEST(Memory, lea) {
  for (const Mem& m : memory_operands()) {
    using Kind = Mem::Kind;
    if (m.kind == Kind::guest_gs || m.kind == Kind::guest_abs_gs || m.kind == Kind::gs_index8) continue;
    for (const Size size : sizes) {
      for (const R r : others) {
        expect_instruction([&](Assembler& as) { as.lea(size, r, m); }, ZYDIS_MNEMONIC_LEA, {reg(r, size), mem(m, 0)});
      }
    }
  }
}

TEST(Memory, lea_sum) {
  for_sized_pairs([](Size size, R base, R index) {
    if (index == R::rsp) return;
    for (const R to : others) {
      Assembler as;
      as.reserve(Assembler::max_instruction_bytes);
      as.lea_sum(size, to, base, index);
      const std::vector<u8> bytes = as.take();
      ZydisDisassembledInstruction read;
      ASSERT_TRUE(ZYAN_SUCCESS(ZydisDisassembleIntel(ZYDIS_MACHINE_MODE_LONG_64, 0, bytes.data(), bytes.size(), &read)));
      SCOPED_TRACE(read.text);
      EXPECT_EQ(read.info.mnemonic, ZYDIS_MNEMONIC_LEA);
      EXPECT_EQ(read.info.length, bytes.size());
      EXPECT_EQ(read.info.address_width, 64);
      EXPECT_EQ(read.operands[0].reg.value, named(to, size));
      const auto& sum = read.operands[1].mem;
      EXPECT_EQ(sum.scale, 1);
      EXPECT_EQ(sum.disp.value, 0);
      const std::array given = {named(base, 8), named(index, 8)};
      EXPECT_TRUE((sum.base == given[0] && sum.index == given[1]) || (sum.base == given[1] && sum.index == given[0]));
      EXPECT_EQ(bytes.size() - 3, read.info.raw.disp.size / 8 + static_cast<unsigned>((read.info.attributes & ZYDIS_ATTRIB_HAS_REX) != 0));
      const bool both_need_disp = (static_cast<u8>(base) & 7) == 5 && (static_cast<u8>(index) & 7) == 5;
      EXPECT_EQ(read.info.raw.disp.size, both_need_disp ? 8 : 0);
    }
  });
}

constexpr std::array<ZydisMnemonic, 8> alu_names = {ZYDIS_MNEMONIC_ADD, ZYDIS_MNEMONIC_OR,  ZYDIS_MNEMONIC_ADC, ZYDIS_MNEMONIC_SBB,
                                                    ZYDIS_MNEMONIC_AND, ZYDIS_MNEMONIC_SUB, ZYDIS_MNEMONIC_XOR, ZYDIS_MNEMONIC_CMP};

TEST(Memory, alu) {
  for (const Mem& m : memory_operands()) {
    for (const Size size : sizes) {
      for (u8 i = 0; i < 8; ++i) {
        const Alu op = static_cast<Alu>(i);
        for (const R r : others) {
          expect_instruction([&](Assembler& as) { as.alu_load(size, op, r, m); }, alu_names[i], {reg(r, size), mem(m, bytes_of(size))});
        }
        for (const i32 value : {0, -1, 127, 128, -128, -129, std::numeric_limits<i32>::min(), std::numeric_limits<i32>::max()}) {
          const u32 shortest = value >= -128 && value <= 127 ? 1 : 4;
          expect_instruction([&](Assembler& as) { as.alu_mem_imm(size, op, m, value); }, alu_names[i],
                             {mem(m, bytes_of(size)), imm(value, shortest)});
          expect_instruction([&](Assembler& as) { as.alu_mem_imm32(size, op, m, value); }, alu_names[i],
                             {mem(m, bytes_of(size)), imm(value, 4)}, Length::as_asked);
        }
      }
    }
  }
}

TEST(Memory, jmp) {
  for (const Mem& m : memory_operands()) {
    expect_instruction([&](Assembler& as) { as.jmp_mem(m); }, ZYDIS_MNEMONIC_JMP, {mem(m, 8)});
  }
}

}  // namespace
}  // namespace pvm::engine::amd64
