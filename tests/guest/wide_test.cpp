// SPDX-License-Identifier: Apache-2.0 OR MIT
// Integers of two registers against the compiler's own. Here they have 128 bits; the programs test those of 64 on 32-bit registers.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cstdint>

#include "library.hpp"

namespace {

constexpr Wide ones = ~Wide{0};
constexpr SignedWide least = static_cast<SignedWide>(Wide{1} << 127);

// Numbers of all lengths, many of them at the borders of digits.
Wide arbitrary_wide() {
  const auto part = [] { return Wide{*rc::gen::oneOf(rc::gen::arbitrary<uint64_t>(), rc::gen::element<uint64_t>(0, 1, ~uint64_t{0}))}; };
  const Wide value = part() << 64 | part();
  const int shift = *rc::gen::element(0, 0, 1, 31, 32, 33, 63, 64, 65, 95, 96, 97, 127);
  return *rc::gen::element(value, value >> shift, value << shift, (ones >> shift) - *rc::gen::inRange(0U, 3U));
}

bool is_zero(Wide value) {
  return value == 0;
}

RC_GTEST_PROP(WideNumbers, divide, ()) {
  const Wide a = arbitrary_wide(), b = arbitrary_wide();
  RC_PRE(!is_zero(b));
  Wide remainder;
  RC_ASSERT(guest_udivti3(a, b) == a / b);
  RC_ASSERT(guest_umodti3(a, b) == a % b);
  RC_ASSERT(guest_udivmodti4(a, b, &remainder) == a / b);
  RC_ASSERT(remainder == a % b);
}

RC_GTEST_PROP(WideNumbers, divide_signed, ()) {
  const auto a = static_cast<SignedWide>(arbitrary_wide()), b = static_cast<SignedWide>(arbitrary_wide());
  RC_PRE(b != 0 && !(a == least && b == -1));
  RC_ASSERT(guest_divti3(a, b) == a / b);
  RC_ASSERT(guest_modti3(a, b) == a % b);
}

TEST(WideNumbers, division_by_zero_is_the_machines) {
  EXPECT_TRUE(guest_udivti3(5, 0) == ones);
  EXPECT_TRUE(guest_umodti3(5, 0) == 5);
  EXPECT_TRUE(guest_divti3(-5, 0) == -1);
  EXPECT_TRUE(guest_modti3(-5, 0) == -5);
  EXPECT_TRUE(guest_divti3(least, -1) == least);
  EXPECT_TRUE(guest_modti3(least, -1) == 0);
}

RC_GTEST_PROP(WideNumbers, multiply, ()) {
  const Wide a = arbitrary_wide(), b = arbitrary_wide();
  RC_ASSERT(guest_multi3(a, b) == a * b);
  SignedWide product;
  const bool expected = __builtin_mul_overflow(static_cast<SignedWide>(a), static_cast<SignedWide>(b), &product);
  int overflow = -1;
  RC_ASSERT(guest_muloti4(static_cast<SignedWide>(a), static_cast<SignedWide>(b), &overflow) == product);
  RC_ASSERT((overflow != 0) == expected);
}

RC_GTEST_PROP(WideNumbers, shift, ()) {
  const Wide a = arbitrary_wide();
  const int count = *rc::gen::inRange(0, 128);
  RC_ASSERT(guest_ashlti3(a, count) == a << count);
  RC_ASSERT(guest_lshrti3(a, count) == a >> count);
  RC_ASSERT(guest_ashrti3(static_cast<SignedWide>(a), count) == static_cast<SignedWide>(a) >> count);
}

RC_GTEST_PROP(WideNumbers, count_bits, (uint64_t value)) {
  RC_ASSERT(guest_popcountdi2(value) == __builtin_popcountll(value));
  RC_ASSERT(guest_popcountsi2(static_cast<uint32_t>(value)) == __builtin_popcount(static_cast<uint32_t>(value)));
}

}  // namespace
