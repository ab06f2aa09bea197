// SPDX-License-Identifier: Apache-2.0 OR MIT
// One machine's memory by the document's rules: rights here, contents in an executor. Chapter "Memory".
#pragma once

#include <memory>
#include <span>

#include "machine/memory_map.hpp"
#include "machine/rights.hpp"

namespace pvm::engine {

/// What a guest's memory is at some moment.
struct MemoryImage {
  Rights rights;
  u64 heap_size = 0;
  std::shared_ptr<const SavedMemory> contents;
};

/// Host operations, heap and faults. Pages without any right hold zeros, always. A failure of the executor leaves memory in an unknown
/// state: broken() is true from then on.
class GuestMemory {
 public:
  /// Both must outlive the memory. Nothing is there yet.
  GuestMemory(const Program& program, Executor& executor);

  /// Makes the initial memory in an executor whose memory is empty. [map.contents] [paging.initial] [standard.memory]
  Result<void> set_up();
  /// Initial memory again. [entry.state]
  Result<void> reset();
  Result<MemoryImage> save();
  Result<void> restore(const MemoryImage& image);

  bool is_paged() const { return paged_; }
  u32 page_size() const { return page_size_; }
  const MemoryMap& map() const { return map_; }
  const Rights& rights() const { return rights_; }
  bool broken() const { return broken_; }

  /// sbrk of mapped memory: the new end of the heap, or 0. [heap.grow]
  Result<u64> grow(u64 size);
  /// sbrk of graypaper-0.7.2: the start of the new memory, or 0. [heap.allocate]
  Result<u64> allocate(u64 size);

  /// The host's side; out_of_bounds: refused, and nothing has happened. [host.read_memory] [host.write_memory]
  Result<void> read(u64 address, std::span<u8> out) const;
  Result<void> write(u64 address, std::span<const u8> bytes);
  /// [host.map] [host.protect] [host.unmap]
  Result<void> map(u64 address, u64 length, bool writable);
  Result<void> protect(u64 address, u64 length, bool writable);
  Result<void> unmap(u64 address, u64 length);

  /// Writes bytes that the guest may write. [fill.order]
  Result<void> put(u32 address, std::span<const u8> bytes) { return checked(executor_->write(address, bytes)); }

 private:
  Result<void> checked(Result<void> result);
  Result<void> set_access(u64 begin, u64 end, Access access);
  Result<void> clear_pages(u64 begin, u64 end);
  Result<void> set_up_area(const Area& area, Access access, std::span<const u8> contents);

  const Program* program_;
  Executor* executor_;
  bool paged_;
  u32 page_size_;
  MemoryMap map_;
  Rights rights_;
  u64 heap_size_ = 0;
  bool broken_ = false;
};

}  // namespace pvm::engine
