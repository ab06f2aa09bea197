// SPDX-License-Identifier: Apache-2.0 OR MIT
// Reachability, jump threading, dead code, identical code, shared constants and the order of blocks, by examples.
#include "optimize/passes.hpp"
#include "expect.hpp"
#include "link.hpp"
#include "optimize/liveness.hpp"

namespace pvm::link::testing {
namespace {

TEST(Reachability, follows_code_data_and_both_ends_of_differences) {
  Program program = program_of(R"(program 64
section ".rodata.used" read_only align 4 size 8
  bytes 00 00 00 00 00 00 00 00
  relocation 0 size 4 = @2 - $1+4
section ".rodata.base" read_only align 4 size 8
section ".data.unused" read_write align 4 size 8
  bytes 00 00 00 00 00 00 00 00
  relocation 0 size 8 = @3
export "f" @0 inputs 0 outputs 0
block @0
  a0 = load_i32 [a0 + $0]
  ra = call @1, @4
block @1
  jump_indirect ra + 0
block @2
  trap
block @3
  trap
block @4
  jump_indirect ra + 0
block @5
  jump @3
)");
  EXPECT_TRUE(drop_unreachable(program));
  EXPECT_EQ(program.layout, (std::vector<BlockId>{BlockId{0}, BlockId{1}, BlockId{2}, BlockId{4}}));
  EXPECT_TRUE(program.sections[0].used);
  EXPECT_TRUE(program.sections[1].used);
  EXPECT_FALSE(program.sections[2].used);
  EXPECT_FALSE(drop_unreachable(program));
}

std::string threaded(std::string_view text) {
  return after([](Program& program) { thread_jumps(program); }, text);
}

TEST(JumpThreading, jumps_go_to_the_end_at_once) {
  EXPECT_EQ(threaded(R"(program 64
export "f" @1 inputs 1 outputs 0
block @0
  a0 = add a0, 1
  a0 = mul a0, 3
  branch a0 equal 0, @1, @0
block @1
  jump @2
block @2
  jump @0
)"),
            "block @0\n  a0 = add a0, 1\n  a0 = mul a0, 3\n  jump @0\nblock @1\n  jump @0\nblock @2\n  jump @0\n");
}

TEST(JumpThreading, a_circle_of_jumps_stays) {
  const std::string code = threaded("program 64\nexport \"f\" @0 inputs 0 outputs 0\nblock @0\n  jump @1\nblock @1\n  jump @0\n");
  EXPECT_NE(code.find("jump"), std::string::npos);
}

TEST(JumpThreading, a_block_with_one_way_in_joins_it) {
  EXPECT_EQ(threaded(R"(program 64
export "f" @0 inputs 1 outputs 0
block @0
  a0 = add a0, 1
  jump @1
block @1
  a0 = mul a0, 3
  a0 = mul a0, 5
  jump @2
block @2
  a0 = mul a0, 7
  jump_indirect ra + 0
)"),
            "block @0\n  a0 = add a0, 1\n  a0 = mul a0, 3\n  a0 = mul a0, 5\n  a0 = mul a0, 7\n  jump_indirect ra + 0\n");
}

TEST(JumpThreading, a_block_whose_address_is_a_value_stays) {
  const std::string code = threaded(R"(program 64
export "f" @0 inputs 1 outputs 0
block @0
  a0 = move @1
  jump @1
block @1
  a1 = mul a1, 3
  a1 = mul a1, 3
  a1 = mul a1, 3
  jump_indirect a0 + 0
)");
  EXPECT_NE(code.find("jump @1\nblock @1"), std::string::npos) << code;
}

TEST(JumpThreading, short_ways_out_are_copied) {
  const std::string code = threaded(R"(program 64
export "f" @0 inputs 1 outputs 0
block @0
  branch a0 equal 0, @1, @2
block @1
  a0 = move 1
  jump @3
block @2
  a0 = move 2
  jump @3
block @3
  sp = add sp, 16
  jump_indirect ra + 0
)");
  EXPECT_EQ(code.find("jump @3"), std::string::npos) << code;
}

TEST(JumpThreading, the_test_of_a_loop_moves_to_its_end) {
  const std::string code = threaded(R"(program 64
export "f" @0 inputs 2 outputs 0
block @0
  a2 = move 0
  jump @1
block @1
  branch a2 less_signed a0, @2, @3
block @2
  a2 = add a2, 1
  store_u8 [a1 + 0] = a2
  jump @1
block @3
  jump_indirect ra + 0
)");
  EXPECT_NE(code.find("store_u8 [a1 + 0] = a2\n  branch a2 less_signed a0, @2, @3"), std::string::npos) << code;
}

std::string alive(std::string_view body) {
  return body_after([](Program& program) { remove_dead_code(program); }, body);
}

TEST(DeadCode, what_nobody_reads_goes) {
  EXPECT_EQ(alive("a2 = add a0, a1\n a3 = mul a2, a2\n a0 = move 1"), "a0 = move 1");
}

TEST(DeadCode, a_return_reads_results_and_saved_registers_only) {
  EXPECT_EQ(alive("a0 = move 1\n a1 = move 2\n a2 = move 3\n t0 = move 4\n s0 = move 5\n s1 = move 6"),
            "a0 = move 1\na1 = move 2\ns0 = move 5\ns1 = move 6");
}

TEST(DeadCode, a_host_call_reads_its_inputs_and_overwrites_temporaries) {
  EXPECT_EQ(alive("a0 = move 1\n a1 = move 2\n t0 = move 3\n s0 = move 4\n host_call %0\n a0 = add t0, 0"),
            "a0 = move 1\ns0 = move 4\nhost_call %0\na0 = add t0, 0");
}

TEST(DeadCode, loads_that_could_fault_stay) {
  EXPECT_EQ(alive("a2 = load_u8 [a3 + 0]\n a0 = move 1"), "a2 = load_u8 [a3 + 0]\na0 = move 1");
  EXPECT_EQ(alive("a2 = load_u8 [0 + $1+15]\n a2 = load_u64 [sp + 8]\n a0 = move 1"), "a0 = move 1");
  EXPECT_EQ(alive("a2 = load_u32 [0 + $1+13]\n a0 = move 1"), "a2 = load_u32 [0 + $1+13]\na0 = move 1");
  EXPECT_EQ(alive("a2 = load_u8 [0 + 65536]\n a0 = move 1"), "a2 = load_u8 [0 + 65536]\na0 = move 1");
}

TEST(DeadCode, stores_and_sbrk_stay) {
  const char* const body = "store_u8 [sp + 0] = a2\na3 = sbrk a4\na0 = move 0";
  EXPECT_EQ(alive(body), body);
}

constexpr const char* caller = R"(program 64
export "f" @0 inputs 1 outputs 1
block @0
  a5 = move 5
  t2 = move 6
  %1 = call @2, @1
block @1
  %2
  jump_indirect a3 + 0
block @2
  a0 = add a5, 1
  jump_indirect %1 + 0
)";

std::string with(std::string text, const std::string& one, const std::string& two) {
  for (std::size_t at; (at = text.find("%1")) != std::string::npos;) text.replace(at, 2, one);
  for (std::size_t at; (at = text.find("%2")) != std::string::npos;) text.replace(at, 2, two);
  return text;
}

TEST(DeadCode, a_call_reads_what_its_callee_reads_or_the_caller_later) {
  const auto pass = [](Program& program) { remove_dead_code(program); };
  const std::string code = after(pass, with(caller, "ra", "a0 = add a0, 1"));
  EXPECT_NE(code.find("a5 = move 5"), std::string::npos) << code;
  EXPECT_EQ(code.find("t2 = move 6"), std::string::npos) << code;
  // A caller that knows that its callee leaves t2 alone.
  EXPECT_NE(after(pass, with(caller, "ra", "a0 = add a0, t2")).find("t2 = move 6"), std::string::npos);
}

TEST(DeadCode, routines_with_another_link_register_are_no_functions) {
  Program program = program_of(with(caller, "t0", "a0 = add a0, t2"));
  remove_dead_code(program);
  EXPECT_NE(code_of(program).find("t2 = move 6"), std::string::npos);
}

TEST(DeadCode, a_call_that_never_comes_back_becomes_a_jump) {
  const std::string code = after([](Program& program) { remove_dead_code(program); }, R"(program 64
export "f" @0 inputs 0 outputs 0
block @0
  ra = call @1, @2
block @1
  trap
block @2
  trap
)");
  EXPECT_NE(code.find("block @0\n  jump @1"), std::string::npos) << code;
}

TEST(Liveness, returns_are_told_from_other_jumps) {
  const auto returns = [](std::string_view body) { return is_return(program_of(one_block(body)).blocks.at(0)); };
  EXPECT_TRUE(returns("ra = load_u64 [sp + 8]\n sp = add sp, 16"));
  EXPECT_TRUE(returns("sp = add s0, -32\n ra = load_u64 [sp + 8]\n sp = add sp, 32"));
  EXPECT_FALSE(returns("ra = load_u64 [a0 + 8]"));
  EXPECT_FALSE(returns("sp = load_u64 [a0 + 8]\n ra = load_u64 [sp + 8]"));
  EXPECT_FALSE(returns("ra = move a3"));
}

TEST(Liveness, a_return_to_anywhere_reads_what_is_read_anywhere) {
  // ra comes from a structure, as when a coroutine is entered: that block may read any argument.
  const char* const text = R"(program 64
export "f" @0 inputs 1 outputs 0
block @0
  a3 = move 3
  a4 = move @1
  store_u64 [a0 + 0] = a4
  ra = load_u64 [a0 + 0]
  jump_indirect ra + 0
block @1
  store_u64 [a0 + 8] = a3
  trap
)";
  Program program = program_of(text);
  remove_dead_code(program);
  EXPECT_NE(code_of(program).find("a3 = move 3"), std::string::npos) << code_of(program);
}

