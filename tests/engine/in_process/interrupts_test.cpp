// SPDX-License-Identifier: Apache-2.0 OR MIT
// Interrupts at any moment, deadlines, and asynchronous gas: none is lost, and a guest goes on exactly where it was.
#include <atomic>
#include <chrono>
#include <csignal>
#include <random>
#include <thread>

#include "guests.hpp"

namespace pvm::engine::sandbox::test {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view endless = "fallthrough; loop:; add_imm_64 a0, a0, 1; jump loop";

// Every kind of instruction that is more than one in native code, with what it computes going into a1 and memory. Ends with a trap.
constexpr std::string_view work =
    "load_imm a0, 0x1234567; load_imm a1, 7; load_imm a2, 0; load_imm t1, 20000; fallthrough;"
    "loop:; mul_imm_64 a1, a1, 0x5851f42; add_imm_64 a1, a1, 0x1405; div_unsigned_64 a3, a1, a0; rem_signed_64 a4, a1, a0;"
    "shift_logical_right_64 a5, a1, t1; xor a1, a1, a5; xor a1, a1, a3; add_64 a2, a2, a4; and_imm s0, a1, 0xfff8;"
    "add_imm_64 s0, s0, 0x20000; load_indirect_u64 s1, s0, 0; add_64 s1, s1, a1; store_indirect_u64 s1, s0, 0;"
    "div_signed_32 t0, a2, a0; count_set_bits_64 t2, a1; mul_upper_signed_signed a3, a1, a2; add_64 a2, a2, a3;"
    "add_imm_64 t1, t1, -1; branch_not_eq_imm t1, 0, loop; trap";

struct Final {
  std::array<u64, register_count> regs{};
  i64 gas = 0;
  std::vector<u8> memory;
  bool operator==(const Final&) const = default;
};

Final final_of(const Machine& machine) {
  Final result;
  for (u32 i = 0; i < register_count; ++i) result.regs[i] = machine.reg(i);
  result.gas = machine.gas();
  result.memory.resize(0x10000);
  EXPECT_TRUE(machine.read(0x20000, result.memory).ok());
  return result;
}

void prepare(Machine& machine) {
  machine.set_gas(i64{1} << 40);
  machine.set_pc(0);
  const std::vector<u8> zeros(0x10000);
  ASSERT_TRUE(machine.write(0x20000, zeros).ok());
}

Status run_to_end(Machine& machine) {
  auto exit = machine.run();
  EXPECT_TRUE(exit.ok()) << exit.error().message;
  return exit.ok() ? exit->status : Status::halt;
}

// Kicks a machine again and again until it is told to stop; the next kick comes as soon as the one before has been served.
class Disturber {
 public:
  Disturber(Machine& machine, u32 max_pause_us, u32 seed) {
    thread_ = std::thread([this, &executor = machine.executor(), max_pause_us, seed] {
      std::mt19937 random(seed);
      while (!done_.load()) {
        const auto until = std::chrono::steady_clock::now() + std::chrono::nanoseconds(random() % (max_pause_us * 1000 + 1));
        while (std::chrono::steady_clock::now() < until) {
        }
        interrupt.store(true);
        executor.kick();
        while (interrupt.load() && !done_.load()) std::this_thread::yield();
      }
    });
  }
  ~Disturber() {
    done_.store(true);
    thread_.join();
  }
  std::atomic<bool> interrupt = false;

