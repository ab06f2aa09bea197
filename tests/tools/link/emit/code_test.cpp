// SPDX-License-Identifier: Apache-2.0 OR MIT
// Ends of blocks, jumps of every length, the jump table, imports, exports.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "blob.hpp"

namespace pvm::link::test {
namespace {

using Kind = Terminator::Kind;

Instruction set(Reg d, i64 number) {
  return {.op = Op::move, .d = d, .a = Operand::of(number)};
}
Instruction add(Reg d, i64 number) {
  return {.op = Op::add, .d = d, .a = Operand::of(d), .b = Operand::of(number)};
}
Terminator jump_to(u32 block) {
  return {.kind = Kind::jump, .target = BlockId{block}};
}
constexpr u32 a0 = 7, a1 = 8, ra = 0;

TEST(Ends, ABlockThatOnlyItsPredecessorLeadsToNeedsNothing) {
  const Image image = emitted(program_of({{{set(Reg::a0, 1)}, jump_to(1)}, {{add(Reg::a0, 2)}, {}}}));
  EXPECT_EQ(image.statistics.instructions, 3u);
  Loaded loaded(image);
  EXPECT_EQ(loaded.run().status, ref::Status::trap);
  EXPECT_EQ(loaded.registers()[a0], 3u);
}

TEST(Ends, ABlockThatSomethingJumpsToIsFallenInto) {
  Program program = program_of({{{set(Reg::a0, 1)}, jump_to(1)},
                                {{add(Reg::a0, 2)},
                                 {.kind = Kind::branch,
                                  .condition = Condition::less_signed,
                                  .a = Operand::of(Reg::a0),
                                  .b = Operand::of(10),
                                  .target = BlockId{1},
                                  .otherwise = BlockId{2}}},
                                {{}, {}}});
  Loaded loaded(emitted(program));
  EXPECT_EQ(loaded.run().status, ref::Status::trap);
  EXPECT_EQ(loaded.registers()[a0], 11u);
}

// Where both ways lie, before or behind, next or not; registers and numbers on either side.
RC_GTEST_PROP(Ends, BranchesGoWhereTheyShould, ()) {
  const auto condition = static_cast<Condition>(*rc::gen::inRange(0, 6));
  const std::vector<i64> values = {0, 1, -1, 5, INT32_MAX, INT32_MIN};
  const i64 a = *rc::gen::elementOf(values), b = *rc::gen::elementOf(values);
  const bool a_is_register = *rc::gen::arbitrary<bool>(), b_is_register = *rc::gen::arbitrary<bool>();
  // Block 0 branches; 1, 2 and 3 leave numbers. Which of them are its ways, and where all of them lie, is chance.
  const u32 taken = *rc::gen::inRange(1u, 4u), otherwise = *rc::gen::inRange(1u, 4u);
  Program program = program_of({{{},
                                 {.kind = Kind::branch,
                                  .condition = condition,
                                  .a = a_is_register ? Operand::of(Reg::a0) : Operand::of(a),
                                  .b = b_is_register ? Operand::of(Reg::a1) : Operand::of(b),
                                  .target = BlockId{taken},
                                  .otherwise = BlockId{otherwise}}},
                                {{set(Reg::ra, 1)}, {}},
                                {{set(Reg::ra, 2)}, {}},
                                {{set(Reg::ra, 3)}, {}}});
  const auto rotation = *rc::gen::inRange(0, 4);
  std::rotate(program.layout.begin(), program.layout.begin() + rotation, program.layout.end());
  if (*rc::gen::arbitrary<bool>()) std::swap(program.layout[1], program.layout[2]);
  Registers registers{};
  registers[a0] = static_cast<u64>(a);
  registers[a1] = static_cast<u64>(b);
  Loaded loaded(emitted(program));
  RC_ASSERT(loaded.run(registers).status == ref::Status::trap);
  RC_ASSERT(loaded.registers()[ra] == u64{holds(condition, a, b) ? taken : otherwise});
}

TEST(Ends, CallsComeBackThroughTheTable) {
  Program program = program_of({{{}, {.kind = Kind::call, .d = Reg::ra, .target = BlockId{2}, .otherwise = BlockId{1}}},
                                {{add(Reg::a0, 100)}, {}},
                                {{set(Reg::a0, 7)}, {.kind = Kind::jump_indirect, .a = Operand::of(Reg::ra)}}});
  Loaded loaded(emitted(program));
  EXPECT_EQ(loaded.run().status, ref::Status::trap);
  EXPECT_EQ(loaded.registers()[a0], 107u);
}

TEST(Ends, AnIndirectCallMayUseItsOwnLink) {
  // a1 holds the callee's address and then the place to come back to.
  const Instruction address{.op = Op::move, .d = Reg::a1, .a = Operand::of(Value::of(BlockId{2}))};
  Program program = program_of(
      {{{address}, {.kind = Kind::call_indirect, .d = Reg::a1, .a = Operand::of(Reg::a1), .target = BlockId{}, .otherwise = BlockId{1}}},
       {{add(Reg::a0, 100)}, {}},
       {{set(Reg::a0, 7)}, {.kind = Kind::jump_indirect, .a = Operand::of(Reg::a1)}}});
  const Image image = emitted(program);
  EXPECT_EQ(image.jump_table.size(), 2u);
  Loaded loaded(image);
  EXPECT_EQ(loaded.run().status, ref::Status::trap);
  EXPECT_EQ(loaded.registers()[a0], 107u);
}

TEST(Ends, KnownAddressesAreJumpedToDirectly) {
  Program program = program_of(
      {{{}, {.kind = Kind::jump_indirect, .a = Operand::of(Value::of(BlockId{2}))}}, {{set(Reg::a0, 1)}, {}}, {{set(Reg::a0, 2)}, {}}});
  Loaded loaded(emitted(program));
  EXPECT_EQ(loaded.run().status, ref::Status::trap);
  EXPECT_EQ(loaded.registers()[a0], 2u);
}

TEST(Ends, TheAddressOfTheHostEndsTheRun) {
  Program program = program_of({{{}, {.kind = Kind::jump_indirect, .a = Operand::of(-0x10000)}}});
  EXPECT_EQ(Loaded(emitted(program)).run().status, ref::Status::halt);
  program.blocks[0].end.a = Operand::of(6);
  EXPECT_EQ(Loaded(emitted(program)).run().status, ref::Status::trap);
}

// Chains of blocks of every size: each jump has the fewest bytes that reach, and arrives.
RC_GTEST_PROP(Layout, JumpsOfEveryLengthArrive, ()) {
  const u32 count = *rc::gen::inRange(2u, 30u);
  std::vector<Block> blocks;
  for (u32 index = 0; index < count; ++index) {
    std::vector<Instruction> body = {add(Reg::a0, 1)};
    // Code between the jumps that nothing executes but the block itself: it adds 0.
    const u32 padding = *rc::gen::element(0u, 1u, 40u, 45u, 12000u);
    for (u32 filler = 0; filler < padding; ++filler) body.push_back(add(Reg::a2, 0));
    blocks.push_back({std::move(body), index + 1 < count ? jump_to(index + 1) : Terminator{}});
  }
  Program program = program_of(std::move(blocks));
  std::reverse(program.layout.begin() + *rc::gen::inRange(0, 2), program.layout.end());
  const Image image = emitted(program);
  u64 steps_allowed = 0;
  for (const Block& block : program.blocks) steps_allowed += block.body.size() + 1;
  if (steps_allowed > 9000) return;  // Loaded::run() gives up after that.
  Loaded loaded(image);
  RC_ASSERT(loaded.run().status == ref::Status::trap);
  RC_ASSERT(loaded.registers()[a0] == count);
}

TEST(Layout, ALargeProgramIsLaidOutInTime) {
  constexpr u32 count = 100'000;
  std::vector<Block> blocks;
  for (u32 index = 0; index < count; ++index) {
    const u32 other = static_cast<u32>((u64{index} * 7919 + 13) % count);
    blocks.push_back({{add(Reg::a0, 1), add(Reg::a1, 1000)},
                      {.kind = Kind::branch,
                       .condition = Condition::equal,
                       .a = Operand::of(Reg::a0),
                       .b = Operand::of(Reg::a1),
                       .target = BlockId{other},
                       .otherwise = BlockId{(index + 1) % count}}});
  }
  const Image image = emitted(program_of(std::move(blocks)));
  EXPECT_GT(image.code.size(), 1'000'000u);
  EXPECT_EQ(image.bitmask.size(), (image.code.size() + 7) / 8);
}

TEST(Tables, TheDispatchTableStandsInFront) {
  Program program = program_of({{{set(Reg::a0, 1)}, {}}, {{set(Reg::a0, 2)}, {}}});
  program.exports.push_back({"g", BlockId{1}, 0, 0});
  const Image image = emitted(program, {.dispatch_table = {"g", "f"}});
  for (u32 entry = 0; entry < 2; ++entry) {
    Loaded loaded(image);
    loaded.machine().set_pc(5 * entry);
    EXPECT_EQ(loaded.machine().run().status, ref::Status::trap);
    EXPECT_EQ(loaded.registers()[a0], entry == 0 ? 2u : 1u);
  }
  EXPECT_EQ(refused(program, {.dispatch_table = {"h"}}).symbol, "h");
}

TEST(Tables, ExportsAreInTheOrderOfTheCodeAndUnique) {
  Program program = program_of({{{set(Reg::a0, 1)}, {}}, {{set(Reg::a0, 2)}, {}}});
  program.exports = {{"late", BlockId{1}, 0, 0}, {"early", BlockId{0}, 0, 0}, {"too", BlockId{1}, 0, 0}};
  const Image image = emitted(program);
  ASSERT_EQ(image.exports.size(), 3u);
  EXPECT_EQ(image.exports[0].symbol, "early");
  EXPECT_EQ(image.exports[1].symbol, "late");
  EXPECT_EQ(image.exports[2].symbol, "too");
  program.exports.push_back({"early", BlockId{1}, 0, 0});
  EXPECT_EQ(refused(program).symbol, "early");
}

Instruction call_host(u32 import) {
  return {.op = Op::host_call, .import = ImportId{import}};
}

TEST(Tables, ImportsAreNumberedByName) {
  Program program = program_of({{{call_host(0), call_host(2)}, {}}});
  program.imports = {{"zeta", 1, 1, {}}, {"unused", 1, 1, {}}, {"alpha", 2, 0, {}}};
  const Image image = emitted(program);
  EXPECT_EQ(image.imports, (std::vector<std::string>{"alpha", "zeta"}));
  Loaded loaded(image);
  const ref::Exit exit = loaded.run();
  EXPECT_EQ(exit.status, ref::Status::host_call);
  EXPECT_EQ(exit.host_call, 1u);
}

TEST(Tables, ImportsWithIndexesLeaveHoles) {
  Program program = program_of({{{call_host(0)}, {}}});
  program.imports = {{"x", 1, 1, 3}, {"y", 0, 0, 1}};
  EXPECT_EQ(emitted(program).imports, (std::vector<std::string>{"", "y", "", "x"}));
  program.imports.push_back({"z", 0, 0, {}});
  EXPECT_EQ(refused(program).symbol, "z");
  program.imports[2] = {"z", 0, 0, 3};
  EXPECT_EQ(refused(program).symbol, "z");
}

TEST(Tables, OneSymbolHasOnePrototype) {
  Program program = program_of({{{call_host(0), call_host(1)}, {}}});
  program.imports = {{"x", 1, 1, {}}, {"x", 2, 1, {}}};
  EXPECT_EQ(refused(program).symbol, "x");
}

TEST(Tables, AnotherWidthIsRefused) {
  const LinkError error = refused(program_of({{{}, {}}}), {.semantics = ref::Semantics::rv32_1});
  EXPECT_NE(error.message.find("64-bit registers"), std::string::npos);
}

TEST(Tables, JumpsOutOfTheLayoutAreRefused) {
  Program program = program_of({{{}, jump_to(1)}, {{}, {}}});
  program.layout.pop_back();
  EXPECT_FALSE(refused(program).message.empty());
}

}  // namespace
}  // namespace pvm::link::test
