// SPDX-License-Identifier: Apache-2.0 OR MIT
// Where data lies and what relocations write.
#include <gtest/gtest.h>

#include "blob.hpp"

namespace pvm::link::test {
namespace {

DataSection section(std::string name, SectionKind kind, u64 alignment, std::vector<u8> bytes, u64 size = 0) {
  DataSection made{.name = std::move(name), .kind = kind, .alignment = alignment, .size = size, .bytes = {}, .relocations = {}};
  if (made.size == 0) made.size = bytes.size();
  made.bytes = std::move(bytes);
  return made;
}

Program with_sections(std::vector<DataSection> sections) {
  Program program = program_of({{{}, {}}, {{}, {}}});
  program.sections = std::move(sections);
  return program;
}

constexpr u64 ro = 0x10000, rw = 0x30000;

TEST(Memory, KindsAreApartAndAligned) {
  const Image image =
      emitted(with_sections({section(".rodata.a", SectionKind::read_only, 1, {1, 2, 3}), section(".bss", SectionKind::zero, 64, {}, 100),
                             section(".data", SectionKind::read_write, 4, {9, 8}), section(".rodata.b", SectionKind::read_only, 8, {4})}));
  EXPECT_EQ(image.ro_data, (std::vector<u8>{1, 2, 3, 0, 0, 0, 0, 0, 4}));
  EXPECT_EQ(image.ro_size, 9u);
  EXPECT_EQ(image.rw_data, (std::vector<u8>{9, 8}));
  EXPECT_EQ(image.rw_size, 64u + 100u);
  EXPECT_EQ(image.statistics.bss_bytes, 62u + 100u);
}

TEST(Memory, UnusedSectionsAreLeftOut) {
  Program program = with_sections({section(".rodata", SectionKind::read_only, 1, {1}), section(".data", SectionKind::read_write, 1, {2})});
  program.sections[0].used = false;
  const Image image = emitted(program);
  EXPECT_EQ(image.ro_size, 0u);
  EXPECT_EQ(image.rw_size, 1u);
}

TEST(Memory, TheStackIsTheLargestAskedForInWholePages) {
  Program program = with_sections({});
  EXPECT_EQ(emitted(program).stack_size, 8192u);
  program.stack_size = 10000;
  EXPECT_EQ(emitted(program).stack_size, 12288u);
  EXPECT_EQ(emitted(program, {.min_stack_size = 20000}).stack_size, 20480u);
}

TEST(Memory, WhatDoesNotFitIsRefused) {
  EXPECT_FALSE(refused(with_sections({section(".bss", SectionKind::zero, 1, {}, u64{1} << 32)})).message.empty());
  EXPECT_FALSE(refused(with_sections({section(".bss", SectionKind::zero, 1, {}, ~u64{0})})).message.empty());
  EXPECT_FALSE(refused(with_sections({section(".rodata", SectionKind::read_only, 1, {}, 0xfffb0000)})).message.empty());
  EXPECT_FALSE(refused(with_sections({}), {.min_stack_size = 0xffffffff}).message.empty());
}

TEST(Memory, TheHeapBeginsBehindTheData) {
  Program program = with_sections({section(".data", SectionKind::read_write, 1, {1, 2, 3})});
  program.blocks[0].body.push_back({.op = Op::move, .d = Reg::a0, .a = Operand::of(Value::of_heap_base())});
  Loaded loaded(emitted(program));
  loaded.run();
  EXPECT_EQ(loaded.registers()[7], 0x20003u);
}

TEST(Relocations, AddressesAndDifferencesAreWritten) {
  Program program = with_sections({section(".rodata", SectionKind::read_only, 8, std::vector<u8>(40)),
                                   section(".data", SectionKind::read_write, 8, std::vector<u8>(8))});
  program.sections[0].relocations = {
      {0, 8, Value::of(SectionId{1}, 4), {}},
      {8, 4, Value::of(BlockId{1}), {}},
      {12, 4, Value::of(BlockId{1}), Value::of(SectionId{0}, 8)},
      {16, 1, Value::of(SectionId{0}, 9), Value::of(SectionId{0}, 2)},
      {24, 4, Value::of(SectionId{0}, 2), Value::of(SectionId{0}, 9)},
  };
  const Image image = emitted(program);
  const auto number = [&](std::size_t at, std::size_t size) {
    u64 value = 0;
    for (std::size_t index = 0; index < size; ++index) value |= u64{image.ro_data[at + index]} << (8 * index);
    return value;
  };
  ASSERT_EQ(image.ro_data.size(), 40u);
  EXPECT_EQ(number(0, 8), rw + 4);
  EXPECT_EQ(number(8, 4), 2u);
  EXPECT_EQ(number(12, 4), static_cast<u32>(2 - (ro + 8)));
  EXPECT_EQ(number(16, 1), 7u);
  EXPECT_EQ(number(24, 4), static_cast<u32>(-7));
  EXPECT_EQ(image.jump_table.size(), 1u);
}

TEST(Relocations, WhatDoesNotFitIsRefusedWithItsPlace) {
  Program program = with_sections({section(".rodata.x", SectionKind::read_only, 8, std::vector<u8>(8))});
  program.sections[0].relocations = {{4, 2, Value::of(SectionId{0}, 0), {}}};
  const LinkError error = refused(program);
  EXPECT_EQ(error.section, ".rodata.x");
  EXPECT_EQ(error.offset, 4u);
  EXPECT_FALSE(error.remedy.empty());
}

TEST(Relocations, ToWhatIsLeftOutAreRefused) {
  Program program =
      with_sections({section(".rodata", SectionKind::read_only, 8, std::vector<u8>(8)), section(".data", SectionKind::read_write, 8, {1})});
  program.sections[0].relocations = {{0, 8, Value::of(SectionId{1}, 0), {}}};
  program.sections[1].used = false;
  EXPECT_EQ(refused(program).section, ".rodata");
}

}  // namespace
}  // namespace pvm::link::test
