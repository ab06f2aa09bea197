// SPDX-License-Identifier: Apache-2.0 OR MIT
// Examples of chapter "Decoding".
#include "programs.hpp"

namespace pvm::testing {
namespace {

// [decode.skip]
TEST(Decoding, a_gap_is_cut_at_24_bytes) {
  const auto program = load_text(Semantics::rv64_1, "fallthrough; .unmarked 00*30; trap");
  EXPECT_EQ(skip_at(program, 0), 24u);
  EXPECT_EQ(decode(program, 0).next, 25u);
  EXPECT_EQ(decode(program, 25).op, isa::Op::invalid);
  EXPECT_FALSE(is_valid_target(program, 31)) << "25 is where the fallthrough leads";
  EXPECT_FALSE(block_start(program, 31)) << "no instruction leads there";
}

// [decode.skip] at a multiple of 8, where a predecessor 25 bytes away is easily overlooked
TEST(Decoding, the_longest_instruction_before_a_multiple_of_8) {
  const auto code = load_text(
      Semantics::rv64_1, "fallthrough; fallthrough; fallthrough; fallthrough; fallthrough; fallthrough; fallthrough; .raw 01 00*24; trap");
  EXPECT_EQ(decode(code, 7).next, 32u);
  EXPECT_TRUE(is_valid_target(code, 32));
  EXPECT_EQ(predecessor(code, 32), 7u);
}

// [decode.overrun] [decode.beyond_end]
TEST(Decoding, immediates_may_reach_into_the_following_code) {
  EXPECT_EQ(decode(load_text(Semantics::rv64_1, ".raw 14 07; .raw 33 08 05; .raw 00"), 0).imm1, 0x00050833);
  EXPECT_EQ(decode(load_text(Semantics::rv64_1, ".raw 14 07 01 02"), 0).imm1, 0x0201);
  const auto store = decode(load_text(Semantics::rv64_1, ".raw 1e 04; .raw 00; .raw 00; .raw 02; .raw 00"), 0);
  EXPECT_EQ(store.imm1, 0x20000);
  EXPECT_EQ(store.imm2, 0);
}

// [decode.register] [decode.register_third]
TEST(Decoding, register_numbers_are_clamped) {
  const auto polkavm = decode(load_text(Semantics::rv64_1, ".raw c8 ed 19"), 0);
  EXPECT_EQ(polkavm.reg1, 9);
  EXPECT_EQ(polkavm.reg2, 12);
  EXPECT_EQ(polkavm.reg3, 12);
  const auto graypaper = decode(load_text(Semantics::graypaper_0_7_2, ".raw c8 ed 19"), 0);
  EXPECT_EQ(graypaper.reg1, 12);
}

// [decode.opcode]
TEST(Decoding, opcodes_depend_on_the_version) {
  const auto op = [](Semantics version, u8 opcode) {
    ref::Program program;
    program.config.semantics = version;
    program.code = {opcode, 0};
    program.bitmask = {1};
    return decode(program, 0).op;
  };
  EXPECT_EQ(op(Semantics::rv64_1, 101), isa::Op::sbrk);
  EXPECT_EQ(op(Semantics::graypaper_0_7_2, 101), isa::Op::sbrk);
  EXPECT_EQ(op(Semantics::jam_1, 101), isa::Op::count_set_bits_64);
  EXPECT_EQ(op(Semantics::revive_1, 101), isa::Op::invalid);
  EXPECT_EQ(op(Semantics::rv64_1, 2), isa::Op::memset);
  EXPECT_EQ(op(Semantics::jam_1, 2), isa::Op::unlikely);
  EXPECT_EQ(op(Semantics::rv64_1, 3), isa::Op::unlikely);
  EXPECT_EQ(op(Semantics::revive_1, 2), isa::Op::invalid);
  EXPECT_EQ(op(Semantics::graypaper_0_7_2, 3), isa::Op::invalid);
  EXPECT_EQ(op(Semantics::rv32_1, 56), isa::Op::invalid);
  EXPECT_EQ(op(Semantics::jam_1, 111), isa::Op::invalid);
  EXPECT_EQ(op(Semantics::graypaper_0_7_2, 111), isa::Op::reverse_byte);
}

// [target.valid]
TEST(Decoding, a_target_follows_a_terminator) {
  const std::string_view text = "jump 2; ecalli 1; .raw ff; trap; add_32 a0, a0, a0; trap; .raw ff; trap";
  const auto program = load_text(Semantics::rv64_1, text);
  EXPECT_TRUE(is_valid_target(program, 0));
  EXPECT_TRUE(is_valid_target(program, 2)) << "behind an unconditional jump";
  EXPECT_FALSE(is_valid_target(program, 4)) << "behind an ecalli";
  EXPECT_FALSE(is_valid_target(program, 5)) << "behind an invalid opcode";
  EXPECT_TRUE(is_valid_target(program, 6)) << "behind a trap";
  EXPECT_TRUE(is_valid_target(program, 10)) << "an invalid opcode";
  EXPECT_FALSE(is_valid_target(load_text(Semantics::graypaper_0_7_2, text), 10)) << "an invalid opcode";
  EXPECT_EQ(block_start(program, 5), 5u) << "a block begins behind an invalid opcode";
}

}  // namespace
}  // namespace pvm::testing
