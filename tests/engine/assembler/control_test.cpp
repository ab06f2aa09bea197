// SPDX-License-Identifier: Apache-2.0 OR MIT
// Jumps, their fixups, and what has no operands.
#include <gtest/gtest.h>

#include "disassembled.hpp"

namespace pvm::engine::amd64 {
namespace {

constexpr std::array<ZydisMnemonic, 16> jcc = {ZYDIS_MNEMONIC_JO, ZYDIS_MNEMONIC_JNO, ZYDIS_MNEMONIC_JB,  ZYDIS_MNEMONIC_JNB,
                                               ZYDIS_MNEMONIC_JZ, ZYDIS_MNEMONIC_JNZ, ZYDIS_MNEMONIC_JBE, ZYDIS_MNEMONIC_JNBE,
                                               ZYDIS_MNEMONIC_JS, ZYDIS_MNEMONIC_JNS, ZYDIS_MNEMONIC_JP,  ZYDIS_MNEMONIC_JNP,
                                               ZYDIS_MNEMONIC_JL, ZYDIS_MNEMONIC_JNL, ZYDIS_MNEMONIC_JLE, ZYDIS_MNEMONIC_JNLE};

// Around the reach of the short forms, and far.
std::vector<u32> targets() {
  std::vector<u32> all = {0, 0x7fffffff};
  for (const u32 middle : {start_offset - 126, start_offset, start_offset + 129}) {
    for (u32 target = middle - 6; target <= middle + 6; ++target) all.push_back(target);
  }
  return all;
}

TEST(Control, known_targets) {
  for (const u32 target : targets()) {
    const bool near = target + 126 >= start_offset && target <= start_offset + 129;
    const auto expect = [&](const Emit& emit, ZydisMnemonic name, u32 long_bytes) {
      expect_instruction(emit, name, {relative(target)}, Length::as_asked);
      Assembler as;
      as.reserve(start_offset + Assembler::max_instruction_bytes);
      as.nop(start_offset);
      emit(as);
      EXPECT_EQ(as.offset() - start_offset, near ? 2 : long_bytes) << target;
    };
    expect([&](Assembler& as) { as.jmp_to(target); }, ZYDIS_MNEMONIC_JMP, 5);
    for (u8 i = 0; i < 16; ++i) expect([&](Assembler& as) { as.jcc_to(static_cast<Cond>(i), target); }, jcc[i], 6);
  }
}

TEST(Control, bound_later) {
  for (const u32 target : targets()) {
    expect_instruction([&](Assembler& as) { as.bind32(as.jmp_rel32(), target); }, ZYDIS_MNEMONIC_JMP, {relative(target)}, Length::as_asked);
    for (u8 i = 0; i < 16; ++i) {
      expect_instruction([&](Assembler& as) { as.bind32(as.jcc_rel32(static_cast<Cond>(i)), target); }, jcc[i], {relative(target)},
                         Length::as_asked);
    }
  }
  for (u32 target = start_offset + 2 - 128; target <= start_offset + 2 + 127; ++target) {
    expect_instruction([&](Assembler& as) { as.bind8(as.jmp_rel8(), target); }, ZYDIS_MNEMONIC_JMP, {relative(target)});
    for (u8 i = 0; i < 16; ++i) {
      expect_instruction([&](Assembler& as) { as.bind8(as.jcc_rel8(static_cast<Cond>(i)), target); }, jcc[i], {relative(target)});
    }
  }
}

// What follows stays: the trap and a nop take exactly the place of the jump.
TEST(Control, trap_instead_of_jump) {
  for (const bool conditional : {false, true}) {
    Assembler as;
    as.reserve(3 * Assembler::max_instruction_bytes);
    const u32 at = conditional ? as.jcc_rel32(Cond::e) : as.jmp_rel32();
    const u32 end = as.offset();
    as.cqo();
    as.trap_instead_of_jump(at);
    const std::vector<u8> code = as.take();
    std::vector<ZydisMnemonic> read;
    std::vector<u32> places;
    for (u32 place = 0; place < code.size();) {
      ZydisDisassembledInstruction one;
      ASSERT_TRUE(ZYAN_SUCCESS(ZydisDisassembleIntel(ZYDIS_MACHINE_MODE_LONG_64, 0, code.data() + place, code.size() - place, &one)));
      read.push_back(one.info.mnemonic);
      places.push_back(place);
      place += one.info.length;
    }
    EXPECT_EQ(read, (std::vector<ZydisMnemonic>{ZYDIS_MNEMONIC_UD2, ZYDIS_MNEMONIC_NOP, ZYDIS_MNEMONIC_CQO}));
    EXPECT_EQ(places, (std::vector<u32>{0, 2, end}));
  }
}

TEST(Control, inverse_conditions) {
  EXPECT_EQ(!Cond::e, Cond::ne);
  EXPECT_EQ(!Cond::ge, Cond::l);
  EXPECT_EQ(!Cond::a, Cond::be);
  for (u8 i = 0; i < 16; ++i) EXPECT_EQ(!!static_cast<Cond>(i), static_cast<Cond>(i));
}

TEST(Control, jmp_reg) {
  for (const R r : registers) expect_instruction([=](Assembler& as) { as.jmp_reg(r); }, ZYDIS_MNEMONIC_JMP, {reg(r, 8)});
}

TEST(Control, without_operands) {
  expect_instruction([](Assembler& as) { as.ud2(); }, ZYDIS_MNEMONIC_UD2, {});
  Assembler as;
  as.reserve(Assembler::max_instruction_bytes);
  as.rep_stosb_32();
  const std::vector<u8> bytes = as.take();
  ZydisDisassembledInstruction read;
  ASSERT_TRUE(ZYAN_SUCCESS(ZydisDisassembleIntel(ZYDIS_MACHINE_MODE_LONG_64, 0, bytes.data(), bytes.size(), &read)));
  EXPECT_EQ(read.info.mnemonic, ZYDIS_MNEMONIC_STOSB);
  EXPECT_EQ(read.info.length, bytes.size());
  EXPECT_EQ(read.info.address_width, 32);
  EXPECT_NE(read.info.attributes & ZYDIS_ATTRIB_HAS_REP, 0U);
}

TEST(Control, nop) {
  for (u32 bytes = 1; bytes <= 9; ++bytes) {
    Assembler as;
    as.reserve(bytes);
    as.nop(bytes);
    const std::vector<u8> code = as.take();
    ASSERT_EQ(code.size(), bytes);
    ZydisDisassembledInstruction read;
    ASSERT_TRUE(ZYAN_SUCCESS(ZydisDisassembleIntel(ZYDIS_MACHINE_MODE_LONG_64, 0, code.data(), code.size(), &read)));
    EXPECT_EQ(read.info.mnemonic, ZYDIS_MNEMONIC_NOP);
    EXPECT_EQ(read.info.length, bytes);
  }
}

// The charge of a block as the compiler writes it: a failed one jumps to the byte at offset 2 of the sub, which must be privileged.
TEST(Control, failed_charge_reaches_a_privileged_byte) {
  for (const bool in_process : {false, true}) {
    Assembler as;
    as.reserve(2 * Assembler::max_instruction_bytes);
    if (in_process) {
      as.alu_mem_imm32(Size::b64, Alu::sub, {Mem::Kind::base, R::rsp, R::rax, 104}, 5);
    } else {
      as.alu_imm32(Size::b64, Alu::sub, R::rsp, 5);
    }
    as.jcc_to(Cond::s, 2);
    const std::vector<u8> code = as.take();
    ZydisDisassembledInstruction read;
    ASSERT_TRUE(ZYAN_SUCCESS(ZydisDisassembleIntel(ZYDIS_MACHINE_MODE_LONG_64, 0, code.data() + 2, code.size() - 2, &read)));
    EXPECT_EQ(read.info.mnemonic, in_process ? ZYDIS_MNEMONIC_INSB : ZYDIS_MNEMONIC_IN);
  }
}

TEST(Buffer, grows_and_moves_out) {
  Assembler as;
  EXPECT_EQ(as.offset(), 0U);
  std::vector<u8> expected;
  for (u32 i = 0; i < 100000; ++i) {
    as.reserve(Assembler::max_instruction_bytes);
    as.mov_imm(R::rax, i);
    expected.insert(expected.end(),
                    {0xb8, static_cast<u8>(i), static_cast<u8>(i >> 8), static_cast<u8>(i >> 16), static_cast<u8>(i >> 24)});
  }
  EXPECT_EQ(as.take(), expected);
  EXPECT_EQ(as.offset(), 0U);
  EXPECT_EQ(as.take(), std::vector<u8>{});
}

}  // namespace
}  // namespace pvm::engine::amd64
