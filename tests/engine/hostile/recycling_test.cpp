// SPDX-License-Identifier: Apache-2.0 OR MIT
// What machine code can leave in its worker without memory: segments, flags, masks, stacks of signals, fields of the control page. Nothing
// of it may reach the next instance that the worker serves.
#include <gtest/gtest.h>
#include <sys/auxv.h>
#include <sys/syscall.h>

#include <algorithm>
#include <array>

#include "attack.hpp"
#include "sandbox/process/protocol.hpp"

namespace pvm::engine::sandbox::test {
namespace {

using namespace std::chrono_literals;
using native::FaultExit;
using native::NativeExit;
using native::PausedExit;
using native::StubExit;
using process::Control;

constexpr u64 control = process::control_address;
constexpr u64 own_stack = control + 0x8000;  ///< In the control pages, where machine code finds memory that it can write.
constexpr u32 frame = 0x20000;               ///< Guest memory.
constexpr u32 attacked = 1, looked = 2;

bool left(const NativeExit& exit, u32 index) {
  const auto* stub = std::get_if<StubExit>(&exit);
  return stub != nullptr && stub->index == index;
}

bool has_base_instructions() {
  constexpr u64 hwcap2_fsgsbase = 2;
  return (::getauxval(AT_HWCAP2) & hwcap2_fsgsbase) != 0;
}

/// One module of three parts: an attack, something that looks for its effect, and a fault.
class Recycling : public ::testing::Test {
 protected:
  void make(const jit::NativeCode& attack, const jit::NativeCode& look) {
    std::vector<u8> bytes(attack.bytes.begin(), attack.bytes.end());
    look_ = static_cast<u32>(bytes.size());
    bytes.insert(bytes.end(), look.bytes.begin(), look.bytes.end());
    fault_ = static_cast<u32>(bytes.size());
    bytes.insert(bytes.end(), {0x0f, 0x0b});  // ud2
    jit::NativeCode code;
    code.bytes = bytes;
    auto sealed = seal_code(code, {});
    ASSERT_TRUE(sealed.ok());
    sealed_ = *std::move(sealed);
    auto pool = make_worker_pool({1, true});
    ASSERT_TRUE(pool.ok()) << pool.error().message;
    pool_ = *std::move(pool);
  }

  std::unique_ptr<native::Space> space() const {
    auto made = make_process_space(pool_, sealed_);
    EXPECT_TRUE(made.ok());
    return made.ok() ? *std::move(made) : nullptr;
  }
  static NativeExit attack(native::Space& at) {
    CpuState state;
    state.regs[a0] = 0x55;
    return enter(at, state);
  }
  /// What there is to see: the guest's a0.
  u64 look(native::Space& at) const {
    CpuState state;
    EXPECT_TRUE(left(enter(at, state, look_), looked));
    return state.regs[a0];
  }
  NativeExit fault(native::Space& at) const {
    CpuState state;
    return enter(at, state, fault_);
  }

  /// The instance after the attacker's sees what there was before. The attacker leaves its worker in its loop, or in a handler of signals.
  void expect_nothing_left(const Attack& attack_code, const Attack& look_code) {
    ASSERT_NO_FATAL_FAILURE(make(attack_code.then_leave(attacked), look_code.then_leave(looked)));
    for (const bool in_handler : {false, true}) {
      auto first = space();
      ASSERT_NE(first, nullptr);
      const u64 clean = look(*first);
      ASSERT_TRUE(left(attack(*first), attacked));
      EXPECT_NE(look(*first), clean) << "the attack doesn't work, so this test shows nothing";
      if (in_handler) {
        EXPECT_TRUE(std::holds_alternative<FaultExit>(fault(*first)));
      }
      first.reset();
      const auto second = space();
      ASSERT_NE(second, nullptr);
      EXPECT_EQ(look(*second), clean) << in_handler;
    }
  }

