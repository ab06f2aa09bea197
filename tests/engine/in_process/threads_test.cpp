// SPDX-License-Identifier: Apache-2.0 OR MIT
// Many instances in many threads: faults, interrupts and deadlines reach the run that they are for.
#include <atomic>
#include <chrono>
#include <csignal>
#include <thread>
#include <vector>

#include "guests.hpp"

namespace pvm::engine::sandbox::test {
namespace {

using namespace std::chrono_literals;

TEST(Threads, InstancesFaultIndependently) {
  std::vector<std::thread> threads;
  for (u32 number = 0; number < 8; ++number) {
    threads.emplace_back([number] {
      for (u32 i = 0; i < 100; ++i) {
        const auto machine = machine_of("add_imm_64 a0, a0, 1; store_u32 a0, 0x20000; store_indirect_u32 a0, a1, 0; trap");
        ASSERT_NE(machine, nullptr);
        machine->set_reg(reg_a0, number);
        machine->set_reg(reg_a1, 0x100);
        machine->set_gas(100);
        machine->set_pc(0);
        auto exit = machine->run();
        ASSERT_TRUE(exit.ok()) << exit.error().message;
        EXPECT_EQ(exit->status, Status::trap);
        EXPECT_EQ(machine->reg(reg_a0), number + 1);
      }
    });
  }
  for (auto& thread : threads) thread.join();
}

TEST(Threads, AnInstanceMayMove) {
  const auto machine = machine_of("fallthrough; loop:; add_imm_64 a0, a0, 1; jump loop", Metering::none);
  ASSERT_NE(machine, nullptr);
  machine->set_pc(0);
  for (u32 i = 0; i < 50; ++i) {
    std::atomic<bool> interrupt = false;
    std::thread runner([&] {
      auto exit = machine->run({&interrupt, {}});
      ASSERT_TRUE(exit.ok());
      EXPECT_EQ(exit->status, Status::interrupted);
    });
    if (i % 2 == 1) std::this_thread::sleep_for(1ms);
    interrupt.store(true);
    machine->executor().kick();
    runner.join();
  }
}

TEST(Threads, DeadlinesOfMany) {
  std::vector<std::thread> threads;
  for (u32 number = 0; number < 6; ++number) {
    threads.emplace_back([number] {
      const auto machine = machine_of("fallthrough; loop:; add_imm_64 a0, a0, 1; jump loop", static_cast<Metering>(number % 3));
      ASSERT_NE(machine, nullptr);
      machine->set_gas(i64{1} << 60);
      machine->set_pc(0);
      for (u32 i = 0; i < 20; ++i) {
        auto exit = machine->run({nullptr, std::chrono::steady_clock::now() + (number + 1) * 300us});
        ASSERT_TRUE(exit.ok());
        EXPECT_EQ(exit->status, Status::interrupted);
      }
    });
  }
  for (auto& thread : threads) thread.join();
}

TEST(Threads, SignalsMayBeBlockedBeforeTheFirstRun) {
  std::thread([] {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, nullptr);
    const auto machine = machine_of("fallthrough; loop:; add_imm_64 a0, a0, 1; jump loop", Metering::none);
    ASSERT_NE(machine, nullptr);
    machine->set_pc(0);
    auto exit = machine->run({nullptr, std::chrono::steady_clock::now() + 1ms});
    ASSERT_TRUE(exit.ok());
    EXPECT_EQ(exit->status, Status::interrupted);
  }).join();
}

volatile sig_atomic_t alarms = 0;
void on_alarm(int) {
  volatile char space[16 * 1024];
  for (std::size_t i = 0; i < sizeof space; i += 512) space[i] = 1;
  alarms = alarms + 1;
}

// The host's handlers run on the guest's own stack area, and must find a stack there.
TEST(Threads, HostsSignalsArriveWhileGuestsRun) {
#ifdef __SANITIZE_THREAD__
  GTEST_SKIP() << "ThreadSanitizer holds the host's signals back while a guest runs";
#endif
  struct sigaction action {};
  struct sigaction before {};
  action.sa_handler = on_alarm;
  ASSERT_EQ(sigaction(SIGALRM, &action, &before), 0);
  const auto machine = machine_of("fallthrough; loop:; add_imm_64 a0, a0, 1; jump loop", Metering::none);
  ASSERT_NE(machine, nullptr);
  machine->set_pc(0);
  std::atomic<bool> interrupt = false;
  std::thread sender([&, runner = pthread_self()] {
    for (u32 i = 0; i < 200 || alarms < 100; ++i) {
      pthread_kill(runner, SIGALRM);
      std::this_thread::sleep_for(50us);
    }
    interrupt.store(true);
    machine->executor().kick();
  });
  auto exit = machine->run({&interrupt, {}});
  sender.join();
  sigaction(SIGALRM, &before, nullptr);
  ASSERT_TRUE(exit.ok());
  EXPECT_EQ(exit->status, Status::interrupted);
  EXPECT_GE(alarms, 100);
}

}  // namespace
}  // namespace pvm::engine::sandbox::test
