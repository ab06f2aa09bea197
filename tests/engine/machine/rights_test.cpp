// SPDX-License-Identifier: Apache-2.0 OR MIT
// Ranges of rights against one right per page.
#include "machine/rights.hpp"

#include <gtest/gtest.h>

#include <array>
#include <random>

namespace pvm::engine {
namespace {

constexpr u64 page = 4096, top = u64{1} << 32;

using Ranges = std::vector<Rights::Range>;

TEST(Rights, adjacent_ranges_with_equal_rights_are_one) {
  Rights rights;
  rights.set(3 * page, 4 * page, Access::read);
  rights.set(1 * page, 2 * page, Access::read);
  rights.set(2 * page, 3 * page, Access::read);
  EXPECT_EQ(rights.ranges(), (Ranges{{page, 4 * page, Access::read}}));
  rights.set(2 * page, 3 * page, Access::write);
  EXPECT_EQ(rights.ranges(),
            (Ranges{{page, 2 * page, Access::read}, {2 * page, 3 * page, Access::write}, {3 * page, 4 * page, Access::read}}));
  rights.set(0, top, Access::none);
  EXPECT_TRUE(rights.ranges().empty());
}

TEST(Rights, the_lowest_byte_without_the_right_decides) {
  Rights rights;
  rights.set(1 * page, 2 * page, Access::read);
  rights.set(3 * page, 4 * page, Access::write);
  const auto denial = rights.check(page + 8, 3 * page, true);
  ASSERT_TRUE(denial);
  EXPECT_EQ(denial->address, page + 8);
  EXPECT_TRUE(denial->present);
  const auto hole = rights.check(page + 8, 3 * page, false);
  ASSERT_TRUE(hole);
  EXPECT_EQ(hole->address, 2 * page);
  EXPECT_FALSE(hole->present);
  EXPECT_FALSE(rights.check(3 * page, page, true));
  EXPECT_FALSE(rights.check(17, 0, true));
}

TEST(Rights, nothing_is_accessible_beyond_the_top) {
  Rights rights;
  rights.set(top - page, top, Access::write);
  EXPECT_FALSE(rights.check(top - 8, 8, true));
  const auto denial = rights.check(top - 8, 9, false);
  ASSERT_TRUE(denial);
  EXPECT_EQ(denial->address, top);
  EXPECT_FALSE(denial->present);
}

TEST(Rights, random_changes_give_what_single_pages_give) {
  constexpr u64 count = 40;
  std::mt19937 random(7);
  const auto below = [&](u64 limit) { return u64{random()} % limit; };
  Rights rights;
  std::array<Access, count> pages{};
  for (int round = 0; round < 5000; ++round) {
    const u64 begin = below(count), end = begin + below(count - begin + 1);
    const Access access = static_cast<Access>(below(3));
    rights.set(begin * page, end * page, access);
    for (u64 place = begin; place < end; ++place) pages[place] = access;
    for (u64 place = 0; place < count; ++place) {
      const auto range = rights.range_at(place * page + below(page));
      ASSERT_EQ(range ? range->access : Access::none, pages[place]) << "round " << round << ", page " << place;
    }
    const auto ranges = rights.ranges();
    for (std::size_t index = 1; index < ranges.size(); ++index) {
      ASSERT_TRUE(ranges[index - 1].end < ranges[index].begin ||
                  (ranges[index - 1].end == ranges[index].begin && ranges[index - 1].access != ranges[index].access));
    }
    const u64 from = below(count * page);
    u64 next = from / page;
    while (next < count && pages[next] == Access::none) ++next;
    const auto range = rights.range_from(from);
    ASSERT_EQ(range.has_value(), next < count);
    if (range) {
      ASSERT_TRUE(range->begin <= next * page && next * page < range->end);
    }
  }
}

}  // namespace
}  // namespace pvm::engine