  u32 look_ = 0, fault_ = 0;
  std::shared_ptr<const SealedCode> sealed_;
  std::shared_ptr<WorkerPool> pool_;
};

TEST_F(Recycling, bases_of_segments) {
  if (!has_base_instructions()) GTEST_SKIP() << "this processor or kernel doesn't let programs set them";
  // wrgsbase rdi, rdgsbase rdi; the same of fs.
  expect_nothing_left(Attack().load(R::rdi, 0x20000).bytes({0xf3, 0x48, 0x0f, 0xae, 0xdf}), Attack().bytes({0xf3, 0x48, 0x0f, 0xae, 0xcf}));
  expect_nothing_left(Attack().load(R::rdi, 0x1234567).bytes({0xf3, 0x48, 0x0f, 0xae, 0xd7}),
                      Attack().bytes({0xf3, 0x48, 0x0f, 0xae, 0xc7}));
}

TEST_F(Recycling, selectors_of_segments) {
  for (const u8 segment : {u8{0xc0}, u8{0xd8}, u8{0xe0}, u8{0xe8}}) {  // es, ds, fs, gs: mov segment, eax; mov edi, segment.
    expect_nothing_left(Attack().load(R::rax, 0x2b).bytes({0x8e, segment}), Attack().bytes({0x8c, static_cast<u8>(segment | 7)}));
  }
}

// The base of gs with the selector: the next guest's dynamic jumps need it.
TEST_F(Recycling, jumps_by_the_table) {
  // mov gs, eax; mov rdi, gs:[address]
  const u64 slot = u64{native::halt_address} * 8;
  ASSERT_NO_FATAL_FAILURE(make(Attack().load(R::rax, 0x2b).bytes({0x8e, 0xe8}).then_leave(attacked),
                               Attack().load(R::rcx, slot).bytes({0x65, 0x48, 0x8b, 0x39}).then_leave(looked)));
  auto first = space();
  ASSERT_NE(first, nullptr);
  const u64 clean = look(*first);
  ASSERT_TRUE(left(attack(*first), attacked));
  first.reset();
  const auto second = space();
  ASSERT_NE(second, nullptr);
  EXPECT_EQ(look(*second), clean);
}

TEST_F(Recycling, flags) {
  constexpr u64 nested = 1 << 14, alignment = 1 << 18, identification = 1 << 21;
  for (const u64 flag : {alignment, nested, identification}) {
    // push rax; popfq, and pushfq; pop rdi; and rdi, rax. (The exit stub changes the arithmetic flags.)
    expect_nothing_left(Attack().load(R::rsp, own_stack).load(R::rax, flag).bytes({0x50, 0x9d}),
                        Attack().load(R::rsp, own_stack).bytes({0x9c, 0x5f}).load(R::rax, flag).bytes({0x48, 0x21, 0xc7}));
  }
}

TEST_F(Recycling, control_words_of_floating_point) {
  // push rax; ldmxcsr [rsp], and stmxcsr [rsp]; pop rdi. Then fldcw and fnstcw.
  expect_nothing_left(Attack().load(R::rsp, own_stack).load(R::rax, 0x0040).bytes({0x50, 0x0f, 0xae, 0x14, 0x24}),
                      Attack().load(R::rsp, own_stack).load(R::rax, 0).bytes({0x50, 0x0f, 0xae, 0x1c, 0x24, 0x5f}));
  expect_nothing_left(Attack().load(R::rsp, own_stack).load(R::rax, 0x0140).bytes({0x50, 0xd9, 0x2c, 0x24}),
                      Attack().load(R::rsp, own_stack).load(R::rax, 0).bytes({0x50, 0xd9, 0x3c, 0x24, 0x5f}));
}

TEST_F(Recycling, wide_vector_registers) {
  if (__builtin_cpu_supports("avx") == 0) GTEST_SKIP() << "this processor has none";
  // vmovq xmm1, rdi; vinsertf128 ymm9, ymm1, xmm1, 1, and vextractf128 xmm1, ymm9, 1; vmovq rdi, xmm1
  expect_nothing_left(Attack().bytes({0xc4, 0xe1, 0xf9, 0x6e, 0xcf}).bytes({0xc4, 0x63, 0x75, 0x18, 0xc9, 0x01}),
                      Attack().bytes({0xc4, 0x63, 0x7d, 0x19, 0xc9, 0x01}).bytes({0xc4, 0xe1, 0xf9, 0x7e, 0xcf}));
}

TEST_F(Recycling, mask_registers) {
  if (__builtin_cpu_supports("avx512bw") == 0) GTEST_SKIP() << "this processor has none";
  // kmovq k3, rdi; kmovq rdi, k3
  expect_nothing_left(Attack().bytes({0xc4, 0xe1, 0xfb, 0x92, 0xdf}), Attack().bytes({0xc4, 0xe1, 0xfb, 0x93, 0xfb}));
}

// Every word of the control page, but for the turn word, which is the protocol's.
TEST_F(Recycling, fields_of_the_control_page) {
  for (u64 offset = 0; offset < 512; offset += 8) {
    const bool is_used = offset <= offsetof(Control, exit_handler);  // By every entry and exit: seen by other tests.
    if (is_used) continue;
    // mov edi, [rcx]
    for (const u64 place : {offset, offset + 4}) {
      const bool changes =
          place == offsetof(Control, host_cpu) || place == offsetof(Control, worker_cpu) || place == offsetof(Control, pause_when);
      if (changes) continue;
      expect_nothing_left(Attack().store32(control + place, 0x7654'3210), Attack().load(R::rcx, control + place).bytes({0x8b, 0x39}));
    }
  }
}

// The next instance would leave by a way of the attacker's choice: here, into the fault behind its own code.
TEST_F(Recycling, the_way_out) {
  constexpr u64 handler = control + offsetof(Control, exit_handler);
  const auto attack_code = [&](u64 target) {
    return Attack()
        .load(R::rcx, handler)
        .bytes({0x48, 0x8b, 0x39})  // mov rdi, [rcx]
        .store64(handler, target)
        .load(R::rcx, u64{1} << 28 | attacked)
        .bytes({0xff, 0xe7})  // jmp rdi
        .then_leave(attacked);
  };
  const u64 length = attack_code(0).bytes.size() + Attack().then_leave(looked).bytes.size();
  ASSERT_NO_FATAL_FAILURE(make(attack_code(native::code_address + length), Attack().then_leave(looked)));
  auto first = space();
  ASSERT_NE(first, nullptr);
  ASSERT_TRUE(left(attack(*first), attacked));
  first.reset();
  const auto second = space();
  ASSERT_NE(second, nullptr);
  CpuState state;
  EXPECT_TRUE(left(enter(*second, state, look_), looked));
}

/// A forged frame of a signal, in guest memory, by which rt_sigreturn sets what no other allowed system call can.
struct ForgedFrame {
  std::array<u64, 64> words = {};
  explicit ForgedFrame(u64 rip) {
    constexpr u32 gregs = 5, rsp_place = 15, rip_place = 16, segments = 18;
    words[gregs + rsp_place] = frame + 0x1000;
    words[gregs + rip_place] = rip;
    words[gregs + segments] = u64{0x2b} << 48 | 0x33;
  }
  void block_all_signals() { words[37] = ~u64{0}; }
  void set_alternate_stack(u64 address, u64 flags, u64 bytes) { words[2] = address, words[3] = flags, words[4] = bytes; }
};

class ForgedSignals : public Recycling {
 protected:
  /// Looking is an endless loop.
  void attack_by(void (*forge)(ForgedFrame&)) {
    Attack code;
    code.load(R::rsp, frame).load(R::rax, SYS_rt_sigreturn).bytes({0x0f, 0x05});
    constexpr u64 behind = 10 + 10 + 2;
    ASSERT_NO_FATAL_FAILURE(make(code.then_leave(attacked), Attack().then_loop()));
    auto first = space();
    ASSERT_NE(first, nullptr);
    ASSERT_TRUE(first->set_access(frame, frame + 0x2000, Access::write).ok());
    ForgedFrame forged(native::code_address + behind);
    forge(forged);
    ASSERT_TRUE(first->write(frame, {reinterpret_cast<const u8*>(forged.words.data()), sizeof forged.words}).ok());
    ASSERT_TRUE(left(attack(*first), attacked));
  }
};

TEST_F(ForgedSignals, blocked_signals) {
  ASSERT_NO_FATAL_FAILURE(attack_by([](ForgedFrame& forged) { forged.block_all_signals(); }));
  const auto second = space();
  ASSERT_NE(second, nullptr);
  CpuState state;
  const NativeExit exit = second->enter(state, {look_}, {nullptr, std::chrono::steady_clock::now() + 10ms}, false);
  EXPECT_TRUE(std::holds_alternative<PausedExit>(exit)) << exit.index();
  EXPECT_TRUE(std::holds_alternative<FaultExit>(fault(*second)));
}

// The next instance's signals would write their frames into guest memory, or find no stack.
TEST_F(ForgedSignals, another_alternate_stack) {
  for (const bool none : {false, true}) {
    if (none) {
      ASSERT_NO_FATAL_FAILURE(attack_by([](ForgedFrame& forged) { forged.set_alternate_stack(0, 2 /* SS_DISABLE */, 0); }));
    } else {
      ASSERT_NO_FATAL_FAILURE(attack_by([](ForgedFrame& forged) { forged.set_alternate_stack(0x40000, 0, 0x10000); }));
    }
    const auto second = space();
    ASSERT_NE(second, nullptr);
    ASSERT_TRUE(second->set_access(0x40000, 0x50000, Access::write).ok());
    EXPECT_TRUE(std::holds_alternative<FaultExit>(fault(*second)));
    std::vector<u8> bytes(0x10000);
    ASSERT_TRUE(second->read(0x40000, bytes).ok());
    EXPECT_EQ(std::count(bytes.begin(), bytes.end(), 0), static_cast<std::ptrdiff_t>(bytes.size()));
  }
}

}  // namespace
}  // namespace pvm::engine::sandbox::test
