// SPDX-License-Identifier: Apache-2.0 OR MIT
// Stopping guests from outside: interrupts, deadlines, gas under async metering.
#include <gtest/gtest.h>

#include <thread>

#include "guests.hpp"

namespace pvm::engine::sandbox::test {
namespace {

using namespace std::chrono_literals;
using native::ExitReason;
using native::PausedExit;
using native::StubExit;
using std::chrono::steady_clock;

// Counts a1 up and gas down until a1 is a2, then makes host call 5. Instructions begin at `head` and `compare`, not between.
struct Loop {
  u32 head = 0, compare = 0;
  jit::NativeCode code;
};

Loop make_loop() {
  Loop loop;
  loop.code = code_of([&](Assembler& as) {
    loop.head = as.offset();
    as.alu_imm(Size::b64, Alu::sub, R::rsp, 1);
    as.alu_imm(Size::b64, Alu::add, host_a1, 1);
    loop.compare = as.offset();
    as.alu(Size::b64, Alu::cmp, host_a1, host_a2);
    as.jcc_to(Cond::ne, loop.head);
    leave(as, ExitReason::host_call, 5);
  });
  loop.code.positions = {{0, loop.head}, {1, loop.compare}};
  loop.code.blocks = {{0, loop.head}};
  return loop;
}

TEST(Interrupt, from_another_thread_and_on_from_there) {
  const Loop loop = make_loop();
  const auto space = space_of(loop.code);
  ASSERT_NE(space, nullptr);
  CpuState state;
  state.regs[a2] = 3'000'000'000;
  std::atomic<bool> interrupt = false;
  u64 last = 0;
  native::Start start = {loop.head};
  for (u32 i = 0; i < 20; ++i) {
    interrupt = false;
    std::thread other([&] {
      std::this_thread::sleep_for(std::chrono::microseconds(i * 500));
      interrupt = true;
      space->kick();
    });
    const auto exit = space->enter(state, start, {&interrupt, {}}, false);
    other.join();
    ASSERT_TRUE(std::holds_alternative<PausedExit>(exit)) << exit.index();
    const u32 at = std::get<PausedExit>(exit).native;
    EXPECT_TRUE(at == loop.head || at == loop.compare) << at;
    EXPECT_EQ(state.gas, -static_cast<i64>(state.regs[a1]));
    EXPECT_GE(state.regs[a1], last);
    last = state.regs[a1];
    start.native.reset();
  }
  // Exactly from there, also with other registers.
  state.regs[a2] = last + 1000;
  const auto exit = space->enter(state, {}, {}, false);
  ASSERT_TRUE(std::holds_alternative<StubExit>(exit));
  EXPECT_EQ(state.regs[a1], last + 1000);
  EXPECT_EQ(state.gas, -static_cast<i64>(last + 1000));
}

TEST(Interrupt, set_before_pauses_before_anything_runs) {
  const Loop loop = make_loop();
  const auto space = space_of(loop.code);
  ASSERT_NE(space, nullptr);
  CpuState state;
  state.regs[a2] = 10;
  std::atomic<bool> interrupt = true;
  const auto exit = space->enter(state, {loop.head}, {&interrupt, {}}, false);
  ASSERT_TRUE(std::holds_alternative<PausedExit>(exit));
  EXPECT_EQ(std::get<PausedExit>(exit).native, loop.head);
  EXPECT_EQ(state.regs[a1], 0U);
  ASSERT_TRUE(std::holds_alternative<PausedExit>(space->enter(state, {}, {&interrupt, {}}, false)));
  ASSERT_TRUE(std::holds_alternative<StubExit>(space->enter(state, {}, {}, false)));
  EXPECT_EQ(state.regs[a1], 10U);
}

TEST(Interrupt, a_kick_without_reason_changes_nothing) {
  const Loop loop = make_loop();
  const auto space = space_of(loop.code);
  ASSERT_NE(space, nullptr);
  std::atomic<bool> stop = false;
  std::thread other([&] {
    while (!stop) space->kick();
  });
  CpuState state;
  for (u32 i = 1; i <= 200; ++i) {
    state.regs[a2] = i * u64{100'000};
    const auto exit = enter(*space, state);
    ASSERT_TRUE(std::holds_alternative<StubExit>(exit)) << exit.index();
    ASSERT_EQ(state.regs[a1], i * u64{100'000});
  }
  stop = true;
  other.join();
}

TEST(Interrupt, deadlines) {
  const Loop loop = make_loop();
  const auto space = space_of(loop.code);
  ASSERT_NE(space, nullptr);
  CpuState state;
  state.regs[a2] = ~u64{0};
  native::Start start = {loop.head};
  for (const auto time : {0ms, 1ms, 3ms, 10ms, 50ms}) {
    const auto deadline = steady_clock::now() + time;
    const auto exit = space->enter(state, start, {nullptr, deadline}, false);
    ASSERT_TRUE(std::holds_alternative<PausedExit>(exit)) << exit.index();
    EXPECT_GE(steady_clock::now(), deadline);
    start.native.reset();
  }
  EXPECT_GT(state.regs[a1], 0U);
  EXPECT_EQ(state.gas, -static_cast<i64>(state.regs[a1]));
}

TEST(Interrupt, async_gas_stops_when_negative_and_not_before) {
  const Loop loop = make_loop();
  const auto space = space_of(loop.code);
  ASSERT_NE(space, nullptr);
  CpuState state;
  state.regs[a2] = ~u64{0};
  state.gas = 100'000'000;
  const auto exit = space->enter(state, {loop.head}, {}, true);
  ASSERT_TRUE(std::holds_alternative<PausedExit>(exit)) << exit.index();
  EXPECT_LT(state.gas, 0);
  EXPECT_EQ(state.gas, 100'000'000 - static_cast<i64>(state.regs[a1]));
  state.gas = 1'000'000'000;
  state.regs[a2] = state.regs[a1] + 500'000'000;
  ASSERT_TRUE(std::holds_alternative<StubExit>(space->enter(state, {}, {}, true)));
  EXPECT_EQ(state.gas, 500'000'000);
}

// The signal may come at any moment: in the guest, on its way out or in, while rights are set, while nothing runs.
TEST(Interrupt, at_every_moment_of_short_runs) {
  const Loop loop = make_loop();
  const auto space = space_of(loop.code);
  ASSERT_NE(space, nullptr);
  std::atomic<bool> interrupt = false, stop = false;
  std::thread other([&] {
    while (!stop) {
      interrupt = true;
      space->kick();
      std::this_thread::sleep_for(50us);
    }
  });
  CpuState state;
  u64 pauses = 0;
  for (u32 i = 0; i < 3000; ++i) {
    state.regs[a1] = 0;
    state.gas = 0;
    state.regs[a2] = 1 + i * u64{37} % 200'000;
    ASSERT_TRUE(space->set_access(0x10000, 0x20000, i % 2 == 0 ? Access::read : Access::write).ok());
    native::Start start = {loop.head};
    for (;;) {
      const auto exit = space->enter(state, start, {&interrupt, {}}, false);
      if (std::holds_alternative<StubExit>(exit)) break;
      ASSERT_TRUE(std::holds_alternative<PausedExit>(exit)) << exit.index();
      interrupt = false;
      start.native.reset();
      ++pauses;
    }
    ASSERT_EQ(state.regs[a1], state.regs[a2]);
    ASSERT_EQ(state.gas, -static_cast<i64>(state.regs[a2]));
  }
  stop = true;
  other.join();
  EXPECT_GT(pauses, 0U);
}

TEST(Interrupt, a_memset_goes_on_where_it_was) {
  const auto space = space_of(code_of([](Assembler& as) {
    as.mov(Size::b32, R::rcx, host_a2);
    as.rep_stosb_32();
    leave(as, ExitReason::host_call, 5);
  }));
  ASSERT_NE(space, nullptr);
  constexpr u32 begin = 0x100000, count = 0x8000000;
  ASSERT_TRUE(space->set_access(begin, begin + count, Access::write).ok());
  CpuState state;
  state.regs[a0] = begin;
  state.regs[a1] = 0x5a;
  state.regs[a2] = count;
  auto exit = space->enter(state, {0}, {nullptr, steady_clock::now() + 2ms}, false);
  u32 pauses = 0;
  for (; std::holds_alternative<PausedExit>(exit); ++pauses) exit = space->enter(state, {}, {nullptr, steady_clock::now() + 5ms}, false);
  ASSERT_TRUE(std::holds_alternative<StubExit>(exit)) << exit.index();
  EXPECT_GT(pauses, 0U);
  std::vector<u8> bytes(0x10000);
  for (u64 at = begin; at < begin + count; at += 0x4'0000) {
    ASSERT_TRUE(space->read(static_cast<u32>(at), bytes).ok());
    ASSERT_TRUE(std::all_of(bytes.begin(), bytes.end(), [](u8 byte) { return byte == 0x5a; })) << at;
  }
}

}  // namespace
}  // namespace pvm::engine::sandbox::test