TEST(IdenticalCode, equal_functions_become_one_even_with_loops) {
  const char* const text = R"(program 64
export "f" @0 inputs 1 outputs 0
block @0
  ra = call @2, @1
block @1
  ra = call @5, @8
block @2
  a0 = add a0, 1
  jump @3
block @3
  a0 = mul a0, 3
  branch a0 less_signed 100, @3, @4
block @4
  a0 = add a0, 9
  jump_indirect ra + 0
block @5
  a0 = add a0, 1
  jump @6
block @6
  a0 = mul a0, 3
  branch a0 less_signed 100, @6, @7
block @7
  a0 = add a0, 9
  jump_indirect ra + 0
block @8
  trap
)";
  Program program = program_of(text);
  EXPECT_TRUE(merge_identical_code(program));
  drop_unreachable(program);
  EXPECT_EQ(program.layout.size(), 6u);
  EXPECT_EQ(program.block(BlockId{1}).end.target, BlockId{2});
}

TEST(IdenticalCode, what_differs_far_away_differs) {
  const char* const text = R"(program 64
export "f" @0 inputs 1 outputs 0
export "g" @1 inputs 1 outputs 0
block @0
  a0 = add a0, 1
  branch a0 equal 0, @2, @4
block @1
  a0 = add a0, 1
  branch a0 equal 0, @3, @4
block @2
  a1 = add a1, 1
  branch a1 equal 0, @0, @5
block @3
  a1 = add a1, 1
  branch a1 equal 0, @1, @6
block @4
  trap
block @5
  a0 = move 1
  jump_indirect ra + 0
block @6
  a0 = move 2
  jump_indirect ra + 0
)";
  Program program = program_of(text);
  EXPECT_FALSE(merge_identical_code(program));
  EXPECT_EQ(program.layout.size(), 7u);
}

