// SPDX-License-Identifier: Apache-2.0 OR MIT
// Machine code of the guest's choice in its worker: ways into the kernel, into other processes, into the worker's own program, and back to
// the host by lies. A bystander, the template and this process go on as if nothing had been.
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <functional>
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
using std::chrono::steady_clock;

constexpr u64 own_stack = process::control_address + 0x8000;
constexpr u64 own_program = u64{0x20} << 32;
constexpr u32 guest = 0x20000;
constexpr u32 survived = 99;

bool is_death(const NativeExit& exit) {
  const auto* broken = std::get_if<BrokenExit>(&exit);
  return broken != nullptr && broken->error.code == ErrorCode::worker_failed;
}

bool goes_on(const NativeExit& exit) {
  const auto* stub = std::get_if<StubExit>(&exit);
  return stub != nullptr && stub->index == survived;
}

/// Each attack has a worker of its own; beside it an honest guest waits, of the same template.
class Worker : public ::testing::Test {
 protected:
  void SetUp() override {
    auto made = make_worker_pool({0, false});
    ASSERT_TRUE(made.ok()) << made.error().message;
    pool_ = *std::move(made);
    bystander_ = space_of(Attack().then_leave(survived), {}, pool_);
    ASSERT_NE(bystander_, nullptr);
  }
  void TearDown() override {
    CpuState state;
    EXPECT_TRUE(goes_on(enter(*bystander_, state))) << "the bystander was harmed";
    EXPECT_NE(space_of(Attack().then_leave(survived), {}, pool_), nullptr) << "the template was harmed";
  }

  /// `memory`: bytes at the address `guest`, where the attacker may write.
  NativeExit outcome(const jit::NativeCode& code, std::span<const u8> memory = {}, std::chrono::milliseconds at_most = 1000ms) {
    const auto space = space_of(code, {}, pool_);
    if (space == nullptr) return StubExit{};
    EXPECT_TRUE(space->set_access(guest, guest + 0x4000, Access::write).ok() && space->write(guest, memory).ok());
    CpuState state;
    return space->enter(state, {0}, {nullptr, steady_clock::now() + at_most}, false);
  }

  std::shared_ptr<WorkerPool> pool_;
  std::unique_ptr<native::Space> bystander_;
};

TEST_F(Worker, system_calls_beyond_the_known_ones) {
  for (u64 number = 480; number <= 600; ++number) {
    EXPECT_TRUE(is_death(outcome(Attack().system_call(number, {0, 0, 0}).then_leave(survived)))) << number;
    const NativeExit old = outcome(Attack().old_system_call(static_cast<u32>(number), {0, 0, 0}).then_leave(survived));
    EXPECT_FALSE(goes_on(old)) << number;
  }
}

TEST_F(Worker, system_calls_of_x32) {
  constexpr u64 x32 = 0x4000'0000;
  for (u64 number = 0; number <= 600; ++number) {
    EXPECT_TRUE(is_death(outcome(Attack().system_call(x32 | number, {0, 0, 0}).then_leave(survived)))) << number;
  }
}

// What harms others, with arguments that would.
TEST_F(Worker, reach_for_others) {
  const std::string path = "/proc/self/mem";
  const std::span<const u8> memory(reinterpret_cast<const u8*>(path.c_str()), path.size() + 1);
  constexpr u64 everybody = ~u64{0}, first = 1, kill = 9, trace_me = 0, attach = 16, at_cwd = static_cast<u64>(-100);
  const auto dies = [&](u64 number, std::initializer_list<u64> arguments) {
    EXPECT_TRUE(is_death(outcome(Attack().system_call(number, arguments).then_leave(survived), memory))) << number;
  };
  dies(SYS_kill, {first, kill});
  dies(SYS_kill, {everybody, kill});
  dies(SYS_kill, {0, kill});
  dies(SYS_tgkill, {first, first, kill});
  dies(SYS_rt_sigqueueinfo, {first, kill, guest});
  dies(SYS_pidfd_open, {first, 0});
  dies(SYS_ptrace, {trace_me});
  dies(SYS_ptrace, {attach, first});
  dies(SYS_process_vm_readv, {first, guest, 1, guest, 1, 0});
  dies(SYS_open, {guest, 2});
  dies(SYS_openat, {at_cwd, guest, 2});
  dies(SYS_execve, {guest, 0, 0});
  dies(SYS_clone, {17, 0, 0, 0, 0});
  dies(SYS_fork, {});
  dies(SYS_socket, {1, 1, 0});
  dies(SYS_memfd_create, {guest, 0});
  dies(SYS_mmap, {0, 0x1000, 7, 0x22, everybody, 0});
  dies(SYS_mremap, {guest, 0x1000, 0x2000, 1, 0});
  dies(SYS_munmap, {process::control_address, 0x1000});
  dies(SYS_remap_file_pages, {guest, 0x1000, 0, 0, 0});
  dies(SYS_madvise, {guest, 0x1000, 4});
  dies(SYS_arch_prctl, {0x1002, 0});
  dies(SYS_modify_ldt, {1, guest, 16});
  dies(SYS_prctl, {4, 1});
  dies(SYS_sched_setaffinity, {0, 8, guest});
  dies(SYS_setpriority, {0, 0, 19});
  dies(SYS_exit_group, {0});
}

