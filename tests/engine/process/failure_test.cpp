// SPDX-License-Identifier: Apache-2.0 OR MIT
// Workers and templates that die or stop at any moment: an error within a bounded time, and the pool goes on.
#include <gtest/gtest.h>
#include <signal.h>

#include <algorithm>
#include <thread>

#include "attack.hpp"

namespace pvm::engine::sandbox::test {
namespace {

using namespace std::chrono_literals;
using native::BrokenExit;
using native::NativeExit;
using native::StubExit;
using std::chrono::steady_clock;

jit::NativeCode call_code() {
  return code_of([](Assembler& as) { leave(as, native::ExitReason::host_call, 1); });
}

jit::NativeCode endless_code() {
  return code_of([](Assembler& as) { as.jmp_to(as.offset()); });
}

class Failure : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto before = templates();
    auto made = make_worker_pool({});
    ASSERT_TRUE(made.ok()) << made.error().message;
    pool_ = *made;
    for (const pid_t process : templates()) {
      if (std::find(before.begin(), before.end(), process) == before.end()) template_ = process;
    }
    ASSERT_GT(template_, 0);
    while (!children_of(template_).empty()) std::this_thread::sleep_for(1ms);  // The worker that tried it.
  }
  std::unique_ptr<native::Space> space(const jit::NativeCode& code) { return space_of(code, {}, pool_); }
  pid_t the_worker() const {
    const auto all = children_of(template_);
    return all.size() == 1 ? all[0] : -1;
  }

  std::shared_ptr<WorkerPool> pool_;
  pid_t template_ = -1;
};

::testing::AssertionResult is_lost(const NativeExit& exit, ErrorCode code = ErrorCode::worker_failed) {
  const auto* broken = std::get_if<BrokenExit>(&exit);
  if (broken == nullptr) return ::testing::AssertionFailure() << "exit of kind " << exit.index();
  if (broken->error.code != code) return ::testing::AssertionFailure() << broken->error.message;
  return ::testing::AssertionSuccess();
}

TEST_F(Failure, killed_while_it_runs) {
  for (u32 i = 0; i < 10; ++i) {
    const auto running = space(endless_code());
    ASSERT_NE(running, nullptr);
    const pid_t worker = the_worker();
    ASSERT_GT(worker, 0);
    std::thread other([&] {
      std::this_thread::sleep_for(std::chrono::microseconds(i * 700));
      ::kill(worker, SIGKILL);
    });
    CpuState state;
    EXPECT_TRUE(is_lost(enter(*running, state)));
    EXPECT_TRUE(is_lost(enter(*running, state), ErrorCode::instance_lost));
    other.join();
  }
}

TEST_F(Failure, killed_while_it_waits) {
  const auto waiting = space(call_code());
  ASSERT_NE(waiting, nullptr);
  CpuState state;
  ASSERT_TRUE(std::holds_alternative<StubExit>(enter(*waiting, state)));
  ::kill(the_worker(), SIGKILL);
  EXPECT_TRUE(is_lost(enter(*waiting, state)));
}

TEST_F(Failure, killed_between_host_calls_at_any_moment) {
  for (u32 i = 0; i < 20; ++i) {
    const auto calling = space(call_code());
    ASSERT_NE(calling, nullptr);
    const pid_t worker = the_worker();
    std::thread other([&] {
      std::this_thread::sleep_for(std::chrono::microseconds(i * 100));
      ::kill(worker, SIGKILL);
    });
    CpuState state;
    NativeExit exit = enter(*calling, state);
    while (std::holds_alternative<StubExit>(exit)) exit = enter(*calling, state);
    EXPECT_TRUE(is_lost(exit));
    other.join();
  }
}

TEST_F(Failure, stopped_without_limits) {
  const auto stopped = space(endless_code());
  ASSERT_NE(stopped, nullptr);
  ::kill(the_worker(), SIGSTOP);
  CpuState state;
  const auto begin = steady_clock::now();
  EXPECT_TRUE(is_lost(enter(*stopped, state)));
  EXPECT_LT(steady_clock::now() - begin, 60s);
}

TEST_F(Failure, stopped_with_a_deadline) {
  const auto stopped = space(endless_code());
  ASSERT_NE(stopped, nullptr);
  const pid_t worker = the_worker();
  std::thread other([&] {
    std::this_thread::sleep_for(5ms);
    ::kill(worker, SIGSTOP);
  });
  CpuState state;
  EXPECT_TRUE(is_lost(stopped->enter(state, {0}, {nullptr, steady_clock::now() + 20ms}, false)));
  other.join();
}

TEST_F(Failure, stopped_and_continued_goes_on) {
  const auto running = space(code_of([](Assembler& as) {
    const u32 head = as.offset();
    as.alu_imm(Size::b64, Alu::sub, host_a0, 1);
    as.jcc_to(Cond::ne, head);
    leave(as, native::ExitReason::host_call, 1);
  }));
  ASSERT_NE(running, nullptr);
  const pid_t worker = the_worker();
  std::thread other([&] {
    for (u32 i = 0; i < 5; ++i) {
      ::kill(worker, SIGSTOP);
      std::this_thread::sleep_for(20ms);
      ::kill(worker, SIGCONT);
      std::this_thread::sleep_for(10ms);
    }
  });
  CpuState state;
  state.regs[a0] = 300'000'000;
  EXPECT_TRUE(std::holds_alternative<StubExit>(enter(*running, state)));
  for (u32 i = 0; i < 20; ++i) {
    state.regs[a0] = 1'000'000;
    EXPECT_TRUE(std::holds_alternative<StubExit>(enter(*running, state)));
  }
  other.join();
}

TEST_F(Failure, killed_in_the_pool) {
  auto sealed = seal_code(call_code(), {});
  ASSERT_TRUE(sealed.ok());
  for (u32 i = 0; i < 5; ++i) {
    auto first = make_process_space(pool_, *sealed);
    ASSERT_TRUE(first.ok()) << first.error().message;
    CpuState state;
    EXPECT_TRUE(std::holds_alternative<StubExit>(enter(**first, state)));
    first->reset();
    for (const pid_t worker : children_of(template_)) ::kill(worker, SIGKILL);
    while (!children_of(template_).empty()) std::this_thread::sleep_for(1ms);
  }
}

TEST_F(Failure, the_template_dies) {
  const auto running = space(endless_code());
  ASSERT_NE(running, nullptr);
  std::thread other([&] {
    std::this_thread::sleep_for(3ms);
    ::kill(template_, SIGKILL);
  });
  CpuState state;
  EXPECT_TRUE(is_lost(enter(*running, state)));
  other.join();
  auto sealed = seal_code(call_code(), {});
  ASSERT_TRUE(sealed.ok());
  EXPECT_FALSE(make_process_space(pool_, *sealed).ok());
  pool_.reset();
}

TEST_F(Failure, guest_code_that_gets_lost_ends_its_worker_only) {
  const auto lost = space(code_of({0x31, 0xc0, 0xff, 0xe0}));  // xor eax, eax; jmp rax
  const auto fine = space(call_code());
  ASSERT_NE(lost, nullptr);
  ASSERT_NE(fine, nullptr);
  CpuState state;
  EXPECT_TRUE(is_lost(enter(*lost, state)));
  EXPECT_TRUE(std::holds_alternative<StubExit>(enter(*fine, state)));
}

}  // namespace
}  // namespace pvm::engine::sandbox::test
