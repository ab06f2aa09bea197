// SPDX-License-Identifier: Apache-2.0 OR MIT
// The text of one instruction, written.
#include "print.hpp"

#include "text.hpp"

namespace pvm::assembly {
namespace {

using isa::Op;

class Printer {
 public:
  Printer(Semantics version, const Syntax& syntax, const builder::Operands& operands, std::string_view target, Style style)
      : version_(version), syntax_(syntax), operands_(operands), target_(target), is_listing_(style == Style::listing) {}

  std::string print() const {
    std::string token(syntax_.token);
    switch (syntax_.shape) {
      case Shape::word: return token;
      case Shape::memset: return "[a0..a0 + a2] = u8 a1";
      case Shape::ecalli: return "ecalli " + std::to_string(static_cast<u32>(operands_.i));
      case Shape::jump: return "jump " + target_;
      case Shape::branch: return "jump " + target_ + " if " + a() + " " + token + " " + b();
      case Shape::branch_imm: return "jump " + target_ + " if " + a() + " " + token + " " + signed_in_listings(operands_.i);
      case Shape::jump_indirect: return jump_indirect();
      case Shape::jump_linked: return d() + " = " + signed_in_listings(operands_.i) + ", jump " + target_;
      case Shape::jump_linked_indirect: return jump_linked_indirect();
      case Shape::load_imm: return d() + " = " + number(operands_.i);
      case Shape::load_imm64: return d() + " = " + load_imm64();
      case Shape::move: return d() + " = " + a();
      case Shape::load: return d() + " = " + token + " [" + address() + "]";
      case Shape::store: return token + " [" + address() + "] = " + a();
      case Shape::store_imm: return token + " [" + address() + "] = " + number(operands_.j);
      case Shape::load_indirect: return d() + " = " + token + " [" + based(operands_.a, operands_.i) + "]";
      case Shape::store_indirect: return token + " [" + based(operands_.b, operands_.i) + "] = " + a();
      case Shape::store_imm_indirect: return token + " [" + store_place() + "] = " + number(operands_.j);
      case Shape::binary: return prefix() + d() + " = " + a() + " " + token + (token.back() == '~' ? "" : " ") + b();
      case Shape::binary_imm: return prefix() + d() + " = " + a() + binary_with_number();
      case Shape::binary_imm_alt: return prefix() + d() + " = " + binary_from_number();
      case Shape::unary: return prefix() + d() + " = " + token + " " + a();
      case Shape::call: return d() + " = " + token + "(" + a() + ", " + b() + ")";
      case Shape::xnor: return d() + " = ~(" + a() + " ^ " + b() + ")";
      case Shape::cmov: return d() + " = " + a() + " if " + b() + " " + token + " 0";
      case Shape::cmov_imm: return d() + " = " + number(operands_.i) + " if " + a() + " " + token + " 0";
    }
    return {};
  }

 private:
  static std::string reg(u8 number) { return std::string(ref::register_name(number)); }
  std::string d() const { return reg(operands_.d); }
  std::string a() const { return reg(operands_.a); }
  std::string b() const { return reg(operands_.b); }
  bool is_32_bits() const { return ref::register_bits(version_) == 32; }

  std::string prefix() const { return syntax_.width == Width::w32 && !(is_listing_ && is_32_bits()) ? "i32 " : ""; }

  // Listings write negative numbers as the pattern of a register.
  std::string number(i64 value) const {
    if (value >= 0) return hex_number(static_cast<u64>(value));
    if (!is_listing_) return std::to_string(value);
    return hex_number(is_32_bits() ? static_cast<u32>(value) : static_cast<u64>(value));
  }

  std::string signed_in_listings(i64 value) const { return is_listing_ ? std::to_string(value) : number(value); }

  std::string load_imm64() const {
    if (!is_listing_) return "i64 " + hex_number(static_cast<u64>(operands_.i));
    return operands_.i == 0 ? "0x0" : hex_number(static_cast<u64>(operands_.i));
  }

  std::string address() const { return is_listing_ ? number(operands_.i) : hex_number(static_cast<u32>(operands_.i)); }

  std::string based(u8 base, i64 offset) const {
    if (offset != 0) return reg(base) + " + " + number(offset);
    return reg(base) + (is_listing_ && syntax_.op == Op::load_indirect_u16 ? " " : "");
  }

  std::string store_place() const { return is_listing_ ? a() + " + " + std::to_string(operands_.i) : based(operands_.a, operands_.i); }

  std::string jump_indirect() const {
    if (operands_.a == 0 && operands_.i == 0) return "ret";
    return "jump [" + based(operands_.a, operands_.i) + "]";
  }

  // The base is read before the link is written: where both are one register, the text says so.
  std::string jump_linked_indirect() const {
    const std::string link = d() + " = " + signed_in_listings(operands_.i);
    if (operands_.d != operands_.a) return link + ", jump [" + based(operands_.a, operands_.j) + "]";
    const std::string offset = operands_.j == 0 ? "" : " + " + number(operands_.j);
    return "tmp = " + a() + ", " + link + ", jump [tmp" + offset + "]";
  }

  std::string operator_with_number() const {
    const bool loses_r = is_listing_ && is_32_bits() && syntax_.token == ">>r";
    return loses_r ? ">>" : std::string(syntax_.token);
  }

  std::string binary_with_number() const {
    const bool is_add = syntax_.token == "+";
    const bool is_near = operands_.i < 0 && (!is_listing_ || operands_.i > -4096);
    if (is_add && is_near) return " - " + std::to_string(-operands_.i);
    return " " + operator_with_number() + " " + number(operands_.i);
  }

  std::string binary_from_number() const {
    if (is_listing_ && syntax_.token == "-" && operands_.i == 0) return "-" + a();
    return number(operands_.i) + " " + operator_with_number() + " " + a();
  }

  Semantics version_;
  const Syntax& syntax_;
  const builder::Operands& operands_;
  std::string target_;
  bool is_listing_;
};

}  // namespace

std::string print_instruction(Semantics version, Op op, const builder::Operands& operands, std::string_view target, Style style) {
  return Printer(version, syntax_of(op), operands, target, style).print();
}

builder::Operands operands_of(const ref::Instruction& instruction) {
  const isa::Operands& fields = isa::row_of(instruction.op).operands;
  const auto reg = [&](isa::Field field) { return field == isa::Field::none ? u8{0} : ref::register_in(instruction, field); };
  const auto imm = [&](isa::Field field) {
    return field == isa::Field::none ? 0 : field == isa::Field::imm1 ? instruction.imm1 : instruction.imm2;
  };
  return {reg(fields.d), reg(fields.a), reg(fields.b), imm(fields.i), imm(fields.j), instruction.target};
}

bool can_be_written(Op op, const builder::Operands& operands) {
  const Syntax& syntax = syntax_of(op);
  if (syntax.shape != Shape::store_imm && syntax.shape != Shape::store_imm_indirect) return true;
  const i64 range = syntax.token == "u8" ? 0x100 : syntax.token == "u16" ? 0x10000 : i64{1} << 32;
  return operands.j >= -range / 2 && operands.j < range;
}

}  // namespace pvm::assembly
