// SPDX-License-Identifier: Apache-2.0 OR MIT
// Whole runs over the interpreter: what is left open between machine and executor fits together.
#include <thread>

#include "interp/interpreter.hpp"
#include "scripted.hpp"

namespace pvm::engine::testing {
namespace {

struct Interpreted {
  std::unique_ptr<Machine> machine;

  Interpreted(const ProgramConfig& config, std::string_view text) {
    auto program = load_text(config, text);
    auto decoded = interp::predecode(program);
    EXPECT_TRUE(decoded);
    auto made = Machine::create(std::move(program), interp::make_interpreter(*decoded));
    EXPECT_TRUE(made);
    machine = *std::move(made);
  }
  std::string run(std::optional<u32> pc = {}, std::optional<i64> gas = {}, const RunLimits& limits = {}) const {
    if (pc) machine->set_pc(*pc);
    if (gas) machine->set_gas(*gas);
    const auto exit = machine->run(limits);
    EXPECT_TRUE(exit);
    return exit ? text_of(*exit) : "";
  }
};

TEST(Interpreted, enters_in_the_middle_of_a_block) {
  const Interpreted m(raw(), "load_imm a0, 1\n add_imm_64 a0, a0, 5\n trap");
  m.machine->set_reg(7, 10);
  EXPECT_EQ(m.run(3, 2), "out_of_gas pc none next 3");
  EXPECT_EQ(m.run({}, 3), "trap pc 6 next none");
  EXPECT_EQ(m.machine->reg(7), 15U);
  EXPECT_EQ(m.machine->gas(), 0);
}

// Each page of a loop over memory is served, and the loop ends as if all had been there.
TEST(Interpreted, serves_page_faults) {
  ProgramConfig config = raw();
  config.dynamic_paging = true;
  const Interpreted m(config,
                      "load_imm a0, 0x20000\n fallthrough\n loop:\n store_indirect_u64 a1, a0, 0\n add_imm_64 a0, a0, 8\n"
                      "branch_less_unsigned_imm a0, 0x24000, loop\n trap");
  m.machine->set_reg(8, 0x1122334455667788);
  std::string exit = m.run(0, 1'000'000);
  u64 faults = 0;
  for (; exit.starts_with("page_fault") && faults < 10; ++faults) {
    ASSERT_TRUE(m.machine->map(0x20000 + faults * 0x1000, 0x1000, true));
    exit = m.run();
  }
  EXPECT_EQ(faults, 4U);
  EXPECT_TRUE(exit.starts_with("trap")) << exit;
  EXPECT_EQ(m.machine->gas(), 1'000'000 - 2 - 3 * 0x800 - 1);
  std::vector<u8> last(8);
  ASSERT_TRUE(m.machine->read(0x23ff8, last));
  EXPECT_EQ(last[0], 0x88);
}

// [heap.grow] [fill.order]
TEST(Interpreted, grows_fills_and_reads_the_heap) {
  const Interpreted m(raw(),
                      "load_imm a3, 0x3000\n sbrk a0, a3\n load_imm a0, 0x20ffe\n load_imm a1, 0x7f\n load_imm a2, 0x1004\n memset\n"
                      "load_u32 a4, 0x22000\n sbrk a5, a2\n trap");
  EXPECT_TRUE(m.run(0, 100'000).starts_with("trap"));
  EXPECT_EQ(m.machine->reg(11), 0x7f7fU);
  EXPECT_EQ(m.machine->reg(12), 0x23000U);
  EXPECT_EQ(m.machine->gas(), 100'000 - 9 - 0x1004);
}

TEST(Interpreted, stops_at_a_deadline_and_goes_on_exactly_there) {
  const Interpreted m(raw(), "loop:\n add_imm_64 a0, a0, 1\n branch_less_unsigned a0, a1, loop\n trap");
  m.machine->set_reg(8, 3'000'000);
  RunLimits limits;
  limits.deadline = std::chrono::steady_clock::now();
  std::string exit = m.run(0, 100'000'000, limits);
  EXPECT_TRUE(exit.starts_with("interrupted")) << exit;
  EXPECT_TRUE(m.run().starts_with("trap"));
  EXPECT_EQ(m.machine->reg(7), 3'000'000U);
  EXPECT_EQ(m.machine->gas(), 100'000'000 - 2 * 3'000'000 - 1);
}

// A guest that leaves native code all the time can't hide from its host.
TEST(Interpreted, stops_in_a_loop_of_sbrk) {
  const Interpreted m(raw(), "loop:\n sbrk a0, a1\n jump loop");
  std::atomic<bool> stop = false;
  RunLimits limits;
  limits.interrupt = &stop;
  std::thread host([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    stop = true;
    m.machine->executor().kick();
  });
  const std::string exit = m.run(0, std::numeric_limits<i64>::max(), limits);
  host.join();
  EXPECT_TRUE(exit.starts_with("interrupted")) << exit;
}

TEST(Interpreted, goes_back_to_a_snapshot) {
  const Interpreted m(raw(), "add_imm_64 a0, a0, 1\n sbrk a2, a1\n ecalli 3\n store_u8 a0, 0x20000\n trap");
  m.machine->set_reg(8, 0x1000);
  ASSERT_TRUE(m.run(0, 5).starts_with("host_call"));
  const auto snapshot = m.machine->snapshot();
  ASSERT_TRUE(snapshot);
  for (int round = 0; round < 3; ++round) {
    EXPECT_TRUE(m.run().starts_with("trap"));
    EXPECT_EQ(m.machine->gas(), 0);
    std::vector<u8> byte(1);
    ASSERT_TRUE(m.machine->read(0x20000, byte));
    EXPECT_EQ(byte[0], 1);
    ASSERT_TRUE(m.machine->restore(**snapshot));
    ASSERT_TRUE(m.machine->read(0x20000, byte));
    EXPECT_EQ(byte[0], 0);
  }
}

}  // namespace
}  // namespace pvm::engine::testing
