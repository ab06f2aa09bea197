// SPDX-License-Identifier: Apache-2.0 OR MIT
// Guest memory: rights by range, contents by chunk, and the host's access to both. Chapter "Memory".
#include "pvm/ref/memory.hpp"

#include <algorithm>
#include <iterator>

#include "addresses.hpp"

namespace pvm::ref {
namespace {

constexpr u32 graypaper_page_size = 4096;

// [host.read_memory] [host.write_memory] An empty range is in bounds anywhere.
constexpr bool is_in_bounds(u64 address, u64 length) {
  return address >= zone && address <= address_space && length <= address_space - address;
}

}  // namespace

Memory::Memory(const Program& program)
    : semantics_(program.config.semantics),
      paged_(program.is_paged()),
      // [map.page_size]
      page_size_(is_graypaper(semantics_) ? graypaper_page_size : program.config.page_size) {
  if (program.config.container == Container::standard) {
    // [standard.memory]
    const u64 heap = 2 * zone + round_up(program.ro_data_size, zone);
    const u64 stack_top = address_space - 2 * zone - max_arguments;
    const u64 arguments = address_space - zone - max_arguments;
    set_access(zone, zone + round_up(program.ro_data_size, page_size_), Access::read);
    write_bytes(zone, program.ro_data);
    set_access(heap, heap + round_up(program.rw_data_size, page_size_) + u64{program.heap_pages} * page_size_, Access::write);
    write_bytes(heap, program.rw_data);
    set_access(stack_top - round_up(program.stack_size, page_size_), stack_top, Access::write);
    set_access(arguments, arguments + round_up(program.config.arguments.size(), page_size_), Access::read);
    write_bytes(arguments, program.config.arguments);
    heap_base_ = heap;
    return;
  }
  // [paging.initial]
  if (paged_) return;
  // [map.rights] [map.contents] [map.aux]
  const MemoryMap map =
      map_memory(page_size_, program.ro_data_size, program.rw_data_size, program.stack_size, program.config.aux_size).value();
  set_access(map.ro_start, map.ro_end, Access::read);
  write_bytes(map.ro_start, program.ro_data);
  set_access(map.rw_start, map.rw_end, Access::write);
  write_bytes(map.rw_start, program.rw_data);
  set_access(map.stack_low, map.stack_top, Access::write);
  set_access(map.aux_start, map.aux_end, Access::read);
  rw_start_ = map.rw_start;
  heap_base_ = map.heap_base;
  max_heap_size_ = map.max_heap_size;
  stack_top_ = map.stack_top;
  aux_start_ = map.aux_start;
}

const Memory::Range* Memory::range_at(u64 address) const {
  auto next = ranges_.upper_bound(address);
  if (next == ranges_.begin()) return nullptr;
  const Range& range = std::prev(next)->second;
  return address < range.end ? &range : nullptr;
}

// [access.range] [access.wrap]
std::optional<Denial> Memory::check(u64 address, u64 size, bool write) const {
  const u64 end = address + size;
  while (address < end) {
    const u64 index = is_graypaper(semantics_) ? address % address_space : address;
    const Range* range = range_at(index);
    if (range == nullptr) return Denial{address, false};
    if (write && range->access != Access::write) return Denial{address, true};
    address += range->end - index;
  }
  return std::nullopt;
}

// [access.endian]
u64 Memory::load(u32 address, u32 size) const {
  u64 value = 0;
  for (u32 byte = size; byte-- > 0;) value = value << 8 | byte_at(u64{address} + byte);
  return value;
}

// [access.endian]
void Memory::store(u32 address, u32 size, u64 value) {
  for (u32 byte = 0; byte < size; ++byte) {
    const u8 digit = static_cast<u8>(value >> (8 * byte));
    write_bytes(u64{address} + byte, {&digit, 1});
  }
}

// [heap.grow]
u64 Memory::grow(u64 size) {
  // [heap.limit]
  if (size > max_heap_size_ - heap_size_) return 0;
  heap_size_ += size;
  const u64 top = heap_base_ + heap_size_;
  if (size != 0) set_access(rw_start_, std::max(round_up(top, page_size_), end_of_range(rw_start_)), Access::write);
  return top;
}

// [heap.allocate]
u64 Memory::allocate(u64 size) {
  u64 start = std::max(heap_base_, zone);
  if (size == 0) return start;
  for (const auto& [begin, range] : ranges_) {
    if (range.end <= start) continue;
    if (size <= begin && start <= begin - size) break;
    start = range.end;
  }
  if (size > address_space || start > address_space - size) return 0;
  const u64 begin = round_down(start, page_size_), end = round_up(start + size, page_size_);
  zero_bytes(begin, end);
  set_access(begin, end, Access::write);
  return start;
}

// [host.read_memory]
bool Memory::host_read(u64 address, std::span<u8> out) const {
  if (out.empty()) return true;
  if (!is_in_bounds(address, out.size()) || check(address, out.size(), false)) return false;
  for (std::size_t index = 0; index < out.size(); ++index) out[index] = byte_at(address + index);
  return true;
}

// [host.write_memory]
bool Memory::host_write(u64 address, std::span<const u8> bytes) {
  if (bytes.empty()) return true;
  // The host may write auxiliary data, which the guest only reads.
  const bool needs_right = paged_ || address < aux_start_;
  if (!is_in_bounds(address, bytes.size()) || check(address, bytes.size(), needs_right)) return false;
  write_bytes(address, bytes);
  return true;
}

bool Memory::place(u64 address, std::span<const u8> bytes) {
  if (!is_in_bounds(address, bytes.size()) || check(address, bytes.size(), false)) return false;
  write_bytes(address, bytes);
  return true;
}

// [host.map]
bool Memory::map(u64 address, u64 length, bool writable) {
  if (!paged_ || address % page_size_ != 0 || !is_in_bounds(address, length)) return false;
  const u64 end = round_up(address + length, page_size_);
  zero_bytes(address, end);
  set_access(address, end, writable ? Access::write : Access::read);
  return true;
}

// [host.protect]
bool Memory::protect(u64 address, u64 length, bool writable) {
  if (!paged_ || !is_in_bounds(address, length) || check(address, length, false)) return false;
  if (length == 0) return true;
  set_access(round_down(address, page_size_), round_up(address + length, page_size_), writable ? Access::write : Access::read);
  return true;
}

// [host.unmap]
bool Memory::unmap(u64 address, u64 length) {
  if (!paged_ || address % page_size_ != 0 || !is_in_bounds(address, length)) return false;
  set_access(address, round_up(address + length, page_size_), Access::none);
  return true;
}

std::vector<Memory::Range> Memory::ranges() const {
  std::vector<Range> result;
  for (const auto& [begin, range] : ranges_) result.push_back(range);
  return result;
}

u64 Memory::end_of_range(u64 begin) const {
  const Range* range = range_at(begin);
  return range == nullptr ? begin : range->end;
}

u8 Memory::byte_at(u64 address) const {
  const u64 index = address % address_space;
  const auto chunk = chunks_.find(static_cast<u32>(index / chunk_size));
  return chunk == chunks_.end() ? u8{0} : chunk->second[index % chunk_size];
}

void Memory::write_bytes(u64 address, std::span<const u8> bytes) {
  for (const u8 byte : bytes) {
    const u64 index = address++ % address_space;
    chunks_[static_cast<u32>(index / chunk_size)][index % chunk_size] = byte;
  }
}

// Whole pages only, and a page is a multiple of a chunk.
void Memory::zero_bytes(u64 begin, u64 end) {
  if (begin == end) return;
  chunks_.erase(chunks_.lower_bound(static_cast<u32>(begin / chunk_size)), chunks_.upper_bound(static_cast<u32>((end - 1) / chunk_size)));
}

void Memory::set_access(u64 begin, u64 end, Access access) {
  if (begin >= end) return;
  split_at(begin);
  split_at(end);
  ranges_.erase(ranges_.lower_bound(begin), ranges_.lower_bound(end));
  if (access == Access::none) return;
  auto here = ranges_.emplace(begin, Range{begin, end, access}).first;
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

void Memory::split_at(u64 address) {
  const Range* range = range_at(address);
  if (range == nullptr || range->begin == address) return;
  const Range upper{address, range->end, range->access};
  ranges_.at(range->begin).end = address;
  ranges_.emplace(address, upper);
}

}  // namespace pvm::ref
