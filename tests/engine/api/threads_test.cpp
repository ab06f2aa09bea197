// SPDX-License-Identifier: Apache-2.0 OR MIT
// Interrupts, deadlines, and many threads.
#include <array>
#include <atomic>
#include <chrono>
#include <thread>

#include "programs.hpp"

namespace pvm::test {
namespace {

using std::chrono::milliseconds;

const Source program = {.text = R"(
spin:; jump spin
count:; add_imm_64 a0, a0, 1
     branch_not_eq a0, a1, count
     ret
ask:; ecalli 0
     jump ask
)",
                        .exports = {"spin", "count", "ask"},
                        .imports = {"zero"},
                        .rw_data = {0}};
constexpr i64 much_gas = std::numeric_limits<i64>::max();

// The thread sanitizer delays signals until the thread calls something, which a guest in this process doesn't.
#if defined(__SANITIZE_THREAD__)
constexpr bool signals_are_delayed = true;
#else
constexpr bool signals_are_delayed = false;
#endif

class Interruptible : public OnEachLevel {
  void SetUp() override {
    if (signals_are_delayed && GetParam() == Isolation::in_process) GTEST_SKIP() << "the thread sanitizer delays signals";
  }
};
class Interrupts : public Interruptible {};
PVM_ON_EACH_LEVEL(Interrupts);
class BusyInstances : public Interruptible {};
PVM_ON_EACH_LEVEL(BusyInstances);
class Threads : public OnEachLevel {};
PVM_ON_EACH_LEVEL(Threads);

TEST_P(Interrupts, StopAnEndlessGuestUnderEveryMetering) {
  for (const Metering metering : {Metering::none, Metering::sync, Metering::async}) {
    Instance instance = start(program, {.metering = metering});
    ASSERT_OK(instance.set_gas(much_gas));
    const Interrupt interrupt = instance.interrupt();
    const std::jthread other([&] {
      std::this_thread::sleep_for(milliseconds(20));
      interrupt.raise();
    });
    const auto exit = instance.call("spin");
    ASSERT_OK(exit);
    EXPECT_EQ(exit->status, Status::interrupted) << name_of(metering);
    EXPECT_EQ(exit->pc, 0u);
  }
}

TEST_P(Interrupts, StopRunsUntilCleared) {
  Instance instance = start(program);
  ASSERT_OK(instance.set_gas(much_gas));
  const Interrupt interrupt = instance.interrupt();
  interrupt.raise();
  EXPECT_TRUE(interrupt.raised());
  EXPECT_EQ(instance.call("spin")->status, Status::interrupted);
  EXPECT_EQ(instance.run()->status, Status::interrupted);
  interrupt.clear();
  EXPECT_FALSE(instance.interrupt().raised());
  const auto exit = instance.call("count", {0, 1000});
  ASSERT_OK(exit);
  EXPECT_EQ(exit->status, Status::halt);
}

// Counts without end until it has been stopped five times, then up to a number.
TEST_P(Interrupts, LoseNothing) {
  Instance instance = start(program);
  ASSERT_OK(instance.set_gas(much_gas));
  const Interrupt interrupt = instance.interrupt();
  std::atomic<bool> done{false};
  const std::jthread other([&] {
    while (!done) {
      interrupt.raise();
      std::this_thread::sleep_for(milliseconds(1));
    }
  });
  auto exit = instance.call("count", {0, 0});
  for (u32 stopped = 0; exit.ok() && exit->status == Status::interrupted; ++stopped) {
    interrupt.clear();
    if (stopped == 5) {
      done = true;
      ASSERT_OK(instance.set_reg(8, *instance.reg(7) + 1'000'000));
    }
    exit = instance.run();
  }
  done = true;
  ASSERT_OK(exit);
  EXPECT_EQ(exit->status, Status::halt);
  EXPECT_EQ(*instance.reg(7), *instance.reg(8));
  EXPECT_EQ(*instance.gas(), much_gas - static_cast<i64>(2 * *instance.reg(7)) - 1);
}

TEST_P(Interrupts, LeaveAnInstanceThatCanBeUsed) {
  Instance instance = start(program);
  ASSERT_OK(instance.set_gas(much_gas));
  const auto before = instance.snapshot();
  ASSERT_OK(before);
  const auto stop = [&] { return instance.call("spin", {}, {.limits = RunLimits::within(milliseconds(2))}); };
  EXPECT_EQ(stop()->status, Status::interrupted);
  EXPECT_ERROR(ErrorCode::invalid_argument, instance.snapshot());
  ASSERT_OK(instance.restore(*before));
  EXPECT_ERROR(ErrorCode::no_pc, instance.run());
  EXPECT_EQ(stop()->status, Status::interrupted);
  ASSERT_OK(instance.reset());
  EXPECT_ERROR(ErrorCode::no_pc, instance.run());
  ASSERT_OK(instance.snapshot());
  ASSERT_OK(instance.set_gas(much_gas));
  EXPECT_EQ(stop()->status, Status::interrupted);
  ASSERT_OK(instance.reset_memory());
  EXPECT_EQ(instance.run(RunLimits::within(milliseconds(2)))->status, Status::interrupted);
  EXPECT_EQ(instance.call("count", {0, 7})->status, Status::halt);
  EXPECT_EQ(*instance.reg(7), 7u);
}

TEST_P(Interrupts, OutliveTheirInstance) {
  const auto interrupt = [&] { return start(program).interrupt(); }();
  interrupt.raise();
  EXPECT_TRUE(interrupt.raised());
}

TEST_P(Interrupts, EndARunOfHostCalls) {
  Linker linker;
  const Module module = compile(program, {.metering = Metering::none});
  std::atomic<u64> calls{0};
  ASSERT_OK(linker.define("zero", [&] { ++calls; }));
  auto linked = linker.link(module);
  ASSERT_OK(linked);
  auto instance = linked->instantiate();
  ASSERT_OK(instance);
  const Interrupt interrupt = instance->instance().interrupt();
  const std::jthread other([&] {
    while (calls < 100) std::this_thread::yield();
    interrupt.raise();
  });
  const auto result = instance->call("ask");
  ASSERT_OK(result);
  EXPECT_EQ(result->exit.status, Status::interrupted);
  EXPECT_GE(calls, 100u);
}

TEST_P(Interrupts, DeadlinesEndRuns) {
  Instance instance = start(program, {.metering = Metering::none});
  const auto begin = std::chrono::steady_clock::now();
  const auto exit = instance.call("spin", {}, {.limits = RunLimits::within(milliseconds(30))});
  ASSERT_OK(exit);
  EXPECT_EQ(exit->status, Status::interrupted);
  EXPECT_GE(std::chrono::steady_clock::now() - begin, milliseconds(30));
  // One that has passed, and one that never comes.
  EXPECT_EQ(instance.run(RunLimits::within(milliseconds(-5)))->status, Status::interrupted);
  EXPECT_EQ(instance.call("count", {0, 10}, {.limits = {std::chrono::steady_clock::time_point::max()}})->status, Status::halt);
}

TEST_P(Threads, EachHasItsInstances) {
  const Module module = compile(program);
  std::atomic<u32> right{0};
  {
    std::vector<std::jthread> threads;
    threads.reserve(4);
    for (u64 number = 1; number <= 4; ++number) {
      threads.emplace_back([&, number] {
        for (u64 round = 0; round < 10; ++round) {
          auto instance = module.instantiate();
          if (!instance || !instance->set_gas(much_gas)) return;
          const auto exit = instance->call("count", {u64{0}, 1000 * number});
          if (exit && exit->status == Status::halt && *instance->reg(7) == 1000 * number) ++right;
        }
      });
    }
  }
  EXPECT_EQ(right, 40u);
}

TEST_P(Threads, AnInstanceMayChangeThreads) {
  Instance instance = start(program);
  ASSERT_OK(instance.set_gas(much_gas));
  for (u64 round = 1; round <= 5; ++round) {
    std::jthread([&] { EXPECT_EQ(instance.call("count", {u64{0}, round})->status, Status::halt); }).join();
    EXPECT_EQ(*instance.reg(7), round);
  }
}

TEST_P(BusyInstances, AreToldToASecondThread) {
  Instance instance = start(program);
  ASSERT_OK(instance.set_gas(much_gas));
  std::atomic<bool> running{false};
  const Interrupt interrupt = instance.interrupt();
  std::jthread other([&] {
    running = true;
    // The first thread's look at a register may be in the way.
    auto exit = instance.call("spin");
    while (!exit && exit.error().code == ErrorCode::instance_busy) exit = instance.call("spin");
    EXPECT_TRUE(exit && exit->status == Status::interrupted);
  });
  while (!running) std::this_thread::yield();
  // At the latest when the other one has come to run.
  while (instance.reg(7).ok()) std::this_thread::yield();
  EXPECT_ERROR(ErrorCode::instance_busy, instance.run());
  EXPECT_ERROR(ErrorCode::instance_busy, instance.gas());
  EXPECT_ERROR(ErrorCode::instance_busy, instance.write_u8(0x20000, 1));
  interrupt.raise();
  other.join();
  ASSERT_OK(instance.regs());
}

TEST_P(Threads, ManyShareALinkedModuleAndASnapshot) {
  const Module module = compile(program);
  Linker linker;
  std::atomic<u64> calls{0};
  ASSERT_OK(linker.define("zero", [&](Caller& from) {
    if (++calls > 200) from.abort("enough");
  }));
  const auto linked = linker.link(module);
  ASSERT_OK(linked);
  auto source = module.instantiate();
  ASSERT_OK(source);
  ASSERT_OK(source->set_gas(much_gas));
  ASSERT_OK(source->write_u8(0x20000, 55));
  const auto snapshot = source->snapshot();
  ASSERT_OK(snapshot);
  std::atomic<u32> right{0};
  {
    std::vector<std::jthread> threads;
    threads.reserve(4);
    for (int number = 0; number < 4; ++number) {
      threads.emplace_back([&] {
        auto instance = linked->instantiate();
        if (!instance || !instance->instance().restore(*snapshot)) return;
        const auto result = instance->call("ask");
        if (!result && result.error().code == ErrorCode::host_function && *instance->instance().read_u8(0x20000) == 55) ++right;
      });
    }
  }
  EXPECT_EQ(right, 4u);
}

}  // namespace
}  // namespace pvm::test
