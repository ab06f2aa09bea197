// SPDX-License-Identifier: Apache-2.0 OR MIT
// The oracle's own parts: encoder, layouts, memory model, globs.
#include "check/check.hpp"

#include <gtest/gtest.h>

#include "check/guest_memory.hpp"
#include "check/layout.hpp"

namespace pvm::spec {
namespace {

TEST(Glob, MatchesStarsAndQuestionMarks) {
  EXPECT_TRUE(matches_glob("*", ""));
  EXPECT_TRUE(matches_glob("alu.*_32", "alu.add_32"));
  EXPECT_TRUE(matches_glob("alu.add_?2", "alu.add_32"));
  EXPECT_FALSE(matches_glob("alu.add", "alu.add_32"));
  EXPECT_FALSE(matches_glob("?", ""));
}

TEST(Random, DependsOnSeedAndNameOnly) {
  Random a(1, "x"), b(1, "x"), c(2, "x"), d(1, "y");
  const std::uint64_t first = a.bits();
  EXPECT_EQ(first, b.bits());
  EXPECT_NE(first, c.bits());
  EXPECT_NE(first, d.bits());
}

TEST(Encode, NeedsAsManyBytesAsTheSignDemands) {
  EXPECT_EQ(needed_length(0), 0u);
  EXPECT_EQ(needed_length(127), 1u);
  EXPECT_EQ(needed_length(128), 2u);
  EXPECT_EQ(needed_length(-128), 1u);
  EXPECT_EQ(needed_length(-129), 2u);
  EXPECT_EQ(needed_length(0x7fffff), 3u);
  EXPECT_EQ(needed_length(0x800000), 4u);
  EXPECT_EQ(needed_length(-0x80000000LL), 4u);
}

// The examples of chapter "Decoding".
TEST(Encode, AgreesWithTheExamplesOfTheDocument) {
  const auto plain = [](const char* format, int opcode, Fields fields, unsigned first, unsigned last) {
    Shape shape;
    shape.first_length = first;
    shape.last_length = last;
    return encode(format, opcode, fields, shape, false);
  };
  EXPECT_EQ(plain("imm", 0x0a, {0, 0, 0, -1, 0, 0}, 0, 1), (Bytes{0x0a, 0xff}));
  EXPECT_EQ(plain("offset", 0x28, {0, 0, 0, 0, 0, -3}, 0, 1), (Bytes{0x28, 0xfd}));
  EXPECT_EQ(plain("reg_imm", 0x38, {8, 0, 0, 0x31000, 0, 0}, 0, 3), (Bytes{0x38, 0x08, 0x00, 0x10, 0x03}));
  EXPECT_EQ(plain("imm_imm", 0x1e, {0, 0, 0, 0x20000, 42, 0}, 3, 1), (Bytes{0x1e, 0x03, 0x00, 0x00, 0x02, 0x2a}));
  EXPECT_EQ(plain("reg_imm_imm", 0x46, {7, 0, 0, 4, 42, 0}, 1, 1), (Bytes{0x46, 0x17, 0x04, 0x2a}));
  EXPECT_EQ(plain("reg_imm_offset", 0x51, {7, 0, 0, 5, 0, 10}, 1, 1), (Bytes{0x51, 0x17, 0x05, 0x0a}));
  EXPECT_EQ(plain("reg_reg", 0x64, {7, 8, 0, 0, 0, 0}, 0, 0), (Bytes{0x64, 0x87}));
  EXPECT_EQ(plain("reg_reg_imm", 0x83, {1, 1, 0, -16, 0, 0}, 0, 1), (Bytes{0x83, 0x11, 0xf0}));
  EXPECT_EQ(plain("reg_reg_offset", 0xaa, {7, 8, 0, 0, 0, 6}, 0, 1), (Bytes{0xaa, 0x87, 0x06}));
  EXPECT_EQ(plain("reg_reg_imm_imm", 0xb4, {0, 7, 0, 2, 8, 0}, 1, 1), (Bytes{0xb4, 0x70, 0x01, 0x02, 0x08}));
  EXPECT_EQ(plain("reg_reg_reg", 0xbe, {7, 8, 9, 0, 0, 0}, 0, 0), (Bytes{0xbe, 0x98, 0x07}));
  EXPECT_EQ(plain("reg_imm64", 0x14, {7, 0, 0, 0x201, 0, 0}, 0, 0), (Bytes{0x14, 0x07, 1, 2, 0, 0, 0, 0, 0, 0}));
}

TEST(Layout, KnowsItsTargets) {
  const Layout layout({0x28, 0x05}, true, false, true);
  EXPECT_EQ(layout.next(), 5u);
  EXPECT_EQ(layout.size(), 13u);
  for (const std::uint32_t valid : {0u, 3u, 5u, 8u, 11u}) EXPECT_TRUE(layout.is_valid_target(valid, false)) << valid;
  for (const std::uint32_t invalid : {1u, 2u, 7u, 10u, 12u, 13u}) EXPECT_FALSE(layout.is_valid_target(invalid, false)) << invalid;
  EXPECT_FALSE(layout.is_valid_target(11, true));  // the invalid opcode
  EXPECT_TRUE(layout.arrive(8).is_host_call);
  EXPECT_EQ(layout.arrive(8).number, 9u);
  EXPECT_FALSE(layout.arrive(11).is_host_call);
  EXPECT_EQ(layout.bitmask(), (Bytes{0xad, 0x1d}));
  EXPECT_FALSE(Layout({0x28}, true, true, true).position_of(Target::landing));
}

// Worked examples of chapter "Memory".
TEST(GuestMemory, GrowsAsTheDocumentShows) {
  GuestMemory memory = GuestMemory::mapped(4096, 0, 5, 4096, 0);
  EXPECT_EQ(*memory.grow(0), 0x20005);
  EXPECT_EQ(*memory.grow(1), 0x20006);
  EXPECT_EQ(*memory.grow(0xffa), 0x21000);
  EXPECT_EQ(memory.areas()[1].end, 0x21000u);
  EXPECT_EQ(*memory.grow(1), 0x21001);
  EXPECT_EQ(memory.areas()[1].end, 0x22000u);
  EXPECT_EQ(*memory.grow(mpz_class(0xfff9f000)), 0);
  EXPECT_EQ(*memory.grow(mpz_class(0xfff9efff)), mpz_class(0xfffc0000));
}

TEST(GuestMemory, AllocatesAsTheDocumentShows) {
  GuestMemory memory = GuestMemory::paged(GuestMemory::Mode::graypaper, 4096,
                                          {{0x30000, 0x32000, true, true}, {0xfefde000, 0xfefe0000, true, true}}, 0x30000);
  EXPECT_EQ(*memory.allocate(0), 0x30000);
  EXPECT_EQ(*memory.allocate(1), 0x32000);
  EXPECT_EQ(*memory.allocate(0x1001), 0x33000);
  EXPECT_EQ(*memory.allocate(mpz_class(0xfefa9001)), 0);
  EXPECT_EQ(*memory.allocate(0x1020000), 0x35000);
  EXPECT_EQ(*memory.allocate(mpz_class(0xfdf89000)), 0x1055000);
  EXPECT_EQ(*memory.allocate(0x1020000), mpz_class(0xfefe0000));
  EXPECT_EQ(*memory.allocate(1), 0);
}

TEST(GuestMemory, PicksTheLowestPage) {
  const GuestMemory memory =
      GuestMemory::paged(GuestMemory::Mode::paged, 4096, {{0x10000, 0x11000, true, true}, {0x11000, 0x12000, false, false}});
  EXPECT_FALSE(memory.refusal_of(0x10ffc, 4, true));
  EXPECT_FALSE(memory.refusal_of(0x10ffc, 8, false));
  const auto protected_page = memory.refusal_of(0x10ffc, 8, true);
  ASSERT_TRUE(protected_page && !protected_page->is_trap);
  EXPECT_EQ(protected_page->page, 0x11000u);
  EXPECT_TRUE(protected_page->write_protected);
  EXPECT_TRUE(memory.refusal_of(0xffff, 2, false)->is_trap);
  EXPECT_TRUE(memory.refusal_of(0xfffffffe, 4, false)->is_trap);
}

TEST(GuestMemory, WrapsInTheGrayPaperOnly) {
  const GuestMemory memory = GuestMemory::paged(GuestMemory::Mode::graypaper, 4096, {{0xfffff000, 0x100000000, true, true}});
  EXPECT_TRUE(memory.refusal_of(0xfffffffe, 4, false)->is_trap);
  const GuestMemory empty = GuestMemory::paged(GuestMemory::Mode::graypaper, 4096, {});
  EXPECT_EQ(empty.refusal_of(0xfffffffe, 4, false)->page, 0xfffff000u);
}

}  // namespace
}  // namespace pvm::spec
