// SPDX-License-Identifier: Apache-2.0 OR MIT
// What goes into a guest comes out of it, and nothing of the host's is lost.
#include <asm/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <thread>

#include "guests.hpp"

namespace pvm::engine::sandbox::test {
namespace {

using native::ExitReason;

CpuState numbered() {
  CpuState state;
  for (u32 i = 0; i < register_count; ++i) state.regs[i] = u64{0x1111'1111'1111'1111} * (i + 1);
  state.gas = 1000;
  return state;
}

TEST(Registers, ExitStubBringsAllBack) {
  const auto space = space_of([](Assembler& as) {
    for (u32 i = 0; i < register_count; ++i) as.alu_imm(Size::b64, Alu::add, host_registers[i], static_cast<i32>(i + 1));
    as.alu_mem_imm(Size::b64, Alu::sub, {Mem::Kind::base, R::rsp, R::rax, offsetof(native::Context, gas)}, 17);
    leave(as, ExitReason::host_call, 0xabcdef);
  });
  CpuState state = numbered();
  const auto exit = enter(*space, state);
  const auto* stub = std::get_if<native::StubExit>(&exit);
  ASSERT_NE(stub, nullptr);
  EXPECT_EQ(stub->reason, static_cast<u32>(ExitReason::host_call));
  EXPECT_EQ(stub->index, 0xabcdefU);
  const CpuState before = numbered();
  for (u32 i = 0; i < register_count; ++i) EXPECT_EQ(state.regs[i], before.regs[i] + i + 1) << i;
  EXPECT_EQ(state.gas, 983);
}

TEST(Registers, FaultBringsAllBack) {
  const auto space = space_of([](Assembler& as) {
    as.mov_imm(R::rcx, 0x1234);
    as.mov_imm(R::rdx, 0x5678);
    as.ud2();
  });
  CpuState state = numbered();
  const auto exit = enter(*space, state);
  const auto* fault = std::get_if<native::FaultExit>(&exit);
  ASSERT_NE(fault, nullptr);
  EXPECT_EQ(fault->native, 10U);
  EXPECT_EQ(fault->rcx, 0x1234U);
  EXPECT_EQ(fault->rdx, 0x5678U);
  EXPECT_EQ(state.regs, numbered().regs);
  EXPECT_EQ(state.gas, 1000);
}

u64 gs_base() {
  u64 base = 0;
  syscall(SYS_arch_prctl, ARCH_GET_GS, &base);
  return base;
}

// A thread that begins to use gs when guests have run on it, and one whose creator has run guests.
TEST(Registers, HostsGsBaseIsFoundInAnyOrder) {
  const auto space = space_of([](Assembler& as) { leave(as, ExitReason::halt); });
  static u64 target = 0x5eed;
  const auto run = [&] {
    CpuState state;
    EXPECT_TRUE(std::holds_alternative<native::StubExit>(enter(*space, state)));
  };
  run();
  const auto use_gs = [&] {
    run();
    syscall(SYS_arch_prctl, ARCH_SET_GS, &target);
    run();
    EXPECT_EQ(gs_base(), reinterpret_cast<u64>(&target));
    run();
    EXPECT_EQ(gs_base(), reinterpret_cast<u64>(&target));
    syscall(SYS_arch_prctl, ARCH_SET_GS, 0);
    run();
  };
  std::thread(use_gs).join();
  use_gs();
}

TEST(Registers, HostsGsBaseIsRestored) {
  static u64 target = 0x5eed;
  const u64 before = gs_base();
  syscall(SYS_arch_prctl, ARCH_SET_GS, &target);
  const auto space = space_of([](Assembler& as) {
    leave(as, ExitReason::halt);
    as.ud2();
  });
  CpuState state;
  enter(*space, state);
  const u64 after_exit = gs_base();
  const auto fault = enter(*space, state, 9);
  const u64 after_fault = gs_base();
  syscall(SYS_arch_prctl, ARCH_SET_GS, before);
  EXPECT_TRUE(std::holds_alternative<native::FaultExit>(fault));
  EXPECT_EQ(after_exit, reinterpret_cast<u64>(&target));
  EXPECT_EQ(after_fault, reinterpret_cast<u64>(&target));
}

TEST(Registers, EntryOutsideOfTheCodeIsRefused) {
  const auto space = space_of([](Assembler& as) { leave(as, ExitReason::halt); });
  CpuState state;
  EXPECT_TRUE(std::holds_alternative<native::BrokenExit>(enter(*space, state, 0x1000)));
  EXPECT_TRUE(std::holds_alternative<native::StubExit>(enter(*space, state)));
  EXPECT_TRUE(std::holds_alternative<native::BrokenExit>(space->enter(state, {}, {}, false))) << "nothing was paused";
}

TEST(Registers, JumpTableLeadsToBlocksOrFaults) {
  u32 jump = 0, target = 0;
  const auto code = code_of([&](Assembler& as) {
    as.lea(Size::b64, R::rdx, {Mem::Kind::rip, R::rax, R::rax, -32});
    jump = as.offset();
    as.jmp_mem({Mem::Kind::base_index8, R::rdx, a0, 0});
    target = as.offset();
    leave(as, ExitReason::sbrk, 5);
  });
  code->jump_targets = {target, jit::NativeCode::no_block, target};
  code->jump_table_bytes = 32;
  const auto space = space_of(code);
  for (u64 slot = 0; slot < 4; ++slot) {
    CpuState state;
    state.regs[reg_a0] = slot;
    const auto exit = enter(*space, state);
    if (slot % 2 == 1) {
      const auto* stub = std::get_if<native::StubExit>(&exit);
      ASSERT_NE(stub, nullptr) << slot;
      EXPECT_EQ(stub->index, 5U);
    } else {
      const auto* fault = std::get_if<native::FaultExit>(&exit);
      ASSERT_NE(fault, nullptr) << slot;
      EXPECT_EQ(fault->native, jump) << "the fault is at the jump, not at its target";
    }
  }
}

}  // namespace
}  // namespace pvm::engine::sandbox::test
