// SPDX-License-Identifier: Apache-2.0 OR MIT
// Operands for instructions that are wanted for what surrounds them.
#include "operands.hpp"

namespace pvm::gen {

std::string harmless_operands(const isa::Row& row) {
  switch (row.format) {
    case isa::Format::none: return "";
    case isa::Format::imm: return " 1";
    case isa::Format::offset: return " target";
    case isa::Format::reg_imm: return row.group == isa::Group::memory ? " a4, 0x30000" : " a4, 0";
    case isa::Format::reg_imm64: return " a4, 0";
    case isa::Format::imm_imm: return " 0x30000, 0";
    case isa::Format::reg_imm_imm: return " a3, 0, 0";
    case isa::Format::reg_imm_offset: return " a4, 1, target";
    case isa::Format::reg_reg: return " a4, a5";
    case isa::Format::reg_reg_imm: return row.group == isa::Group::memory ? " a4, a3, 0" : " a4, a5, 1";
    case isa::Format::reg_reg_offset: return " a4, a5, target";
    case isa::Format::reg_reg_imm_imm: return " a4, a3, 0, 0";
    case isa::Format::reg_reg_reg: return " a4, a5, a5";
  }
  return "";
}

std::string operands_text(const isa::Row& row, std::string_view d, std::string_view a, std::string_view b) {
  std::string text;
  const auto add = [&](std::string_view operand) { text += (text.empty() ? " " : ", ") + std::string(operand); };
  const bool is_memory = row.group == isa::Group::memory;
  if (row.operands.d != isa::Field::none) add(d);
  if (row.operands.a != isa::Field::none) add(a);
  if (row.operands.b != isa::Field::none) add(b);
  const bool is_direct = is_memory && row.operands.i != isa::Field::none && row.name.find("indirect") == std::string_view::npos;
  if (row.operands.i != isa::Field::none) add(is_direct ? "0x30000" : "1");
  if (row.operands.j != isa::Field::none) add("1");
  if (row.operands.target != isa::Field::none) add("target");
  return text;
}

bool is_representative(const isa::Row& row) {
  if (row.ends_block) return true;
  constexpr std::string_view others[] = {"unlikely",
                                         "ecalli",
                                         "load_imm64",
                                         "load_imm",
                                         "move_reg",
                                         "cmov_if_zero",
                                         "cmov_if_zero_imm",
                                         "add_imm_32",
                                         "add_32",
                                         "div_signed_32",
                                         "mul_upper_signed_unsigned",
                                         "count_set_bits_32",
                                         "sign_extend_8",
                                         "reverse_byte",
                                         "shift_logical_left_imm_alt_32",
                                         "and",
                                         "memset",
                                         "sbrk",
                                         "store_imm_u8",
                                         "load_u8",
                                         "store_u8",
                                         "store_imm_indirect_u16",
                                         "store_indirect_u32",
                                         "load_indirect_i32"};
  for (const std::string_view name : others) {
    if (row.name == name) return true;
  }
  return false;
}

}  // namespace pvm::gen
