// SPDX-License-Identifier: Apache-2.0 OR MIT
// Where the areas of a program's memory lie. Chapters "Memory" and "Program containers".
#pragma once

#include "program/program.hpp"

namespace pvm::engine {

/// Granule and guards of the map, in bytes; also the lowest address that is ever accessible. [map.layout] [access.low]
inline constexpr u64 zone = 0x10000;
/// Addresses are below this. [access.address]
inline constexpr u64 address_space = u64{1} << 32;
/// Bytes that a standard program's arguments may take, and that its map keeps free for them. [standard.memory]
inline constexpr u64 max_arguments = u64{1} << 24;

/// The least multiple of `granule`, a power of two, that isn't below `value`; `value` is far from the top of 64 bits.
constexpr u64 round_up(u64 value, u64 granule) {
  return (value + granule - 1) & ~(granule - 1);
}
/// The greatest multiple of `granule`, a power of two, that isn't above `value`.
constexpr u64 round_down(u64 value, u64 granule) {
  return value & ~(granule - 1);
}

/// An area and its accessible part at the start; end is exclusive.
struct Area {
  u64 begin = 0;
  u64 end = 0;
};

/// The initial memory of a program. Areas are empty where there are none: all of them in paged memory, but for a standard program.
struct MemoryMap {
  Area read_only;
  Area read_write;
  Area stack;
  Area host_data;         ///< Auxiliary data, or a standard program's arguments: the guest only reads them.
  u64 heap_base = 0;      ///< Where the heap begins; 0 where the program has none.
  u64 max_heap_size = 0;  ///< Mapped memory only. [heap.limit]
};

/// The page size in force. [map.page_size]
u32 page_size_of(const Program& program);

/// The map of a program that has been loaded, that is, whose sizes fit. [map.layout] [standard.memory] [paging.initial]
MemoryMap map_of(const Program& program);

}  // namespace pvm::engine
