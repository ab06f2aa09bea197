// SPDX-License-Identifier: Apache-2.0 OR MIT
// Every instruction of every version survives encoding and ref's decoding.
#include "pvm/builder/encode.hpp"

#include <gtest/gtest.h>

#include "pvm/builder/container.hpp"
#include "pvm/ref/decode.hpp"

namespace pvm::builder {
namespace {

using isa::Field;
using isa::Format;
using ref::i64;

ref::Program program_of(Semantics version, const Bytes& code) {
  ref::Program program;
  program.config.semantics = version;
  program.code = code;
  program.bitmask.assign((code.size() + 7) / 8, 0);
  program.bitmask[0] = 1;
  return program;
}

i64 field_of(const ref::Instruction& instruction, Field field) {
  switch (field) {
    case Field::reg1: return instruction.reg1;
    case Field::reg2: return instruction.reg2;
    case Field::reg3: return instruction.reg3;
    case Field::imm1: return instruction.imm1;
    case Field::imm2: return instruction.imm2;
    case Field::offset: return instruction.target;
    case Field::none: break;
  }
  return 0;
}

class EveryVersion : public testing::TestWithParam<Semantics> {};
INSTANTIATE_TEST_SUITE_P(Encode, EveryVersion, testing::ValuesIn(ref::all_semantics));

TEST_P(EveryVersion, EncodeThenDecodeGivesTheOperandsBack) {
  const i64 immediates[] = {0, 1, -1, 127, 128, -128, -129, 32767, -32768, 8388607, -8388608, 2147483647, -2147483648};
  for (std::size_t index = 0; index < isa::op_count; ++index) {
    const auto op = static_cast<isa::Op>(index);
    const isa::Row& row = isa::row_of(op);
    if (!opcode_of(GetParam(), op)) {
      EXPECT_FALSE(encode(GetParam(), op, {}, 0)) << row.name;
      continue;
    }
    for (const i64 first : immediates) {
      for (const i64 second : immediates) {
        const Operands operands{3, 12, 7, first, second, static_cast<u32>(second)};
        const auto bytes = encode(GetParam(), op, operands, 0);
        ASSERT_TRUE(bytes) << row.name;
        const ref::Instruction decoded = ref::decode(program_of(GetParam(), *bytes), 0);
        EXPECT_EQ(decoded.op, op) << row.name;
        EXPECT_EQ(decoded.next, bytes->size()) << row.name;
        const auto expect = [&](Field field, i64 value) {
          if (field == Field::none) return;
          EXPECT_EQ(field_of(decoded, field), value) << row.name << ' ' << first << ' ' << second;
        };
        expect(row.operands.d, operands.d);
        expect(row.operands.a, operands.a);
        expect(row.operands.b, operands.b);
        expect(row.operands.i, operands.i);
        expect(row.operands.j, operands.j);
        expect(row.operands.target, operands.target);
      }
    }
  }
}

TEST_P(EveryVersion, LongerFormsDecodeToTheSame) {
  for (u8 length = 1; length <= 4; ++length) {
    const auto bytes = encode(GetParam(), isa::Op::load_imm_and_jump, {5, 0, 0, -1, 0, 0}, 0, {length, length});
    ASSERT_TRUE(bytes);
    EXPECT_EQ(bytes->size(), 2U + 2U * length);
    const ref::Instruction decoded = ref::decode(program_of(GetParam(), *bytes), 0);
    EXPECT_EQ(decoded.imm1, -1);
    EXPECT_EQ(decoded.target, 0U);
  }
}

TEST(Encode, KnownBytes) {
  const auto bytes = [](isa::Op op, const Operands& operands) { return encode(Semantics::rv32_1, op, operands, 0).value_or(Bytes{}); };
  EXPECT_EQ(bytes(isa::Op::add_imm_32, {1, 1, 0, -8, 0, 0}), (Bytes{0x83, 0x11, 0xf8}));
  EXPECT_EQ(bytes(isa::Op::store_indirect_u32, {0, 0, 1, 4, 0, 0}), (Bytes{0x7a, 0x10, 0x04}));
  EXPECT_EQ(bytes(isa::Op::add_32, {5, 8, 7, 0, 0, 0}), (Bytes{0xbe, 0x78, 0x05}));
  EXPECT_EQ(bytes(isa::Op::jump_indirect, {}), (Bytes{0x32, 0x00}));
}

TEST(Encode, RefusesWhatDoesNotFit) {
  EXPECT_FALSE(encode(Semantics::rv64_1, isa::Op::load_imm, {7, 0, 0, 128, 0, 0}, 0, {u8{1}, {}}));
  EXPECT_FALSE(encode(Semantics::rv64_1, isa::Op::load_imm, {7, 0, 0, i64{1} << 32, 0, 0}, 0));
  EXPECT_FALSE(encode(Semantics::rv64_1, isa::Op::move_reg, {16, 0, 0, 0, 0, 0}, 0));
}

TEST(Encode, ShortestLength) {
  EXPECT_EQ(shortest_length(0), 0);
  EXPECT_EQ(shortest_length(-128), 1);
  EXPECT_EQ(shortest_length(128), 2);
  EXPECT_EQ(shortest_length(0xffffffff), 1);
  EXPECT_EQ(shortest_length(0x7fffff), 3);
  EXPECT_EQ(shortest_length(0x800000), 4);
}

}  // namespace
}  // namespace pvm::builder
