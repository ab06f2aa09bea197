// SPDX-License-Identifier: Apache-2.0 OR MIT
// Faults of the guest are the guest's; those of the host reach the host's handlers as if no guest had ever run.
#include <unistd.h>

#include <csetjmp>
#include <csignal>

#include "guests.hpp"

namespace pvm::engine::sandbox::test {
namespace {

using native::ExitReason;

TEST(Faults, EachKindLeavesTheGuest) {
  const std::function<void(Assembler&)> kinds[] = {
      [](Assembler& as) { as.load_zx(4, a1, guest(a0)); },                                             // SIGSEGV
      [](Assembler& as) { as.ud2(); },                                                                 // SIGILL
      [](Assembler& as) { as.mov_imm(R::rax, 0), as.mov_imm(R::rdx, 0), as.div(Size::b64, R::rax); },  // SIGFPE
      [](Assembler& as) { as.mov_imm(R::rcx, 0xfa11'0000'dead'0000), as.jmp_reg(R::rcx); },            // Not canonical.
      [](Assembler& as) { as.alu_imm32(Size::b64, Alu::sub, R::r12, 1), as.jcc_to(Cond::s, 2); },      // As a charge that fails.
  };
  for (std::size_t i = 0; i < std::size(kinds); ++i) {
    const auto space = space_of([&](Assembler& as) {
      kinds[i](as);
      leave(as, ExitReason::halt);
    });
    for (u32 again = 0; again < 3; ++again) {
      CpuState state;
      EXPECT_TRUE(std::holds_alternative<native::FaultExit>(enter(*space, state))) << i;
    }
  }
}

sigjmp_buf back;
volatile sig_atomic_t host_faults = 0;

void on_host_fault(int) {
  host_faults = host_faults + 1;
  siglongjmp(back, 1);
}

void fault_in_host() {
  if (sigsetjmp(back, 1) == 0) *reinterpret_cast<volatile int*>(0x10) = 1;
}

// In a process of its own, whose handlers are installed before the first guest.
void host_handler_comes_first() {
  struct sigaction action {};
  action.sa_handler = on_host_fault;
  sigaction(SIGSEGV, &action, nullptr);
  const auto space = space_of([](Assembler& as) { as.load_zx(4, a1, guest(a0)); });
  CpuState state;
  const bool guest_fault = std::holds_alternative<native::FaultExit>(enter(*space, state));
  fault_in_host();
  const bool again = std::holds_alternative<native::FaultExit>(enter(*space, state));
  fault_in_host();
  _exit(guest_fault && again && host_faults == 2 ? 42 : 1);
}

void ignored_signal_stays_ignored() {
  signal(SIGFPE, SIG_IGN);
  const auto space = space_of([](Assembler& as) { as.ud2(); });
  CpuState state;
  enter(*space, state);
  raise(SIGFPE);
  _exit(42);
}

void default_action_stays() {
  signal(SIGSEGV, SIG_DFL);
  const auto space = space_of([](Assembler& as) { as.ud2(); });
  CpuState state;
  enter(*space, state);
  *reinterpret_cast<volatile int*>(0x10) = 1;
  _exit(1);
}

TEST(FaultsDeathTest, HostsHandlerIsCalled) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(host_handler_comes_first(), testing::ExitedWithCode(42), "");
}
TEST(FaultsDeathTest, IgnoredSignalIsIgnored) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(ignored_signal_stays_ignored(), testing::ExitedWithCode(42), "");
}
TEST(FaultsDeathTest, DefaultActionEndsTheProcess) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(default_action_stays(), testing::KilledBySignal(SIGSEGV), "");
}
TEST(FaultsDeathTest, SignalThatWasSentIsNotAGuestsFault) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(
      {
        const auto space = space_of([](Assembler& as) { as.ud2(); });
        CpuState state;
        enter(*space, state);
        raise(SIGTRAP);
      },
      testing::KilledBySignal(SIGTRAP), "");
}

TEST(Faults, AccessTrapAndOutOfGasOfAProgram) {
  const auto machine = machine_of("load_imm a0, 1; store_u32 a0, 0x20000; fallthrough; load_u32 a1, 0x20000; store_u32 a1, 0x50000; trap");
  ASSERT_NE(machine, nullptr);
  machine->set_gas(3);
  machine->set_pc(0);
  auto exit = machine->run();
  ASSERT_TRUE(exit.ok()) << exit.error().message;
  EXPECT_EQ(exit->status, Status::out_of_gas);
  EXPECT_EQ(machine->gas(), 0);
  machine->set_gas(100);
  exit = machine->run();
  ASSERT_TRUE(exit.ok()) << exit.error().message;
  EXPECT_EQ(exit->status, Status::trap);
  EXPECT_EQ(machine->gas(), 97);
  EXPECT_EQ(machine->reg(reg_a1), 1U);
}

}  // namespace
}  // namespace pvm::engine::sandbox::test
