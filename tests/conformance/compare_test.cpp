// SPDX-License-Identifier: Apache-2.0 OR MIT
// Verdicts and differences.
#include "pvm/conformance/compare.hpp"

#include "fixtures.hpp"
#include "pvm/conformance/ref_target.hpp"

namespace pvm::conformance {
namespace {

Case filled_case() {
  Case c = testing::fault_case();
  EXPECT_EQ(fill_expectations(c), std::nullopt);
  return c;
}

// The comparison after one change to what the target has seen in a step.
template <typename Change>
Comparison after(Change change, std::size_t step = 0) {
  const Case c = filled_case();
  Outcome outcome = run_on_ref(c);
  change(std::get<Observation>(std::get<StepResults>(outcome)[step]));
  return compare(c, outcome);
}

Comparison one_difference(const char* member, const char* expected, const char* actual) {
  return {Verdict::fail, {{member, expected, actual}}, ""};
}

TEST(Compare, equal_outcomes_pass) {
  EXPECT_EQ(after([](Observation&) {}), Comparison{});
}

TEST(Compare, every_member_is_compared) {
  EXPECT_EQ(after([](Observation& seen) { seen.status = ref::Status::trap; }), one_difference("steps[0].status", "page_fault", "trap"));
  EXPECT_EQ(after([](Observation& seen) { seen.pc = Position(7); }), one_difference("steps[0].pc", "0", "7"));
  EXPECT_EQ(after([](Observation& seen) { seen.next_pc = Position(std::optional<u32>()); }),
            one_difference("steps[0].next_pc", "0", "none"));
  EXPECT_EQ(after([](Observation& seen) { (*seen.regs)[7] = 1; }), one_difference("steps[0].regs.a0", "0x1234", "0x1"));
  EXPECT_EQ(after([](Observation& seen) { seen.gas = -1; }), one_difference("steps[0].gas", "0x3b9ac9fe", "-0x1"));
  EXPECT_EQ(after([](Observation& seen) { seen.fault->address = 0; }), one_difference("steps[0].fault.address", "0x20000", "0x0"));
  EXPECT_EQ(after([](Observation& seen) { seen.fault->write_protected = true; }),
            one_difference("steps[0].fault.write_protected", "false", "true"));
  EXPECT_EQ(after([](Observation& seen) { seen.memory[0].bytes[0] = 0; }, 2), one_difference("steps[2].memory[0x20000]", "34", "00"));
}

TEST(Compare, what_is_not_reported_differs) {
  EXPECT_EQ(after([](Observation& seen) { seen.regs.reset(); }), one_difference("steps[0].regs", "13 registers", "not reported"));
  EXPECT_EQ(after([](Observation& seen) { seen.pc.reset(); }), one_difference("steps[0].pc", "0", "not reported"));
  EXPECT_EQ(after([](Observation& seen) { seen.fault.reset(); }), one_difference("steps[0].fault", "0x20000", "not reported"));
  EXPECT_EQ(after([](Observation& seen) { seen.memory.clear(); }, 2), one_difference("steps[2].memory[0x20000]", "34", "not reported"));
}

TEST(Compare, a_target_may_lack_the_next_pc) {
  EXPECT_EQ(after([](Observation& seen) { seen.next_pc.reset(); }).verdict, Verdict::pass);
}

TEST(Compare, what_is_not_asserted_is_not_compared) {
  EXPECT_EQ(after([](Observation& seen) { seen.host_call = 5; }).verdict, Verdict::pass);
}

TEST(Compare, memory_may_come_in_pieces) {
  Case c = filled_case();
  Post post;
  post.memory = {{0x1000, {1, 2, 3, 4}}};
  std::get<Execution>(c.body).steps = {RunStep{{{post}}}};
  Observation seen;
  seen.memory = {{0xfff, {0, 1, 2}}, {0x1002, {3, 4, 5}}};
  EXPECT_EQ(compare(c, StepResults{seen}).verdict, Verdict::pass);
  seen.memory[1].bytes[1] = 9;
  EXPECT_EQ(compare(c, StepResults{seen}), one_difference("steps[0].memory[0x1003]", "04", "09"));
}

TEST(Compare, one_alternative_is_enough_and_the_closest_is_shown) {
  Case c = filled_case();
  Post trap, halt;
  trap.status = ref::Status::trap;
  trap.pc = Position(3);
  halt.status = ref::Status::halt;
  halt.pc = Position(std::optional<u32>());
  std::get<Execution>(c.body).steps = {RunStep{{{trap, halt}}}};
  EXPECT_EQ(compare(c, StepResults{halt}).verdict, Verdict::pass);
  Observation seen = halt;
  seen.pc = Position(4);
  const Comparison comparison = compare(c, StepResults{seen});
  EXPECT_EQ(comparison.verdict, Verdict::fail);
  EXPECT_EQ(comparison.differences, (std::vector<Difference>{{"steps[0].pc", "none", "4"}}));
  EXPECT_EQ(comparison.note, "steps[0]: none of 2 alternatives holds, the closest is number 2");
}

TEST(Compare, host_steps) {
  Case c = filled_case();
  std::get<Execution>(c.body).steps = {ReadStep{0x20000, 1, true, {5}}, MapStep{0x20000, 4096, true, false}, SetPcStep{0}};
  const HostResult fine{true, std::nullopt}, failed{false, std::nullopt};
  EXPECT_EQ(compare(c, StepResults{HostResult{true, Bytes{5}}, failed, fine}).verdict, Verdict::pass);
  const Comparison comparison = compare(c, StepResults{HostResult{true, Bytes{6}}, fine, failed});
  const std::vector<Difference> expected = {
      {"steps[0].bytes", "05", "06"}, {"steps[1].ok", "false", "true"}, {"steps[2].ok", "true", "false"}};
  EXPECT_EQ(comparison.differences, expected);
  EXPECT_EQ(compare(c, StepResults{fine, failed, fine}).differences[0].actual, "not reported");
}

TEST(Compare, rejections) {
  Case c = testing::rejected_case();
  ASSERT_EQ(fill_expectations(c), std::nullopt);
  EXPECT_EQ(compare(c, Rejected{}).verdict, Verdict::pass);
  EXPECT_EQ(compare(c, Rejected{ref::Phase::decode, ref::Reason::truncated}).verdict, Verdict::pass);
  EXPECT_EQ(compare(c, Rejected{std::nullopt, ref::Reason::bad_magic}), one_difference("rejected.reason", "truncated", "bad_magic"));
  EXPECT_EQ(compare(c, Rejected{ref::Phase::validate, std::nullopt}), one_difference("rejected.phase", "decode", "validate"));
  EXPECT_EQ(compare(c, StepResults{}), one_difference("rejected", "rejected in phase decode: truncated", "accepted"));
  EXPECT_EQ(compare(filled_case(), Rejected{}), one_difference("rejected", "accepted", "rejected"));
}

TEST(Compare, block_costs) {
  Case c = testing::blocks_case();
  c.body = BlockCosts{{0, 2}, {5, 1}};
  EXPECT_EQ(compare(c, BlockCosts{{5, 1}, {0, 2}}).verdict, Verdict::pass);
  EXPECT_EQ(compare(c, BlockCosts{{0, 3}, {5, 1}}), one_difference("block_costs[0]", "0x2", "0x3"));
  EXPECT_EQ(compare(c, BlockCosts{{0, 2}}), one_difference("block_costs[5]", "0x1", "not reported"));
}

TEST(Compare, what_can_not_be_compared_is_an_error) {
  const Case c = filled_case();
  EXPECT_EQ(compare(c, TargetError{"boom"}), (Comparison{Verdict::error, {}, "boom"}));
  EXPECT_EQ(compare(c, StepResults{}).verdict, Verdict::error);
  EXPECT_EQ(compare(c, BlockCosts{}).verdict, Verdict::error);
  EXPECT_EQ(compare(c, StepResults{HostResult{}, HostResult{}, HostResult{}}).verdict, Verdict::error);
  EXPECT_EQ(compare(testing::blocks_case(), StepResults{}).verdict, Verdict::error);
}

TEST(Compare, texts) {
  EXPECT_EQ(to_text(Difference{"steps[0].pc", "1", "2"}), "steps[0].pc: expected 1, got 2");
  EXPECT_EQ(name_of(Verdict::unsupported), "unsupported");
}

}  // namespace
}  // namespace pvm::conformance
