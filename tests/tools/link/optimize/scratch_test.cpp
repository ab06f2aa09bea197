// SPDX-License-Identifier: Apache-2.0 OR MIT
#include "expect.hpp"
#include "link.hpp"
#include "optimize/facts.hpp"

namespace pvm::link::testing {
namespace {

std::string assigned(std::string_view body, u32 bits = 64) {
  return body_after([](Program& program) { assign_scratch(program); }, body, bits);
}

constexpr const char* atomic_add = "e0 = load_u64 [a0 + 0]\n e1 = add e0, a1\n store_u64 [a0 + 0] = e1\n a0 = move e0";

TEST(Scratch, dead_registers_are_taken_first) {
  EXPECT_EQ(assigned(atomic_add), "t2 = load_u64 [a0 + 0]\nt1 = add t2, a1\nstore_u64 [a0 + 0] = t1\na0 = move t2");
}

TEST(Scratch, a_value_that_dies_makes_room_for_the_next) {
  EXPECT_EQ(assigned("e0 = add a0, 1\n a0 = add e0, 2\n e0 = add a1, 1\n a1 = add e0, 2"),
            "t2 = add a0, 1\na0 = add t2, 2\nt2 = add a1, 1\na1 = add t2, 2");
}

TEST(Scratch, without_dead_registers_one_is_saved) {
  const char* const text = R"(program 64
export "f" @0 inputs 9 outputs 1
export "g" @1 inputs 9 outputs 1
block @0
  a2 = move @1
  e0 = add a0, a1
  a0 = mul e0, a0
  jump_indirect a2 + 0
block @1
  store_u64 [sp + 0] = ra
  store_u64 [sp + 8] = t0
  store_u64 [sp + 16] = t1
  store_u64 [sp + 24] = t2
  store_u64 [sp + 32] = s0
  store_u64 [sp + 40] = s1
  store_u64 [sp + 48] = a3
  store_u64 [sp + 56] = a4
  store_u64 [sp + 64] = a5
  a0 = add a0, a1
  a0 = add a0, a2
  trap
)";
  Program program = program_of(text);
  assign_scratch(program);
  ASSERT_EQ(program.sections.size(), 1u);
  EXPECT_EQ(program.sections[0].name, ".regspill");
  EXPECT_EQ(program.sections[0].size, 13 * 8u);
  const std::string code = code_of(program);
  EXPECT_NE(code.find("  store_u64 [0 + $0+32] = t2\n  t2 = add a0, a1\n  a0 = mul t2, a0\n  t2 = load_u64 [0 + $0+32]\n"),
            std::string::npos)
      << code;
}

TEST(Scratch, without_scratch_registers_nothing_changes) {
  const Program before = program_of(one_block("a0 = add a0, 1"));
  Program program = before;
  assign_scratch(program);
  EXPECT_EQ(to_text(program), to_text(before));
}

TEST(Scratch, a_conditional_move_goes_on_with_its_register) {
  EXPECT_EQ(assigned("e0 = move a1\n e0 = cmov_if_zero a0, a2\n a0 = move e0"), "t2 = move a1\nt2 = cmov_if_zero a0, a2\na0 = move t2");
}

}  // namespace
}  // namespace pvm::link::testing
