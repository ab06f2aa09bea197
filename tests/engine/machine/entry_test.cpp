// SPDX-License-Identifier: Apache-2.0 OR MIT
// Where a run begins, and what it is charged before anything is executed.
#include "scripted.hpp"

namespace pvm::engine::testing {
namespace {

using Kind = Event::Kind;

// Three instructions at 0, 3 and 5; flat-1: 3 gas.
constexpr std::string_view block = "load_imm a0, 1\n ecalli 5\n trap";

void expect_entry(const Scripted& s, u32 pc, bool paid) {
  ASSERT_TRUE(s.last_entry());
  EXPECT_EQ(s.last_entry()->pc, pc);
  EXPECT_EQ(s.last_entry()->paid, paid);
}

// [resume.after_end]
TEST(Entry, without_a_pc_fails_and_is_not_the_end) {
  Scripted s = scripted(raw(), block);
  const auto exit = s.machine->run();
  ASSERT_FALSE(exit);
  EXPECT_EQ(exit.error().code, ErrorCode::no_pc);
  EXPECT_EQ(text_of(s.run({event(Kind::trap, 5)}, 0, 100)), "trap pc 5 next none");
  EXPECT_EQ(s.machine->run().error().code, ErrorCode::no_pc);
}

// [entry.pc]
TEST(Entry, at_a_block_is_charged_by_the_executor) {
  Scripted s = scripted(raw(), block);
  s.run({event(Kind::trap, 5)}, 0, 100);
  expect_entry(s, 0, false);
  EXPECT_EQ(s.machine->gas(), 100);
}

// [entry.mid_block] [gas.entry]
TEST(Entry, in_the_middle_pays_the_whole_block) {
  Scripted s = scripted(raw(), block);
  EXPECT_EQ(text_of(s.run({}, 3, 2)), "out_of_gas pc none next 3");
  EXPECT_EQ(s.machine->gas(), 2);
  EXPECT_EQ(text_of(s.run({}, std::nullopt, 2)), "out_of_gas pc none next 3");
  EXPECT_EQ(text_of(s.run({event(Kind::trap, 5)}, std::nullopt, 3)), "trap pc 5 next none");
  expect_entry(s, 3, true);
  EXPECT_EQ(s.machine->gas(), 0);
}

TEST(Entry, in_the_middle_costs_nothing_without_metering) {
  ProgramConfig config = raw();
  config.metering = Metering::none;
  Scripted s = scripted(config, block);
  s.run({event(Kind::trap, 5)}, 3, -7);
  expect_entry(s, 3, true);
  EXPECT_EQ(s.machine->gas(), -7);
}

// [entry.bad_pc]
TEST(Entry, where_no_instruction_is_traps_and_stays) {
  Scripted s = scripted(raw(), block);
  for (const u32 pc : {1U, 4U, 6U, 0xffffffffU}) {
    const std::string expected = "trap pc " + std::to_string(pc) + " next " + std::to_string(pc);
    EXPECT_EQ(text_of(s.run({}, pc, 10)), expected);
    EXPECT_EQ(text_of(s.run({})), expected);
    EXPECT_EQ(s.machine->gas(), 10);
  }
}

// [gas.negative]
TEST(Entry, with_negative_gas_ends_before_all_else) {
  Scripted s = scripted(raw(), block);
  EXPECT_EQ(text_of(s.run({}, 1, -1)), "out_of_gas pc none next 1");
  EXPECT_EQ(s.machine->gas(), -1);
  Scripted graypaper = scripted(raw(Semantics::graypaper_0_7_2), block);
  EXPECT_EQ(text_of(graypaper.run({}, 1, -1)), "out_of_gas pc 1 next 1");
}

// [resume.host_call] [resume.set_pc]
TEST(Entry, after_a_host_call_is_paid_unless_the_pc_is_set_again) {
  Scripted s = scripted(raw(), block);
  EXPECT_EQ(text_of(s.run({event(Kind::host_call, 3, 5, 5)}, 0, 100)), "host_call pc 3 next 5 number 5");
  s.run({event(Kind::host_call, 3, 5, 5)});
  expect_entry(s, 5, true);
  s.run({event(Kind::trap, 5)}, 5, 100);
  expect_entry(s, 5, true);
  EXPECT_EQ(s.machine->gas(), 97);
}

// [resume.out_of_gas]
TEST(Entry, after_out_of_gas_is_charged_again) {
  Scripted s = scripted(raw(), block);
  EXPECT_EQ(text_of(s.run({event(Kind::out_of_gas, 0)}, 0, 2)), "out_of_gas pc 0 next 0");
  s.run({event(Kind::trap, 5)});
  expect_entry(s, 0, false);
}

TEST(Entry, after_an_interruption_goes_on_where_the_executor_was) {
  Scripted s = scripted(raw(), block);
  EXPECT_EQ(text_of(s.run({event(Kind::interrupted, 3)}, 0, 100)), "interrupted pc 3 next 3");
  s.run({event(Kind::trap, 5)});
  EXPECT_FALSE(s.last_entry());
  s.run({event(Kind::interrupted, 3)}, 0);
  s.run({event(Kind::trap, 5)}, 0);
  expect_entry(s, 0, false);
}

// [entry.unmarked] [exit.pc]
TEST(Entry, of_the_gray_paper_charges_wherever_it_is) {
  Scripted s = scripted(raw(Semantics::graypaper_0_7_2), block);
  EXPECT_EQ(text_of(s.run({}, 1, 5)), "trap pc 0 next none");
  EXPECT_EQ(s.machine->gas(), 4);
  EXPECT_EQ(text_of(s.run({}, 99, 0)), "out_of_gas pc 99 next 99");
  EXPECT_EQ(s.machine->gas(), -1);
  s.run({event(Kind::host_call, 3, 5, 5)}, 3, 5);
  expect_entry(s, 3, false);
  s.run({event(Kind::trap, 5)});
  expect_entry(s, 5, false);
}

// The host call's next position may hold nothing. [resume.host_call]
TEST(Entry, behind_the_last_instruction_of_the_gray_paper_traps_for_one_gas) {
  Scripted s = scripted(raw(Semantics::graypaper_0_7_2), "ecalli 5");
  EXPECT_EQ(text_of(s.run({event(Kind::host_call, 0, 2, 5)}, 0, 5)), "host_call pc 0 next 2 number 5");
  EXPECT_EQ(text_of(s.run({})), "trap pc 0 next none");
  EXPECT_EQ(s.machine->gas(), 4);
}

}  // namespace
}  // namespace pvm::engine::testing
