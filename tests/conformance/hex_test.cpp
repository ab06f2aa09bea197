// SPDX-License-Identifier: Apache-2.0 OR MIT
// One spelling per number.
#include "pvm/conformance/hex.hpp"

#include <limits>

#include "fixtures.hpp"

namespace pvm::conformance {
namespace {

TEST(Hex, numbers_are_spelt_without_leading_zeros) {
  EXPECT_EQ(hex_u64(0), "0x0");
  EXPECT_EQ(hex_u64(0xabc), "0xabc");
  EXPECT_EQ(hex_u64(std::numeric_limits<u64>::max()), "0xffffffffffffffff");
  EXPECT_EQ(hex_i64(-1), "-0x1");
  EXPECT_EQ(hex_i64(std::numeric_limits<i64>::min()), "-0x8000000000000000");
}

TEST(Hex, other_spellings_are_refused) {
  for (const char* text :
       {"", "0", "0x", "x0", "0X1", "0x00", "0x01", "0xA", "0x1g", " 0x1", "0x1 ", "0x10000000000000000", "-0x1", "+0x1"}) {
    EXPECT_EQ(parse_hex_u64(text), std::nullopt) << text;
  }
  for (const char* text : {"-0x0", "--0x1", "0x8000000000000000", "-0x8000000000000001", "-"}) {
    EXPECT_EQ(parse_hex_i64(text), std::nullopt) << text;
  }
  for (const char* text : {"0", "0A", "0x00", "gg", "00 "}) EXPECT_EQ(parse_hex_bytes(text), std::nullopt) << text;
}

TEST(Hex, extremes_are_read) {
  EXPECT_EQ(parse_hex_u64("0xffffffffffffffff"), std::numeric_limits<u64>::max());
  EXPECT_EQ(parse_hex_i64("-0x8000000000000000"), std::numeric_limits<i64>::min());
  EXPECT_EQ(parse_hex_i64("0x7fffffffffffffff"), std::numeric_limits<i64>::max());
  EXPECT_EQ(parse_hex_bytes(""), Bytes{});
}

TEST(Hex, reading_gives_back_what_was_written) {
  EXPECT_TRUE(rc::check([](u64 number, i64 signed_number, const Bytes& bytes) {
    RC_ASSERT(parse_hex_u64(hex_u64(number)) == number);
    RC_ASSERT(parse_hex_i64(hex_i64(signed_number)) == signed_number);
    RC_ASSERT(parse_hex_bytes(hex_bytes(bytes)) == bytes);
  }));
}

}  // namespace
}  // namespace pvm::conformance
