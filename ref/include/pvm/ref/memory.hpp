// SPDX-License-Identifier: Apache-2.0 OR MIT
// Guest memory: address ranges with rights over sparse contents. Chapter "Memory".
#pragma once

#include <array>
#include <map>
#include <optional>
#include <span>
#include <vector>

#include "pvm/ref/program.hpp"

namespace pvm::ref {

/// What the guest may do with an address. Nothing outside every range.
enum class Access : u8 { none, read, write };

/// Why an access was refused: the lowest address of it that lacks the right.
struct Denial {
  u64 address;   ///< Not reduced modulo 2^32.
  bool present;  ///< Readable, but not writable.
};

/// The memory of one machine, in mapped mode (fixed regions) or paged mode (pages made by the host).
/// Contents default to zero and are stored only where written.
class Memory {
 public:
  /// The initial memory of a loaded program. [map.contents] [paging.initial] [standard.memory]
  explicit Memory(const Program& program);

  /// The first byte of [address, address + size) that can't be read (or written); bytes at and beyond 2^32 never can,
  /// except that graypaper-0.7.2 reduces them modulo 2^32. nullopt: all are accessible. [access.range] [access.wrap]
  std::optional<Denial> check(u64 address, u64 size, bool write) const;

  /// Little-endian value of `size` <= 8 bytes; the caller has checked the access. [access.endian]
  u64 load(u32 address, u32 size) const;
  void store(u32 address, u32 size, u64 value);

  /// Guest sbrk. [heap.grow] [heap.allocate]
  u64 grow(u64 size);
  u64 allocate(u64 size);

  /// Host access; false: refused, and nothing has happened. [host.read_memory] [host.write_memory]
  bool host_read(u64 address, std::span<u8> out) const;
  bool host_write(u64 address, std::span<const u8> bytes);
  /// Pages by the host, paged mode only; false: refused, and nothing has happened. [host.map] [host.protect] [host.unmap]
  bool map(u64 address, u64 length, bool writable);
  bool protect(u64 address, u64 length, bool writable);
  bool unmap(u64 address, u64 length);
  /// Puts bytes into present pages whatever their protection: sets a test case up, not something a guest or host call does.
  bool place(u64 address, std::span<const u8> bytes);

  u32 page_size() const { return page_size_; }
  /// End of the stack region, the initial sp of the calling convention; 0 in paged mode. [entry.convention]
  u32 stack_top() const { return stack_top_; }
  /// [begin, end) of each accessible range in ascending order, for tools. Adjacent ranges with equal rights are one.
  struct Range {
    u64 begin;
    u64 end;
    Access access;
    bool operator==(const Range&) const = default;
  };
  std::vector<Range> ranges() const;

 private:
  static constexpr u32 chunk_size = 4096;

  /// The range that holds `address`, or nullptr.
  const Range* range_at(u64 address) const;
  /// Exclusive end of the range that holds `begin`, or `begin` itself.
  u64 end_of_range(u64 begin) const;
  /// Gives [begin, end) the right `access`, splitting and merging ranges; Access::none removes them.
  void set_access(u64 begin, u64 end, Access access);
  void split_at(u64 address);
  /// Contents, whatever the rights; addresses count modulo 2^32.
  u8 byte_at(u64 address) const;
  void write_bytes(u64 address, std::span<const u8> bytes);
  void zero_bytes(u64 begin, u64 end);

  Semantics semantics_;
  bool paged_;
  u32 page_size_;
  u64 rw_start_ = 0;
  u64 heap_base_ = 0;  ///< Where the heap begins; 0 where the program has none.
  u64 heap_size_ = 0;
  u64 max_heap_size_ = 0;
  u32 stack_top_ = 0;
  u64 aux_start_ = u64{1} << 32;
  std::map<u64, Range> ranges_;                       ///< By begin; disjoint.
  std::map<u32, std::array<u8, chunk_size>> chunks_;  ///< Contents by address / chunk_size.
};

/// Where the regions of mapped memory lie. [map.layout]
struct MemoryMap {
  u32 ro_start, rw_start, heap_base, max_heap_size, stack_low, stack_top, aux_start;
  u64 ro_end, rw_end, aux_end;  ///< Exclusive ends of the initially accessible ranges.
};
/// The layout for a valid page size, or nullopt where the regions don't fit. [map.limit]
std::optional<MemoryMap> map_memory(u32 page_size, u32 ro_size, u32 rw_size, u32 stack_size, u32 aux_size);

}  // namespace pvm::ref
