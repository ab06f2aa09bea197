// SPDX-License-Identifier: Apache-2.0 OR MIT
// Operands for instructions that are wanted for what surrounds them.
#include "operands.hpp"

namespace pvm::gen {

std::string harmless_operands(const isa::Row& row) {
  switch (row.format) {
    case isa::Format::none: return "";
    case isa::Format::imm: return " 1";
    case isa::Format::offset: return " target";
    case isa::Format::reg_imm: return row.clause.starts_with("memory.") ? " a4, 0x30000" : " a4, 0";
    case isa::Format::reg_imm64: return " a4, 0";
    case isa::Format::imm_imm: return " 0x30000, 0";
    case isa::Format::reg_imm_imm: return " a3, 0, 0";
    case isa::Format::reg_imm_offset: return " a4, 1, target";
    case isa::Format::reg_reg: return " a4, a5";
    case isa::Format::reg_reg_imm: return row.clause.starts_with("memory.") ? " a4, a3, 0" : " a4, a5, 1";
    case isa::Format::reg_reg_offset: return " a4, a5, target";
    case isa::Format::reg_reg_imm_imm: return " a4, a3, 0, 0";
    case isa::Format::reg_reg_reg: return " a4, a5, a5";
  }
  return "";
}

std::string operands_text(const isa::Row& row, std::string_view d, std::string_view a, std::string_view b) {
  std::string text;
  const auto add = [&](std::string_view operand) { text += (text.empty() ? " " : ", ") + std::string(operand); };
  const bool is_memory = row.clause.starts_with("memory.");
  if (row.operands.d != isa::Field::none) add(d);
  if (row.operands.a != isa::Field::none) add(a);
  if (row.operands.b != isa::Field::none) add(b);
  const bool is_direct = is_memory && row.operands.i != isa::Field::none && row.name.find("indirect") == std::string_view::npos;
  if (row.operands.i != isa::Field::none) add(is_direct ? "0x30000" : "1");
  if (row.operands.j != isa::Field::none) add("1");
  if (row.operands.target != isa::Field::none) add("target");
  return text;
}

}  // namespace pvm::gen
