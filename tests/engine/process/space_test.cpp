// SPDX-License-Identifier: Apache-2.0 OR MIT
// Entries, exits, faults and rights of guests in workers.
#include <gtest/gtest.h>

#include <array>

#include "guests.hpp"

namespace pvm::engine::sandbox::test {
namespace {

using native::ExitReason;
using native::FaultExit;
using native::NativeExit;
using native::StubExit;

::testing::AssertionResult left_with(const NativeExit& exit, ExitReason reason, u32 index) {
  if (const auto* broken = std::get_if<native::BrokenExit>(&exit)) return ::testing::AssertionFailure() << broken->error.message;
  const auto* stub = std::get_if<StubExit>(&exit);
  if (stub == nullptr) return ::testing::AssertionFailure() << "exit of kind " << exit.index();
  if (stub->reason == static_cast<u32>(reason) && stub->index == index) return ::testing::AssertionSuccess();
  return ::testing::AssertionFailure() << "reason " << stub->reason << ", index " << stub->index;
}

::testing::AssertionResult faulted_at(const NativeExit& exit, u32 native) {
  if (const auto* broken = std::get_if<native::BrokenExit>(&exit)) return ::testing::AssertionFailure() << broken->error.message;
  const auto* fault = std::get_if<FaultExit>(&exit);
  if (fault == nullptr) return ::testing::AssertionFailure() << "exit of kind " << exit.index();
  if (fault->native == native) return ::testing::AssertionSuccess();
  return ::testing::AssertionFailure() << "at " << fault->native;
}

TEST(Space, carries_all_registers_and_gas_both_ways) {
  const auto space = space_of(code_of([](Assembler& as) { leave(as, ExitReason::host_call, 7); }));
  ASSERT_NE(space, nullptr);
  CpuState state;
  for (u32 i = 0; i < register_count; ++i) state.regs[i] = u64{0x1111'2222'3333'0000} * (i + 1);
  state.gas = -0x1234'5678'9abc;
  const CpuState before = state;
  for (u32 i = 0; i < 1000; ++i) {
    ASSERT_TRUE(left_with(enter(*space, state), ExitReason::host_call, 7));
    ASSERT_EQ(state.regs, before.regs);
    ASSERT_EQ(state.gas, before.gas);
  }
}

TEST(Space, registers_are_where_the_compiler_expects_them) {
  const auto space = space_of(code_of([](Assembler& as) {
    constexpr R plan[] = {R::rbx, R::rbp, R::r12, R::r13, R::r14, R::r8, R::r9, R::rdi, R::rax, R::rsi, R::r10, R::r11, R::r15};
    i32 increment = 1;
    for (const R reg : plan) as.alu_imm(Size::b64, Alu::add, reg, increment++);
    as.alu_imm(Size::b64, Alu::sub, R::rsp, 100);
    leave(as, ExitReason::fill, 0x0fff'ffff);
  }));
  ASSERT_NE(space, nullptr);
  CpuState state;
  state.gas = 42;
  ASSERT_TRUE(left_with(enter(*space, state), ExitReason::fill, 0x0fff'ffff));
  for (u32 i = 0; i < register_count; ++i) EXPECT_EQ(state.regs[i], i + 1);
  EXPECT_EQ(state.gas, 42 - 100);
}

TEST(Space, memory_has_the_rights_that_were_set) {
  u32 store = 0;
  const auto space = space_of(code_of([&](Assembler& as) {
    as.load_zx(8, host_a1, at(host_a0));
    store = as.offset();
    as.store(8, at(host_a0), host_a2);
    leave(as, ExitReason::host_call, 1);
  }));
  ASSERT_NE(space, nullptr);
  CpuState state;
  state.regs[a0] = 0x20ff8;
  state.regs[a2] = 0x0123'4567'89ab'cdef;
  EXPECT_TRUE(faulted_at(enter(*space, state), 0));
  ASSERT_TRUE(space->set_access(0x20000, 0x21000, Access::read).ok());
  EXPECT_TRUE(faulted_at(enter(*space, state), store));
  EXPECT_EQ(state.regs[a1], 0U);
  ASSERT_TRUE(space->set_access(0x20000, 0x21000, Access::write).ok());
  EXPECT_TRUE(left_with(enter(*space, state), ExitReason::host_call, 1));
  std::array<u8, 8> bytes = {};
  ASSERT_TRUE(space->read(0x20ff8, bytes).ok());
  EXPECT_EQ(bytes, (std::array<u8, 8>{0xef, 0xcd, 0xab, 0x89, 0x67, 0x45, 0x23, 0x01}));

  bytes = {1, 2, 3, 4, 5, 6, 7, 8};
  ASSERT_TRUE(space->set_access(0x20000, 0x21000, Access::read).ok());
  ASSERT_TRUE(space->write(0x20ff8, bytes).ok());
  EXPECT_TRUE(faulted_at(enter(*space, state), store));
  EXPECT_EQ(state.regs[a1], 0x0807'0605'0403'0201U);
  ASSERT_TRUE(space->set_access(0x20000, 0x21000, Access::none).ok());
  EXPECT_TRUE(faulted_at(enter(*space, state), 0));
}

TEST(Space, ends_of_guest_memory) {
  const auto space = space_of(code_of([](Assembler& as) {
    as.store(8, at(host_a0), host_a2);
    leave(as, ExitReason::host_call, 1);
  }));
  ASSERT_NE(space, nullptr);
  ASSERT_TRUE(space->set_access(0x10000, native::guest_end, Access::write).ok());
  CpuState state;
  for (const u64 good : {u64{0x10000}, u64{0xffff'fff8}, u64{0xdead'beef'8000'0000}}) {
    state.regs[a0] = good;
    EXPECT_TRUE(left_with(enter(*space, state), ExitReason::host_call, 1)) << good;
  }
  for (const u64 bad : {u64{0}, u64{0xfff8}, u64{0xfffc}, u64{0xffff'fffc}, u64{0xffff'ffff'ffff'fff9}}) {
    state.regs[a0] = bad;
    EXPECT_TRUE(faulted_at(enter(*space, state), 0)) << bad;
  }
}

TEST(Space, faults_whatever_the_stack_pointer_is) {
  u32 trap = 0;
  const auto space = space_of(code_of([&](Assembler& as) {
    trap = as.offset();
    as.ud2();
  }));
  ASSERT_NE(space, nullptr);
  CpuState state;
  const u64 signal_stack = native::context_address + 0x8000;
  for (const u64 gas : {u64{0}, u64{1}, ~u64{0}, u64{1} << 63, signal_stack, signal_stack + 1, u64{0x7fff'ffff'0000}}) {
    state.gas = static_cast<i64>(gas);
    for (u32 i = 0; i < register_count; ++i) state.regs[i] = gas + i;
    EXPECT_TRUE(faulted_at(enter(*space, state), trap)) << gas;
    EXPECT_EQ(static_cast<u64>(state.gas), gas);
    for (u32 i = 0; i < register_count; ++i) EXPECT_EQ(state.regs[i], gas + i);
  }
}

TEST(Space, faults_of_every_kind_and_scratch_registers) {
  jit::NativeCode code = code_of({
      0x0f, 0x0b,                          // ud2
      0xcc, 0x90,                          // int3, seen behind it
      0xec, 0x90,                          // in al, dx
      0x6c, 0x90,                          // insb
      0xb9, 0x21, 0x43, 0x65, 0x87,        // mov ecx, 0x87654321
      0xba, 0x01, 0x00, 0x00, 0x00,        // mov edx, 1
      0xf4,                                // hlt
      0x31, 0xc9, 0x31, 0xd2, 0xf7, 0xf1,  // xor ecx, ecx; xor edx, edx; div ecx
  });
  const auto space = space_of(code);
  ASSERT_NE(space, nullptr);
  CpuState state;
  EXPECT_TRUE(faulted_at(enter(*space, state, 0), 0));
  EXPECT_TRUE(faulted_at(enter(*space, state, 2), 3));
  EXPECT_TRUE(faulted_at(enter(*space, state, 4), 4));
  EXPECT_TRUE(faulted_at(enter(*space, state, 6), 6));
  const NativeExit exit = enter(*space, state, 8);
  ASSERT_TRUE(faulted_at(exit, 18));
  EXPECT_EQ(std::get<FaultExit>(exit).rcx, 0x8765'4321U);
  EXPECT_EQ(std::get<FaultExit>(exit).rdx, 1U);
  EXPECT_TRUE(faulted_at(enter(*space, state, 19), 23));
}

TEST(Space, jumps_by_the_table_halt_or_fault_at_the_jump) {
  u32 target = 0;
  jit::NativeCode code = code_of([&](Assembler& as) {
    as.mov(Size::b32, R::rcx, host_a0);
    as.jmp_mem({Mem::Kind::gs_index8, R::rax, R::rcx});
    target = as.offset();
    leave(as, ExitReason::host_call, 3);
  });
  code.jump_targets = {target, jit::NativeCode::no_block, target};
  const u32 jump = 2;
  const auto space = space_of(code);
  ASSERT_NE(space, nullptr);
  CpuState state;
  for (const u32 good : {2U, 6U}) {
    state.regs[a0] = good;
    EXPECT_TRUE(left_with(enter(*space, state), ExitReason::host_call, 3)) << good;
  }
  state.regs[a0] = native::halt_address;
  EXPECT_TRUE(left_with(enter(*space, state), ExitReason::halt, 0));
  for (const u64 bad : {u64{0}, u64{1}, u64{3}, u64{4}, u64{5}, u64{7}, u64{8}, u64{0x1000}, u64{0xffff'fffe}, u64{0xffff'0001},
                        u64{0xfffe'ffff}, u64{0x8000'0000}}) {
    state.regs[a0] = bad;
    const NativeExit exit = enter(*space, state);
    ASSERT_TRUE(faulted_at(exit, std::get_if<FaultExit>(&exit) ? std::get<FaultExit>(exit).native : 0)) << bad;
    EXPECT_GE(std::get<FaultExit>(exit).native, jump);
    EXPECT_LT(std::get<FaultExit>(exit).native, target);
  }
}

TEST(Space, read_only_data_is_there_and_can_not_be_written) {
  u32 store = 0;
  std::vector<u8> data(5000, 7);
  data[4999] = 9;
  const auto space = space_of(code_of([&](Assembler& as) {
                                as.load_zx(1, host_a1, at(host_a0));
                                leave(as, ExitReason::host_call, 1);
                                store = as.offset();
                                as.store(1, at(host_a0), host_a1);
                              }),
                              data);
  ASSERT_NE(space, nullptr);
  EXPECT_TRUE(space->holds_read_only_data());
  CpuState state;
  state.regs[a0] = 0x10000 + 4999;
  EXPECT_TRUE(faulted_at(enter(*space, state), 0));
  ASSERT_TRUE(space->set_access(0x10000, 0x12000, Access::read).ok());
  EXPECT_TRUE(left_with(enter(*space, state), ExitReason::host_call, 1));
  EXPECT_EQ(state.regs[a1], 9U);
  EXPECT_TRUE(faulted_at(enter(*space, state, store), store));

  std::vector<u8> copy(0x3000, 1);
  ASSERT_TRUE(space->read(0x10000, copy).ok());
  EXPECT_TRUE(std::equal(data.begin(), data.end(), copy.begin()));
  EXPECT_TRUE(std::all_of(copy.begin() + 5000, copy.end(), [](u8 byte) { return byte == 0; }));
  EXPECT_FALSE(space->write(0x10000, std::array<u8, 1>{1}).ok());
  ASSERT_TRUE(space->clear().ok());
  ASSERT_TRUE(space->set_access(0x10000, 0x12000, Access::read).ok());
  state.regs[a1] = 0;
  EXPECT_TRUE(left_with(enter(*space, state), ExitReason::host_call, 1));
  EXPECT_EQ(state.regs[a1], 9U);
}

// More separate ranges than one order can carry.
TEST(Space, rights_of_thousands_of_pages) {
  const auto space = space_of(code_of([](Assembler& as) {
    as.store(1, at(host_a0), host_a0);
    leave(as, ExitReason::host_call, 1);
  }));
  ASSERT_NE(space, nullptr);
  constexpr u64 page = 4096, pages = 3000, begin = 0x100000;
  for (u64 i = 0; i < pages; ++i) {
    const Access access = i % 3 == 0 ? Access::write : i % 3 == 1 ? Access::read : Access::none;
    ASSERT_TRUE(space->set_access(begin + i * page, begin + (i + 1) * page, access).ok());
  }
  CpuState state;
  for (u64 i = 0; i < pages; i += 7) {
    state.regs[a0] = begin + i * page + i;
    if (i % 3 == 0)
      EXPECT_TRUE(left_with(enter(*space, state), ExitReason::host_call, 1)) << i;
    else
      EXPECT_TRUE(faulted_at(enter(*space, state), 0)) << i;
  }
}

TEST(Space, too_many_ranges_are_an_error) {
  const auto space = space_of(code_of([](Assembler& as) { leave(as, ExitReason::host_call, 1); }));
  ASSERT_NE(space, nullptr);
  constexpr u64 page = 4096;
  for (u64 i = 0; i < 70'000; ++i) ASSERT_TRUE(space->set_access((2 * i + 16) * page, (2 * i + 17) * page, Access::write).ok());
  CpuState state;
  const NativeExit exit = enter(*space, state);
  ASSERT_TRUE(std::holds_alternative<native::BrokenExit>(exit));
  EXPECT_EQ(std::get<native::BrokenExit>(exit).error.code, ErrorCode::resource_exhausted);
  EXPECT_NE(std::get<native::BrokenExit>(exit).error.message.find("vm.max_map_count"), std::string::npos);
}

TEST(Space, discarded_and_cleared_memory_is_zero) {
  const auto space = space_of(code_of([](Assembler& as) {
    as.load_zx(8, host_a1, at(host_a0));
    as.store(8, at(host_a0), host_a2);
    leave(as, ExitReason::host_call, 1);
  }));
  ASSERT_NE(space, nullptr);
  CpuState state;
  state.regs[a0] = 0x30000;
  state.regs[a2] = 5;
  ASSERT_TRUE(space->set_access(0x30000, 0x32000, Access::write).ok());
  ASSERT_TRUE(left_with(enter(*space, state), ExitReason::host_call, 1));
  ASSERT_TRUE(left_with(enter(*space, state), ExitReason::host_call, 1));
  EXPECT_EQ(state.regs[a1], 5U);
  ASSERT_TRUE(space->discard(0x30000, 0x31000).ok());
  ASSERT_TRUE(left_with(enter(*space, state), ExitReason::host_call, 1));
  EXPECT_EQ(state.regs[a1], 0U);
  ASSERT_TRUE(space->clear().ok());
  std::array<u8, 8> bytes = {1};
  ASSERT_TRUE(space->read(0x30000, bytes).ok());
  EXPECT_EQ(bytes, (std::array<u8, 8>{}));
  EXPECT_TRUE(faulted_at(enter(*space, state), 0));
}

TEST(Space, saved_memory_comes_back) {
  const jit::NativeCode code = code_of([](Assembler& as) {
    as.load_zx(8, host_a1, at(host_a0));
    as.store(8, at(host_a0), host_a2);
    leave(as, ExitReason::host_call, 1);
  });
  auto sealed = seal_code(code, {});
  ASSERT_TRUE(sealed.ok());
  std::shared_ptr<const SavedMemory> saved;
  CpuState state;
  state.regs[a0] = 0xfffe'0000;
  state.regs[a2] = 11;
  std::array<u8, 200'000> pattern = {};
  for (std::size_t i = 0; i < pattern.size(); ++i) pattern[i] = static_cast<u8>(i * 7 + i / 256);
  {
    auto space = make_process_space(shared_pool(), *sealed);
    ASSERT_TRUE(space.ok());
    ASSERT_TRUE((*space)->set_access(0xfffe'0000, 0xffff'0000, Access::write).ok());
    ASSERT_TRUE((*space)->set_access(0x40000, 0x80000, Access::read).ok());
    ASSERT_TRUE((*space)->write(0x40123, pattern).ok());
    ASSERT_TRUE(left_with(enter(**space, state), ExitReason::host_call, 1));
    auto made = (*space)->save();
    ASSERT_TRUE(made.ok());
    saved = *made;
    state.regs[a2] = 12;
    ASSERT_TRUE(left_with(enter(**space, state), ExitReason::host_call, 1));
    ASSERT_TRUE((*space)->restore(*saved).ok());
    ASSERT_TRUE(left_with(enter(**space, state), ExitReason::host_call, 1));
    EXPECT_EQ(state.regs[a1], 11U);
  }
  auto other = make_process_space(shared_pool(), *sealed);
  ASSERT_TRUE(other.ok());
  ASSERT_TRUE((*other)->write(0x1000'0000, pattern).ok());
  ASSERT_TRUE((*other)->restore(*saved).ok());
  ASSERT_TRUE(left_with(enter(**other, state), ExitReason::host_call, 1));
  EXPECT_EQ(state.regs[a1], 11U);
  std::array<u8, 200'000> copy = {};
  ASSERT_TRUE((*other)->read(0x40123, copy).ok());
  EXPECT_EQ(copy, pattern);
  ASSERT_TRUE((*other)->read(0x1000'0000, copy).ok());
  EXPECT_TRUE(std::all_of(copy.begin(), copy.end(), [](u8 byte) { return byte == 0; }));
  state.regs[a0] = 0x40000;
  EXPECT_TRUE(std::holds_alternative<FaultExit>(enter(**other, state)));
}

TEST(Space, refuses_rights_outside_of_guest_memory) {
  const auto space = space_of(code_of([](Assembler& as) { leave(as, ExitReason::host_call, 1); }));
  ASSERT_NE(space, nullptr);
  EXPECT_FALSE(space->set_access(0, 0x11000, Access::read).ok());
  EXPECT_FALSE(space->set_access(0x10000, native::guest_end + 0x1000, Access::read).ok());
  EXPECT_FALSE(space->set_access(0x10001, 0x11000, Access::read).ok());
  EXPECT_FALSE(space->set_access(0x12000, 0x11000, Access::read).ok());
}

}  // namespace
}  // namespace pvm::engine::sandbox::test
