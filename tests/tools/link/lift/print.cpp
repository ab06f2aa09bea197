// SPDX-License-Identifier: Apache-2.0 OR MIT
#include "print.hpp"

#include <array>

namespace pvm::link {
namespace {

constexpr std::array<const char*, register_count> register_names = {"ra", "sp", "t0", "t1", "t2", "s0", "s1", "a0", "a1",
                                                                    "a2", "a3", "a4", "a5", "e0", "e1", "e2", "e3"};
constexpr std::array<const char*, 54> op_names = {"nop",
                                                  "move",
                                                  "add",
                                                  "sub",
                                                  "mul",
                                                  "mul_upper_signed_signed",
                                                  "mul_upper_unsigned_unsigned",
                                                  "mul_upper_signed_unsigned",
                                                  "div_unsigned",
                                                  "div_signed",
                                                  "rem_unsigned",
                                                  "rem_signed",
                                                  "and",
                                                  "or",
                                                  "xor",
                                                  "and_inverted",
                                                  "or_inverted",
                                                  "xnor",
                                                  "shift_left",
                                                  "shift_right_logical",
                                                  "shift_right_arithmetic",
                                                  "rotate_left",
                                                  "rotate_right",
                                                  "set_less_unsigned",
                                                  "set_less_signed",
                                                  "max_signed",
                                                  "max_unsigned",
                                                  "min_signed",
                                                  "min_unsigned",
                                                  "count_leading_zeros",
                                                  "count_trailing_zeros",
                                                  "count_set_bits",
                                                  "sign_extend_8",
                                                  "sign_extend_16",
                                                  "zero_extend_16",
                                                  "reverse_bytes",
                                                  "cmov_if_zero",
                                                  "cmov_if_not_zero",
                                                  "load_u8",
                                                  "load_i8",
                                                  "load_u16",
                                                  "load_i16",
                                                  "load_u32",
                                                  "load_i32",
                                                  "load_u64",
                                                  "store_u8",
                                                  "store_u16",
                                                  "store_u32",
                                                  "store_u64",
                                                  "host_call",
                                                  "sbrk",
                                                  "memset"};
constexpr std::array<const char*, 6> condition_names = {
    "equal", "not_equal", "less_unsigned", "less_signed", "greater_or_equal_unsigned", "greater_or_equal_signed"};

std::string name_of(Reg reg) {
  return register_names[static_cast<std::size_t>(reg)];
}

std::string name_of(BlockId id) {
  return "@" + std::to_string(index_of(id));
}

std::string to_text(const Program& program, const Operand& operand) {
  return operand.is_register ? name_of(operand.reg) : to_text(program, operand.value);
}

std::string address(const Program& program, const Instruction& instruction) {
  if (instruction.a.is_number(0)) return "[" + to_text(program, instruction.offset) + "]";
  return "[" + to_text(program, instruction.a) + " + " + to_text(program, instruction.offset) + "]";
}

}  // namespace

std::string to_text(const Program& program, const Value& value) {
  switch (value.kind) {
    case Value::Kind::number: return std::to_string(value.number);
    case Value::Kind::data: {
      const std::string& name = program.section(value.section()).name;
      if (value.number == 0) return name;
      return name + (value.number > 0 ? "+" : "") + std::to_string(value.number);
    }
    case Value::Kind::code: return "&" + name_of(value.block());
    case Value::Kind::heap_base: return "heap_base";
  }
  return "?";
}

std::string to_text(const Program& program, const Instruction& instruction) {
  const std::string op = op_names[static_cast<std::size_t>(instruction.op)] + std::string(instruction.word ? "_word" : "");
  if (instruction.op == Op::host_call) return op + " " + program.imports[index_of(instruction.import)].symbol;
  if (instruction.op == Op::nop || instruction.op == Op::memset) return op;
  if (instruction.op >= Op::load_u8 && instruction.op <= Op::load_u64)
    return name_of(instruction.d) + " = " + op + " " + address(program, instruction);
  if (instruction.op >= Op::store_u8 && instruction.op <= Op::store_u64) {
    return op + " " + address(program, instruction) + ", " + to_text(program, instruction.b);
  }
  const std::string one = name_of(instruction.d) + " = " + op + " " + to_text(program, instruction.a);
  const bool is_unary = instruction.op == Op::move || instruction.op == Op::sbrk ||
                        (instruction.op >= Op::count_leading_zeros && instruction.op <= Op::reverse_bytes);
  return is_unary ? one : one + ", " + to_text(program, instruction.b);
}

std::string to_text(const Program& program, const Terminator& end) {
  const std::string base = to_text(program, end.a) + " + " + std::to_string(end.offset);
  switch (end.kind) {
    case Terminator::Kind::trap: return "trap";
    case Terminator::Kind::jump: return "jump " + name_of(end.target);
    case Terminator::Kind::branch:
      return "if " + to_text(program, end.a) + " " + condition_names[static_cast<std::size_t>(end.condition)] + " " +
             to_text(program, end.b) + " jump " + name_of(end.target) + " else " + name_of(end.otherwise);
    case Terminator::Kind::jump_indirect: return "jump " + base;
    case Terminator::Kind::call: return name_of(end.d) + " = call " + name_of(end.target) + " then " + name_of(end.otherwise);
    case Terminator::Kind::call_indirect: return name_of(end.d) + " = call " + base + " then " + name_of(end.otherwise);
  }
  return "?";
}

std::string to_text(const Program& program, const Block& block) {
  std::string text;
  for (const Instruction& instruction : block.body) text += to_text(program, instruction) + "; ";
  return text + to_text(program, block.end);
}

std::string to_text(const Program& program) {
  std::string text;
  for (const BlockId id : program.layout) text += std::to_string(index_of(id)) + ": " + to_text(program, program.block(id)) + "\n";
  for (const DataSection& section : program.sections) {
    text += section.name + ": " + std::to_string(section.size) + " bytes";
    for (const DataRelocation& relocation : section.relocations) {
      text +=
          "; " + std::to_string(relocation.offset) + "/" + std::to_string(relocation.size) + " = " + to_text(program, relocation.target);
      if (relocation.minus) text += " - " + to_text(program, *relocation.minus);
    }
    text += "\n";
  }
  for (const Import& entry : program.imports) text += "import " + entry.symbol + "\n";
  for (const Export& entry : program.exports) text += "export " + entry.symbol + " = " + name_of(entry.block) + "\n";
  return text;
}

}  // namespace pvm::link
