// SPDX-License-Identifier: Apache-2.0 OR MIT
// malloc and its relatives: blocks don't overlap, keep what is in them, and are used again.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cstring>
#include <vector>

#include "host.hpp"
#include "library.hpp"

namespace {

struct Block {
  unsigned char* at;
  size_t size;
  unsigned char filling;
};

bool holds(const Block& block) {
  return std::all_of(block.at, block.at + block.size, [&](unsigned char byte) { return byte == block.filling; });
}

size_t arbitrary_size() {
  return *rc::gen::oneOf(rc::gen::inRange<size_t>(0, 200), rc::gen::inRange<size_t>(0, 20000));
}

RC_GTEST_PROP(Heap, blocks_keep_what_is_in_them, ()) {
  reset_host();
  std::vector<Block> blocks;
  for (int step = *rc::gen::inRange(1, 80); step > 0; --step) {
    const auto filling = static_cast<unsigned char>(step);
    const size_t which = blocks.empty() ? 0 : *rc::gen::inRange<size_t>(0, blocks.size());
    switch (blocks.empty() ? 0 : *rc::gen::inRange(0, 4)) {
      case 0:
      case 1: {
        const size_t size = arbitrary_size();
        auto* at = static_cast<unsigned char*>(guest_malloc(size));
        RC_ASSERT(at != nullptr);
        RC_ASSERT(reinterpret_cast<uintptr_t>(at) % 16 == 0);
        std::memset(at, filling, size);
        blocks.push_back({at, size, filling});
        break;
      }
      case 2: {
        Block& block = blocks[which];
        const size_t size = arbitrary_size();
        block.at = static_cast<unsigned char*>(guest_realloc(block.at, size));
        block.size = std::min(size, block.size);
        RC_ASSERT(holds(block));
        std::memset(block.at, block.filling, size);
        block.size = size;
        break;
      }
      default:
        RC_ASSERT(holds(blocks[which]));
        guest_free(blocks[which].at);
        blocks.erase(blocks.begin() + static_cast<std::ptrdiff_t>(which));
    }
  }
  for (const Block& block : blocks) {
    RC_ASSERT(holds(block));
    guest_free(block.at);
  }
}

RC_GTEST_PROP(Heap, calloc_gives_zeros_also_from_used_blocks, ()) {
  reset_host();
  const size_t size = arbitrary_size();
  void* used = guest_malloc(size);
  std::memset(used, 0xaa, size);
  guest_free(used);
  const Block block = {static_cast<unsigned char*>(guest_calloc(1, size)), size, 0};
  RC_ASSERT(holds(block));
  guest_free(block.at);
}

TEST(Heap, freed_blocks_are_used_again) {
  reset_host();
  void* first = guest_malloc(1000);
  guest_free(first);
  host.heap_left = 0;
  EXPECT_EQ(guest_malloc(1000), first);
  guest_free(first);
}

TEST(Heap, without_memory_there_is_null_and_the_old_block_stays) {
  reset_host();
  auto* block = static_cast<char*>(guest_malloc(100));
  std::strcpy(block, "still here");
  host.heap_left = 0;
  EXPECT_EQ(guest_malloc(5000000), nullptr);
  EXPECT_EQ(guest_calloc(5000000, 1), nullptr);
  EXPECT_EQ(guest_realloc(block, 5000000), nullptr);
  EXPECT_STREQ(block, "still here");
  guest_free(block);
}

TEST(Heap, too_large_sizes_give_null) {
  reset_host();
  EXPECT_EQ(guest_malloc(SIZE_MAX), nullptr);
  EXPECT_EQ(guest_malloc(SIZE_MAX / 2), nullptr);
  EXPECT_EQ(guest_calloc(SIZE_MAX / 2, 3), nullptr);
}

TEST(Heap, null_is_a_block_of_size_0) {
  reset_host();
  guest_free(nullptr);
  void* block = guest_realloc(nullptr, 10);
  EXPECT_NE(block, nullptr);
  guest_free(block);
}

}  // namespace