TEST(IdenticalCode, addresses_stay_distinct) {
  Program program = program_of(R"(program 64
export "f" @0 inputs 1 outputs 0
block @0
  a0 = move @1
  a1 = move @2
  branch a0 equal a1, @1, @2
block @1
  a0 = move 1
  jump_indirect ra + 0
block @2
  a0 = move 1
  jump_indirect ra + 0
)");
  merge_identical_code(program);
  EXPECT_EQ(program.layout.size(), 3u);
  EXPECT_EQ(to_text(program.block(BlockId{0}).body[1]), "a1 = move @2");
}

TEST(SharedConstants, come_from_registers_that_hold_them_or_nearly) {
  const auto pass = [](Program& program) { share_constants(program); };
  EXPECT_EQ(body_after(pass, "a0 = move 0x12345678\n a1 = move 0x12345680\n a2 = move 0x12345678"),
            "a0 = move 305419896\na1 = add a0, 8\na2 = move a0");
  EXPECT_EQ(body_after(pass, "a0 = move 0x12345678\n a1 = and a1, 0x12345678\n a2 = shift_left a2, 3"),
            "a0 = move 305419896\na1 = and a1, a0\na2 = shift_left a2, 3");
  EXPECT_EQ(body_after(pass, "a0 = move $1+4\n a1 = move $1+8\n a2 = move $2+8"), "a0 = move $1+4\na1 = add a0, 4\na2 = move $2+8");
  EXPECT_EQ(body_after(pass, "a0 = move 5\n a1 = move 6\n a2 = move 0"), "a0 = move 5\na1 = move 6\na2 = move 0");
}

TEST(Reordering, jumps_become_fallthroughs) {
  Program program = program_of(R"(program 64
export "f" @0 inputs 1 outputs 0
block @0
  a0 = add a0, 1
  jump @2
block @1
  trap
block @2
  a0 = add a0, 2
  branch a0 equal 0, @1, @3
block @3
  jump_indirect ra + 0
)");
  EXPECT_TRUE(reorder_blocks(program));
  EXPECT_EQ(program.layout, (std::vector<BlockId>{BlockId{0}, BlockId{2}, BlockId{3}, BlockId{1}}));
  EXPECT_FALSE(reorder_blocks(program));
}

TEST(Optimize, switches_turn_passes_off) {
  const Program before = program_of(one_block("a3 = move 1\n a2 = add a3, 1\n a0 = move a2"));
  Program program = before;
  optimize(program, OptimizeOptions::none());
  EXPECT_EQ(to_text(program), to_text(before));
  optimize(program, {});
  EXPECT_EQ(to_text(program.blocks[0].body.at(0)), "a0 = move 2");
}

}  // namespace
}  // namespace pvm::link::testing
