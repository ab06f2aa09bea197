// SPDX-License-Identifier: Apache-2.0 OR MIT
// What propagation makes of single instructions, blocks and whole functions.
#include "expect.hpp"
#include "optimize/passes.hpp"

namespace pvm::link::testing {
namespace {

std::string constants(std::string_view body, u32 bits = 64) {
  return body_after([](Program& program) { propagate_constants(program); }, body, bits);
}

std::string constants_and_dead_code(std::string_view body, u32 bits = 64) {
  return body_after(
      [](Program& program) {
        propagate_constants(program);
        fold_offsets(program);
        narrow_results(program);
        remove_dead_code(program);
      },
      body, bits);
}

TEST(Constants, numbers_are_computed) {
  EXPECT_EQ(constants_and_dead_code("a3 = move 6\n a0 = mul a3, 7"), "a0 = move 42");
  EXPECT_EQ(constants_and_dead_code("a3 = move 0x12345\n a3 = shift_left a3, 12\n a3 = add a3, 0x678\n a0 = shift_left a3, 24"),
            "a0 = move 5124095565889536");
}

TEST(Constants, word_forms_extend_the_sign) {
  EXPECT_EQ(constants_and_dead_code("a3 = move 0x7fffffff\n a0 = add.w a3, 1"), "a0 = move -2147483648");
  EXPECT_EQ(constants_and_dead_code("a3 = move -1\n a0 = div_unsigned.w a3, 1"), "a0 = move -1");
  EXPECT_EQ(constants_and_dead_code("a3 = move -1\n a0 = shift_right_logical.w a3, 1"), "a0 = move 2147483647");
}

TEST(Constants, registers_of_32_bits_wrap) {
  EXPECT_EQ(constants_and_dead_code("a3 = move 0x7fffffff\n a0 = add a3, 1", 32), "a0 = move -2147483648");
  EXPECT_EQ(constants_and_dead_code("a3 = move -1\n a0 = mul_upper_unsigned_unsigned a3, a3", 32), "a0 = move -2");
}

TEST(Constants, division_by_zero_and_overflow_have_results) {
  EXPECT_EQ(constants("a1 = move 5\n a0 = div_signed a1, 0"), "a1 = move 5\na0 = move -1");
  EXPECT_EQ(constants("a1 = move 5\n a0 = rem_signed a1, 0"), "a1 = move 5\na0 = move 5");
  EXPECT_EQ(constants("a0 = div_signed a1, 0"), "a0 = move -1");
  EXPECT_EQ(constants("a0 = rem_unsigned.w a1, 0"), "a0 = add.w a1, 0");
}

TEST(Constants, a_known_base_makes_an_absolute_access) {
  EXPECT_EQ(constants_and_dead_code("a3 = move $1+4\n a0 = load_u32 [a3 + 8]"), "a0 = load_u32 [0 + $1+12]");
  EXPECT_EQ(constants_and_dead_code("a3 = move 0x30000\n store_u8 [a3 + 8] = a0"), "store_u8 [0 + 196616] = a0");
}

TEST(Constants, a_table_is_indexed_by_one_access) {
  EXPECT_EQ(constants_and_dead_code("a3 = move $2\n a0 = add a0, a3\n a0 = load_i32 [a0 + 0]"), "a0 = load_i32 [a0 + $2]");
  EXPECT_EQ(constants_and_dead_code("a3 = move $2+4\n a2 = add a3, a0\n a0 = load_i32 [a2 + 8]"), "a0 = load_i32 [a0 + $2+12]");
}

TEST(Constants, an_index_that_is_used_otherwise_stays) {
  const char* const body = "a0 = add a0, 16\na1 = load_i32 [a0 + 0]\nstore_u64 [sp + 0] = a0\nstore_u64 [sp + 8] = a1";
  EXPECT_EQ(constants_and_dead_code(body), body);
}

TEST(Constants, offsets_fold_modulo_32_bits) {
  EXPECT_EQ(constants("a1 = add a0, 0x7fffffff\n a0 = load_u8 [a1 + 1]"), "a1 = add a0, 2147483647\na0 = load_u8 [a0 + -2147483648]");
}

TEST(Constants, copies_are_read_through) {
  EXPECT_EQ(constants_and_dead_code("a3 = move a2\n a0 = add a3, a3"), "a0 = add a2, a2");
  // Not after what was copied has changed.
  EXPECT_EQ(constants_and_dead_code("a1 = move a0\n a0 = add a0, a2\n a0 = xor a0, a1"), "a1 = move a0\na0 = add a0, a2\na0 = xor a0, a1");
  // Unless it is known by how much.
  EXPECT_EQ(constants_and_dead_code("a1 = add a0, 16\n a0 = add a0, 4\n a1 = load_u8 [a1 + 0]\n store_u8 [sp + 0] = a1"),
            "a0 = add a0, 4\na1 = load_u8 [a0 + 12]\nstore_u8 [sp + 0] = a1");
}

TEST(Constants, nothing_is_known_after_a_host_call_of_what_it_overwrites) {
  EXPECT_EQ(constants("t0 = move 5\n s0 = move 6\n host_call %0\n a0 = add t0, s0"),
            "t0 = move 5\ns0 = move 6\nhost_call %0\na0 = add t0, 6");
}

TEST(Constants, extensions_of_extended_values_go) {
  EXPECT_EQ(constants_and_dead_code("a0 = load_i32 [a1 + 0]\n a0 = add.w a0, 0"), "a0 = load_i32 [a1 + 0]");
  EXPECT_EQ(constants_and_dead_code("a0 = sub.w a1, a2\n a0 = add.w a0, 0"), "a0 = sub.w a1, a2");
  EXPECT_EQ(constants_and_dead_code("a0 = load_u8 [a1 + 0]\n a0 = and a0, 255"), "a0 = load_u8 [a1 + 0]");
  EXPECT_EQ(constants_and_dead_code("a0 = load_i8 [a1 + 0]\n a0 = sign_extend_16 a0"), "a0 = load_i8 [a1 + 0]");
  EXPECT_EQ(constants_and_dead_code("a0 = load_u32 [a1 + 0]\n a0 = add.w a0, 0"), "a0 = load_u32 [a1 + 0]\na0 = add.w a0, 0");
}

TEST(Constants, shift_pairs_become_extensions) {
  EXPECT_EQ(constants("a0 = shift_left a0, 48\n a0 = shift_right_logical a0, 48"), "a0 = zero_extend_16 a0");
  EXPECT_EQ(constants("a0 = shift_left a0, 48\n a0 = shift_right_arithmetic a0, 48"), "a0 = sign_extend_16 a0");
  EXPECT_EQ(constants("a0 = shift_left a0, 56\n a0 = shift_right_logical a0, 56"), "a0 = and a0, 255");
  EXPECT_EQ(constants("a0 = shift_left a0, 32\n a0 = shift_right_arithmetic a0, 32"), "a0 = add.w a0, 0");
  EXPECT_EQ(constants("a0 = load_u32 [a0 + 0]\n a0 = shift_left a0, 32\n a0 = shift_right_logical a0, 30"),
            "a0 = load_u32 [a0 + 0]\na0 = shift_left a0, 2");
  EXPECT_EQ(constants("a0 = shift_left a0, 32\n a0 = shift_right_logical a0, 32"),
            "a0 = shift_left a0, 32\na0 = shift_right_logical a0, 32");
}

TEST(Constants, forms_that_cost_less) {
  EXPECT_EQ(constants("a0 = and a0, 0xffff"), "a0 = zero_extend_16 a0");
  EXPECT_EQ(constants("a0 = mul a1, 8"), "a0 = shift_left a1, 3");
  EXPECT_EQ(constants("a0 = div_unsigned a1, 8"), "a0 = shift_right_logical a1, 3");
  EXPECT_EQ(constants("a0 = rem_unsigned.w a1, 8"), "a0 = and a1, 7");
  EXPECT_EQ(constants("a2 = move 5\n a0 = and_inverted a1, a2"), "a2 = move 5\na0 = and a1, -6");
  EXPECT_EQ(constants("a0 = rotate_left.w a1, 8"), "a0 = rotate_right.w a1, 24");
  EXPECT_EQ(constants("a0 = sub a1, a1"), "a0 = move 0");
}

TEST(Constants, numbers_stay_in_registers_where_there_is_no_immediate_form) {
  const char* const body = "a2 = move 7\na0 = mul_upper_unsigned_unsigned a1, a2";
  EXPECT_EQ(constants(body), body);
  const char* const wide = "a2 = move 4294967297\na0 = and a1, a2";
  EXPECT_EQ(constants(wide), wide);
}

TEST(Constants, read_only_bytes_are_numbers) {
  EXPECT_EQ(constants("a0 = load_u32 [0 + $0]"), "a0 = move 2214789633");
  EXPECT_EQ(constants("a0 = load_i32 [0 + $0]"), "a0 = move -2080177663");
  EXPECT_EQ(constants("a0 = load_u64 [0 + $0+16]"), "a0 = move 0");
}

TEST(Constants, relocated_bytes_are_no_numbers) {
  EXPECT_EQ(constants("a0 = load_u64 [0 + $0+8]"), "a0 = move $1+4");
  EXPECT_EQ(constants("a0 = load_u32 [0 + $0+8]"), "a0 = load_u32 [0 + $0+8]");
  EXPECT_EQ(constants("a0 = load_u8 [0 + $0+15]"), "a0 = load_u8 [0 + $0+15]");
  EXPECT_EQ(constants("a0 = load_u64 [0 + $0+4]"), "a0 = load_u64 [0 + $0+4]");
}

TEST(Constants, writable_bytes_are_not_known) {
  EXPECT_EQ(constants("a0 = load_u32 [0 + $1]"), "a0 = load_u32 [0 + $1]");
  EXPECT_EQ(constants("a0 = load_u32 [0 + $0+22]"), "a0 = load_u32 [0 + $0+22]") << "beyond the end";
}

constexpr const char* diamond = R"(program 64
export "f" @0 inputs 1 outputs 1
block @0
  a1 = move 5
  branch a0 equal 0, @1, @2
block @1
  a2 = move 7
  jump @3
block @2
  a2 = move 7
  a1 = move 6
  jump @3
block @3
  a0 = add a1, a2
  jump_indirect ra + 0
)";

TEST(Constants, what_all_predecessors_agree_on_is_known) {
  const std::string code = after([](Program& program) { propagate_constants(program); }, diamond);
  EXPECT_NE(code.find("a0 = add a1, 7"), std::string::npos) << code;
}

TEST(Constants, a_known_branch_becomes_a_jump) {
  const std::string code = after([](Program& program) { propagate_constants(program); }, R"(program 64
export "f" @0 inputs 0 outputs 1
block @0
  a1 = move 5
  jump @1
block @1
  branch a1 less_signed 6, @2, @3
block @2
  a0 = move a1
  jump_indirect ra + 0
block @3
  trap
)");
  EXPECT_NE(code.find("block @1\n  jump @2\n"), std::string::npos) << code;
  EXPECT_NE(code.find("a0 = move 5"), std::string::npos) << code;
}

TEST(Constants, known_targets_of_indirect_jumps_and_calls) {
  const std::string code = after([](Program& program) { propagate_constants(program); }, R"(program 64
section ".rodata" read_only align 8 size 8
  bytes 00 00 00 00 00 00 00 00
  relocation 0 size 8 = @2
export "f" @0 inputs 0 outputs 1
block @0
  a1 = load_u64 [0 + $0]
  ra = call_indirect a1 + 0, @1
block @1
  t1 = move @2
  jump_indirect t1 + 0
block @2
  jump_indirect ra + 0
)");
  EXPECT_NE(code.find("ra = call @2, @1"), std::string::npos) << code;
  EXPECT_NE(code.find("t1 = move @2\n  jump @2"), std::string::npos) << code;
}

TEST(Constants, comparisons_move_into_branches) {
  const auto branch_after = [](std::string_view body, const char* condition) {
    const std::string code = after([](Program& program) { propagate_constants(program); },
                                   "program 64\nexport \"f\" @0 inputs 2 outputs 1\nblock @0\n" + std::string(body) + "\n  branch t0 " +
                                       condition + " 0, @1, @2\nblock @1\n  trap\nblock @2\n  jump_indirect ra + 0\n");
    const std::size_t at = code.find("branch");
    return code.substr(at, code.find('\n', at) - at);
  };
  EXPECT_EQ(branch_after("t0 = set_less_signed a0, a1", "not_equal"), "branch a0 less_signed a1, @1, @2");
  EXPECT_EQ(branch_after("t0 = set_less_unsigned a0, 9", "equal"), "branch a0 greater_or_equal_unsigned 9, @1, @2");
  EXPECT_EQ(branch_after("t0 = xor a0, a1", "equal"), "branch a0 equal a1, @1, @2");
  EXPECT_EQ(branch_after("t0 = add a0, -3", "not_equal"), "branch a0 not_equal 3, @1, @2");
  EXPECT_EQ(branch_after("t0 = add.w a0, -3", "equal"), "branch t0 equal 0, @1, @2") << "a0 may be more than 32 bits";
  EXPECT_EQ(branch_after("t0 = set_less_signed a0, a1\n a0 = add a0, 1", "equal"), "branch t0 equal 0, @1, @2") << "a0 has changed";
}

TEST(Constants, upper_halves_that_nobody_reads_need_not_be_right) {
  EXPECT_EQ(constants_and_dead_code("a2 = add.w a3, 1\n store_u32 [a2 + 0] = a2\n a0 = move 0"),
            "a2 = add a3, 1\nstore_u32 [a2 + 0] = a2\na0 = move 0");
  EXPECT_EQ(constants_and_dead_code("a0 = add.w a3, 1"), "a0 = add.w a3, 1");
  EXPECT_EQ(constants_and_dead_code("a3 = shift_left a3, 32\n a3 = shift_right_logical a3, 30\n a3 = add a3, a0\n a0 = load_u32 [a3 + 0]"),
            "a3 = shift_left a3, 2\na3 = add a3, a0\na0 = load_u32 [a3 + 0]");
}

}  // namespace
}  // namespace pvm::link::testing
