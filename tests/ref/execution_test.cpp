// SPDX-License-Identifier: Apache-2.0 OR MIT
// Examples of chapter "Execution": what can't be a vector, because it is a host's mistake or a tool's view.
#include "programs.hpp"

namespace pvm::testing {
namespace {

// [resume.after_end]
TEST(Execution, nothing_to_run_is_no_guest_exit) {
  const auto program = load_text(Semantics::rv64_1, "trap");
  ref::Machine machine(program);
  EXPECT_EQ(machine.run().status, ref::Status::no_pc);
  machine.set_pc(0);
  machine.set_gas(10);
  EXPECT_EQ(machine.run().status, ref::Status::trap);
  EXPECT_EQ(machine.gas(), 9);
  EXPECT_EQ(machine.run().status, ref::Status::no_pc);
  EXPECT_EQ(machine.gas(), 9);
}

// [entry.state]
TEST(Execution, registers_begin_at_zero) {
  const auto program = load_text(Semantics::rv64_1, "trap");
  const ref::Machine machine(program);
  EXPECT_EQ(machine.registers(), (std::array<u64, 13>{}));
  EXPECT_EQ(machine.gas(), 0);
  EXPECT_FALSE(machine.next_pc());
}

// [exit.async]
TEST(Execution, asynchronous_out_of_gas_ends_the_run) {
  ref::Config config = raw_config(Semantics::rv64_1);
  config.metering = ref::Metering::async;
  const auto program = load_text(config, "load_imm a0, 1; trap");
  ref::Machine machine(program);
  machine.set_pc(0);
  machine.set_gas(1);
  EXPECT_EQ(machine.run().status, ref::Status::out_of_gas);
  EXPECT_LT(machine.gas(), 0);
  machine.set_gas(100);
  EXPECT_EQ(machine.run().status, ref::Status::no_pc);
}

// [trace.step]
TEST(Execution, a_step_precedes_the_charge_of_its_block) {
  const auto program = load_text(Semantics::rv64_1, "load_imm a0, 1; fallthrough; trap");
  ref::Machine machine(program);
  machine.set_pc(0);
  machine.set_gas(2);
  std::vector<std::pair<u32, i64>> steps;
  const auto exit = machine.run([&](const ref::TraceStep& step) { steps.emplace_back(step.pc, step.gas); });
  EXPECT_EQ(exit.status, ref::Status::out_of_gas);
  EXPECT_EQ(exit.pc, 4u);
  const std::vector<std::pair<u32, i64>> expected = {{0, 2}, {3, 0}, {4, 0}};
  EXPECT_EQ(steps, expected);
}

TEST(Execution, running_in_pieces) {
  const auto program = load_text(Semantics::rv64_1, "load_imm a0, 1; load_imm a1, 2; trap");
  ref::Machine machine(program);
  machine.set_pc(0);
  machine.set_gas(10);
  EXPECT_FALSE(machine.run_at_most(1));
  EXPECT_EQ(machine.reg(7), 1u);
  EXPECT_EQ(machine.reg(8), 0u);
  EXPECT_EQ(machine.gas(), 7);
  EXPECT_FALSE(machine.run_at_most(0));
  EXPECT_FALSE(machine.run_at_most(1));
  const auto exit = machine.run_at_most(1);
  ASSERT_TRUE(exit);
  EXPECT_EQ(exit->status, ref::Status::trap);
  EXPECT_EQ(machine.gas(), 7);
}

TEST(Execution, every_name_is_found_again) {
  for (const Semantics version : ref::all_semantics) EXPECT_EQ(ref::semantics_named(name_of(version)), version);
  EXPECT_EQ(ref::semantics_named("rv64"), std::nullopt);
  EXPECT_EQ(ref::gas_model_named("pipeline-1"), ref::GasModel::pipeline_1);
  EXPECT_EQ(ref::metering_named("async"), ref::Metering::async);
  EXPECT_EQ(ref::container_named("standard"), ref::Container::standard);
  EXPECT_EQ(name_of(ref::Reason::export_out_of_range), "export_out_of_range");
}

}  // namespace
}  // namespace pvm::testing