 private:
  std::atomic<bool> done_ = false;
  std::thread thread_;
};

class Interrupts : public testing::TestWithParam<Metering> {};

TEST_P(Interrupts, NoneIsLostInAnEndlessLoop) {
  const auto machine = machine_of(endless, GetParam());
  ASSERT_NE(machine, nullptr);
  prepare(*machine);
  Disturber disturber(*machine, 20, 1);
  const RunLimits limits{&disturber.interrupt, {}};
  u64 last = 0;
  for (u32 i = 0; i < 1000; ++i) {
    machine->set_gas(i64{1} << 60);
    auto exit = machine->run(limits);
    ASSERT_TRUE(exit.ok()) << exit.error().message;
    ASSERT_EQ(exit->status, Status::interrupted);
    ASSERT_GE(machine->reg(reg_a0), last);
    last = machine->reg(reg_a0);
    disturber.interrupt.store(false);
  }
}

// What a host's own handler waits for.
std::atomic<bool> handler_runs = false, handler_may_end = false;

void host_handler(int) {
  handler_runs.store(true);
  while (!handler_may_end.load()) {
  }
}

TEST_P(Interrupts, NoneIsLostWhileAHandlerOfTheHostsHasInterruptedTheGuest) {
  const auto machine = machine_of(endless, GetParam());
  ASSERT_NE(machine, nullptr);
  struct sigaction action {
  }, before{};
  action.sa_handler = host_handler;
  ASSERT_EQ(sigaction(SIGUSR1, &action, &before), 0);
  for (u32 round = 0; round < 100; ++round) {
    prepare(*machine);
    machine->set_gas(i64{1} << 60);
    handler_runs.store(false);
    handler_may_end.store(false);
    std::atomic<bool> interrupt = false, ended = false, lost = false;
    std::thread host([&, runner = pthread_self()] {
      std::this_thread::sleep_for(std::chrono::microseconds(100 + 37 * round));
      pthread_kill(runner, SIGUSR1);
      while (!handler_runs.load()) std::this_thread::yield();
      interrupt.store(true);
      machine->executor().kick();
      std::this_thread::sleep_for(1ms);  // So that the interrupt finds the handler.
      handler_may_end.store(true);
      const auto patience = std::chrono::steady_clock::now() + 10s;
      while (!ended.load() && std::chrono::steady_clock::now() < patience) std::this_thread::sleep_for(100us);
      lost.store(!ended.load());
      if (lost.load()) machine->executor().kick();
    });
    auto exit = machine->run({&interrupt, {}});
    ended.store(true);
    host.join();
    ASSERT_TRUE(exit.ok()) << exit.error().message;
    ASSERT_EQ(exit->status, Status::interrupted);
    ASSERT_FALSE(lost.load());
  }
  sigaction(SIGUSR1, &before, nullptr);
}

TEST_P(Interrupts, WorkGoesOnExactly) {
  const auto machine = machine_of(work, GetParam());
  ASSERT_NE(machine, nullptr);
  prepare(*machine);
  ASSERT_EQ(run_to_end(*machine), Status::trap);
  const Final expected = final_of(*machine);
  Disturber disturber(*machine, 50, 2);
  const RunLimits limits{&disturber.interrupt, {}};
  for (u32 interrupts = 0; interrupts < 1000;) {
    prepare(*machine);
    for (bool ended = false; !ended;) {
      auto exit = machine->run(limits);
      ASSERT_TRUE(exit.ok()) << exit.error().message;
      ended = exit->status != Status::interrupted;
      if (ended) {
        ASSERT_EQ(exit->status, Status::trap);
      } else {
        ++interrupts;
        disturber.interrupt.store(false);
      }
    }
    ASSERT_EQ(final_of(*machine), expected);
  }
}

TEST_P(Interrupts, DeadlinesEndRuns) {
  const auto machine = machine_of(endless, GetParam());
  ASSERT_NE(machine, nullptr);
  prepare(*machine);
  machine->set_gas(i64{1} << 60);
  for (u32 i = 0; i < 50; ++i) {
    const auto deadline = std::chrono::steady_clock::now() + i * 50us;
    auto exit = machine->run({nullptr, deadline});
    ASSERT_TRUE(exit.ok()) << exit.error().message;
    EXPECT_EQ(exit->status, Status::interrupted);
    EXPECT_GE(std::chrono::steady_clock::now(), deadline);
  }
}

TEST_P(Interrupts, OneThatCameBeforeTheRunStopsIt) {
  const auto machine = machine_of(endless, GetParam());
  ASSERT_NE(machine, nullptr);
  prepare(*machine);
  const std::atomic<bool> interrupt = true;
  auto exit = machine->run({&interrupt, {}});
  ASSERT_TRUE(exit.ok());
  EXPECT_EQ(exit->status, Status::interrupted);
  EXPECT_EQ(machine->reg(reg_a0), 0U);
}

INSTANTIATE_TEST_SUITE_P(Metering, Interrupts, testing::Values(Metering::none, Metering::sync, Metering::async),
                         [](const auto& metering) { return std::string(name_of(metering.param)); });

// The registers and the pc of an interrupted guest are all that it is: another machine goes on from them.
TEST(InterruptedState, CanBeMovedToAnotherMachine) {
  const auto machine = machine_of(work, Metering::none);
  const auto other = machine_of(work, Metering::none);
  ASSERT_NE(machine, nullptr);
  ASSERT_NE(other, nullptr);
  prepare(*machine);
  ASSERT_EQ(run_to_end(*machine), Status::trap);
  const Final expected = final_of(*machine);
  Disturber disturber(*machine, 300, 3);
  for (u32 moves = 0; moves < 200;) {
    prepare(*machine);
    auto exit = machine->run({&disturber.interrupt, {}});
    ASSERT_TRUE(exit.ok()) << exit.error().message;
    if (exit->status != Status::interrupted) continue;
    disturber.interrupt.store(false);
    const Final at = final_of(*machine);
    prepare(*other);
    for (u32 i = 0; i < register_count; ++i) other->set_reg(i, at.regs[i]);
    ASSERT_TRUE(other->write(0x20000, at.memory).ok());
    ASSERT_TRUE(exit->pc.has_value());
    other->set_pc(*exit->pc);
    ASSERT_EQ(run_to_end(*other), Status::trap);
    ASSERT_EQ(final_of(*other), expected) << "interrupted at " << *exit->pc;
    ++moves;
  }
}

TEST(AsyncGas, EndsAnEndlessLoop) {
  const auto machine = machine_of(endless, Metering::async);
  ASSERT_NE(machine, nullptr);
  for (u32 i = 0; i < 5; ++i) {
    prepare(*machine);
    machine->set_gas(1000);
    EXPECT_EQ(run_to_end(*machine), Status::out_of_gas);
    EXPECT_LT(machine->gas(), 0);
  }
}

TEST(Kicks, DoNothingWithoutAnInterrupt) {
  const auto machine = machine_of(work);
  ASSERT_NE(machine, nullptr);
  machine->executor().kick();
  prepare(*machine);
  ASSERT_EQ(run_to_end(*machine), Status::trap);
  const Final expected = final_of(*machine);
  std::atomic<bool> done = false;
  std::thread kicker([&] {
    while (!done.load()) machine->executor().kick();
  });
  for (u32 i = 0; i < 5; ++i) {
    prepare(*machine);
    EXPECT_EQ(run_to_end(*machine), Status::trap);
    EXPECT_EQ(final_of(*machine), expected);
  }
  done.store(true);
  kicker.join();
}

}  // namespace
}  // namespace pvm::engine::sandbox::test
