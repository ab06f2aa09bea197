// SPDX-License-Identifier: Apache-2.0 OR MIT
// The sizes from which every map of memory is built, and rounding to them. Chapter "Memory".
#pragma once

#include "pvm/ref/types.hpp"

namespace pvm::ref {

/// Granule and guards of the map, in bytes; also the lowest address that is ever accessible. [map.layout] [access.low]
inline constexpr u64 zone = 0x10000;
/// Addresses are below this. [access.address]
inline constexpr u64 address_space = u64{1} << 32;
/// Bytes that a standard program's arguments may take, and that its map keeps free for them. [standard.memory]
inline constexpr u64 max_arguments = u64{1} << 24;

/// The least multiple of `granule` that isn't below `value`; both are far from the top of 64 bits.
constexpr u64 round_up(u64 value, u64 granule) {
  return (value + granule - 1) / granule * granule;
}

/// The greatest multiple of `granule` that isn't above `value`.
constexpr u64 round_down(u64 value, u64 granule) {
  return value / granule * granule;
}

}  // namespace pvm::ref
