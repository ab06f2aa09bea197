// SPDX-License-Identifier: Apache-2.0 OR MIT
#include "expect.hpp"
#include "interpret.hpp"
#include "optimize/passes.hpp"

namespace pvm::link::testing {
namespace {

std::string reduced(std::string_view body) {
  return body_after([](Program& program) { reduce_strength(program); }, body);
}

TEST(Strength, powers_of_two_are_shifts) {
  EXPECT_EQ(reduced("a2 = move 8\n a0 = div_unsigned a1, a2"), "a2 = move 8\na0 = shift_right_logical a1, 3");
  EXPECT_EQ(reduced("a2 = move 8\n a0 = rem_unsigned.w a1, a2"), "a2 = move 8\na0 = and a1, 7");
  EXPECT_EQ(reduced("a2 = move 8\n a0 = div_signed a1, a2"),
            "a2 = move 8\na0 = shift_right_arithmetic a1, 63\na0 = shift_right_logical a0, 61\na0 = add a0, a1\na0 = "
            "shift_right_arithmetic a0, 3");
  EXPECT_EQ(reduced("a2 = move 8\n a1 = load_u8 [a3 + 0]\n a0 = div_signed a1, a2"),
            "a2 = move 8\na1 = load_u8 [a3 + 0]\na0 = shift_right_logical a1, 3");
}

TEST(Strength, others_are_products_if_they_have_32_bits) {
  EXPECT_EQ(reduced("a2 = move 10\n a1 = load_u32 [a3 + 0]\n a0 = div_unsigned a1, a2"),
            "a2 = move 10\na1 = load_u32 [a3 + 0]\ne0 = move 1844674407370955162\na0 = mul_upper_unsigned_unsigned a1, e0");
  const std::string wide = "a2 = move 10\na0 = div_unsigned a1, a2";
  EXPECT_EQ(reduced(wide), wide);
}

TEST(Strength, results_are_those_of_divisions) {
  const i64 divisors[] = {-3, -1, 0,  1,   2,   3,    4,       5,       6,          7,          8,
                          9,  10, 16, 100, 641, 1000, 0x10000, 0x12345, 0x3fffffff, 0x40000000, 0x7fffffff};
  std::vector<u64> dividends;
  for (const u32 power : {0, 1, 2, 4, 8, 30, 31, 32, 33, 62, 63}) {
    for (const u64 distance : {u64{0}, u64{1}, u64{2}, ~u64{0}, ~u64{1}}) {
      dividends.push_back((u64{1} << power) + distance);
      dividends.push_back(0 - (u64{1} << power) + distance);
    }
  }
  for (const char* const op : {"div_unsigned", "div_signed", "rem_unsigned", "rem_signed"}) {
    for (const char* const form : {"64", "64.w", "32"}) {
      for (const i64 divisor : divisors) {
        const std::string word = std::string_view(form) == "64.w" ? ".w" : "";
        const Program before = program_of("program " + std::string(form).substr(0, 2) +
                                          "\nexport \"f\" @0 inputs 1 outputs 2\nblock @0\n  a2 = move " + std::to_string(divisor) +
                                          "\n  a1 = " + op + word + " a0, a2\n  a0 = " + op + word + " a0, a2\n  jump_indirect ra + 0\n");
        Program after = before;
        reduce_strength(after);
        for (const u64 dividend : dividends) {
          const Observed expected = run(before, BlockId{0}, {{dividend}}), actual = run(after, BlockId{0}, {{dividend}});
          ASSERT_EQ(expected.a0, actual.a0) << op << word << " " << dividend << " by " << divisor;
          ASSERT_EQ(expected.a1, actual.a1) << op << word << " " << dividend << " by " << divisor;
        }
      }
    }
  }
}

}  // namespace
}  // namespace pvm::link::testing
