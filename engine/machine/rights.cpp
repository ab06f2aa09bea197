// SPDX-License-Identifier: Apache-2.0 OR MIT
// Ranges of rights: splitting, merging and looking up.
#include "machine/rights.hpp"

#include <iterator>

namespace pvm::engine {

// The range that holds `address`, or end().
Rights::Map::const_iterator Rights::find(u64 address) const {
  const auto next = ranges_.upper_bound(address);
  if (next == ranges_.begin()) return ranges_.end();
  const auto range = std::prev(next);
  return address < range->second.end ? range : ranges_.end();
}

void Rights::split_at(u64 address) {
  const auto range = find(address);
  if (range == ranges_.end() || range->first == address) return;
  const Tail upper = range->second;
  ranges_.at(range->first).end = address;
  ranges_.emplace(address, upper);
}

void Rights::set(u64 begin, u64 end, Access access) {
  if (begin >= end) return;
  split_at(begin);
  split_at(end);
  ranges_.erase(ranges_.lower_bound(begin), ranges_.lower_bound(end));
  if (access == Access::none) return;
  const auto here = ranges_.emplace(begin, Tail{end, access}).first;
  if (const auto next = std::next(here); next != ranges_.end() && next->first == end && next->second.access == access) {
    here->second.end = next->second.end;
    ranges_.erase(next);
  }
  if (here == ranges_.begin()) return;
  if (const auto before = std::prev(here); before->second.end == begin && before->second.access == access) {
    before->second.end = here->second.end;
    ranges_.erase(here);
  }
}

// [access.range] [access.wrap]
std::optional<Denial> Rights::check(u64 address, u64 size, bool write) const {
  const u64 end = address + size;
  auto range = find(address);
  while (address < end) {
    if (range == ranges_.end() || range->first > address) return Denial{address, false};
    if (write && range->second.access != Access::write) return Denial{address, true};
    address = range->second.end;
    ++range;
  }
  return std::nullopt;
}

std::optional<Rights::Range> Rights::range_at(u64 address) const {
  const auto range = find(address);
  if (range == ranges_.end()) return std::nullopt;
  return Range{range->first, range->second.end, range->second.access};
}

std::optional<Rights::Range> Rights::range_from(u64 address) const {
  auto range = find(address);
  if (range == ranges_.end()) range = ranges_.upper_bound(address);
  if (range == ranges_.end()) return std::nullopt;
  return Range{range->first, range->second.end, range->second.access};
}

std::vector<Rights::Range> Rights::ranges() const {
  std::vector<Range> result;
  result.reserve(ranges_.size());
  for (const auto& [begin, tail] : ranges_) result.push_back({begin, tail.end, tail.access});
  return result;
}

}  // namespace pvm::engine
