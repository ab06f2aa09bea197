// SPDX-License-Identifier: Apache-2.0 OR MIT
// The cost table of pipeline-1, packed by the compiler from isa.hpp.
#include "program/pipeline_table.hpp"

#include <algorithm>

namespace pvm::engine {
namespace {

constexpr u8 units_of(const isa::GasRow& gas) {
  const u32 needs = packed_units::of(gas.alu, gas.load, gas.store, gas.mul, gas.div);
  return static_cast<u8>(std::ranges::find(unit_needs, needs) - unit_needs.begin());
}

constexpr u8 shift_of(isa::Field field, u8 shift_of_none) {
  switch (field) {
    case isa::Field::reg1: return PackedRegisters::shift_1;
    case isa::Field::reg2: return PackedRegisters::shift_2;
    case isa::Field::reg3: return PackedRegisters::shift_3;
    default: return shift_of_none;
  }
}

constexpr PipelineRow row_of(const isa::Row& row, bool is_64_bit) {
  const isa::GasRow& gas = row.gas;
  const u8 read_1 = shift_of(gas.reads[0], PackedRegisters::shift_of_no_read);
  const u8 read_2 = shift_of(gas.reads[1], PackedRegisters::shift_of_no_read);
  return {.latency = static_cast<u8>(gas.latency + (gas.latency_plus_p && is_64_bit ? 1 : 0)),
          .slots = static_cast<u8>(gas.decode_slots + (gas.decode_plus_p && is_64_bit ? 1 : 0)),
          .extra_slot = gas.extra_slot != isa::ExtraSlot::never,
          .units = units_of(gas),
          .write = shift_of(gas.writes, PackedRegisters::shift_of_no_write),
          .read_1 = read_1,
          .read_2 = read_2,
          .compared = gas.extra_slot == isa::ExtraSlot::n2 ? read_2 : read_1};
}

constexpr PipelineRows make_rows(bool is_64_bit) {
  PipelineRows rows{};
  for (std::size_t index = 0; index < rows.size(); ++index) rows[index] = row_of(isa::rows[index], is_64_bit);
  return rows;
}

// What the packed form takes for granted: the registers compared are those written and read, latency 0 means the parameter, branches are
// those with a latency of their own kind, and there are no needs of units but the known ones.
constexpr bool fits_packed_form(const isa::Row& row) {
  const isa::GasRow& gas = row.gas;
  const bool compares = gas.extra_slot != isa::ExtraSlot::never;
  if (compares && (gas.writes != row.operands.d || gas.reads[0] != row.operands.a)) return false;
  if (gas.extra_slot == isa::ExtraSlot::n2 && gas.reads[1] != row.operands.b) return false;
  if ((gas.latency_kind == isa::Latency::fixed) != (gas.latency != 0)) return false;
  if ((gas.latency_kind == isa::Latency::branch) != (row.group == isa::Group::branch)) return false;
  if ((gas.latency_kind == isa::Latency::move) != (row.name == "move_reg")) return false;
  return units_of(gas) < unit_needs.size();
}

static_assert(std::ranges::all_of(isa::rows, fits_packed_form));
static_assert(sizeof(PipelineRow) == 8);

constexpr PipelineRows made_32 = make_rows(false), made_64 = make_rows(true);

}  // namespace

const PipelineRows pipeline_rows_32 = made_32, pipeline_rows_64 = made_64;

}  // namespace pvm::engine
