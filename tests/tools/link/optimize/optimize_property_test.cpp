// SPDX-License-Identifier: Apache-2.0 OR MIT
// Random programs do the same before and after each pass, and all of them together.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <sstream>

#include "interpret.hpp"
#include "ir_text.hpp"
#include "link.hpp"
#include "optimize/facts.hpp"
#include "optimize/passes.hpp"
#include "random_program.hpp"

namespace pvm::link::testing {
namespace {

rc::Gen<std::vector<u32>> choices() {
  return rc::gen::withSize([](int size) {
    const auto count = 20 + 8 * static_cast<std::size_t>(size);
    return rc::gen::resize(static_cast<int>(count), rc::gen::container<std::vector<u32>>(rc::gen::inRange<u32>(0, 5040)));
  });
}

std::string text_of(const Observed& observed) {
  std::ostringstream out;
  print(observed, out);
  return out.str();
}

// Whatever a program mentions is in it.
void expect_closed(const Program& program) {
  std::vector<bool> present(program.blocks.size());
  for (const BlockId id : program.layout) {
    RC_ASSERT(!present[index_of(id)]);
    present[index_of(id)] = true;
  }
  const auto check = [&](const Value& value) {
    if (value.kind == Value::Kind::code) RC_ASSERT(bool{present[value.id]});
    if (value.kind == Value::Kind::data) RC_ASSERT(program.section(value.section()).used);
  };
  for (const BlockId id : program.layout) {
    for_each_value(program.block(id), check);
    for_each_target(program.block(id).end, [&](BlockId target) { RC_ASSERT(bool{present[index_of(target)]}); });
  }
  for (const DataSection& section : program.sections) {
    if (!section.used) continue;
    for (const DataRelocation& relocation : section.relocations) check(relocation.target);
  }
  for (const Export& entry : program.exports) RC_ASSERT(bool{present[index_of(entry.block)]});
}

void expect_same(const Program& before, const Program& after) {
  expect_closed(after);
  RC_ASSERT(before.exports.size() == after.exports.size());
  for (std::size_t number = 0; number < before.exports.size(); ++number) {
    const std::vector<std::vector<u64>> inputs = {
        {0, 0}, {5, 0xffffffff, 3, ~u64{0}, 1000, 77}, {0x123456789abcdef0, 2, 0x80000000, 9, 1, 0}};
    for (const std::vector<u64>& arguments : inputs) {
      const RunOptions options{arguments, 30000};
      const Observed expected = run(before, before.exports[number].block, options);
      if (expected.status == Status::out_of_steps) continue;
      const Observed actual = run(after, after.exports[number].block, {arguments, 60000});
      if (expected == actual) continue;
      RC_LOG() << "before:\n"
               << to_text(before) << "\nafter:\n"
               << to_text(after) << "\nexpected:\n"
               << text_of(expected) << "\nactual:\n"
               << text_of(actual);
      RC_FAIL("the program does something else");
    }
  }
}

template <typename Pass>
void property(Pass&& pass, bool scratch = false) {
  const Taste taste{*rc::gen::elementOf(std::vector<u32>{32, 64}), scratch};
  const Program before = random_program(*choices(), taste);
  Program after = before;
  pass(after);
  expect_same(before, after);
}

RC_GTEST_PROP(OptimizeProperty, reachability_keeps_the_meaning, ()) {
  property([](Program& program) { drop_unreachable(program); });
}
RC_GTEST_PROP(OptimizeProperty, jump_threading_keeps_the_meaning, ()) {
  property([](Program& program) { thread_jumps(program); });
}
RC_GTEST_PROP(OptimizeProperty, constants_keep_the_meaning, ()) {
  property([](Program& program) { propagate_constants(program); });
}
RC_GTEST_PROP(OptimizeProperty, folding_of_offsets_keeps_the_meaning, ()) {
  property([](Program& program) {
    propagate_constants(program);
    fold_offsets(program);
  });
}
RC_GTEST_PROP(OptimizeProperty, dead_code_keeps_the_meaning, ()) {
  property([](Program& program) { remove_dead_code(program); });
}
RC_GTEST_PROP(OptimizeProperty, narrowing_keeps_the_meaning, ()) {
  property([](Program& program) { narrow_results(program); });
}
RC_GTEST_PROP(OptimizeProperty, sharing_of_constants_keeps_the_meaning, ()) {
  property([](Program& program) { share_constants(program); });
}
RC_GTEST_PROP(OptimizeProperty, reduction_of_strength_keeps_the_meaning, ()) {
  property([](Program& program) {
    reduce_strength(program);
    assign_scratch(program);
  });
}
RC_GTEST_PROP(OptimizeProperty, forwarding_through_memory_keeps_the_meaning, ()) {
  property([](Program& program) { forward_memory(program); });
}
RC_GTEST_PROP(OptimizeProperty, merging_of_identical_code_keeps_the_meaning, ()) {
  property([](Program& program) { merge_identical_code(program); });
}
RC_GTEST_PROP(OptimizeProperty, reordering_keeps_the_meaning, ()) {
  property([](Program& program) { reorder_blocks(program); });
}
RC_GTEST_PROP(OptimizeProperty, all_passes_keep_the_meaning, ()) {
  property([](Program& program) { optimize(program, {}); });
}
RC_GTEST_PROP(OptimizeProperty, scratch_registers_are_replaced, ()) {
  property(
      [](Program& program) {
        assign_scratch(program);
        for (const BlockId id : program.layout) {
          const Block& block = program.block(id);
          for (const Instruction& i : block.body) RC_ASSERT(((reads(program, i) | writes(i)) & scratch_registers) == 0);
          RC_ASSERT((reads(block.end) & scratch_registers) == 0);
        }
      },
      true);
}
RC_GTEST_PROP(OptimizeProperty, all_stages_keep_the_meaning, ()) {
  property(
      [](Program& program) {
        optimize(program, {});
        assign_scratch(program);
      },
      true);
}
// Every divisor that has a form of its own, with dividends where rounding and overflow show.
RC_GTEST_PROP(OptimizeProperty, divisions_by_numbers_are_exact, ()) {
  const auto interesting = [](u64 mask) {
    return rc::gen::map(rc::gen::tuple(rc::gen::inRange(0, 64), rc::gen::inRange(-3, 4), rc::gen::inRange<i64>(-1000000, 1000000)),
                        [mask](const std::tuple<int, int, i64>& parts) {
                          const u64 power = u64{1} << std::get<0>(parts);
                          const u64 near = power + static_cast<u64>(std::get<1>(parts));
                          return (std::get<1>(parts) == 3 ? static_cast<u64>(std::get<2>(parts)) : near) & mask;
                        });
  };
  const u32 bits = *rc::gen::elementOf(std::vector<u32>{32, 64});
  const i64 divisor = *rc::gen::arbitrary<bool>() ? *rc::gen::inRange(-3, 20) : static_cast<std::int32_t>(*interesting(0xffffffff));
  const char* const ops[] = {"div_unsigned", "div_signed", "rem_unsigned", "rem_signed"};
  const std::string word = bits == 64 && *rc::gen::arbitrary<bool>() ? ".w" : "";
  const std::string first =
      *rc::gen::elementOf(std::vector<std::string>{"a2 = move a0", "a2 = load_u8 [0 + $0]", "a2 = and a0, 0x7fffffff"});
  std::string text = "program " + std::to_string(bits) + "\nsection \"d\" read_only align 1 size 1\n  bytes ff\n" +
                     "export \"f\" @0 inputs 2 outputs 2\nblock @0\n  " + first + "\n  a3 = move " + std::to_string(divisor) + "\n";
  text += "  a0 = " + std::string(ops[*rc::gen::inRange(0, 4)]) + word + " a2, a3\n";
  text += "  a1 = " + std::string(ops[*rc::gen::inRange(0, 4)]) + word + " a1, a3\n  jump_indirect ra + 0\n";
  const Program before = std::get<Program>(parse_ir(text));
  Program after = before;
  reduce_strength(after);
  const std::vector<u64> arguments = {*interesting(~u64{0}), *interesting(~u64{0})};
  const Observed expected = run(before, BlockId{0}, {arguments}), actual = run(after, BlockId{0}, {arguments});
  if (!(expected == actual)) RC_LOG() << to_text(after) << text_of(expected) << text_of(actual);
  RC_ASSERT(expected == actual);
}
RC_GTEST_PROP(OptimizeProperty, text_and_program_are_the_same, ()) {
  const Taste taste{*rc::gen::elementOf(std::vector<u32>{32, 64}), true};
  Program program = random_program(*choices(), taste);
  optimize(program, {});
  const std::string text = to_text(program);
  const auto parsed = parse_ir(text);
  const auto* error = std::get_if<LinkError>(&parsed);
  if (error != nullptr) RC_FAIL("line " + std::to_string(error->offset.value_or(0)) + ": " + error->message + "\n" + text);
  RC_ASSERT(to_text(std::get<Program>(parsed)) == text);
}
RC_GTEST_PROP(OptimizeProperty, the_result_is_always_the_same, ()) {
  const Program program = random_program(*choices(), {64, true});
  Program one = program, two = program;
  optimize(one, {});
  optimize(two, {});
  RC_ASSERT(to_text(one) == to_text(two));
}

}  // namespace
}  // namespace pvm::link::testing
