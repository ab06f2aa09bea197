// SPDX-License-Identifier: Apache-2.0 OR MIT
// Loads that follow what was stored, offsets that take in additions, and shift pairs that must stay.
#include "expect.hpp"
#include "optimize/passes.hpp"

namespace pvm::link::testing {
namespace {

std::string forwarded(std::string_view body, u32 bits = 64) {
  return body_after([](Program& program) { forward_memory(program); }, body, bits);
}

TEST(ForwardMemory, a_load_reads_what_was_stored) {
  EXPECT_EQ(forwarded("store_u64 [sp + 8] = a2\n a0 = load_u64 [sp + 8]"), "store_u64 [sp + 8] = a2\na0 = move a2");
  EXPECT_EQ(forwarded("store_u32 [sp + 8] = a2\n a0 = load_i32 [sp + 8]"), "store_u32 [sp + 8] = a2\na0 = add.w a2, 0");
  EXPECT_EQ(forwarded("store_u32 [sp + 8] = a2\n a0 = load_i32 [sp + 8]", 32), "store_u32 [sp + 8] = a2\na0 = move a2");
  EXPECT_EQ(forwarded("store_u8 [a1 + 0] = a2\n a0 = load_u8 [a1 + 0]"), "store_u8 [a1 + 0] = a2\na0 = and a2, 255");
  EXPECT_EQ(forwarded("store_u16 [a1 + 0] = 7\n a0 = load_i16 [a1 + 0]"), "store_u16 [a1 + 0] = 7\na0 = sign_extend_16 7");
}

TEST(ForwardMemory, a_second_load_reads_the_first) {
  EXPECT_EQ(forwarded("a2 = load_u8 [a1 + 4]\n a0 = load_u8 [a1 + 4]"), "a2 = load_u8 [a1 + 4]\na0 = move a2");
}

TEST(ForwardMemory, a_moved_base_is_followed) {
  EXPECT_EQ(forwarded("store_u64 [sp + 8] = a2\n sp = add sp, -16\n a0 = load_u64 [sp + 24]"),
            "store_u64 [sp + 8] = a2\nsp = add sp, -16\na0 = move a2");
}

TEST(ForwardMemory, what_may_have_changed_is_read_again) {
  for (const char* const between : {
           "a2 = add a2, 1",           // the value's register
           "sp = and sp, -16",         // the base
           "store_u8 [sp + 15] = a3",  // the last byte
           "store_u64 [sp + 1] = a3",  // the first byte
           "store_u8 [a3 + 0] = a4",   // who knows where
           "host_call %0",
           "memset",
           "a3 = sbrk a3",
       }) {
    const std::string body = "store_u64 [sp + 8] = a2\n" + std::string(between) + "\na0 = load_u64 [sp + 8]";
    EXPECT_EQ(forwarded(body), body);
  }
  const std::string other_size = "store_u64 [sp + 8] = a2\na0 = load_u32 [sp + 8]";
  EXPECT_EQ(forwarded(other_size), other_size);
}

TEST(ForwardMemory, other_places_are_told_apart) {
  for (const char* const between : {"store_u8 [sp + 16] = a3", "store_u64 [sp + 0] = a3", "store_u64 [0 + $1+8] = a3"}) {
    const std::string body = forwarded("store_u64 [sp + 8] = a2\n" + std::string(between) + "\n a0 = load_u64 [sp + 8]");
    EXPECT_NE(body.find("a0 = move a2"), std::string::npos) << body;
  }
}

std::string folded(std::string_view body) {
  return body_after([](Program& program) { fold_offsets(program); }, body);
}

TEST(FoldOffsets, an_addition_for_addresses_only_goes_into_them) {
  EXPECT_EQ(folded("a2 = add a2, $2\n a0 = load_u8 [a2 + 1]\n store_u8 [a2 + 2] = a0"),
            "a0 = load_u8 [a2 + $2+1]\nstore_u8 [a2 + $2+2] = a0");
  EXPECT_EQ(folded("a2 = add a2, 8\n a2 = load_u64 [a2 + -4]\n store_u8 [a2 + 2] = a0"), "a2 = load_u64 [a2 + 4]\nstore_u8 [a2 + 2] = a0");
}

TEST(FoldOffsets, an_addition_is_carried_through_others) {
  EXPECT_EQ(folded("a2 = add sp, 144\n a2 = add a2, a3\n store_u8 [a2 + 1] = a0"),
            "a2 = move sp\na2 = add a2, a3\nstore_u8 [a2 + 145] = a0");
  const std::string doubled = "a2 = add sp, 144\na2 = add a2, a2\nstore_u8 [a2 + 1] = a0";
  EXPECT_EQ(folded(doubled), doubled);
}

TEST(FoldOffsets, other_uses_keep_it) {
  for (const char* const use : {"store_u64 [a2 + 0] = a2", "a0 = add a2, 0", "store_u8 [a1 + 0] = a2"}) {
    const std::string body = "a2 = add a2, 8\na0 = load_u8 [a2 + 1]\n" + std::string(use);
    EXPECT_EQ(folded(body), body);
  }
  const std::string read_at_return = "a1 = add a1, 8\na0 = load_u8 [a1 + 1]";
  EXPECT_EQ(folded(read_at_return), read_at_return);
}

TEST(ShiftPairs, what_is_shifted_must_still_be_there) {
  const auto constants = [](Program& program) { propagate_constants(program); };
  const std::string kept = "a2 = load_u32 [a1 + 0]\na3 = shift_left a2, 32\na2 = add a2, 1\na0 = shift_right_logical a3, 32";
  EXPECT_EQ(body_after(constants, kept), kept);
  EXPECT_EQ(body_after(constants, "a2 = load_u32 [a1 + 0]\n a3 = shift_left a2, 32\n a0 = shift_right_logical a3, 32"),
            "a2 = load_u32 [a1 + 0]\na3 = shift_left a2, 32\na0 = move a2");
}

}  // namespace
}  // namespace pvm::link::testing
