// SPDX-License-Identifier: Apache-2.0 OR MIT
// The comparison of an instruction with what Zydis reads.
#include "disassembled.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <iomanip>
#include <sstream>

namespace pvm::engine::amd64 {
namespace {

struct Decoded {
  ZydisDecodedInstruction instruction{};
  std::array<ZydisDecodedOperand, ZYDIS_MAX_OPERAND_COUNT> operands{};
};

std::string text(const std::vector<u8>& bytes) {
  std::ostringstream out;
  for (std::size_t i = start_offset; i < bytes.size(); ++i) out << std::hex << std::setw(2) << std::setfill('0') << int{bytes[i]} << ' ';
  ZydisDisassembledInstruction shown;
  if (ZYAN_SUCCESS(ZydisDisassembleIntel(ZYDIS_MACHINE_MODE_LONG_64, start_offset, bytes.data() + start_offset, bytes.size() - start_offset,
                                         &shown))) {
    out << ": " << shown.text;
  }
  return out.str();
}

bool decode(const std::vector<u8>& bytes, Decoded& decoded) {
  ZydisDecoder decoder;
  return ZYAN_SUCCESS(ZydisDecoderInit(&decoder, ZYDIS_MACHINE_MODE_LONG_64, ZYDIS_STACK_WIDTH_64)) &&
         ZYAN_SUCCESS(ZydisDecoderDecodeFull(&decoder, bytes.data() + start_offset, bytes.size() - start_offset, &decoded.instruction,
                                             decoded.operands.data()));
}

bool is_gs(Mem::Kind kind) {
  return kind == Mem::Kind::guest_gs || kind == Mem::Kind::guest_abs_gs || kind == Mem::Kind::gs_index8;
}

void expect_memory(const Decoded& decoded, const ZydisDecodedOperand& actual, const Expected& expected) {
  const Mem& mem = expected.mem;
  ASSERT_EQ(actual.type, ZYDIS_OPERAND_TYPE_MEMORY);
  if (expected.bits != 0) {
    EXPECT_EQ(actual.size, expected.bits);
  }
  EXPECT_EQ(actual.mem.segment == ZYDIS_REGISTER_GS, is_gs(mem.kind));
  EXPECT_NE(actual.mem.segment, ZYDIS_REGISTER_FS);
  ZydisRegister base = ZYDIS_REGISTER_NONE;
  ZydisRegister index = ZYDIS_REGISTER_NONE;
  i64 disp = mem.disp;
  u32 address_bits = 64;
  switch (mem.kind) {
    case Mem::Kind::guest:
    case Mem::Kind::guest_gs:
      base = named(mem.reg, 4);
      address_bits = 32;
      break;
    case Mem::Kind::guest_abs:
    case Mem::Kind::guest_abs_gs: address_bits = mem.disp < 0 ? 32 : 64; break;
    case Mem::Kind::base: base = named(mem.reg, 8); break;
    case Mem::Kind::rip:
      base = ZYDIS_REGISTER_RIP;
      disp = static_cast<i32>(static_cast<u32>(mem.disp) - start_offset - decoded.instruction.length);
      break;
    case Mem::Kind::base_index8:
      base = named(mem.reg, 8);
      index = named(mem.index, 8);
      break;
    case Mem::Kind::gs_index8: index = named(mem.index, 8); break;
  }
  EXPECT_EQ(actual.mem.base, base);
  EXPECT_EQ(actual.mem.index, index);
  if (index != ZYDIS_REGISTER_NONE) {
    EXPECT_EQ(actual.mem.scale, 8);
  }
  EXPECT_EQ(actual.mem.disp.has_displacement != 0 ? actual.mem.disp.value : 0, disp);
  EXPECT_EQ(decoded.instruction.address_width, address_bits);
}

void expect_operand(const Decoded& decoded, const ZydisDecodedOperand& actual, const Expected& expected) {
  switch (expected.kind) {
    case Expected::Kind::reg:
      ASSERT_EQ(actual.type, ZYDIS_OPERAND_TYPE_REGISTER);
      EXPECT_STREQ(ZydisRegisterGetString(actual.reg.value), ZydisRegisterGetString(expected.reg));
      break;
    case Expected::Kind::mem: expect_memory(decoded, actual, expected); break;
    case Expected::Kind::imm:
      ASSERT_EQ(actual.type, ZYDIS_OPERAND_TYPE_IMMEDIATE);
      EXPECT_FALSE(actual.imm.is_relative);
      EXPECT_EQ(actual.imm.value.s, expected.value);
      if (expected.bits != 0) {
        EXPECT_EQ(decoded.instruction.raw.imm[0].size, expected.bits);
      }
      break;
    case Expected::Kind::relative:
      ASSERT_EQ(actual.type, ZYDIS_OPERAND_TYPE_IMMEDIATE);
      EXPECT_TRUE(actual.imm.is_relative);
      EXPECT_EQ(start_offset + decoded.instruction.length + actual.imm.value.s, expected.value);
      break;
  }
}

// The assembler may be shorter: Zydis keeps some widths of what it has read.
void expect_shortest(const Decoded& decoded) {
  ZydisEncoderRequest request;
  std::array<u8, ZYDIS_MAX_INSTRUCTION_LENGTH> shortest{};
  ZyanUSize length = shortest.size();
  ASSERT_TRUE(ZYAN_SUCCESS(ZydisEncoderDecodedInstructionToEncoderRequest(&decoded.instruction, decoded.operands.data(),
                                                                          decoded.instruction.operand_count_visible, &request)));
  ASSERT_TRUE(ZYAN_SUCCESS(ZydisEncoderEncodeInstruction(&request, shortest.data(), &length)));
  EXPECT_LE(decoded.instruction.length, length);
}

}  // namespace

ZydisRegister named(R r, u32 bytes) {
  const u8 number = static_cast<u8>(r);
  switch (bytes) {
    case 1: return ZydisRegisterEncode(ZYDIS_REGCLASS_GPR8, number < 4 ? number : static_cast<u8>(number + 4));  // Leaves out ah ff.
    case 2: return ZydisRegisterEncode(ZYDIS_REGCLASS_GPR16, number);
    case 4: return ZydisRegisterEncode(ZYDIS_REGCLASS_GPR32, number);
    default: return ZydisRegisterEncode(ZYDIS_REGCLASS_GPR64, number);
  }
}

void expect_instruction(const Emit& emit, ZydisMnemonic mnemonic, const std::vector<Expected>& operands, Length length) {
  Assembler as;
  as.reserve(start_offset);
  as.nop(start_offset);
  as.reserve(Assembler::max_instruction_bytes);
  emit(as);
  const std::vector<u8> bytes = as.take();
  SCOPED_TRACE(text(bytes));
  Decoded decoded;
  ASSERT_TRUE(decode(bytes, decoded));
  ASSERT_EQ(bytes.size(), start_offset + decoded.instruction.length);
  ASSERT_LE(decoded.instruction.length, Assembler::max_instruction_bytes);
  EXPECT_STREQ(ZydisMnemonicGetString(decoded.instruction.mnemonic), ZydisMnemonicGetString(mnemonic));
  ASSERT_EQ(decoded.instruction.operand_count_visible, operands.size());
  for (std::size_t i = 0; i < operands.size(); ++i) expect_operand(decoded, decoded.operands[i], operands[i]);
  // An address without registers has one form, with a SIB: Zydis would take the moffs of rax, which is slow with a prefix 67.
  const bool absolute = std::any_of(operands.begin(), operands.end(), [](const Expected& operand) {
    return operand.mem.kind == Mem::Kind::guest_abs || operand.mem.kind == Mem::Kind::guest_abs_gs;
  });
  if (length == Length::shortest && !absolute) expect_shortest(decoded);
}

std::vector<Mem> memory_operands() {
  using Kind = Mem::Kind;
  std::vector<Mem> all;
  for (const i32 disp : displacements) {
    for (const R base : registers) {
      for (const Kind kind : {Kind::guest, Kind::guest_gs, Kind::base}) all.push_back({kind, base, R::rax, disp});
      for (const R index : {R::rax, R::rcx, R::rbp, R::r12, R::r13, R::r15}) all.push_back({Kind::base_index8, base, index, disp});
      if (base != R::rsp) all.push_back({Kind::gs_index8, R::rax, base, disp});
    }
    for (const Kind kind : {Kind::guest_abs, Kind::guest_abs_gs, Kind::rip}) all.push_back({kind, R::rax, R::rax, disp});
  }
  return all;
}

}  // namespace pvm::engine::amd64
