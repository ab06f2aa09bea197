// SPDX-License-Identifier: Apache-2.0 OR MIT
// Where registers or bytes run short: temporaries, long numbers, jumps that push each other, references to nothing.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "blob.hpp"
#include "evaluate.hpp"

namespace pvm::link::test {
namespace {

using Kind = Terminator::Kind;

constexpr u32 ra = 0, a0 = 7;
constexpr i64 long_number = 0x123456789a;

Instruction set(Reg d, i64 number) {
  return {.op = Op::move, .d = d, .a = Operand::of(number)};
}
Instruction remainder(Reg d, i64 number) {
  return {.op = Op::rem_unsigned, .d = d, .a = Operand::of(d), .b = Operand::of(number)};
}

TEST(SpillSlot, IsThereOnlyWhereItIsNeeded) {
  const auto rw_size = [](std::vector<Instruction> body) { return emitted(program_of({{std::move(body), {}}})).rw_size; };
  EXPECT_EQ(rw_size({{.op = Op::add, .d = Reg::a0, .a = Operand::of(Reg::a0), .b = Operand::of(5)}}), 0u);
  EXPECT_EQ(rw_size({{.op = Op::rem_unsigned, .d = Reg::a0, .a = Operand::of(Reg::a1), .b = Operand::of(5)}}), 0u);
  EXPECT_EQ(rw_size({remainder(Reg::a0, 5), set(Reg::a3, 1)}), 0u);
  EXPECT_EQ(rw_size({remainder(Reg::a0, 5)}), 8u);
  EXPECT_EQ(rw_size({remainder(Reg::a0, 5), {.op = Op::add, .d = Reg::a3, .a = Operand::of(Reg::a3), .b = Operand::of(1)}}), 8u);
}

TEST(SpillSlot, NumbersOf32BitOperationsAreCutShort) {
  const Image image =
      emitted(program_of({{{{.op = Op::add, .word = true, .d = Reg::a0, .a = Operand::of(Reg::a0), .b = Operand::of(0x7ffffffff)}}, {}}}));
  EXPECT_EQ(image.statistics.instructions, 2u);
  Loaded loaded(image);
  Registers registers{};
  registers[a0] = 10;
  loaded.run(registers);
  EXPECT_EQ(loaded.registers()[a0], 9u);
}

// Every register but the result keeps its value, whichever serves as the temporary.
RC_GTEST_PROP(SpillSlot, KeepsRegisters, ()) {
  const Reg d = *rc::gen::element(Reg::t0, Reg::t1, Reg::a0, Reg::ra);
  const Reg later = *rc::gen::element(Reg::t0, Reg::a0, Reg::s1, Reg::sp);
  std::vector<Instruction> body = {remainder(d, *rc::gen::element<i64>(3, long_number))};
  if (*rc::gen::arbitrary<bool>()) body.push_back({.op = Op::add, .d = Reg::a5, .a = Operand::of(later), .b = Operand::of(d)});
  if (*rc::gen::arbitrary<bool>()) body.push_back(set(later, 77));
  Registers values{};
  for (u64& value : values) value = *rc::gen::arbitrary<u64>();
  State expected{.bits = 64};
  for (u32 number = 0; number < machine_register_count; ++number) expected.registers[number] = static_cast<i64>(values[number]);
  evaluate(body, expected);
  Loaded loaded(emitted(program_of({{body, {}}})));
  RC_ASSERT(loaded.run(values).status == ref::Status::trap);
  for (u32 number = 0; number < machine_register_count; ++number) {
    RC_ASSERT(static_cast<i64>(loaded.registers()[number]) == expected.registers[number]);
  }
}

RC_GTEST_PROP(LongNumbers, AreComparedWith, ()) {
  const auto condition = static_cast<Condition>(*rc::gen::inRange(0, 6));
  const Reg reg = *rc::gen::element(Reg::t0, Reg::t1, Reg::a0);
  const std::vector<i64> values = {long_number, -long_number, INT64_MIN, INT64_MAX, i64{1} << 31, -(i64{1} << 31) - 1, 0xffffffff};
  const i64 number = *rc::gen::elementOf(values);
  const i64 value = *rc::gen::oneOf(rc::gen::just(number), rc::gen::elementOf(values), rc::gen::arbitrary<i64>());
  const bool number_first = *rc::gen::arbitrary<bool>();
  const u32 taken = *rc::gen::inRange(1u, 3u);
  Terminator branch{.kind = Kind::branch, .condition = condition, .target = BlockId{taken}, .otherwise = BlockId{3 - taken}};
  branch.a = number_first ? Operand::of(number) : Operand::of(reg);
  branch.b = number_first ? Operand::of(reg) : Operand::of(number);
  Loaded loaded(emitted(program_of({{{}, branch}, {{set(Reg::ra, 1)}, {}}, {{set(Reg::ra, 2)}, {}}})));
  Registers registers{};
  for (u32 index = 0; index < machine_register_count; ++index) registers[index] = 1000 + index;
  registers[static_cast<u32>(reg)] = static_cast<u64>(value);
  RC_ASSERT(loaded.run(registers).status == ref::Status::trap);
  const bool is_taken = number_first ? holds(condition, number, value) : holds(condition, value, number);
  Registers expected = registers;
  expected[ra] = is_taken ? taken : 3 - taken;
  RC_ASSERT(loaded.registers() == expected);
}

std::vector<u32> instruction_starts(const Image& image) {
  std::vector<u32> starts;
  for (u32 offset = 0; offset < image.code.size(); ++offset) {
    if ((image.bitmask[offset / 8] >> (offset % 8) & 1) != 0) starts.push_back(offset);
  }
  return starts;
}

// The distance of each jump is as long as its bytes allow, so that one that grows pushes those before it over the edge.
TEST(Layout, JumpsThatPushEachOtherAreLaidOutInTime) {
  constexpr u32 count = 60'000, stride = 63;
  std::vector<Block> blocks;
  for (u32 index = 0; index < count; ++index) {
    const u32 target = index + stride < count ? index + stride : 0;
    blocks.push_back({{}, {.kind = Kind::jump, .target = BlockId{target}}});
  }
  const Image image = emitted(program_of(std::move(blocks)));
  const std::vector<u32> starts = instruction_starts(image);
  ASSERT_EQ(starts.size(), count);
  for (u32 index = 0; index < count; ++index) {
    const u32 end = index + 1 < count ? starts[index + 1] : static_cast<u32>(image.code.size());
    u64 offset = 0;
    for (u32 at = end; at-- > starts[index] + 1;) offset = offset << 8 | image.code[at];
    const u32 unused_bits = 64 - 8 * (end - starts[index] - 1);
    const i64 distance = static_cast<i64>(offset << unused_bits) >> unused_bits;
    ASSERT_EQ(starts[index] + distance, starts[index + stride < count ? index + stride : 0]) << index;
  }
}

TEST(KnownAddresses, OfTheTableAreJumpedTo) {
  const Instruction address{.op = Op::move, .d = Reg::a1, .a = Operand::of(Value::of(BlockId{2}))};
  for (const i64 number : {2, 4, 3, 0}) {
    Program program = program_of({{{address}, {.kind = Kind::jump_indirect, .a = Operand::of(number)}}, {{}, {}}, {{set(Reg::a0, 9)}, {}}});
    Loaded loaded(emitted(program));
    EXPECT_EQ(loaded.run().status, ref::Status::trap);
    EXPECT_EQ(loaded.registers()[a0], number == 2 ? 9u : 0u) << number;
  }
}

TEST(References, ToNothingAreRefused) {
  Program program = program_of({{{{.op = Op::move, .d = Reg::a0, .a = Operand::of(Value::of(BlockId{1}))}}, {}}, {{}, {}}});
  program.layout.pop_back();
  EXPECT_NE(refused(program).message.find("address"), std::string::npos);

  program = program_of({{{{.op = Op::load_u8, .d = Reg::a0, .a = Operand::of(0), .offset = Value::of(SectionId{0}, 0)}}, {}}});
  program.sections.push_back({.name = ".bss", .kind = SectionKind::zero, .size = 4, .bytes = {}, .relocations = {}, .used = false});
  EXPECT_NE(refused(program).message.find("address"), std::string::npos);
}

TEST(References, ToScratchRegistersAreRefused) {
  EXPECT_NE(refused(program_of({{{set(Reg::e0, 1)}, {}}})).message.find("scratch"), std::string::npos);
  EXPECT_NE(refused(program_of({{{set(Reg::e3, 1)}, {}}})).message.find("scratch"), std::string::npos);
}

}  // namespace
}  // namespace pvm::link::test
