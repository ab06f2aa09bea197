// SPDX-License-Identifier: Apache-2.0 OR MIT
// Addresses of loads and stores, from the tables of the document.
#include "machine/access.hpp"

namespace pvm::engine {
namespace {

// The width at the end of a load's or store's name: "load_indirect_u16" -> 2 bytes.
u32 access_bytes(std::string_view name) {
  if (name.ends_with("8")) return 1;
  if (name.ends_with("16")) return 2;
  return name.ends_with("32") ? 4 : 8;
}

// The base register's value: the forms without one have the formats imm_imm and reg_imm.
u64 base_of(isa::Format format, const Instruction& in, const std::array<u64, register_count>& registers) {
  if (format == isa::Format::reg_imm_imm) return registers[in.reg1];
  return format == isa::Format::reg_reg_imm ? registers[in.reg2] : 0;
}

}  // namespace

std::optional<GuestAccess> access_of(const Instruction& instruction, const std::array<u64, register_count>& registers) {
  const isa::Row& row = isa::row_of(instruction.op);
  if (row.group != isa::Group::memory || instruction.op == isa::Op::memset || instruction.op == isa::Op::sbrk) return std::nullopt;
  const u64 address = base_of(row.format, instruction, registers) + static_cast<u64>(instruction.imm1);
  return GuestAccess{static_cast<u32>(address), access_bytes(row.name), row.name.starts_with("store")};
}

}  // namespace pvm::engine
