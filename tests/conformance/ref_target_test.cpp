// SPDX-License-Identifier: Apache-2.0 OR MIT
// Cases on the reference interpreter: outcomes, traces, expectations.
#include "pvm/conformance/ref_target.hpp"

#include "fixtures.hpp"
#include "pvm/conformance/compare.hpp"
#include "random_case.hpp"

namespace pvm::conformance {
namespace {

const Post& post_of(const Case& c, std::size_t step) {
  return std::get<RunStep>(std::get<Execution>(c.body).steps[step]).post.any_of.front();
}

// memset; trap
Case memset_case(u64 count) {
  Case c = testing::fault_case();
  c.program.bytes = testing::raw_program({2, 0}, {0b11});
  Execution& execution = std::get<Execution>(c.body);
  execution.pre.pages = {{0x20000, 8192, true}};
  (*execution.pre.regs)[7] = 0x20000;
  (*execution.pre.regs)[8] = 0xaa;
  (*execution.pre.regs)[9] = count;
  execution.steps = {RunStep{}};
  return c;
}

// jump 0
Case endless_case() {
  Case c = testing::fault_case();
  c.program.bytes = testing::raw_program({40, 0}, {0b01});
  std::get<Execution>(c.body).steps = {RunStep{}};
  c.config.metering = ref::Metering::none;
  return c;
}

TEST(RefTarget, fills_a_fault_and_a_resumption) {
  Case c = testing::fault_case();
  ASSERT_EQ(fill_expectations(c), std::nullopt);
  EXPECT_EQ(post_of(c, 0).status, ref::Status::page_fault);
  EXPECT_EQ(post_of(c, 0).fault, (Fault{0x20000, false}));
  EXPECT_EQ(post_of(c, 0).gas, ample_gas - 2);
  EXPECT_TRUE(post_of(c, 0).memory.empty());
  EXPECT_EQ(post_of(c, 2).status, ref::Status::trap);
  EXPECT_EQ(post_of(c, 2).pc, Position(5));
  EXPECT_EQ(post_of(c, 2).next_pc, Position(std::optional<u32>()));
  EXPECT_EQ(post_of(c, 2).memory, (std::vector<MemoryBytes>{{0x20000, {0x34}}}));
  EXPECT_EQ(c.disassembly, (std::vector<std::string>{"0: store_u8 a0, 0x20000", "5: trap"}));
  EXPECT_EQ(check_case(c), std::nullopt);
  EXPECT_EQ(compare(c, run_on_ref(c)).verdict, Verdict::pass);
}

TEST(RefTarget, asserts_gas_with_a_model_only) {
  Case c = testing::fault_case();
  c.config.gas_model.reset();
  ASSERT_EQ(fill_expectations(c), std::nullopt);
  EXPECT_EQ(post_of(c, 0).gas, std::nullopt);
  EXPECT_EQ(c.needs, (std::vector<std::string>{"raw", "dynamic_paging"}));
}

TEST(RefTarget, follows_the_conventions_of_the_gray_paper) {
  Case c = testing::fault_case();
  c.semantics = ref::Semantics::graypaper_0_7_2;
  c.id = "graypaper-0.7.2/test.fault";
  c.config = {};
  ASSERT_EQ(fill_expectations(c), std::nullopt);
  EXPECT_EQ(post_of(c, 0).fault, (Fault{0x20000, std::nullopt}));
  EXPECT_EQ(post_of(c, 2).pc, Position(0));
}

TEST(RefTarget, leaves_asynchronous_out_of_gas_open) {
  Case c = testing::fault_case();
  c.config.metering = ref::Metering::async;
  Execution& execution = std::get<Execution>(c.body);
  execution.pre.gas = 0;
  execution.steps = {RunStep{}};
  ASSERT_EQ(fill_expectations(c), std::nullopt);
  Post only_status;
  only_status.status = ref::Status::out_of_gas;
  EXPECT_EQ(post_of(c, 0), only_status);
}

TEST(RefTarget, fills_rejections_and_block_costs) {
  Case rejected = testing::rejected_case();
  ASSERT_EQ(fill_expectations(rejected), std::nullopt);
  EXPECT_EQ(std::get<Rejected>(rejected.body), (Rejected{ref::Phase::decode, ref::Reason::truncated}));
  Case costs = testing::blocks_case();
  ASSERT_EQ(fill_expectations(costs), std::nullopt);
  EXPECT_EQ(std::get<BlockCosts>(costs.body), (BlockCosts{{0, 2}}));
}

TEST(RefTarget, says_why_a_case_can_not_be_filled) {
  Case c = testing::fault_case();
  const Case unchanged = c;
  c.body = Rejected{};
  EXPECT_NE(fill_expectations(c), std::nullopt);
  c = testing::rejected_case();
  c.body = std::get<Execution>(unchanged.body);
  EXPECT_NE(fill_expectations(c), std::nullopt);
  c = unchanged;
  std::get<Execution>(c.body).pre.pc.reset();
  EXPECT_NE(fill_expectations(c), std::nullopt);
  c = unchanged;
  std::get<Execution>(c.body).pre.memory = {{0x30000, {1}}};
  EXPECT_EQ(fill_expectations(c), "pre.memory[0] is refused by the host's rules");
  EXPECT_EQ(std::get<Execution>(c.body).pre.memory.size(), 1u);
}

TEST(RefTarget, keeps_ranges_that_are_asked_for_and_real_alternatives) {
  Case c = testing::fault_case();
  Execution& execution = std::get<Execution>(c.body);
  execution.pre.pages = {{0x20000, 4096, true}};
  execution.pre.memory = {{0x20010, {1, 2, 3}}};
  Post asked;
  asked.memory = {{0x20010, {0, 0, 0}}, {0x50000, {0}}};
  execution.steps = {RunStep{{{asked}}}, SetPcStep{0}, RunStep{{{Post{}, asked}}}};
  ASSERT_EQ(fill_expectations(c), std::nullopt);
  EXPECT_EQ(post_of(c, 0).memory, (std::vector<MemoryBytes>{{0x20000, {0x34}}, {0x20010, {1, 2, 3}}}));
  EXPECT_EQ(std::get<RunStep>(std::get<Execution>(c.body).steps[2]).post, (Expectation{{Post{}, asked}}));
}

TEST(RefTarget, long_ranges_are_asserted_by_their_ends) {
  Case c = memset_case(5000);
  ASSERT_EQ(fill_expectations(c, {.ref = {}, .max_range_bytes = 64}), std::nullopt);
  const std::vector<MemoryBytes> expected = {{0x20000, Bytes(32, 0xaa)}, {0x20000 + 5000 - 32, Bytes(32, 0xaa)}};
  EXPECT_EQ(post_of(c, 0).memory, expected);
}

TEST(RefTarget, never_hangs) {
  const Outcome endless = run_on_ref(endless_case(), {.max_steps = 1000, .trace = {}});
  EXPECT_TRUE(std::holds_alternative<TargetError>(endless));
  Case fill = memset_case(0xffffffff);
  fill.config.metering = ref::Metering::none;
  EXPECT_TRUE(std::holds_alternative<TargetError>(run_on_ref(fill)));
}

TEST(RefTarget, traces_steps_with_their_accesses) {
  const auto trace = trace_on_ref(testing::fault_case(), 10);
  ASSERT_EQ(trace.size(), 3u);
  EXPECT_EQ(trace[0].step_index, 0u);
  EXPECT_EQ(trace[0].gas, ample_gas);
  EXPECT_EQ(trace[1].step_index, 2u);
  EXPECT_EQ(trace[1].gas, ample_gas - 2);
  EXPECT_EQ(trace[1].store, (MemoryAccess{0x20000, 1, 0x34}));
  EXPECT_EQ(trace[1].load, std::nullopt);
  EXPECT_EQ(trace[2].text, "trap");
  EXPECT_EQ(trace_on_ref(endless_case(), 25).size(), 25u);
  EXPECT_EQ(trace_on_ref(endless_case(), 0).size(), 0u);
}

TEST(RefTarget, traces_loads_and_stores_of_every_form) {
  struct Form {
    Bytes code;
    bool is_store;
    MemoryAccess access;
  };
  // a0 = 0x1234, a1 = 0x20000; 0x20004 holds 8 known bytes.
  const Form forms[] = {
      {{56, 7, 4, 0, 2}, false, {0x20004, 4, 0x44332211}},            // load_u32 a0, 0x20004
      {{130, 0x87, 4}, false, {0x20004, 8, 0x8877665544332211}},      // load_indirect_u64 a0, a1, 4
      {{125, 0x87, 5}, false, {0x20005, 1, 0x22}},                    // load_indirect_i8 a0, a1, 5
      {{60, 7, 8, 0, 2}, true, {0x20008, 2, 0x1234}},                 // store_u16 a0, 0x20008
      {{122, 0x87, 4}, true, {0x20004, 4, 0x1234}},                   // store_indirect_u32 a0, a1, 4
      {{31, 3, 6, 0, 2, 0xff}, true, {0x20006, 2, 0xffff}},           // store_imm_u16 0x20006, -1
      {{73, 0x18, 4, 0xfe}, true, {0x20004, 8, 0xfffffffffffffffe}},  // store_imm_indirect_u64 a1, 4, -2
  };
  for (const Form& form : forms) {
    Case c = testing::fault_case();
    Bytes code = form.code;
    code.push_back(0);
    c.program.bytes = testing::raw_program(code, {static_cast<u8>(1 | (1 << (code.size() - 1)))});
    Execution& execution = std::get<Execution>(c.body);
    (*execution.pre.regs)[8] = 0x20000;
    execution.pre.pages = {{0x20000, 4096, true}};
    execution.pre.memory = {{0x20004, {0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88}}};
    execution.steps = {RunStep{}};
    const auto trace = trace_on_ref(c, 1);
    ASSERT_EQ(trace.size(), 1u);
    EXPECT_EQ(form.is_store ? trace[0].store : trace[0].load, form.access) << trace[0].text;
    EXPECT_EQ(form.is_store ? trace[0].load : trace[0].store, std::nullopt) << trace[0].text;
  }
}

TEST(RefTarget, a_filled_random_case_passes) {
  EXPECT_TRUE(rc::check([] {
    Case c = *testing::random_case();
    c.program = {ref::Container::raw, testing::store_and_trap()};
    c.config = testing::fault_case().config;
    for (Step& step : std::get<Execution>(c.body).steps) {
      if (auto* run = std::get_if<RunStep>(&step)) run->post = {};
      if (auto* check = std::get_if<CheckStep>(&step)) check->post = {};
      if (auto* read = std::get_if<ReadStep>(&step)) read->length %= 100;
    }
    Execution& execution = std::get<Execution>(c.body);
    execution.pre = std::get<Execution>(testing::fault_case().body).pre;
    if (fill_expectations(c)) RC_DISCARD("a run without a pc");
    RC_ASSERT(check_case(c) == std::nullopt);
    RC_ASSERT(compare(c, run_on_ref(c)).verdict == Verdict::pass);
  }));
}

}  // namespace
}  // namespace pvm::conformance
