// SPDX-License-Identifier: Apache-2.0 OR MIT
// memset, done by the machine: registers, gas, faults and continuations.
#include "scripted.hpp"

namespace pvm::engine::testing {
namespace {

using Kind = Event::Kind;

// memset at 0, trap at 1.
constexpr std::string_view text = "memset\n trap";

struct Fill : Scripted {
  explicit Fill(const ProgramConfig& config = raw(), u64 rw_bytes = 4096) : Scripted(scripted(program(config, rw_bytes))) {}

  static std::shared_ptr<const Program> program(const ProgramConfig& config, u64 rw_bytes) {
    auto result = std::make_shared<Program>(*load_text(config, text));
    if (!result->is_paged()) result->rw_data_size = static_cast<u32>(rw_bytes);
    return result;
  }

  // The executor stops at the memset, and, if it is completed, at the trap behind it.
  std::string fill(u64 a0, u64 a1, u64 a2, i64 gas, bool completes) {
    machine->set_reg(reg_a0, a0);
    machine->set_reg(reg_a1, a1);
    machine->set_reg(reg_a2, a2);
    return again(gas, completes, 0);
  }
  std::string again(i64 gas, bool completes, std::optional<u32> pc = {}) {
    std::vector<Event> events = {event(Kind::fill, 0, 1)};
    if (completes) events.push_back(event(Kind::trap, 1));
    return text_of(run(events, pc, gas));
  }
  u64 a0() const { return machine->reg(reg_a0); }
  u64 a2() const { return machine->reg(reg_a2); }
  std::vector<u8> bytes(u64 address, std::size_t count) const {
    std::vector<u8> out(count);
    EXPECT_TRUE(machine->read(address, out));
    return out;
  }
};

// [fill.registers]: the example of the document.
TEST(Fill, uses_the_low_halves) {
  Fill f;
  EXPECT_EQ(f.fill(0x100020000, 0x1ab, 0x700000002, 100, true), "trap pc 1 next none");
  EXPECT_EQ(f.a0(), 0x100020002U);
  EXPECT_EQ(f.a2(), 0U);
  EXPECT_EQ(f.machine->gas(), 98);
  EXPECT_EQ(f.bytes(0x20000, 3), (std::vector<u8>{0xab, 0xab, 0}));
  EXPECT_TRUE(f.last_entry()->paid);
  EXPECT_EQ(f.last_entry()->pc, 1U);
}

// [fill.stop]: the examples of the document.
TEST(Fill, stops_at_the_end_of_memory) {
  Fill f;
  EXPECT_EQ(f.fill(0x20ffe, 0xab, 4, 100, false), "trap pc 0 next none");
  EXPECT_EQ(f.a0(), 0x21000U);
  EXPECT_EQ(f.a2(), 2U);
  EXPECT_EQ(f.machine->gas(), 98);
}

TEST(Fill, stops_where_gas_ends_and_goes_on) {
  Fill f;
  EXPECT_EQ(f.fill(0x20ffe, 0xab, 4, 1, false), "out_of_gas pc 0 next 0");
  EXPECT_EQ(f.a0(), 0x20fffU);
  EXPECT_EQ(f.a2(), 3U);
  EXPECT_EQ(f.machine->gas(), 0);
  EXPECT_EQ(f.again(5, false), "trap pc 0 next none");
  EXPECT_TRUE(f.last_entry()->paid);
  EXPECT_EQ(f.machine->gas(), 4);
}

// Step 3 comes before step 4. [fill.order]
TEST(Fill, without_gas_does_not_find_out_that_the_address_is_bad) {
  Fill f;
  EXPECT_EQ(f.fill(0x10, 0, 1, 0, false), "out_of_gas pc 0 next 0");
  EXPECT_EQ(f.fill(0x10, 0, 1, 1, false), "trap pc 0 next none");
  EXPECT_EQ(f.machine->gas(), 1);
}

TEST(Fill, of_nothing_touches_nothing_and_clears_the_upper_half) {
  Fill f;
  EXPECT_EQ(f.fill(3, 0, 0x500000000, 0, true), "trap pc 1 next none");
  EXPECT_EQ(f.a0(), 3U);
  EXPECT_EQ(f.a2(), 0U);
}

TEST(Fill, without_metering_costs_nothing) {
  ProgramConfig config = raw();
  config.metering = Metering::none;
  Fill f(config);
  EXPECT_EQ(f.fill(0x20000, 1, 4096, -5, true), "trap pc 1 next none");
  EXPECT_EQ(f.machine->gas(), -5);
  EXPECT_EQ(f.bytes(0x20fff, 1), std::vector<u8>{1});
}

// [gas.memset] [exit.async]
TEST(Fill, with_async_is_completed_on_credit_and_then_out_of_gas) {
  ProgramConfig config = raw();
  config.metering = Metering::async;
  Fill f(config);
  EXPECT_EQ(f.fill(0x20000, 1, 10, 9, false), "out_of_gas pc none next none");
  EXPECT_EQ(f.a2(), 0U);
  EXPECT_EQ(f.machine->gas(), -1);
  EXPECT_EQ(f.fill(0x20000, 1, 10, 10, true), "trap pc 1 next none");
  EXPECT_EQ(f.fill(0x20ffe, 1, 3, 2, false), "trap pc 0 next none");
  EXPECT_EQ(f.machine->gas(), 0);
}

// In large pieces, at more than one range, and over the buffer's size.
TEST(Fill, of_much_memory_is_exact) {
  Fill f(raw(), 0x31000);
  EXPECT_EQ(f.fill(0x20001, 0x55, 0x30ffe, 1'000'000, true), "trap pc 1 next none");
  EXPECT_EQ(f.machine->gas(), 1'000'000 - 0x30ffe);
  EXPECT_EQ(f.executor->bytes_written, 0x30ffeU);
  EXPECT_EQ(f.bytes(0x20000, 2), (std::vector<u8>{0, 0x55}));
  EXPECT_EQ(f.bytes(0x50ffe, 2), (std::vector<u8>{0x55, 0}));
}

ProgramConfig paged() {
  ProgramConfig config = raw();
  config.dynamic_paging = true;
  return config;
}

// [paging.fault] [resume.page_fault]
TEST(Fill, faults_page_by_page) {
  Fill f(paged());
  ASSERT_TRUE(f.machine->map(0x20000, 0x1000, true));
  ASSERT_TRUE(f.machine->map(0x21000, 0x1000, false));
  EXPECT_EQ(f.fill(0x20ff0, 7, 0x1020, 10'000, false), "page_fault pc 0 next 0 at 135168 protected");
  EXPECT_EQ(f.a2(), 0x1010U);
  ASSERT_TRUE(f.machine->protect(0x21000, 1, true));
  EXPECT_EQ(f.again(10'000, false), "page_fault pc 0 next 0 at 139264");
  EXPECT_TRUE(f.last_entry()->paid);
  EXPECT_EQ(f.a2(), 0x10U);
  ASSERT_TRUE(f.machine->map(0x22000, 0x1000, true));
  EXPECT_EQ(f.again(16, true), "trap pc 1 next none");
  EXPECT_EQ(f.machine->gas(), 0);
  EXPECT_EQ(f.bytes(0x2200f, 2), (std::vector<u8>{7, 0}));
}

// After the byte at 2^32 - 1 comes address 0, which is inaccessible.
TEST(Fill, ends_at_the_top) {
  Fill f(paged());
  ASSERT_TRUE(f.machine->map(0xfffff000, 0x1000, true));
  EXPECT_EQ(f.fill(0xfffffffe, 7, 5, 100, false), "trap pc 0 next none");
  EXPECT_EQ(f.a0(), 0x100000000U);
  EXPECT_EQ(f.a2(), 3U);
}

TEST(Fill, of_32_bits_wraps_its_address) {
  ProgramConfig config = paged();
  config.semantics = Semantics::rv32_1;
  Fill f(config);
  ASSERT_TRUE(f.machine->map(0xfffff000, 0x1000, true));
  EXPECT_EQ(f.fill(0xfffffffe, 7, 5, 100, false), "trap pc 0 next none");
  EXPECT_EQ(f.a0(), 0U);
}

// An executor that begins a memset itself reports where it was refused; the machine goes on from its registers.
TEST(Fill, begun_by_the_executor_is_finished_by_the_machine) {
  Fill f(raw(), 0x3000);
  f.machine->set_reg(reg_a0, 0x21000);
  f.machine->set_reg(reg_a1, 9);
  f.machine->set_reg(reg_a2, 5);
  EXPECT_EQ(text_of(f.run({event(Kind::access, 0), event(Kind::trap, 1)}, 0, 100)), "trap pc 1 next none");
  EXPECT_EQ(f.machine->gas(), 95);
  EXPECT_EQ(f.bytes(0x21000, 6), (std::vector<u8>{9, 9, 9, 9, 9, 0}));
}

TEST(Fill, can_be_interrupted_between_pieces) {
  Fill f(raw(), 0x40000);
  std::atomic<bool> stop = true;
  f.machine->set_reg(reg_a0, 0x20000);
  f.machine->set_reg(reg_a2, 0x40000);
  f.machine->set_pc(0);
  f.machine->set_gas(1'000'000);
  f.executor->script = {[](CpuState&) { return event(Kind::fill, 0, 1); }};
  RunLimits limits;
  limits.interrupt = &stop;
  const auto exit = f.machine->run(limits);
  ASSERT_TRUE(exit);
  EXPECT_EQ(text_of(*exit), "interrupted pc 0 next 0");
  EXPECT_LT(f.a2(), 0x40000U);
  EXPECT_EQ(f.a0() + f.a2(), 0x60000U);
  EXPECT_EQ(f.again(f.machine->gas(), true), "trap pc 1 next none");
  EXPECT_TRUE(f.executor->entries.at(1)->paid);
  EXPECT_EQ(f.machine->gas(), 1'000'000 - 0x40000);
}

TEST(Fill, that_the_executor_cannot_write_loses_the_machine) {
  Fill f;
  f.machine->set_reg(reg_a0, 0x20000);
  f.machine->set_reg(reg_a2, 1);
  f.machine->set_pc(0);
  f.machine->set_gas(10);
  f.executor->fails = true;
  f.executor->script = {[](CpuState&) { return event(Kind::fill, 0, 1); }};
  EXPECT_EQ(f.machine->run().error().code, ErrorCode::resource_exhausted);
  EXPECT_EQ(f.machine->run().error().code, ErrorCode::instance_lost);
}

}  // namespace
}  // namespace pvm::engine::testing
