// SPDX-License-Identifier: Apache-2.0 OR MIT
// Guest memory: rights for the guest, access for the host, wrapping addresses, zeroing, and no leaks.
#include <algorithm>
#include <fstream>
#include <iterator>

#include "guests.hpp"

namespace pvm::engine::sandbox::test {
namespace {

using native::ExitReason;

// From offset 0: a1 := [a0]; from store_at: [a0] := a1. Each leaves then.
std::shared_ptr<jit::NativeCode> accesses(u32& store_at) {
  return code_of([&](Assembler& as) {
    as.load_zx(8, a1, guest(a0));
    leave(as, ExitReason::halt);
    store_at = as.offset();
    as.store(8, guest(a0), a1);
    leave(as, ExitReason::halt);
  });
}

struct Memory : testing::Test {
  u32 store_at = 0;
  std::unique_ptr<native::Space> space = space_of(accesses(store_at));

  bool load(u64 address, u64& value) {
    CpuState state;
    state.regs[reg_a0] = address;
    const auto exit = enter(*space, state);
    value = state.regs[reg_a1];
    return std::holds_alternative<native::StubExit>(exit);
  }
  bool store(u64 address, u64 value) {
    CpuState state;
    state.regs[reg_a0] = address;
    state.regs[reg_a1] = value;
    return std::holds_alternative<native::StubExit>(enter(*space, state, store_at));
  }
  u64 peek(u32 address) {
    u64 value = 0;
    EXPECT_TRUE(space->read(address, {reinterpret_cast<u8*>(&value), sizeof value}).ok());
    return value;
  }
  Result<void> poke(u32 address, u64 value) { return space->write(address, {reinterpret_cast<const u8*>(&value), sizeof value}); }
};

TEST_F(Memory, RightsAreEnforced) {
  u64 value = 1;
  EXPECT_FALSE(load(0x20000, value));
  ASSERT_TRUE(space->set_access(0x20000, 0x22000, Access::write).ok());
  EXPECT_TRUE(load(0x20000, value));
  EXPECT_EQ(value, 0U);
  EXPECT_TRUE(store(0x20ffc, 0x1122334455667788));
  EXPECT_TRUE(load(0x20ffc, value));
  EXPECT_EQ(value, 0x1122334455667788U);
  ASSERT_TRUE(space->set_access(0x21000, 0x22000, Access::read).ok());
  EXPECT_FALSE(store(0x20ffc, 0)) << "half of it is read-only";
  EXPECT_EQ(peek(0x20ffc), 0x1122334455667788U) << "nothing of it was stored";
  EXPECT_FALSE(store(0x21000, 0));
  ASSERT_TRUE(space->set_access(0x21000, 0x22000, Access::none).ok());
  EXPECT_FALSE(load(0x20ffc, value));
  ASSERT_TRUE(space->set_access(0x21000, 0x22000, Access::write).ok());
  EXPECT_EQ(peek(0x20ffc), 0x1122334455667788U) << "contents outlive the loss of a right";
}

TEST_F(Memory, AddressesCountModulo32Bits) {
  ASSERT_TRUE(space->set_access(0x20000, 0x21000, Access::write).ok());
  ASSERT_TRUE(space->set_access(0xfffff000, u64{1} << 32, Access::write).ok());
  ASSERT_TRUE(store(0xdead'beef'0002'0000, 42));
  EXPECT_EQ(peek(0x20000), 42U);
  EXPECT_TRUE(store(0xfffffff8, 43));
  EXPECT_FALSE(store(0xfffffff9, 44)) << "the access reaches beyond the window";
  EXPECT_EQ(peek(0xfffffff8), 43U);
  EXPECT_FALSE(store(0, 44));
}

TEST_F(Memory, HostWritesPagesThatTheGuestCanNot) {
  ASSERT_TRUE(space->set_access(0x20000, 0x21000, Access::read).ok());
  ASSERT_TRUE(space->set_access(0x21000, 0x22000, Access::write).ok());
  ASSERT_TRUE(poke(0x20ffc, 7).ok());
  EXPECT_EQ(peek(0x20ffc), 7U);
  EXPECT_FALSE(store(0x20000, 1)) << "still read-only";
  EXPECT_TRUE(store(0x21000, 1)) << "still writable";
  EXPECT_EQ(poke(0x1fffc, 7).error().code, ErrorCode::out_of_bounds);
  EXPECT_EQ(poke(0x21ffc, 7).error().code, ErrorCode::out_of_bounds);
}

TEST_F(Memory, DiscardedAndClearedBytesAreZero) {
  ASSERT_TRUE(space->set_access(0x20000, 0x23000, Access::write).ok());
  for (u32 address = 0x20000; address < 0x23000; address += 0x1000) ASSERT_TRUE(store(address, address));
  ASSERT_TRUE(space->discard(0x21000, 0x22000).ok());
  EXPECT_EQ(peek(0x20000), 0x20000U);
  EXPECT_EQ(peek(0x21000), 0U);
  EXPECT_EQ(peek(0x22000), 0x22000U);
  EXPECT_TRUE(store(0x21000, 1)) << "its right stays";
  ASSERT_TRUE(space->clear().ok());
  u64 value = 0;
  EXPECT_FALSE(load(0x20000, value));
  ASSERT_TRUE(space->set_access(0x20000, 0x23000, Access::write).ok());
  for (u32 address = 0x20000; address < 0x23000; address += 0x1000) EXPECT_EQ(peek(address), 0U);
}

TEST_F(Memory, BadRangesAreRefused) {
  EXPECT_FALSE(space->set_access(0x20001, 0x21000, Access::read).ok());
  EXPECT_FALSE(space->set_access(0xf000, 0x11000, Access::read).ok());
  EXPECT_FALSE(space->set_access(0x21000, 0x20000, Access::read).ok());
  EXPECT_FALSE(space->discard(0x20000, (u64{1} << 32) + 0x1000).ok());
}

u64 mappings() {
  std::ifstream file("/proc/self/maps");
  return static_cast<u64>(std::count(std::istreambuf_iterator<char>(file), {}, '\n'));
}

TEST(Leaks, SpacesLeaveNoMappings) {
  u32 store_at = 0;
  const auto once = [&] {
    const auto space = space_of(accesses(store_at));
    ASSERT_TRUE(space->set_access(0x20000, 0x30000, Access::write).ok());
    ASSERT_TRUE(space->set_access(0x25000, 0x26000, Access::read).ok());
    const u8 byte = 1;
    ASSERT_TRUE(space->write(0x20000, {&byte, 1}).ok());
    auto saved = space->save();
    ASSERT_TRUE(saved.ok());
    ASSERT_TRUE(space->restore(**saved).ok());
  };
  once();
  const u64 before = mappings();
  for (u32 i = 0; i < 300; ++i) once();
  EXPECT_LE(mappings(), before + 2) << "300 spaces, each of which needs several mappings";
}

}  // namespace
}  // namespace pvm::engine::sandbox::test
