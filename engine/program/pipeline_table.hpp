// SPDX-License-Identifier: Apache-2.0 OR MIT
// The cost table of pipeline-1, packed for a compiler's hot path. Chapter "Gas".
#pragma once

#include <array>

#include "pvm/isa.hpp"
#include "pvm/types.hpp"

namespace pvm::engine {

/// One row of the table for one register width. [pipeline.table]
struct PipelineRow {
  u8 latency;     ///< 0: `memory_cost`. Of branches, unused.
  u8 slots;       ///< Decode slots without the extra one.
  u8 extra_slot;  ///< 1 where one slot more is taken if `write` differs from `read_1` and from `compared`. [pipeline.slots]
  u8 units;       ///< Index into unit_needs.
  u8 write;       ///< A register, as the shift that brings its number to the low end of packed registers. So are the others.
  u8 read_1;
  u8 read_2;
  u8 compared;
};

using PipelineRows = std::array<PipelineRow, isa::op_count + 1>;

/// By instruction, for 32-bit and 64-bit registers.
extern const PipelineRows pipeline_rows_32, pipeline_rows_64;

/// Registers of an instruction packed into one number: reg1, reg2, reg3 in a byte each, then those that stand for none. Nothing ever
/// writes the one that is read in place of none, nor reads the one that is written.
struct PackedRegisters {
  static constexpr u8 shift_1 = 0, shift_2 = 8, shift_3 = 16, shift_of_no_read = 24, shift_of_no_write = 32;
  static constexpr u64 none = u64{13} << shift_of_no_read | u64{14} << shift_of_no_write;

  u64 bytes;

  PackedRegisters(u8 reg1, u8 reg2, u8 reg3) : bytes(none | u64{reg1} << shift_1 | u64{reg2} << shift_2 | u64{reg3} << shift_3) {}
  u32 at(u8 shift) const { return static_cast<u32>(bytes >> shift & 15); }
};

/// Numbers of units packed into one number, four bits each. The top bit of each is a guard: it is set in what is free, and a subtraction
/// of what is needed clears it where too little is free.
namespace packed_units {
constexpr u32 of(u32 alu, u32 load, u32 store, u32 mul, u32 div) {
  return alu | load << 4 | store << 8 | mul << 12 | div << 16;
}
inline constexpr u32 guards = of(8, 8, 8, 8, 8);
inline constexpr u32 all = of(4, 4, 4, 1, 1) | guards;  ///< [pipeline.parameters]
}  // namespace packed_units

/// All needs that occur in the table.
inline constexpr std::array<u32, 7> unit_needs = {
    packed_units::of(0, 0, 0, 0, 0), packed_units::of(1, 0, 0, 0, 0), packed_units::of(2, 0, 0, 0, 0), packed_units::of(1, 1, 0, 0, 0),
    packed_units::of(1, 0, 1, 0, 0), packed_units::of(1, 0, 0, 1, 0), packed_units::of(1, 0, 0, 0, 1),
};

}  // namespace pvm::engine
