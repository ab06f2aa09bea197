// SPDX-License-Identifier: Apache-2.0 OR MIT
// Instructions as text, in the terms of their clauses. Informative.
#include <array>
#include <cstdio>

#include "pvm/ref/decode.hpp"

namespace pvm::ref {
namespace {

constexpr std::array<std::string_view, 13> register_names = {"ra", "sp", "t0", "t1", "t2", "s0", "s1", "a0", "a1", "a2", "a3", "a4", "a5"};

// Small numbers in decimal, the others in hexadecimal; negative ones with a sign.
std::string number(i64 value) {
  if (value > -4096 && value < 4096) return std::to_string(value);
  const u64 magnitude = value < 0 ? 0 - static_cast<u64>(value) : static_cast<u64>(value);
  std::array<char, 24> text{};
  const int length = std::snprintf(text.data(), text.size(), "%s0x%llx", value < 0 ? "-" : "", static_cast<unsigned long long>(magnitude));
  return {text.data(), static_cast<std::size_t>(length)};
}

std::string operand(const Instruction& in, isa::Field field) {
  switch (field) {
    case isa::Field::reg1:
    case isa::Field::reg2:
    case isa::Field::reg3: return std::string(register_name(register_in(in, field)));
    case isa::Field::imm1: return number(in.imm1);
    case isa::Field::imm2: return number(in.imm2);
    case isa::Field::offset: return "@" + std::to_string(in.target);
    case isa::Field::none: break;
  }
  return {};
}

}  // namespace

std::string_view register_name(u8 number) {
  return register_names[number];
}

std::string disassemble(const Program& program, const Instruction& in) {
  if (in.op == isa::Op::invalid) {
    if (!program.is_marked(in.pc)) return "(implicit trap)";
    return "(invalid opcode " + std::to_string(program.byte_at(in.pc)) + ")";
  }
  const isa::Row& row = isa::row_of(in.op);
  std::string text(row.name);
  const char* separator = " ";
  for (const isa::Field field : {row.operands.d, row.operands.a, row.operands.b, row.operands.i, row.operands.j, row.operands.target}) {
    if (field == isa::Field::none) continue;
    text += separator + operand(in, field);
    separator = ", ";
  }
  return text;
}

}  // namespace pvm::ref
