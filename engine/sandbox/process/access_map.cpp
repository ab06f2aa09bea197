// SPDX-License-Identifier: Apache-2.0 OR MIT
// Runs of equal rights.
#include "sandbox/process/access_map.hpp"

#include <algorithm>
#include <iterator>

namespace pvm::engine::sandbox::process {

void AccessMap::set(u64 begin, u64 end, Access access) {
  if (begin >= end) return;
  const Access behind = at(end);
  const bool joins_before = begin > 0 && at(begin - 1) == access;
  runs_.erase(runs_.lower_bound(begin), runs_.upper_bound(end));
  if (!joins_before) runs_[begin] = access;
  if (behind != access) runs_[end] = behind;
}

Access AccessMap::at(u64 address) const {
  return std::prev(runs_.upper_bound(address))->second;
}

u64 AccessMap::run_end(u64 address) const {
  const auto next = runs_.upper_bound(address);
  return next == runs_.end() ? native::guest_end : std::min(next->first, native::guest_end);
}

void WorkerRights::want(u64 begin, u64 end, Access access) {
  if (begin >= end) return;
  wanted_.set(begin, end, access);
  if (!dirty_.empty() && dirty_.back().end == begin)
    dirty_.back().end = end;
  else
    dirty_.push_back({begin, end});
}

void WorkerRights::want_all(const AccessMap& other) {
  for (u64 begin = guest_begin, end = 0; begin < native::guest_end; begin = end) {
    end = other.run_end(begin);
    want(begin, end, other.at(begin));
  }
}

void WorkerRights::forget() {
  *this = {};
}

u32 WorkerRights::take_changes(volatile Change* to) {
  u32 count = 0;
  while (!dirty_.empty()) {
    Range& range = dirty_.back();
    while (range.begin < range.end) {
      const u64 end = std::min({range.end, wanted_.run_end(range.begin), present_.run_end(range.begin)});
      const Access access = wanted_.at(range.begin);
      if (access != present_.at(range.begin)) {
        if (count == max_changes) return count;
        to[count].first_page = static_cast<u32>(range.begin / page_bytes);
        to[count].pages_and_access = static_cast<u32>((end - range.begin) / page_bytes << 2) | static_cast<u32>(access);
        ++count;
        present_.set(range.begin, end, access);
      }
      range.begin = end;
    }
    dirty_.pop_back();
  }
  return count;
}

}  // namespace pvm::engine::sandbox::process
