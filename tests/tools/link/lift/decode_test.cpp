// SPDX-License-Identifier: Apache-2.0 OR MIT
// Decoding against an assembler: what clang assembles is what comes out.
#include <gtest/gtest.h>

#include "elf/elf.hpp"
#include "lift/riscv.hpp"
#include "toolchain.hpp"

namespace pvm::link::test {
namespace {

using riscv::Kind;

std::span<const u8> text_of(const elf::Object& object) {
  for (const elf::Section& section : object.sections) {
    if (section.name == ".text") return section.bytes;
  }
  return {};
}

/// The instructions of an assembly text, without compression, and the same with it, must mean the same.
std::vector<riscv::Instruction> decode_all(const std::string& text, u32 bits, const std::string& option) {
  const Bytes bytes = assemble(".option norelax\n" + option + "\n" + text, bits);
  const auto object = elf::read({"a.o", bytes});
  const auto code = text_of(std::get<elf::Object>(object));
  std::vector<riscv::Instruction> all;
  for (std::size_t at = 0; at + 1 < code.size(); at += all.back().size) all.push_back(riscv::decode(code.subspan(at), bits));
  return all;
}

std::string describe(const riscv::Instruction& in) {
  return std::to_string(static_cast<int>(in.kind)) + " op " + std::to_string(static_cast<int>(in.op)) + " word " + std::to_string(in.word) +
         " immediate " + std::to_string(in.has_immediate) + ": " + std::to_string(in.rd) + ", " + std::to_string(in.rs1) + ", " +
         std::to_string(in.rs2) + ", " + std::to_string(in.imm) + ", condition " + std::to_string(static_cast<int>(in.condition));
}

constexpr const char* compressible =
    "addi a0, sp, 4\naddi a5, sp, 1020\nlw a0, 0(a1)\nlw s0, 124(a5)\nsw a0, 64(a1)\nsw s1, 4(s0)\n"
    "addi a0, a0, -32\naddi t0, t0, 31\nli a0, -1\nli t2, 31\nlui a0, 1\nlui t1, 0xfffe0\naddi sp, sp, -512\naddi sp, sp, 496\n"
    "srli a0, a0, 31\nsrai a1, a1, 1\nandi a2, a2, -1\nandi s0, s0, 21\nsub a0, a0, a1\nxor a2, a2, s1\nor a3, a3, a4\nand a5, a5, s0\n"
    "slli t0, t0, 31\nslli a0, a0, 1\nlw ra, 0(sp)\nlw a0, 252(sp)\nsw ra, 4(sp)\nsw t2, 252(sp)\nadd ra, ra, a1\njr t0\njalr "
    "a5\nebreak\n"
    "beqz a2, 254\nbnez a2, -256\nj 2046\nj -2048\nnop\n";

TEST(Decode, CompressedFormsMeanTheirLongOnes) {
  for (const u32 bits : {32U, 64U}) {
    std::string text = compressible;
    if (bits == 64)
      text +=
          "ld a0, 248(a1)\nsd a5, 8(s0)\nld ra, 504(sp)\nsd t2, 496(sp)\naddw a0, a0, a1\nsubw a2, a2, a3\naddiw t0, t0, -32\nsrli a0, a0, "
          "63\nslli t1, t1, 32\n";
    if (bits == 32) text += "jal ra, 2046\njal ra, -2048\n";
    const auto wide = decode_all(text, bits, ".option norvc");
    const auto narrow = decode_all(text, bits, ".option rvc");
    ASSERT_EQ(wide.size(), narrow.size());
    std::size_t compressed = 0;
    for (std::size_t index = 0; index < wide.size(); ++index) {
      EXPECT_NE(wide[index].kind, Kind::unknown) << index;
      compressed += narrow[index].size == 2 ? 1U : 0U;
      EXPECT_EQ(describe(wide[index]), describe(narrow[index])) << index;
    }
    EXPECT_EQ(compressed, narrow.size());
  }
}

TEST(Decode, EdgeOffsets) {
  const auto all = decode_all(
      "beq a0, a1, -4096\nbne a0, a1, 4094\njal t0, -1048576\njal zero, 1048574\nlw a0, -2048(a1)\nsw a0, 2047(a1)\nsw a0, "
      "-2048(a1)\nauipc a0, 0xfffff\nlui a0, 0x80000\njalr ra, -1(a0)\n",
      64, ".option norvc");
  std::vector<i64> values;
  for (const auto& in : all) values.push_back(in.imm);
  EXPECT_EQ(values, (std::vector<i64>{-4096, 4094, -1048576, 1048574, -2048, 2047, -2048, -4096, -0x80000000LL, -1}));
}

TEST(Decode, ExtensionsAreWhatClangCallsThem) {
  const std::string arch = ".option arch, +zba, +zbb, +zbs, +zicond, +xtheadcondmov";
  const struct {
    const char* text;
    Kind kind;
    Op op;
    bool word;
  } cases[] = {{"andn a0, a1, a2", Kind::alu, Op::and_inverted, false},
               {"orn a0, a1, a2", Kind::alu, Op::or_inverted, false},
               {"xnor a0, a1, a2", Kind::alu, Op::xnor, false},
               {"clz a0, a1", Kind::unary, Op::count_leading_zeros, false},
               {"ctzw a0, a1", Kind::unary, Op::count_trailing_zeros, true},
               {"cpopw a0, a1", Kind::unary, Op::count_set_bits, true},
               {"max a0, a1, a2", Kind::alu, Op::max_signed, false},
               {"minu a0, a1, a2", Kind::alu, Op::min_unsigned, false},
               {"sext.b a0, a1", Kind::unary, Op::sign_extend_8, false},
               {"sext.h a0, a1", Kind::unary, Op::sign_extend_16, false},
               {"zext.h a0, a1", Kind::unary, Op::zero_extend_16, false},
               {"rev8 a0, a1", Kind::unary, Op::reverse_bytes, false},
               {"orc.b a0, a1", Kind::or_combine, Op::nop, false},
               {"rol a0, a1, a2", Kind::alu, Op::rotate_left, false},
               {"rorw a0, a1, a2", Kind::alu, Op::rotate_right, true},
               {"rori a0, a1, 63", Kind::alu, Op::rotate_right, false},
               {"roriw a0, a1, 31", Kind::alu, Op::rotate_right, true},
               {"sh2add a0, a1, a2", Kind::shift_add, Op::nop, false},
               {"sh3add.uw a0, a1, a2", Kind::shift_add, Op::nop, true},
               {"add.uw a0, a1, a2", Kind::shift_add, Op::nop, true},
               {"slli.uw a0, a1, 4", Kind::shift_word, Op::nop, false},
               {"bset a0, a1, a2", Kind::bit, Op::or_, false},
               {"bclri a0, a1, 63", Kind::bit, Op::and_, false},
               {"binv a0, a1, a2", Kind::bit, Op::xor_, false},
               {"bexti a0, a1, 40", Kind::bit, Op::nop, false},
               {"czero.eqz a0, a1, a2", Kind::clear_if_zero, Op::nop, false},
               {"czero.nez a0, a1, a2", Kind::clear_if_not_zero, Op::nop, false},
               {"th.mveqz a0, a1, a2", Kind::move_if_zero, Op::nop, false},
               {"th.mvnez a0, a1, a2", Kind::move_if_not_zero, Op::nop, false},
               {"mulhsu a0, a1, a2", Kind::alu, Op::mul_upper_signed_unsigned, false},
               {"remuw a0, a1, a2", Kind::alu, Op::rem_unsigned, true},
               {"lr.d a0, (a1)", Kind::load_reserved, Op::nop, false},
               {"sc.w a0, a2, (a1)", Kind::store_conditional, Op::nop, true},
               {"amomaxu.d.aqrl a0, a2, (a1)", Kind::fetch, Op::max_unsigned, false},
               {"fence rw, rw", Kind::nop, Op::nop, false},
               {"fence.i", Kind::nop, Op::nop, false},
               {"unimp", Kind::trap, Op::nop, false},
               {"ecall", Kind::unknown, Op::nop, false},
               {"csrr a0, cycle", Kind::unknown, Op::nop, false},
               {".word 0x0000200b", Kind::memset, Op::nop, false},
               {".word 0x0000350b", Kind::heap_base, Op::nop, false}};
  for (const auto& c : cases) {
    const auto all = decode_all(c.text, 64, ".option norvc\n" + arch);
    ASSERT_EQ(all.size(), 1U) << c.text;
    EXPECT_EQ(all[0].kind, c.kind) << c.text;
    EXPECT_EQ(all[0].op, c.op) << c.text;
    EXPECT_EQ(all[0].word, c.word) << c.text;
  }
}

TEST(Decode, CustomWords) {
  const auto decode = [](u32 word) {
    const std::array<u8, 4> bytes = {static_cast<u8>(word), static_cast<u8>(word >> 8), static_cast<u8>(word >> 16),
                                     static_cast<u8>(word >> 24)};
    return riscv::decode(bytes, 64);
  };
  EXPECT_EQ(decode(0x0000100b | 10U << 7 | 11U << 15).kind, Kind::sbrk);
  EXPECT_EQ(decode(0x0000100b | 11U << 15).kind, Kind::unknown);
  EXPECT_EQ(decode(0x0000100b | 10U << 7).kind, Kind::unknown);
  EXPECT_EQ(decode(0x0000000b).kind, Kind::host_call);
  EXPECT_EQ(decode(0x0000008b).kind, Kind::unknown);
  EXPECT_EQ(decode(0x0000208b).kind, Kind::unknown);
}

TEST(Decode, NeverReadsBeyondTheEnd) {
  for (u32 half = 0; half < 0x10000; ++half) {
    const std::vector<u8> bytes = {static_cast<u8>(half), static_cast<u8>(half >> 8)};
    for (const u32 bits : {32U, 64U}) {
      const riscv::Instruction in = riscv::decode(bytes, bits);
      ASSERT_EQ(in.size, 2);
      ASSERT_TRUE((half & 3) != 3 || in.kind == Kind::unknown);
      ASSERT_FALSE(in.kind == Kind::unknown && riscv::describe_unknown(bytes).empty());
    }
  }
}

}  // namespace
}  // namespace pvm::link::test
