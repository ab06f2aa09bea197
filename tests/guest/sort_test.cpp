// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <vector>

#include "library.hpp"

namespace {

size_t comparisons;

template <class T>
int compare(const void* a, const void* b) {
  ++comparisons;
  T left, right;
  std::memcpy(&left, a, sizeof left);
  std::memcpy(&right, b, sizeof right);
  return (right < left) - (left < right);
}

template <class T>
void expect_sorted(std::vector<T> items) {
  std::vector<T> expected = items;
  std::sort(expected.begin(), expected.end());
  guest_qsort(items.data(), items.size(), sizeof(T), compare<T>);
  RC_ASSERT(items == expected);
}

RC_GTEST_PROP(Sort, sorts_items_of_any_size, (const std::vector<unsigned char>& a, const std::vector<int>& b, const std::vector<long>& c)) {
  expect_sorted(a);
  expect_sorted(b);
  expect_sorted(c);
  std::vector<std::array<unsigned char, 11>> odd;
  odd.reserve(a.size());
  for (const unsigned char byte : a) odd.push_back({byte, static_cast<unsigned char>(byte * 7), 3, 4, 5, 6, 7, 8, 9, byte, byte});
  expect_sorted(odd);
}

RC_GTEST_PROP(Sort, finds_what_is_there, (std::vector<int> items, int key)) {
  std::sort(items.begin(), items.end());
  const auto* found = static_cast<const int*>(guest_bsearch(&key, items.data(), items.size(), sizeof(int), compare<int>));
  RC_ASSERT((found != nullptr) == std::binary_search(items.begin(), items.end(), key));
  if (found != nullptr) RC_ASSERT(*found == key);
  for (const int& item : items) {
    found = static_cast<const int*>(guest_bsearch(&item, items.data(), items.size(), sizeof(int), compare<int>));
    RC_ASSERT(found != nullptr);
    RC_ASSERT(*found == item);
  }
}

TEST(Sort, no_order_makes_it_slow) {
  constexpr size_t count = 1 << 14;
  for (int order = 0; order < 4; ++order) {
    std::vector<int> items(count);
    for (size_t i = 0; i < count; ++i) {
      const int n = static_cast<int>(i);
      items[i] = order == 0 ? n : order == 1 ? -n : order == 2 ? 0 : n % 2 == 0 ? n : -n;
    }
    comparisons = 0;
    guest_qsort(items.data(), count, sizeof(int), compare<int>);
    EXPECT_TRUE(std::is_sorted(items.begin(), items.end()));
    EXPECT_LE(comparisons, 2 * count * 14) << order;
  }
}

}  // namespace
