// SPDX-License-Identifier: Apache-2.0 OR MIT
// Examples of chapter "Memory".
#include "programs.hpp"

namespace pvm::testing {
namespace {

struct MapExample {
  u32 page_size, ro, rw, stack, aux;
  u64 ro_end, rw_start, rw_end, heap_base, max_heap, stack_low, stack_top, aux_start, aux_end;
};

constexpr u32 k64 = 65536, mib = 1 << 20;

constexpr MapExample map_examples[] = {
    {4096, 1, 1, 1, 0, 0x11000, 0x30000, 0x31000, 0x30001, 0xfff8ffff, 0xfffdf000, 0xfffe0000, 0xffff0000, 0xffff0000},
    {16384, 100000, 70000, 8192, 5, 0x2c000, 0x40000, 0x54000, 0x51170, 0xfff5ee90, 0xfffcc000, 0xfffd0000, 0xfffe0000, 0xfffe4000},
    {4096, k64, k64 + 1, mib, k64, 0x20000, 0x30000, 0x41000, 0x40001, 0xffe7ffff, 0xffed0000, 0xfffd0000, 0xfffe0000, 0xffff0000},
    {65536, 0, 0, 0, 0, 0x10000, 0x20000, 0x20000, 0x20000, 0xfffb0000, 0xfffe0000, 0xfffe0000, 0xffff0000, 0xffff0000},
    {4096, 0xfffb0000, 0, 0, 0, 0xfffc0000, 0xfffd0000, 0xfffd0000, 0xfffd0000, 0, 0xfffe0000, 0xfffe0000, 0xffff0000, 0xffff0000},
};

// [map.layout] [heap.limit]
TEST(Memory, map_examples) {
  for (const MapExample& example : map_examples) {
    const auto map = ref::map_memory(example.page_size, example.ro, example.rw, example.stack, example.aux);
    ASSERT_TRUE(map.has_value());
    EXPECT_EQ(map->ro_start, 0x10000u);
    EXPECT_EQ(map->ro_end, example.ro_end);
    EXPECT_EQ(map->rw_start, example.rw_start);
    EXPECT_EQ(map->rw_end, example.rw_end);
    EXPECT_EQ(map->heap_base, example.heap_base);
    EXPECT_EQ(map->max_heap_size, example.max_heap);
    EXPECT_EQ(map->stack_low, example.stack_low);
    EXPECT_EQ(map->stack_top, example.stack_top);
    EXPECT_EQ(map->aux_start, example.aux_start);
    EXPECT_EQ(map->aux_end, example.aux_end);
  }
}

// [map.limit]
TEST(Memory, the_map_must_fit) {
  EXPECT_TRUE(ref::map_memory(4096, 0xfffb0000, 0, 0, 0).has_value());
  EXPECT_FALSE(ref::map_memory(4096, 0xfffb0001, 0, 0, 0).has_value());
  EXPECT_FALSE(ref::map_memory(4096, 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff).has_value());
  EXPECT_TRUE(ref::map_memory(4096, 0, 0x80000000, 0x7ffb0000, 0).has_value());
  EXPECT_FALSE(ref::map_memory(4096, 0, 0x80000000, 0x7ffb0000, 1).has_value());
}

class PagedMemory : public ::testing::Test {
 protected:
  PagedMemory() {
    program_.config.dynamic_paging = true;
    memory_.emplace(program_);
  }
  ref::Memory& memory() { return *memory_; }

 private:
  ref::Program program_;
  std::optional<ref::Memory> memory_;
};

using Ranges = std::vector<ref::Memory::Range>;

TEST_F(PagedMemory, ranges_split_and_merge) {
  EXPECT_TRUE(memory().ranges().empty());
  ASSERT_TRUE(memory().map(0x10000, 0x5000, true));
  EXPECT_EQ(memory().ranges(), (Ranges{{0x10000, 0x15000, ref::Access::write}}));
  ASSERT_TRUE(memory().protect(0x12000, 1, false));
  EXPECT_EQ(
      memory().ranges(),
      (Ranges{{0x10000, 0x12000, ref::Access::write}, {0x12000, 0x13000, ref::Access::read}, {0x13000, 0x15000, ref::Access::write}}));
  ASSERT_TRUE(memory().unmap(0x14000, 0x1000));
  EXPECT_EQ(
      memory().ranges(),
      (Ranges{{0x10000, 0x12000, ref::Access::write}, {0x12000, 0x13000, ref::Access::read}, {0x13000, 0x14000, ref::Access::write}}));
  ASSERT_TRUE(memory().protect(0x12fff, 2, true));
  EXPECT_EQ(memory().ranges(), (Ranges{{0x10000, 0x14000, ref::Access::write}}));
  ASSERT_TRUE(memory().unmap(0x10000, 0x100000));
  EXPECT_TRUE(memory().ranges().empty());
}

TEST_F(PagedMemory, the_last_page_can_be_mapped) {
  EXPECT_TRUE(memory().map(0xfffff000, 0x1000, true));
  EXPECT_FALSE(memory().map(0xfffff000, 0x1001, true));
  EXPECT_FALSE(memory().check(0xfffffff8, 8, true)) << "nothing is missing";
  EXPECT_EQ(memory().check(0xfffffff9, 8, true)->address, u64{1} << 32);
}

TEST_F(PagedMemory, a_page_that_comes_back_is_zero) {
  ASSERT_TRUE(memory().map(0x20000, 4096, true));
  ASSERT_TRUE(memory().host_write(0x20010, std::vector<u8>{1, 2, 3}));
  ASSERT_TRUE(memory().unmap(0x20000, 4096));
  ASSERT_TRUE(memory().map(0x20000, 4096, false));
  EXPECT_EQ(memory().load(0x20010, 4), 0u);
  EXPECT_FALSE(memory().host_write(0x20010, std::vector<u8>{1})) << "read-only for the host, too";
}

// [host.read_memory] [host.write_memory]
TEST_F(PagedMemory, nothing_can_be_transferred_anywhere) {
  EXPECT_TRUE(memory().host_read(0, {}));
  EXPECT_TRUE(memory().host_write(~u64{0}, {}));
}

// [heap.grow]
TEST(Memory, sbrk_returns_the_new_top) {
  ref::Program program;
  program.rw_data_size = 5;
  ref::Memory memory(program);
  EXPECT_EQ(memory.grow(0), 0x20005u);
  EXPECT_EQ(memory.grow(1), 0x20006u);
  EXPECT_EQ(memory.grow(4096), 0x21006u);
  EXPECT_FALSE(memory.check(0x21fff, 1, true));
  EXPECT_TRUE(memory.check(0x22000, 1, true));
}

}  // namespace
}  // namespace pvm::testing
