// SPDX-License-Identifier: Apache-2.0 OR MIT
// Initial memory, heap, and the host's side of memory.
#include "machine/guest_memory.hpp"

#include <algorithm>
#include <utility>

namespace pvm::engine {
namespace {

// An empty range is in bounds anywhere from `zone` to the end, the end included. [host.map] [host.read_memory]
constexpr bool is_in_bounds(u64 address, u64 length) {
  return address >= zone && address <= address_space && length <= address_space - address;
}

Error refused(const char* why) {
  return {ErrorCode::out_of_bounds, why, std::nullopt, std::nullopt};
}

Access access_for(bool writable) {
  return writable ? Access::write : Access::read;
}

}  // namespace

GuestMemory::GuestMemory(const Program& program, Executor& executor)
    : program_(&program), executor_(&executor), paged_(program.is_paged()), page_size_(page_size_of(program)), map_(map_of(program)) {}

Result<void> GuestMemory::checked(Result<void> result) {
  if (!result) broken_ = true;
  return result;
}

Result<void> GuestMemory::set_access(u64 begin, u64 end, Access access) {
  if (begin >= end) return {};
  if (auto done = checked(executor_->set_access(begin, end, access)); !done) return done;
  rights_.set(begin, end, access);
  return {};
}

// Absent pages hold zeros already, so that only present ones cost anything.
Result<void> GuestMemory::clear_pages(u64 begin, u64 end) {
  for (auto range = rights_.range_from(begin); range && range->begin < end; range = rights_.range_from(range->end)) {
    const u64 from = std::max(begin, range->begin), to = std::min(end, range->end);
    if (auto done = checked(executor_->discard(from, to)); !done) return done;
  }
  return {};
}

Result<void> GuestMemory::set_up_area(const Area& area, Access access, std::span<const u8> contents) {
  if (auto done = set_access(area.begin, area.end, access); !done) return done;
  if (contents.empty()) return {};
  return checked(executor_->write(static_cast<u32>(area.begin), contents));
}

// [map.rights] [map.contents] [map.aux] [standard.memory]
Result<void> GuestMemory::set_up() {
  if (paged_ && program_->config.container != Container::standard) return {};
  const bool shared = !paged_ && executor_->holds_read_only_data();
  if (auto done = set_up_area(map_.read_only, Access::read, shared ? std::span<const u8>() : program_->ro_data); !done) return done;
  if (auto done = set_up_area(map_.read_write, Access::write, program_->rw_data); !done) return done;
  if (auto done = set_up_area(map_.stack, Access::write, {}); !done) return done;
  return set_up_area(map_.host_data, Access::read, paged_ ? std::span<const u8>(program_->config.arguments) : std::span<const u8>());
}

Result<void> GuestMemory::reset() {
  if (auto done = checked(executor_->clear()); !done) return done;
  rights_.clear();
  heap_size_ = 0;
  return set_up();
}

Result<MemoryImage> GuestMemory::save() {
  auto contents = executor_->save();
  if (!contents) return std::move(contents.error());
  return MemoryImage{rights_, heap_size_, *std::move(contents)};
}

Result<void> GuestMemory::restore(const MemoryImage& image) {
  if (auto done = checked(executor_->restore(*image.contents)); !done) return done;
  rights_ = image.rights;
  heap_size_ = image.heap_size;
  return {};
}

// [heap.grow] [heap.limit]
Result<u64> GuestMemory::grow(u64 size) {
  if (size > map_.max_heap_size - heap_size_) return u64{0};
  const u64 top = map_.heap_base + heap_size_ + size;
  const u64 old_end = std::max(map_.read_write.end, round_up(map_.heap_base + heap_size_, page_size_));
  if (auto done = set_access(old_end, round_up(top, page_size_), Access::write); !done) return std::move(done.error());
  heap_size_ += size;
  return top;
}

// [heap.allocate]
Result<u64> GuestMemory::allocate(u64 size) {
  u64 start = std::max(map_.heap_base, zone);
  if (size == 0) return start;
  if (size > address_space) return u64{0};
  for (auto range = rights_.range_from(start); range; range = rights_.range_from(range->end)) {
    if (start + size <= range->begin) break;
    start = range->end;
  }
  if (start + size > address_space) return u64{0};
  if (auto done = set_access(start, round_up(start + size, page_size_), Access::write); !done) return std::move(done.error());
  return start;
}

// [host.read_memory]
Result<void> GuestMemory::read(u64 address, std::span<u8> out) const {
  if (out.empty()) return {};
  if (!is_in_bounds(address, out.size())) return refused("the range doesn't lie between 64 KiB and 4 GiB");
  if (rights_.check(address, out.size(), false)) return refused("a byte of the range isn't accessible");
  return executor_->read(static_cast<u32>(address), out);
}

// [host.write_memory]
Result<void> GuestMemory::write(u64 address, std::span<const u8> bytes) {
  if (bytes.empty()) return {};
  if (!is_in_bounds(address, bytes.size())) return refused("the range doesn't lie between 64 KiB and 4 GiB");
  // The host may write auxiliary data, which the guest only reads.
  const bool needs_right = paged_ || address < map_.host_data.begin;
  if (rights_.check(address, bytes.size(), needs_right)) return refused("a byte of the range isn't writable");
  return checked(executor_->write(static_cast<u32>(address), bytes));
}

// [host.map]
Result<void> GuestMemory::map(u64 address, u64 length, bool writable) {
  if (!paged_) return refused("mapped memory has no pages");
  if (address % page_size_ != 0) return refused("the address isn't that of a page");
  if (!is_in_bounds(address, length)) return refused("the range doesn't lie between 64 KiB and 4 GiB");
  const u64 end = round_up(address + length, page_size_);
  if (auto done = clear_pages(address, end); !done) return done;
  return set_access(address, end, access_for(writable));
}

// [host.protect]
Result<void> GuestMemory::protect(u64 address, u64 length, bool writable) {
  if (!paged_) return refused("mapped memory has no pages");
  if (!is_in_bounds(address, length)) return refused("the range doesn't lie between 64 KiB and 4 GiB");
  if (rights_.check(address, length, false)) return refused("a page of the range is absent");
  if (length == 0) return {};
  return set_access(round_down(address, page_size_), round_up(address + length, page_size_), access_for(writable));
}

// [host.unmap]
Result<void> GuestMemory::unmap(u64 address, u64 length) {
  if (!paged_) return refused("mapped memory has no pages");
  if (address % page_size_ != 0) return refused("the address isn't that of a page");
  if (!is_in_bounds(address, length)) return refused("the range doesn't lie between 64 KiB and 4 GiB");
  const u64 end = round_up(address + length, page_size_);
  if (auto done = clear_pages(address, end); !done) return done;
  return set_access(address, end, Access::none);
}

}  // namespace pvm::engine
