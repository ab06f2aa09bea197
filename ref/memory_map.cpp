// SPDX-License-Identifier: Apache-2.0 OR MIT
// Where the regions of mapped memory lie. Chapter "Memory".
#include "pvm/ref/memory.hpp"

#include "addresses.hpp"

namespace pvm::ref {
// [map.layout]
std::optional<MemoryMap> map_memory(u32 page_size, u32 ro_size, u32 rw_size, u32 stack_size, u32 aux_size) {
  const u64 ro_start = zone;
  const u64 rw_start = ro_start + round_up(ro_size, zone) + zone;
  const u64 heap_base = rw_start + rw_size;
  const u64 rw_zone_end = rw_start + round_up(rw_size, zone);
  const u64 low = rw_zone_end + zone;
  // Signed, since hostile sizes push the upper regions below zero.
  const i64 aux_start = static_cast<i64>(address_space - zone) - static_cast<i64>(round_up(aux_size, zone));
  const i64 stack_top = aux_start - static_cast<i64>(zone);
  const i64 high = stack_top - static_cast<i64>(round_up(stack_size, zone));
  // [map.limit]
  if (static_cast<i64>(low) > high) return std::nullopt;
  MemoryMap map{};
  map.ro_start = static_cast<u32>(ro_start);
  map.ro_end = ro_start + round_up(ro_size, page_size);
  map.rw_start = static_cast<u32>(rw_start);
  map.rw_end = rw_start + round_up(rw_size, page_size);
  map.heap_base = static_cast<u32>(heap_base);
  // [heap.limit]
  map.max_heap_size = static_cast<u32>(static_cast<u64>(high) - low + (rw_zone_end - heap_base));
  map.stack_top = static_cast<u32>(stack_top);
  map.stack_low = static_cast<u32>(static_cast<u64>(stack_top) - round_up(stack_size, page_size));
  map.aux_start = static_cast<u32>(aux_start);
  map.aux_end = static_cast<u64>(aux_start) + round_up(aux_size, page_size);
  return map;
}

}  // namespace pvm::ref
