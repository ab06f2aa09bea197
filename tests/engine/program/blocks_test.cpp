// SPDX-License-Identifier: Apache-2.0 OR MIT
// Instructions, blocks and targets of code made of random bytes under random bitmasks.
#include <gtest/gtest.h>

#include <random>

#include "compare.hpp"
#include "pvm/builder/container.hpp"

namespace pvm::testing {
namespace {

using Random = std::mt19937;

u32 below(Random& random, u32 limit) {
  return static_cast<u32>(random() % limit);
}

// Density of marks from none to all; half of the bytes are short numbers, as operands and opcodes of control flow are.
builder::CodeBlob random_code(Random& random) {
  builder::CodeBlob blob;
  blob.code.resize(below(random, 200));
  blob.bitmask.resize((blob.code.size() + 7) / 8);
  const u32 density = 1 + below(random, 40);
  for (std::size_t place = 0; place < blob.code.size(); ++place) {
    blob.code[place] = static_cast<u8>(below(random, below(random, 2) == 0 ? 256 : 12));
    if (below(random, density) == 0) blob.bitmask[place / 8] = static_cast<u8>(blob.bitmask[place / 8] | 1u << (place % 8));
  }
  return blob;
}

TEST(Blocks, of_random_code_are_the_same) {
  Random random(1);
  for (int round = 0; round < 20000; ++round) {
    const auto bytes = raw_container(random_code(random));
    ref::Config config;
    config.semantics = ref::all_semantics[below(random, 5)];
    config.container = ref::Container::raw;
    const auto expected = ref::load(bytes, config);
    const auto actual = engine::load(bytes, engine_config(config));
    ASSERT_EQ(std::holds_alternative<ref::Program>(expected), actual.ok());
    if (!actual) continue;
    const auto difference = code_difference(std::get<ref::Program>(expected), *actual);
    ASSERT_FALSE(difference) << "round " << round << ": " << *difference;
    if (ref::is_graypaper(config.semantics)) continue;
    const auto cost = cost_difference(std::get<ref::Program>(expected), *actual, 1000);
    ASSERT_FALSE(cost) << "round " << round << ": " << *cost;
  }
}

// Distances around 24 and 25, at every alignment and near the end of the code. [decode.skip] [block.start]
TEST(Blocks, with_gaps_of_every_length_are_the_same) {
  for (const ref::Semantics version : {ref::Semantics::rv64_1, ref::Semantics::graypaper_0_7_2}) {
    for (u32 first = 0; first < 40; ++first) {
      for (u32 gap = 1; gap < 34; ++gap) {
        for (const u32 behind : {1u, 2u, 8u, 30u}) {
          builder::CodeBlob blob;
          blob.code.resize(first + gap + behind, 1);
          blob.bitmask.resize((blob.code.size() + 7) / 8);
          for (const u32 place : {first, first + gap})
            blob.bitmask[place / 8] = static_cast<u8>(blob.bitmask[place / 8] | 1u << (place % 8));
          ref::Config config;
          config.semantics = version;
          config.container = ref::Container::raw;
          const auto bytes = raw_container(blob);
          const auto expected = ref::load(bytes, config);
          const auto actual = engine::load(bytes, engine_config(config));
          ASSERT_TRUE(std::holds_alternative<ref::Program>(expected) && actual);
          const auto difference = code_difference(std::get<ref::Program>(expected), *actual);
          ASSERT_FALSE(difference) << "first " << first << ", gap " << gap << ": " << *difference;
        }
      }
    }
  }
}

}  // namespace
}  // namespace pvm::testing
