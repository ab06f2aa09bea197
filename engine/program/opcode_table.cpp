// SPDX-License-Identifier: Apache-2.0 OR MIT
// The document's tables of instructions, packed for the decoder, made by the compiler from isa.hpp.
#include "program/opcode_table.hpp"

namespace pvm::engine {
namespace {

// Where the explicit length lies, if the format has one: in the low or high nibble of byte 1, or in the low nibble of byte 2.
constexpr void set_format(OpcodeInfo& info, isa::Format format) {
  constexpr u8 length_bits = 7;
  switch (format) {
    case isa::Format::none:
    case isa::Format::imm:
    case isa::Format::offset: info.first = 1; return;
    case isa::Format::reg_imm:
    case isa::Format::reg_reg:
    case isa::Format::reg_reg_imm:
    case isa::Format::reg_reg_offset: info.first = 2; return;
    case isa::Format::reg_imm64:
      info.first = 2;
      info.has_wide_immediate = true;
      return;
    case isa::Format::imm_imm:
      info.first = 2;
      info.length_shift = 0;
      info.length_mask = length_bits;
      return;
    case isa::Format::reg_imm_imm:
    case isa::Format::reg_imm_offset:
      info.first = 2;
      info.length_shift = 4;
      info.length_mask = length_bits;
      return;
    case isa::Format::reg_reg_imm_imm:
      info.first = 3;
      info.length_shift = 8;
      info.length_mask = length_bits;
      return;
    case isa::Format::reg_reg_reg:
      info.first = 3;
      info.has_three_registers = true;
      return;
  }
}

constexpr OpcodeInfo info_of(isa::Op op) {
  const isa::Row& row = isa::row_of(op);
  OpcodeInfo info;
  info.op = op;
  info.ends_block = row.ends_block;
  info.is_terminator = row.ends_block && op != isa::Op::invalid;
  set_format(info, row.format);
  return info;
}

constexpr auto make_tables() {
  std::array<OpcodeTable, isa::version_count> tables{};
  for (std::size_t version = 0; version < isa::version_count; ++version) {
    for (std::size_t opcode = 0; opcode < 256; ++opcode) tables[version][opcode] = info_of(isa::ops_by_opcode[version][opcode]);
  }
  return tables;
}

static_assert(sizeof(OpcodeInfo) == 8);

constexpr auto made_at_compile_time = make_tables();

}  // namespace

const std::array<OpcodeTable, isa::version_count> opcode_tables = made_at_compile_time;

}  // namespace pvm::engine
