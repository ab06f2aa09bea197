// SPDX-License-Identifier: Apache-2.0 OR MIT
// Examples of chapter "Program containers".
#include "programs.hpp"

namespace pvm::testing {
namespace {

// The content of a code section (and so a raw container) whose table count is spelt by `varint`, without entries or code.
Bytes with_count(Bytes varint) {
  varint.insert(varint.end(), {0, 0});
  return varint;
}

std::optional<u64> table_count(const Bytes& varint) {
  const auto loaded = ref::load(with_count(varint), raw_config(Semantics::rv64_1));
  if (const auto* program = std::get_if<ref::Program>(&loaded)) return program->jump_table_count;
  return std::nullopt;
}

// [blob.varint]
TEST(Containers, varints) {
  EXPECT_EQ(table_count({0x00}), 0u);
  EXPECT_EQ(table_count({0x7f}), 0x7fu);
  EXPECT_EQ(table_count({0x80, 0x80}), 0x80u);
  EXPECT_EQ(table_count({0x80, 0x01}), 1u) << "longer than needed";
  EXPECT_EQ(table_count({0xbf, 0xff}), 0x3fffu);
  EXPECT_EQ(table_count({0xc0, 0x00, 0x40}), 0x4000u);
  EXPECT_EQ(table_count({0xe0, 0x00, 0x00, 0x20}), 0x200000u);
  EXPECT_EQ(table_count({0xf0, 0x00, 0x00, 0x00, 0x01}), 0x1000000u);
  EXPECT_EQ(table_count({0xf3, 0x00, 0x00, 0x00, 0x00}), 3u) << "the low bits of a first byte f0..f7 fall on the value's low bits";
  EXPECT_EQ(table_count({0xf8, 0x00, 0x00, 0x00, 0x00, 0x00}), std::nullopt);
  EXPECT_EQ(table_count({0xff, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00}), std::nullopt);
}

std::optional<u64> natural_count(Bytes natural) {
  natural.insert(natural.end(), {0, 0});
  const auto loaded = ref::load(natural, raw_config(Semantics::graypaper_0_7_2));
  if (const auto* program = std::get_if<ref::Program>(&loaded)) return program->jump_table_count;
  return std::nullopt;
}

// [raw.integers]
TEST(Containers, naturals) {
  EXPECT_EQ(natural_count({0x7f}), 0x7fu);
  EXPECT_EQ(natural_count({0x80, 0x80}), 0x80u);
  EXPECT_EQ(natural_count({0x80, 0x01}), std::nullopt) << "longer than needed";
  EXPECT_EQ(natural_count({0xbf, 0xff}), 0x3fffu);
  EXPECT_EQ(natural_count({0xc0, 0x00, 0x40}), 0x4000u);
  EXPECT_EQ(natural_count({0xf0, 0x00, 0x00, 0x00, 0x10}), 0x10000000u);
  EXPECT_EQ(natural_count({0xff, 0, 0, 0, 0, 0, 0, 0, 0x01}), 0x100000000000000u);
  EXPECT_EQ(natural_count({0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}), ~u64{0});
  EXPECT_EQ(natural_count({0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x00}), std::nullopt) << "longer than needed";
}

// [standard.memory] [standard.registers]
TEST(Containers, a_standard_program) {
  ref::Config config;
  config.semantics = Semantics::graypaper_0_7_2;
  config.container = ref::Container::standard;
  config.arguments = {1, 2, 3};
  builder::StandardContainer standard;
  standard.ro_data = Bytes(4097, 0x11);
  standard.rw_data = Bytes(5, 0x22);
  standard.heap_pages = 2;
  standard.stack_size = 4097;
  standard.program = {0, 0, 1, 0x00, 0x01};
  const auto loaded = ref::load(standard_container(standard), config);
  ASSERT_TRUE(std::holds_alternative<ref::Program>(loaded));
  const auto& program = std::get<ref::Program>(loaded);
  const ref::Machine machine(program);
  using Range = ref::Memory::Range;
  const std::vector<Range> expected = {{0x10000, 0x12000, ref::Access::read},
                                       {0x30000, 0x33000, ref::Access::write},
                                       {0xfefde000, 0xfefe0000, ref::Access::write},
                                       {0xfeff0000, 0xfeff1000, ref::Access::read}};
  EXPECT_EQ(machine.memory().ranges(), expected);
  EXPECT_EQ(machine.reg(0), 0xffff0000u);
  EXPECT_EQ(machine.reg(1), 0xfefe0000u);
  EXPECT_EQ(machine.reg(7), 0xfeff0000u);
  EXPECT_EQ(machine.reg(8), 3u);
  EXPECT_EQ(machine.memory().load(0xfeff0000, 8), 0x030201u);
}

// [standard.memory] Too large for a vector.
TEST(Containers, arguments_have_at_most_16_mib) {
  ref::Config config;
  config.semantics = Semantics::graypaper_0_7_2;
  config.container = ref::Container::standard;
  builder::StandardContainer standard;
  standard.program = {0, 0, 1, 0x00, 0x01};
  config.arguments = Bytes(1 << 24, 1);
  EXPECT_TRUE(std::holds_alternative<ref::Program>(ref::load(standard_container(standard), config)));
  config.arguments.push_back(1);
  const auto refused = ref::load(standard_container(standard), config);
  ASSERT_TRUE(std::holds_alternative<ref::Rejection>(refused));
  EXPECT_EQ(std::get<ref::Rejection>(refused).reason, ref::Reason::arguments_too_long);
}

}  // namespace
}  // namespace pvm::testing
