// SPDX-License-Identifier: Apache-2.0 OR MIT
// The programs of the conformance vectors, loaded and examined by the engine and by the reference interpreter.
#include "vectors.hpp"

#include <gtest/gtest.h>

#include "compare.hpp"

namespace pvm::testing {
namespace {

// Enough for all blocks of all but the longest programs; the cost of one is linear in its length for both.
constexpr u32 blocks_per_program = 2000;

TEST(Vectors, are_found) {
  EXPECT_GT(vector_programs().size(), 5000u);
}

TEST(Vectors, are_loaded_or_refused_alike) {
  u32 refused = 0;
  for (const VectorProgram& program : vector_programs()) {
    const auto difference = load_difference(program.bytes, program.config);
    EXPECT_FALSE(difference) << program.id << ": " << *difference;
    refused += std::holds_alternative<ref::Rejection>(ref::load(program.bytes, program.config));
  }
  EXPECT_GT(refused, 300u);
}

TEST(Vectors, have_the_same_code_and_costs) {
  for (const VectorProgram& program : vector_programs()) {
    const auto expected = ref::load(program.bytes, program.config);
    const auto actual = engine::load(program.bytes, engine_config(program.config));
    if (!std::holds_alternative<ref::Program>(expected) || !actual) continue;
    const auto& loaded = std::get<ref::Program>(expected);
    const auto difference = code_difference(loaded, *actual);
    EXPECT_FALSE(difference) << program.id << ": " << *difference;
    if (ref::is_graypaper(program.config.semantics)) continue;
    const auto cost = cost_difference(loaded, *actual, blocks_per_program);
    EXPECT_FALSE(cost) << program.id << ": " << *cost;
  }
}

}  // namespace
}  // namespace pvm::testing