TEST_F(Worker, kernel_entries_in_memory) {
  for (const u64 offset : {0x000, 0x400, 0x800, 0xc00}) {  // mov rax, address; call rax
    const Attack code = Attack().load(R::rsp, own_stack).load(R::rdi, guest).load(R::rax, u64{0xffff'ffff'ff60'0000} + offset);
    EXPECT_TRUE(is_death(outcome(Attack(code).bytes({0xff, 0xd0}).then_leave(survived)))) << offset;
  }
}

// 32-bit code can only lie below 2^32, where nothing can be executed.
TEST_F(Worker, other_code_segments) {
  constexpr std::array<u8, 4> memory = {0xcd, 0x80, 0x0f, 0x05};  // int 0x80; syscall
  for (const u64 selector : {u64{0x23}, u64{0x10}, u64{0x08}, u64{0x2b}, u64{0x00}, u64{0x7b}, u64{0xffff}}) {
    for (const u64 address : {u64{guest}, native::code_address, own_program}) {
      // push rcx; push rax; retfq
      const Attack code = Attack().load(R::rsp, own_stack).load(R::rcx, selector).load(R::rax, address).bytes({0x51, 0x50, 0x48, 0xcb});
      EXPECT_FALSE(goes_on(outcome(code.then_leave(survived), memory))) << std::hex << selector << ' ' << address;
    }
  }
}

TEST_F(Worker, guest_memory_is_not_executed) {
  const Attack leave = Attack().load(R::rcx, u64{1} << 28 | survived).load(R::rdx, native::context_address + 120).bytes({0xff, 0x22});
  const jit::NativeCode payload = leave.then_leave(survived);
  for (const u64 address : {u64{guest}, own_stack}) {
    Attack code;
    for (u32 i = 0; i + 8 <= payload.bytes.size(); i += 8) {
      u64 word = 0;
      for (u32 byte = 0; byte < 8; ++byte) word |= u64{payload.bytes[i + byte]} << 8 * byte;
      code.store64(address + i, word);
    }
    code.load(R::rax, address).bytes({0xff, 0xe0});  // jmp rax
    EXPECT_TRUE(is_death(outcome(code.then_loop()))) << address;
  }
}

// Wherever something is mapped in this process, nothing of it is in a worker.
TEST_F(Worker, memory_of_the_host) {
  std::vector<u64> addresses;
  std::ifstream maps("/proc/self/maps");
  for (std::string line; std::getline(maps, line);) addresses.push_back(std::stoull(line, nullptr, 16));
  ASSERT_GT(addresses.size(), 10U);
  for (const u64 address : addresses) {
    const NativeExit exit = outcome(Attack().load(R::rcx, address).bytes({0x48, 0x8b, 0x01}).then_leave(survived));  // mov rax, [rcx]
    EXPECT_TRUE(std::holds_alternative<FaultExit>(exit)) << std::hex << address;
  }
}

// Anywhere in the worker's program, in the middle of instructions too, with registers that make the most of it.
TEST_F(Worker, jumps_into_its_program) {
  std::minstd_rand random(3);
  constexpr u64 program_bytes = 0x1800;
  for (u64 offset = 0; offset < program_bytes; offset += 1 + random() % 61) {
    constexpr std::array<u64, 8> numbers = {SYS_mprotect, SYS_futex, SYS_exit_group, SYS_mmap, own_program, own_stack, guest, 7};
    Attack code;
    for (const R reg : {R::rax, R::rdi, R::rsi, R::rdx, R::r10, R::r8, R::r9, R::rbx}) code.load(reg, numbers[random() % numbers.size()]);
    code.load(R::rsp, own_stack).load(R::rcx, own_program + offset).bytes({0xff, 0xe1});  // jmp rcx
    const NativeExit exit = outcome(code.then_loop(), {}, 20ms);
    EXPECT_LT(exit.index(), std::variant_size_v<NativeExit>);
  }
}

TEST_F(Worker, frames_of_signals_with_garbage) {
  std::minstd_rand random(4);
  constexpr u32 gregs = 5, rip = 16, fpstate = 23;
  const Attack code = Attack().load(R::rsp, guest).load(R::rax, SYS_rt_sigreturn).bytes({0x0f, 0x05});
  constexpr std::array<u64, 9> values = {0, ~u64{0}, guest, own_stack, native::code_address, own_program, u64{1} << 63, 0x33, 0x100};
  for (u32 round = 0; round < 200; ++round) {
    std::array<u64, 256> words = {};
    for (u64& word : words) word = values[random() % values.size()];
    if (round % 2 == 0) words[gregs + rip] = native::code_address + 10 + 10 + 2;
    if (round % 3 == 0) words[gregs + fpstate] = 0;
    const NativeExit exit = outcome(code.then_leave(survived), {reinterpret_cast<const u8*>(words.data()), sizeof words}, 20ms);
    EXPECT_LT(exit.index(), std::variant_size_v<NativeExit>);
  }
}

// ---- Workers that don't obey when they are to be cleared. ----

class Disobedience : public ::testing::Test {
 protected:
  /// The attacker reports that it has left, and does `then` once the next order is there. Afterwards another instance of the module begins.
  void expect_another_worker(const std::function<void(Attack&)>& then) {
    constexpr u64 turn = process::turn_address;
    Attack code;
    code.load(R::rcx, turn).bytes({0xc7, 0x01, PVM_REPORT_LEFT, 0, 0, 0});  // mov dword [rcx], left
    code.bytes({0xf3, 0x90, 0xf6, 0x01, PVM_ORDER_BIT, 0x74, 0xf9});        // l: pause; test byte [rcx], order_bit; jz l
    then(code);
    const jit::NativeCode attack = code.then_loop();
    const u32 honest = static_cast<u32>(attack.bytes.size());
    std::vector<u8> bytes(attack.bytes.begin(), attack.bytes.end());
    const jit::NativeCode leave = Attack().then_leave(survived);
    bytes.insert(bytes.end(), leave.bytes.begin(), leave.bytes.end());
    jit::NativeCode both;
    both.bytes = bytes;
    auto sealed = seal_code(both, {});
    auto pool = make_worker_pool({1, true});
    ASSERT_TRUE(sealed.ok() && pool.ok());
    {
      auto first = make_process_space(*pool, *sealed);
      ASSERT_TRUE(first.ok());
      ASSERT_TRUE((*first)->set_access(guest, guest + 0x4000, Access::write).ok());
      CpuState state;
      ASSERT_TRUE(std::holds_alternative<StubExit>(enter(**first, state)));
    }
    auto second = make_process_space(*pool, *sealed);
    ASSERT_TRUE(second.ok()) << second.error().message;
    std::vector<u8> memory(0x4000);
    ASSERT_TRUE((*second)->read(guest, memory).ok());
    EXPECT_EQ(std::count(memory.begin(), memory.end(), 0), static_cast<std::ptrdiff_t>(memory.size()));
    CpuState state;
    EXPECT_TRUE(goes_on(enter(**second, state, honest)));
  }
};

TEST_F(Disobedience, never_answers) {
  expect_another_worker([](Attack&) {});
}

TEST_F(Disobedience, ends) {
  expect_another_worker([](Attack& code) { code.system_call(SYS_exit_group, {0}); });
}

TEST_F(Disobedience, says_something_else) {
  expect_another_worker([](Attack& code) { code.store32(process::turn_address, static_cast<u32>(process::Report::done)); });
}

// The host has discarded the memory before it says so: what lies there then is a message to the next instance.
TEST_F(Disobedience, writes_into_cleared_memory) {
  expect_another_worker(
      [](Attack& code) { code.store64(guest, 0x1234).store32(process::turn_address, static_cast<u32>(process::Report::ready)); });
}

}  // namespace
}  // namespace pvm::engine::sandbox::test
