// SPDX-License-Identifier: Apache-2.0 OR MIT
// Examples of chapter "Gas".
#include <string>

#include "programs.hpp"

namespace pvm::testing {
namespace {

i64 cost_of(Semantics version, std::string_view text, u32 memory_cost = 25, u32 pc = 0) {
  ref::Config config = raw_config(version);
  config.gas_model = ref::GasModel::pipeline_1;
  config.memory_cost = memory_cost;
  return block_cost(load_text(config, text), pc);
}

std::string repeated(std::string_view text, int count) {
  std::string result;
  for (int index = 0; index < count; ++index) result += text;
  return result;
}

TEST(Pipeline, single_instructions) {
  EXPECT_EQ(cost_of(Semantics::rv64_1, "trap"), 2);
  EXPECT_EQ(cost_of(Semantics::rv64_1, "unlikely; trap"), 40);
  EXPECT_EQ(cost_of(Semantics::rv64_1, "unlikely"), 40) << "the implicit trap ends the block";
  EXPECT_EQ(cost_of(Semantics::jam_1, "unlikely; trap"), 40);
  EXPECT_EQ(cost_of(Semantics::rv64_1, "load_u8 a0, 0x20000; trap"), 25);
  EXPECT_EQ(cost_of(Semantics::rv64_1, "load_u8 a0, 0x20000; trap", 4), 4);
  EXPECT_EQ(cost_of(Semantics::rv64_1, "jump 0"), 15);
  EXPECT_EQ(cost_of(Semantics::rv64_1, "jump_indirect ra, 0"), 22);
  EXPECT_EQ(cost_of(Semantics::rv64_1, "ecalli 1; trap"), 100);
}

TEST(Pipeline, dependent_and_independent_work) {
  EXPECT_EQ(cost_of(Semantics::rv64_1, "and a0, a0, a1; and a2, a2, a1; trap"), 2);
  EXPECT_EQ(cost_of(Semantics::rv64_1, "mul_64 a0, a0, a1; trap"), 3);
  EXPECT_EQ(cost_of(Semantics::rv64_1, "mul_64 a0, a0, a1; mul_64 a2, a2, a1; trap"), 6) << "one multiplier";
  EXPECT_EQ(cost_of(Semantics::rv64_1, "div_unsigned_64 a0, a0, a1; div_unsigned_64 a2, a2, a1; trap"), 120) << "one divider";
}

// [pipeline.skip_ahead]
TEST(Pipeline, skipping_ahead_is_part_of_the_model) {
  std::string text = "load_u64 a0, 0x20000; and_imm a1, a0, 1; and_imm a2, a0, 1; and_imm a3, a0, 1; and_imm a4, a0, 1;";
  text += "load_indirect_u64 t0, a1, 0; load_indirect_u64 t1, a2, 0; load_indirect_u64 t2, a3, 0; load_indirect_u64 s0, a4, 0;";
  text += repeated("move_reg s1, sp;", 80) + repeated("unlikely;", 14) + "trap";
  EXPECT_EQ(cost_of(Semantics::rv64_1, text), 91);
}

// [pipeline.branch]
TEST(Pipeline, branches_look_at_two_bytes) {
  const std::string branch = "branch_eq a0, a1, 4; ";
  EXPECT_EQ(cost_of(Semantics::rv64_1, branch + "fallthrough; load_imm a0, 1; trap"), 20);
  EXPECT_EQ(cost_of(Semantics::rv64_1, branch + "trap; load_imm a0, 1; trap"), 1) << "trap behind the branch";
  EXPECT_EQ(cost_of(Semantics::rv64_1, branch + "fallthrough; trap; trap"), 1) << "trap at the target";
  EXPECT_EQ(cost_of(Semantics::rv64_1, branch + "fallthrough; unlikely; trap"), 1) << "unlikely at the target";
  EXPECT_EQ(cost_of(Semantics::rv64_1, "branch_eq a0, a1, 99; fallthrough; trap"), 1) << "a target beyond the code";
  EXPECT_EQ(cost_of(Semantics::rv64_1, "branch_eq a0, a1, 3; fallthrough; load_imm a0, 1; trap"), 20)
      << "its own last byte, 3, isn't looked at";
}

// [gas.flat]
TEST(Flat, every_instruction_costs_1) {
  const auto program = load_text(Semantics::rv64_1, "load_imm a0, 1; ecalli 1; memset; .raw ff; trap");
  EXPECT_EQ(block_cost(program, 0), 4) << "the invalid opcode ends the block, and counts";
  EXPECT_EQ(block_cost(load_text(Semantics::rv64_1, "load_imm a0, 5"), 0), 2) << "so does the implicit trap";
}

}  // namespace
}  // namespace pvm::testing
