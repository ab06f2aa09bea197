// SPDX-License-Identifier: Apache-2.0 OR MIT
// Which memory a run has stored to, or tried to.
#include "touched_memory.hpp"

#include <algorithm>

namespace pvm::conformance {

void Intervals::add(u64 begin, u64 end) {
  if (begin >= end) return;
  auto next = parts_.upper_bound(begin);
  if (next != parts_.begin() && std::prev(next)->second >= begin) --next;
  while (next != parts_.end() && next->first <= end) {
    begin = std::min(begin, next->first);
    end = std::max(end, next->second);
    next = parts_.erase(next);
  }
  parts_[begin] = end;
}

void note_store(const ref::TraceStep& step, const ref::Memory& memory, Intervals& touched) {
  const auto store = accesses_of(step.instruction, step.registers, memory).store;
  if (!store) return;
  const bool is_memset = step.instruction.op == isa::Op::memset;
  const u64 size = is_memset ? static_cast<u32>(step.registers[9]) : store->size;
  touched.add(store->address, std::min(store->address + size, u64{1} << 32));
}

std::vector<MemoryBytes> read_parts(const Intervals& wanted, const ref::Memory& memory, u64 max_bytes) {
  std::vector<MemoryBytes> parts;
  const auto add = [&](u64 begin, u64 end) {
    MemoryBytes part{begin, Bytes(static_cast<std::size_t>(end - begin))};
    if (memory.host_read(begin, part.bytes)) parts.push_back(std::move(part));
  };
  for (const auto& [begin, end] : wanted.parts()) {
    for (const ref::Memory::Range& range : memory.ranges()) {
      const u64 from = std::max(begin, range.begin), to = std::min(end, range.end);
      if (from >= to) continue;
      if (to - from <= max_bytes) {
        add(from, to);
      } else {
        add(from, from + max_bytes / 2);
        add(to - max_bytes / 2, to);
      }
    }
  }
  return parts;
}

}  // namespace pvm::conformance
