// SPDX-License-Identifier: Apache-2.0 OR MIT
// Guests that have got control of their worker: forbidden system calls, rights that they may not have, and lies to the host.
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#include <array>
#include <random>

#include "attack.hpp"
#include "sandbox/process/protocol.hpp"

namespace pvm::engine::sandbox::test {
namespace {

using namespace std::chrono_literals;
using native::BrokenExit;
using native::FaultExit;
using native::NativeExit;
using native::StubExit;
using process::Control;
using std::chrono::steady_clock;

constexpr u64 control = process::control_address;
constexpr u64 turn = process::turn_address;

// Runs an attack in a worker of its own: what came out.
NativeExit outcome(const jit::NativeCode& code, std::chrono::milliseconds at_most = 1000ms) {
  static const auto pool = *make_worker_pool({0, false});
  const auto space = space_of(code, {}, pool);
  if (space == nullptr) return StubExit{};
  CpuState state;
  return space->enter(state, {0}, {nullptr, steady_clock::now() + at_most}, false);
}

bool is_death(const NativeExit& exit) {
  const auto* broken = std::get_if<BrokenExit>(&exit);
  return broken != nullptr && broken->error.code == ErrorCode::worker_failed;
}

bool goes_on(const NativeExit& exit) {
  const auto* stub = std::get_if<StubExit>(&exit);
  return stub != nullptr && stub->index == 99;
}

TEST(Attack, every_other_system_call_kills) {
  EXPECT_TRUE(goes_on(outcome(Attack().then_leave(99))));
  for (u64 number = 0; number < 480; ++number) {
    if (number == SYS_futex || number == SYS_mprotect || number == SYS_rt_sigreturn || number == SYS_exit_group) continue;
    const NativeExit exit = outcome(Attack().system_call(number, {0, 0, 0, 0, 0, 0}).then_leave(99));
    // The kernel's own traps for probes pass every filter, and refuse (SIGILL, ENXIO) to be called from elsewhere.
    const bool is_probe = number == 335 || number == 336;
    EXPECT_TRUE(is_death(exit) || is_probe) << number;
  }
  for (const u64 number : {u64{0x4000'0000}, u64{0x4000'0000} | SYS_futex, u64{0x4000'0000} | SYS_mprotect,
                           u64{0x4000'0000} | SYS_rt_sigreturn, u64{0x1'0000'0000} | SYS_getpid, ~u64{0}}) {
    EXPECT_TRUE(is_death(outcome(Attack().system_call(number, {0, 0, 0, 0, 0, 0}).then_leave(99)))) << number;
  }
}

// The kernel either refuses the instruction or the filter kills; in no case does the attacker go on.
TEST(Attack, old_system_calls_lead_nowhere) {
  for (u32 number = 0; number < 460; ++number) {
    const NativeExit exit = outcome(Attack().old_system_call(number, {0, 0, 0, 0, 0, 0}).then_leave(99));
    EXPECT_TRUE(is_death(exit) || std::holds_alternative<FaultExit>(exit)) << number;
  }
  const NativeExit sysenter = outcome(Attack().load(R::rax, 20).bytes({0x0f, 0x34}).then_leave(99));
  EXPECT_FALSE(goes_on(sysenter));
}

// The kernel emulates three system calls at fixed addresses.
TEST(Attack, vsyscalls_lead_nowhere) {
  for (const u64 address : {u64{0xffff'ffff'ff60'0000}, u64{0xffff'ffff'ff60'0400}, u64{0xffff'ffff'ff60'0800}}) {
    const Attack attack =
        Attack().load(R::rsp, process::stack_top - 64).load(R::rdi, 0).load(R::rsi, 0).load(R::rax, address).bytes({0xff, 0xd0});
    EXPECT_FALSE(goes_on(outcome(Attack(attack).then_leave(99)))) << address;
  }
}

TEST(Attack, rights_of_guest_memory_only) {
  constexpr u64 guest = 0x20000, page = 0x1000;
  struct Case {
    u64 begin, length, protection;
  };
  for (const Case c : {Case{guest, page, PROT_NONE}, Case{guest, page, PROT_READ}, Case{guest, page, PROT_READ | PROT_WRITE},
                       Case{0x10000, native::guest_end - 0x10000, PROT_READ}}) {
    EXPECT_TRUE(goes_on(outcome(Attack().system_call(SYS_mprotect, {c.begin, c.length, c.protection}).then_leave(99))));
  }
  for (const Case c :
       {Case{guest, page, PROT_EXEC}, Case{guest, page, PROT_READ | PROT_EXEC}, Case{guest, page, PROT_READ | PROT_WRITE | PROT_EXEC},
        Case{guest, page, PROT_WRITE}, Case{guest, page, PROT_READ | PROT_GROWSDOWN}, Case{guest, page, u64{1} << 32 | PROT_READ},
        Case{native::code_address, page, PROT_READ | PROT_WRITE}, Case{native::jump_table_address, page, PROT_READ | PROT_WRITE},
        Case{control, page, PROT_READ}, Case{u64{0x20} << 32, page, PROT_READ | PROT_WRITE}, Case{native::guest_end, page, PROT_READ},
        Case{native::guest_end - page, 2 * page, PROT_READ}, Case{guest, native::guest_end, PROT_READ},
        Case{guest, u64{1} << 40 | page, PROT_READ}, Case{0xffff'f000, 0xffff'f000, PROT_READ},
        Case{u64{0xffff'ffff} << 32, page, PROT_READ}}) {
    EXPECT_TRUE(is_death(outcome(Attack().system_call(SYS_mprotect, {c.begin, c.length, c.protection}).then_leave(99))))
        << std::hex << c.begin << ' ' << c.length << ' ' << c.protection;
  }
}

TEST(Attack, futexes_of_the_turn_word_only) {
  EXPECT_TRUE(goes_on(outcome(Attack().system_call(SYS_futex, {turn, 1, 1}).then_leave(99))));
  for (const u32 operation : {2U, 3U, 4U, 5U, 6U, 7U, 8U, 9U, 10U, 11U, 12U, 13U, 128U, 129U, 256U}) {
    EXPECT_TRUE(is_death(outcome(Attack().system_call(SYS_futex, {turn, operation, 1}).then_leave(99)))) << operation;
  }
  for (const u64 address : {u64{0}, turn - 4, turn + 4, turn | u64{1} << 40, native::code_address}) {
    EXPECT_TRUE(is_death(outcome(Attack().system_call(SYS_futex, {address, 1, 1}).then_leave(99)))) << address;
  }
}

TEST(Attack, read_only_data_stays_so) {
  const std::vector<u8> data(4096, 7);
  const auto space = space_of(Attack()
                                  .system_call(SYS_mprotect, {0x10000, 0x1000, PROT_READ | PROT_WRITE})
                                  .bytes({0x48, 0x89, 0xc7})  // mov rdi, rax
                                  .then_leave(99),
                              data);
  ASSERT_NE(space, nullptr);
  CpuState state;
  ASSERT_TRUE(goes_on(enter(*space, state)));
  EXPECT_EQ(static_cast<i64>(state.regs[a0]), -EACCES);
}

// Code, jump table, program and control: what is not there, or may not be written, faults or ends the worker.
TEST(Attack, nothing_else_is_mapped) {
  for (const u64 address : {native::code_address, native::jump_table_address, process::halt_slot_address, u64{0x20} << 32}) {
    EXPECT_TRUE(std::holds_alternative<FaultExit>(outcome(Attack().store64(address, 1).then_leave(99)))) << address;
  }
  for (const u64 address :
       {u64{0}, u64{0xf000}, native::guest_end, native::guest_end + 0xf000, native::code_address + 0x1000, process::template_stack,
        process::template_stack + process::template_stack_bytes - 4096, process::address_space_end - 4096, u64{0xffff'ffff'ff60'0000}}) {
    const NativeExit exit = outcome(Attack().load(R::rcx, address).bytes({0x48, 0x8b, 0x01}).then_leave(99));  // mov rax, [rcx]
    EXPECT_TRUE(std::holds_alternative<FaultExit>(exit)) << address;
  }
}

TEST(Attack, every_byte_of_the_control_page_set_to_garbage) {
  std::minstd_rand random(1);
  for (u32 round = 0; round < 150; ++round) {
    Attack attack;
    for (u64 offset = 0; offset < 512; offset += 4) {
      if (offset == PVM_TURN || offset == offsetof(native::Context, exit_handler) || offset == offsetof(native::Context, exit_handler) + 4)
        continue;
      const u32 value = round == 0 ? 0 : round == 1 ? ~u32{0} : round == 2 ? 0x8000'0000 : static_cast<u32>(random()) * 2654435761U;
      attack.store32(control + offset, value);
    }
    const auto space = space_of(attack.then_leave(99));
    ASSERT_NE(space, nullptr);
    CpuState state;
    for (u32 i = 0; i < 3; ++i) {
      ASSERT_TRUE(space->set_access(0x10000, 0x20000, i % 2 == 0 ? Access::read : Access::write).ok());
      const NativeExit exit = space->enter(state, {0}, {nullptr, steady_clock::now() + 300ms}, i == 1);
      EXPECT_LT(exit.index(), std::variant_size_v<NativeExit>);
    }
  }
}

// Says any word in place of a report, and then never looks at orders.
TEST(Attack, every_word_in_place_of_a_report) {
  std::minstd_rand random(2);
  std::vector<u32> words;
  for (u32 kind = 0; kind < process::order_bit; ++kind) words.push_back(kind);
  for (u32 i = 0; i < 100; ++i) words.push_back(static_cast<u32>(random()) * 2654435761U & ~process::order_bit);
  for (const u32 word : words) {
    const auto space = space_of(Attack().store32(control + offsetof(Control, native), 0x7fff'ffff).store32(turn, word).then_loop());
    ASSERT_NE(space, nullptr);
    CpuState state;
    const NativeExit exit = space->enter(state, {0}, {nullptr, steady_clock::now() + 50ms}, false);
    switch (static_cast<process::Report>(word & process::kind_mask)) {
      case process::Report::left: EXPECT_TRUE(std::holds_alternative<StubExit>(exit)) << word; break;
      case process::Report::fault: EXPECT_TRUE(std::holds_alternative<FaultExit>(exit)) << word; break;
      case process::Report::paused: EXPECT_TRUE(std::holds_alternative<native::PausedExit>(exit)) << word; break;
      default: EXPECT_TRUE(std::holds_alternative<BrokenExit>(exit)) << word;
    }
  }
}

// mov ecx, turn; l: mov dword [rcx], word; jmp l
TEST(Attack, words_that_change_all_the_time_do_not_hang_the_host) {
  for (const u32 word : {0x81U, 0x4000'0081U, 0x8000'0081U, 0xc000'0081U, 0x4U, 0x8000'0004U, 0x4000'0004U, 0xffff'ff81U}) {
    Attack attack;
    attack.load(R::rcx, turn)
        .bytes({0xc7, 0x01, static_cast<u8>(word), static_cast<u8>(word >> 8), static_cast<u8>(word >> 16), static_cast<u8>(word >> 24),
                0xeb, 0xf8});
    const auto space = space_of(attack.then_loop());
    ASSERT_NE(space, nullptr);
    CpuState state;
    const auto begin = steady_clock::now();
    const NativeExit exit = space->enter(state, {0}, {nullptr, begin + 100ms}, false);
    EXPECT_TRUE(std::holds_alternative<BrokenExit>(exit) || std::holds_alternative<native::PausedExit>(exit)) << word;
  }
}

// Blocks the interrupt signal by a forged signal frame, then loops: nothing but patience helps.
TEST(Attack, a_worker_deaf_to_signals_is_ended) {
  // An all-zero frame but for rip, rsp, cs, ss and the mask lies in guest memory, where rt_sigreturn finds it at rsp.
  constexpr u32 frame = 0x20000;
  Attack attack;
  attack.load(R::rsp, frame).load(R::rax, SYS_rt_sigreturn).bytes({0x0f, 0x05});
  const auto space = space_of(attack.then_loop());
  ASSERT_NE(space, nullptr);
  ASSERT_TRUE(space->set_access(frame, frame + 0x2000, Access::write).ok());
  std::array<u64, 64> words = {};
  constexpr u32 gregs = 5, rsp = 15, rip = 16, segments = 18, mask = 37;
  words[gregs + rsp] = frame + 0x1000;
  words[gregs + rip] = native::code_address + 10 + 10 + 2;
  words[gregs + segments] = u64{0x2b} << 48 | 0x33;
  words[mask] = ~u64{0};
  ASSERT_TRUE(space->write(frame, {reinterpret_cast<const u8*>(words.data()), sizeof words}).ok());
  CpuState state;
  for (const bool with_deadline : {true, false}) {
    const auto begin = steady_clock::now();
    RunLimits limits;
    if (with_deadline) limits.deadline = begin + 10ms;
    const NativeExit exit = space->enter(state, {0}, limits, false);
    ASSERT_TRUE(std::holds_alternative<BrokenExit>(exit)) << exit.index();
    EXPECT_LT(steady_clock::now() - begin, 60s);
    if (with_deadline) break;
  }
}

}  // namespace
}  // namespace pvm::engine::sandbox::test
