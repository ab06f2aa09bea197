// SPDX-License-Identifier: Apache-2.0 OR MIT
// Interrupts and deadlines: noticed wherever the guest is, and nothing is lost.
#include <atomic>
#include <chrono>
#include <thread>

#include "programs.hpp"

namespace pvm::engine::interp::testing {
namespace {

using namespace std::chrono_literals;

// Sets the flag a little later, from another thread.
class Interrupter {
 public:
  explicit Interrupter(std::chrono::milliseconds after)
      : thread_([this, after] {
          std::this_thread::sleep_for(after);
          flag_ = true;
        }) {}
  ~Interrupter() { thread_.join(); }
  const std::atomic<bool>* flag() const { return &flag_; }

 private:
  std::atomic<bool> flag_ = false;
  std::thread thread_;
};

RunLimits limited_by(const std::atomic<bool>* flag) {
  return {.interrupt = flag, .deadline = std::nullopt};
}
RunLimits limited_to(std::chrono::microseconds time) {
  return {.interrupt = nullptr, .deadline = std::chrono::steady_clock::now() + time};
}

class Interrupts : public ::testing::TestWithParam<Metering> {};

TEST_P(Interrupts, end_an_endless_loop) {
  const auto program = program_of("loop:; add_imm_64 a0, a0, 1; jump loop", {.metering = GetParam()});
  const auto executor = executor_of(program);
  CpuState state;
  state.gas = i64{1} << 62;
  const Interrupter interrupter(20ms);
  const Event event = executor->execute(state, Entry{0, false}, limited_by(interrupter.flag()));
  EXPECT_EQ(event.kind, Event::Kind::interrupted);
  EXPECT_EQ(event.pc, 0u);
  EXPECT_GT(state.regs[reg_a0], 0u);
  const i64 paid = GetParam() == Metering::none ? 0 : 2 * static_cast<i64>(state.regs[reg_a0]);
  EXPECT_EQ(state.gas, (i64{1} << 62) - paid);
}

TEST_P(Interrupts, of_a_deadline) {
  const auto program = program_of("loop:; jump loop", {.metering = GetParam()});
  const auto executor = executor_of(program);
  CpuState state;
  state.gas = i64{1} << 62;
  const auto deadline = std::chrono::steady_clock::now() + 20ms;
  EXPECT_EQ(executor->execute(state, Entry{0, false}, {.interrupt = nullptr, .deadline = deadline}).kind, Event::Kind::interrupted);
  EXPECT_GE(std::chrono::steady_clock::now(), deadline);
}

// However often it is interrupted, it comes to the same end.
TEST_P(Interrupts, lose_nothing) {
  const auto program = program_of(
      "load_imm a3, 3000000; fallthrough; loop:; add_64 a4, a4, a3; xor a5, a5, a4; add_imm_64 a3, a3, -1;"
      "branch_not_eq_imm a3, 0, loop; trap",
      {.metering = GetParam()});
  CpuState whole;
  whole.gas = 100'000'000;
  EXPECT_EQ(executor_of(program)->execute(whole, Entry{0, false}, {}).kind, Event::Kind::trap);

  const auto executor = executor_of(program);
  CpuState state;
  state.gas = 100'000'000;
  std::optional<Entry> entry = Entry{0, false};
  int interruptions = 0;
  for (;; ++interruptions) {
    const Event event = executor->execute(state, entry, limited_to(200us));
    if (event.kind == Event::Kind::trap) break;
    ASSERT_EQ(event.kind, Event::Kind::interrupted);
    entry.reset();
  }
  EXPECT_GT(interruptions, 0);
  EXPECT_EQ(state.regs, whole.regs);
  EXPECT_EQ(state.gas, whole.gas);
}

// A block that takes longer than an interrupt may.
TEST_P(Interrupts, inside_a_long_block) {
  std::string text = "fallthrough; loop:;";
  for (int index = 0; index < 100'000; ++index) text += "add_imm_64 a0, a0, 1\n";
  const auto program = program_of(text + "jump loop", {.metering = GetParam()});
  const auto executor = executor_of(program);
  CpuState state;
  state.gas = i64{1} << 40;
  std::optional<Entry> entry = Entry{0, false};
  bool in_the_middle = false;
  for (int tries = 0; tries < 10'000 && !in_the_middle; ++tries) {
    const Event event = executor->execute(state, entry, limited_to(50us));
    ASSERT_EQ(event.kind, Event::Kind::interrupted);
    in_the_middle = state.regs[reg_a0] % 100'000 != 0;
    entry.reset();
  }
  EXPECT_TRUE(in_the_middle);
}

TEST_P(Interrupts, inside_a_long_memset) {
  const auto program = program_of("memset; trap", {.metering = GetParam()});
  const auto executor = executor_of(program);
  constexpr u64 begin = 0x100000, end = 0x2000000;
  ASSERT_TRUE(executor->set_access(begin, end, Access::write));
  CpuState state;
  state.gas = i64{1} << 40;
  state.regs[reg_a0] = begin;
  state.regs[reg_a1] = 0x5a;
  state.regs[reg_a2] = end - begin;
  std::optional<Entry> entry = Entry{0, false};
  int interruptions = 0;
  while (true) {
    const Event event = executor->execute(state, entry, limited_to(1ms));
    if (event.kind == Event::Kind::trap) break;
    ASSERT_EQ(event.kind, Event::Kind::interrupted);
    EXPECT_EQ(state.regs[reg_a0] + state.regs[reg_a2], end);
    ++interruptions;
    entry.reset();
  }
  EXPECT_GT(interruptions, 0);
  EXPECT_EQ(state.regs[reg_a0], end);
  EXPECT_EQ(state.regs[reg_a2], 0u);
  EXPECT_EQ(state.gas, (i64{1} << 40) - (GetParam() == Metering::none ? 0 : static_cast<i64>(end - begin) + 2));
  std::array<u8, 2> bytes{};
  ASSERT_TRUE(executor->read(end - 2, bytes));
  EXPECT_EQ(bytes[1], 0x5a);
}

INSTANTIATE_TEST_SUITE_P(Meterings, Interrupts, ::testing::Values(Metering::none, Metering::sync, Metering::async),
                         [](const auto& metering) { return std::string(name_of(metering.param)); });

TEST(Interrupts, of_instructions_that_are_charged_one_by_one) {
  const auto program = program_of("loop:; add_imm_64 a0, a0, 1; jump loop", Choices::of(Semantics::graypaper_0_7_2));
  const auto executor = executor_of(program);
  CpuState state;
  state.gas = i64{1} << 62;
  const Interrupter interrupter(20ms);
  const Event event = executor->execute(state, Entry{0, false}, limited_by(interrupter.flag()));
  EXPECT_EQ(event.kind, Event::Kind::interrupted);
  const i64 executed = 2 * static_cast<i64>(state.regs[reg_a0]) - (event.pc == 0 ? 0 : 1);
  EXPECT_EQ(state.gas, (i64{1} << 62) - executed);
}

TEST(Interrupts, before_anything_has_run) {
  const auto program = program_of("add_imm_64 a0, a0, 1; trap");
  const auto executor = executor_of(program);
  CpuState state;
  state.gas = 10;
  std::atomic<bool> flag = true;
  EXPECT_EQ(executor->execute(state, Entry{0, false}, limited_by(&flag)).kind, Event::Kind::interrupted);
  EXPECT_EQ(state.gas, 10);
  flag = false;
  EXPECT_EQ(executor->execute(state, std::nullopt, limited_by(&flag)).kind, Event::Kind::trap);
  EXPECT_EQ(state.gas, 8);
  EXPECT_EQ(state.regs[reg_a0], 1u);
}

TEST(Interrupts, going_on_where_nothing_was_interrupted_fails) {
  CpuState state;
  const Event event = executor_of(program_of("trap"))->execute(state, std::nullopt, {});
  EXPECT_EQ(event.kind, Event::Kind::failed);
  EXPECT_EQ(event.error.code, ErrorCode::invalid_argument);
}

}  // namespace
}  // namespace pvm::engine::interp::testing
