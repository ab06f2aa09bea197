// SPDX-License-Identifier: Apache-2.0 OR MIT
// Snapshots: contents and rights come back, are shared, and no instance sees what another writes.
#include "guests.hpp"

namespace pvm::engine::sandbox::test {
namespace {

std::unique_ptr<native::Space> any_space() {
  return space_of([](Assembler& as) {
    as.store(8, guest(a0), a1);
    leave(as, native::ExitReason::halt);
  });
}

u64 peek(native::Space& space, u32 address) {
  u64 value = 0xbad;
  EXPECT_TRUE(space.read(address, {reinterpret_cast<u8*>(&value), sizeof value}).ok());
  return value;
}
void poke(native::Space& space, u32 address, u64 value) {
  EXPECT_TRUE(space.write(address, {reinterpret_cast<const u8*>(&value), sizeof value}).ok());
}
bool guest_stores(native::Space& space, u64 address, u64 value) {
  CpuState state;
  state.regs[reg_a0] = address;
  state.regs[reg_a1] = value;
  return std::holds_alternative<native::StubExit>(enter(space, state));
}

TEST(Snapshots, ContentsAndRightsComeBack) {
  const auto space = any_space();
  ASSERT_TRUE(space->set_access(0x20000, 0x40000, Access::write).ok());
  poke(*space, 0x20000, 1);
  poke(*space, 0x3fff8, 2);
  poke(*space, 0x30000, 3);
  ASSERT_TRUE(space->set_access(0x30000, 0x31000, Access::read).ok());
  ASSERT_TRUE(space->set_access(0x3f000, 0x40000, Access::none).ok());
  auto saved = space->save();
  ASSERT_TRUE(saved.ok()) << saved.error().message;

  const auto check = [](native::Space& of) {
    EXPECT_EQ(peek(of, 0x20000), 1U);
    EXPECT_EQ(peek(of, 0x28000), 0U);
    EXPECT_EQ(peek(of, 0x30000), 3U);
    EXPECT_FALSE(guest_stores(of, 0x30000, 9));
    EXPECT_FALSE(guest_stores(of, 0x3f000, 9));
    EXPECT_TRUE(guest_stores(of, 0x20008, 9));
    ASSERT_TRUE(of.set_access(0x3f000, 0x40000, Access::write).ok());
    EXPECT_EQ(peek(of, 0x3fff8), 2U) << "hidden pages keep their contents";
    poke(of, 0x20000, 77);
    poke(of, 0x50000 - 0x20000, 78);
    ASSERT_TRUE(of.discard(0x30000, 0x31000).ok());
    EXPECT_EQ(peek(of, 0x30000), 0U) << "discarded pages don't show the snapshot";
  };
  check(*space);
  const auto other = any_space();
  ASSERT_TRUE(other->set_access(0x60000, 0x70000, Access::write).ok());
  poke(*other, 0x60000, 5);
  for (u32 again = 0; again < 3; ++again) {
    ASSERT_TRUE(other->restore(**saved).ok());
    check(*other);
    EXPECT_FALSE(guest_stores(*other, 0x60000, 1)) << "what was there before is gone";
    ASSERT_TRUE(space->restore(**saved).ok());
    check(*space);
  }
}

TEST(Snapshots, OfARestoredInstanceHoldsBothGenerations) {
  const auto space = any_space();
  ASSERT_TRUE(space->set_access(0x20000, 0x30000, Access::write).ok());
  for (u32 page = 0x20000; page < 0x30000; page += 0x1000) poke(*space, page, page);
  auto first = space->save();
  ASSERT_TRUE(first.ok());
  const auto other = any_space();
  ASSERT_TRUE(other->restore(**first).ok());
  poke(*other, 0x21000, 1);
  poke(*other, 0x22000, 0);
  ASSERT_TRUE(other->discard(0x23000, 0x24000).ok());
  auto second = other->save();
  ASSERT_TRUE(second.ok());
  const auto third = any_space();
  ASSERT_TRUE(third->restore(**second).ok());
  EXPECT_EQ(peek(*third, 0x20000), 0x20000U);
  EXPECT_EQ(peek(*third, 0x21000), 1U);
  EXPECT_EQ(peek(*third, 0x22000), 0U);
  EXPECT_EQ(peek(*third, 0x23000), 0U);
  EXPECT_EQ(peek(*third, 0x24000), 0x24000U);
  EXPECT_EQ(peek(*space, 0x21000), 0x21000U);
}

TEST(Snapshots, ScatteredDataNeedFewMappings) {
  const auto space = any_space();
  ASSERT_TRUE(space->set_access(0x20000, 0x8020000, Access::write).ok());
  constexpr u32 distance = 6 * 0x1000;
  for (u32 page = 0x20000; page < 0x8020000 - distance; page += distance) poke(*space, page, page);
  auto saved = space->save();
  ASSERT_TRUE(saved.ok()) << saved.error().message;
  const auto other = any_space();
  ASSERT_TRUE(other->restore(**saved).ok());
  for (u32 page = 0x20000; page < 0x8020000 - distance; page += distance) {
    ASSERT_EQ(peek(*other, page), page);
    ASSERT_EQ(peek(*other, page + 0x1000), 0U);
  }
}

TEST(Snapshots, OfAnEmptyInstance) {
  const auto space = any_space();
  auto saved = space->save();
  ASSERT_TRUE(saved.ok());
  ASSERT_TRUE(space->set_access(0x20000, 0x30000, Access::write).ok());
  ASSERT_TRUE(space->restore(**saved).ok());
  EXPECT_FALSE(guest_stores(*space, 0x20000, 1));
}

TEST(Snapshots, OutliveTheirInstance) {
  auto space = any_space();
  ASSERT_TRUE(space->set_access(0x20000, 0x30000, Access::write).ok());
  poke(*space, 0x20000, 1);
  auto saved = space->save();
  ASSERT_TRUE(saved.ok());
  space.reset();
  const auto other = any_space();
  ASSERT_TRUE(other->restore(**saved).ok());
  saved->reset();
  EXPECT_EQ(peek(*other, 0x20000), 1U);
}

struct OtherMemory final : SavedMemory {};

TEST(Snapshots, OfAnotherKindAreRefused) {
  const auto space = any_space();
  EXPECT_EQ(space->restore(OtherMemory()).error().code, ErrorCode::invalid_argument);
}

}  // namespace
}  // namespace pvm::engine::sandbox::test
