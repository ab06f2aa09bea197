// SPDX-License-Identifier: Apache-2.0 OR MIT
#include "ir_text.hpp"

#include "optimize/facts.hpp"

namespace pvm::link {
namespace {

constexpr std::string_view op_names[] = {"nop",
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
static_assert(std::size(op_names) == static_cast<std::size_t>(Op::memset) + 1);
constexpr std::string_view register_names[] = {"ra", "sp", "t0", "t1", "t2", "s0", "s1", "a0", "a1",
                                               "a2", "a3", "a4", "a5", "e0", "e1", "e2", "e3"};
constexpr std::string_view condition_names[] = {
    "equal", "not_equal", "less_unsigned", "less_signed", "greater_or_equal_unsigned", "greater_or_equal_signed"};
constexpr std::string_view kind_names[] = {"read_only", "read_write", "zero"};

using Kind = Terminator::Kind;

std::string quoted(const std::string& bytes) {
  static constexpr char digits[] = "0123456789abcdef";
  std::string text = "\"";
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte < 0x7f && c != '"' && c != '\\') {
      text += c;
    } else {
      text += "\\x";
      text += digits[byte >> 4];
      text += digits[byte & 15];
    }
  }
  return text + "\"";
}

std::string to_text(const Operand& operand) {
  return operand.is_register ? std::string(name_of(operand.reg)) : to_text(operand.value);
}

std::string block_name(BlockId id) {
  return "@" + std::to_string(index_of(id));
}

std::string address(const Instruction& access) {
  return "[" + to_text(access.a) + " + " + to_text(access.offset) + "]";
}

std::string to_text(const DataSection& section) {
  static constexpr char digits[] = "0123456789abcdef";
  std::string text = "section " + quoted(section.name) + " " + std::string(kind_names[static_cast<u32>(section.kind)]) + " align " +
                     std::to_string(section.alignment) + " size " + std::to_string(section.size) + (section.used ? "" : " unused") + "\n";
  for (std::size_t at = 0; at < section.bytes.size(); ++at) {
    if (at % 32 == 0) text += at == 0 ? "  bytes" : "\n  bytes";
    text += ' ';
    text += digits[section.bytes[at] >> 4];
    text += digits[section.bytes[at] & 15];
  }
  if (!section.bytes.empty()) text += "\n";
  for (const DataRelocation& relocation : section.relocations) {
    text += "  relocation " + std::to_string(relocation.offset) + " size " + std::to_string(relocation.size) + " = " +
            to_text(relocation.target);
    if (relocation.minus) text += " - " + to_text(*relocation.minus);
    text += "\n";
  }
  return text;
}

}  // namespace

std::string_view name_of(Op op) {
  return op_names[static_cast<u32>(op)];
}
std::string_view name_of(Reg reg) {
  return register_names[static_cast<u32>(reg)];
}
std::string_view name_of(SectionKind kind) {
  return kind_names[static_cast<u32>(kind)];
}
std::string_view name_of(Condition condition) {
  return condition_names[static_cast<u32>(condition)];
}

std::string to_text(const Value& value) {
  switch (value.kind) {
    case Value::Kind::number: return std::to_string(value.number);
    case Value::Kind::data:
      return "$" + std::to_string(value.id) + (value.number == 0 ? "" : (value.number > 0 ? "+" : "") + std::to_string(value.number));
    case Value::Kind::code: return block_name(value.block());
    case Value::Kind::heap_base: return "heap_base";
  }
  return {};
}

std::string to_text(const Instruction& instruction) {
  const Op op = instruction.op;
  std::string name = std::string(name_of(op)) + (instruction.word ? ".w" : "");
  if (op == Op::nop || op == Op::memset) return name;
  if (op == Op::host_call) return name + " %" + std::to_string(static_cast<u32>(instruction.import));
  if (is_store(op)) return name + " " + address(instruction) + " = " + to_text(instruction.b);
  const std::string result = std::string(name_of(instruction.d)) + " = " + name + " ";
  if (is_load(op)) return result + address(instruction);
  const std::string left = result + to_text(instruction.a);
  return op == Op::move || op == Op::sbrk || is_unary(op) ? left : left + ", " + to_text(instruction.b);
}

std::string to_text(const Terminator& end) {
  const std::string target = block_name(end.target), otherwise = block_name(end.otherwise);
  const std::string link = std::string(name_of(end.d)) + " = ", indirect = to_text(end.a) + " + " + std::to_string(end.offset);
  switch (end.kind) {
    case Kind::trap: return "trap";
    case Kind::jump: return "jump " + target;
    case Kind::branch:
      return "branch " + to_text(end.a) + " " + std::string(name_of(end.condition)) + " " + to_text(end.b) + ", " + target + ", " +
             otherwise;
    case Kind::jump_indirect: return "jump_indirect " + indirect;
    case Kind::call: return link + "call " + target + ", " + otherwise;
    case Kind::call_indirect: return link + "call_indirect " + indirect + ", " + otherwise;
  }
  return {};
}

std::string to_text(const Program& program) {
  std::string text = "program " + std::to_string(program.register_bits);
  if (program.stack_size != 0) text += " stack " + std::to_string(program.stack_size);
  text += "\n";
  for (const Import& import : program.imports) {
    text += "import " + quoted(import.symbol) + " inputs " + std::to_string(import.inputs) + " outputs " + std::to_string(import.outputs);
    text += import.index ? " index " + std::to_string(*import.index) + "\n" : "\n";
  }
  for (const DataSection& section : program.sections) text += to_text(section);
  for (const Export& entry : program.exports) {
    text += "export " + quoted(entry.symbol) + " " + block_name(entry.block) + " inputs " + std::to_string(entry.inputs) + " outputs " +
            std::to_string(entry.outputs) + "\n";
  }
  bool in_order = program.layout.size() == program.blocks.size();
  for (u32 number = 0; number < program.blocks.size(); ++number) {
    const Block& block = program.blocks[number];
    text += "block " + block_name(BlockId{number}) + "\n";
    for (const Instruction& instruction : block.body) text += "  " + to_text(instruction) + "\n";
    text += "  " + to_text(block.end) + "\n";
    in_order = in_order && program.layout[number] == BlockId{number};
  }
  if (in_order) return text;
  text += "layout";
  for (const BlockId id : program.layout) text += " " + block_name(id);
  return text + "\n";
}

}  // namespace pvm::link
