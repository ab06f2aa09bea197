// SPDX-License-Identifier: Apache-2.0 OR MIT
#include "ir_text.hpp"

#include <cctype>

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

// A line, taken apart piece by piece. The first thing that isn't as it should be is kept as the error.
class Line {
 public:
  explicit Line(std::string_view text) : rest_(text) { skip_blanks(); }

  bool failed() const { return !error_.empty(); }
  const std::string& error() const { return error_; }
  bool at_end() const { return rest_.empty(); }
  void fail(std::string message) {
    if (error_.empty()) error_ = std::move(message);
    rest_ = {};
  }

  bool accept(std::string_view token) {
    if (!rest_.starts_with(token)) return false;
    const bool is_word = is_name(token.back());
    if (is_word && rest_.size() > token.size() && is_name(rest_[token.size()])) return false;
    rest_.remove_prefix(token.size());
    skip_blanks();
    return true;
  }
  void expect(std::string_view token) {
    if (!accept(token)) fail("expected '" + std::string(token) + "'");
  }

  std::string_view word() {
    std::size_t length = 0;
    while (length < rest_.size() && is_name(rest_[length])) ++length;
    const std::string_view result = rest_.substr(0, length);
    rest_.remove_prefix(length);
    skip_blanks();
    if (result.empty()) fail("expected a name");
    return result;
  }

  u64 hexadecimal(std::size_t digits) {
    u64 value = 0;
    for (std::size_t at = 0; at < digits; ++at) {
      const int digit = rest_.empty() ? -1 : digit_of(rest_.front());
      if (digit < 0) return fail("expected a hexadecimal number"), 0;
      value = value * 16 + static_cast<u64>(digit);
      rest_.remove_prefix(1);
    }
    return value;
  }

  i64 number() {
    const bool negative = !rest_.empty() && rest_.front() == '-';
    if (negative) rest_.remove_prefix(1);
    const bool hex = rest_.starts_with("0x");
    if (hex) rest_.remove_prefix(2);
    const u64 base = hex ? 16 : 10;
    u64 value = 0;
    std::size_t length = 0;
    for (; length < rest_.size(); ++length) {
      const int digit = digit_of(rest_[length]);
      if (digit < 0 || static_cast<u64>(digit) >= base) break;
      if (value > (~u64{0} - static_cast<u64>(digit)) / base) return fail("the number has more than 64 bits"), 0;
      value = value * base + static_cast<u64>(digit);
    }
    if (length == 0) return fail("expected a number"), 0;
    rest_.remove_prefix(length);
    skip_blanks();
    return static_cast<i64>(negative ? 0 - value : value);
  }
  u32 index() {
    const i64 value = number();
    if (value < 0 || value > 0xffffff) return fail("the number is out of range"), 0;
    return static_cast<u32>(value);
  }

  std::string string() {
    std::string result;
    if (rest_.empty() || rest_.front() != '"') return fail("expected a string"), result;
    rest_.remove_prefix(1);
    while (!rest_.empty() && rest_.front() != '"') {
      if (rest_.starts_with("\\x")) {
        rest_.remove_prefix(2);
        result += static_cast<char>(hexadecimal(2));
        continue;
      }
      result += rest_.front();
      rest_.remove_prefix(1);
    }
    if (rest_.empty()) return fail("the string doesn't end"), result;
    rest_.remove_prefix(1);
    skip_blanks();
    return result;
  }

  template <typename Enum, std::size_t count>
  Enum one_of(const std::string_view (&names)[count], std::string_view word, std::string_view what) {
    for (std::size_t number = 0; number < count; ++number) {
      if (names[number] == word) return static_cast<Enum>(number);
    }
    fail("unknown " + std::string(what) + " '" + std::string(word) + "'");
    return Enum{};
  }

  BlockId block() {
    expect("@");
    return BlockId{failed() ? 0 : index()};
  }

  Value value() {
    if (accept("heap_base")) return Value::of_heap_base();
    if (rest_.starts_with("@")) return Value::of(block());
    if (!accept("$")) return Value::of(number());
    const SectionId section{index()};
    i64 offset = 0;
    if (accept("+")) {
      offset = number();
    } else if (rest_.starts_with("-") && rest_.size() > 1 && digit_of(rest_[1]) >= 0) {
      offset = number();
    }
    return Value::of(section, offset);
  }

  Operand operand() {
    if (rest_.empty()) return fail("expected an operand"), Operand{};
    if (std::isalpha(static_cast<unsigned char>(rest_.front())) && !rest_.starts_with("heap_base")) return Operand::of(reg());
    return Operand::of(value());
  }
  Reg reg() { return one_of<Reg>(register_names, word(), "register"); }

 private:
  static bool is_name(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '.'; }
  static int digit_of(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return -1;
  }
  void skip_blanks() {
    while (!rest_.empty() && (rest_.front() == ' ' || rest_.front() == '\t')) rest_.remove_prefix(1);
    if (!rest_.empty() && rest_.front() == '#') rest_ = {};
  }

  std::string_view rest_;
  std::string error_;
};

class Parser {
 public:
  Outcome<Program> run(std::string_view text) {
    u64 number = 0;
    while (!text.empty()) {
      ++number;
      const std::size_t end = text.find('\n');
      Line line(text.substr(0, end));
      text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
      if (!line.at_end()) parse(line);
      if (!line.failed() && !line.at_end()) line.fail("there is more than is understood");
      if (line.failed()) return error(number, line.error());
    }
    if (open_) return error(number, "the last block has no end");
    if (!has_layout_) {
      program_.layout.resize(program_.blocks.size());
      for (u32 id = 0; id < program_.layout.size(); ++id) program_.layout[id] = BlockId{id};
    }
    if (!is_consistent()) return error(number, "a block, section or import that is mentioned doesn't exist, or the layout names one twice");
    return std::move(program_);
  }

 private:
  static LinkError error(u64 line, std::string message) {
    LinkError result;
    result.offset = line;
    result.message = std::move(message);
    return result;
  }

  void parse(Line& line) {
    if (open_) return parse_code(line);
    const std::string_view word = line.word();
    if (word == "program") return parse_program(line);
    if (word == "import") return parse_import(line);
    if (word == "section") return parse_section(line);
    if (word == "bytes" || word == "relocation") return parse_contents(line, word);
    if (word == "export") return parse_export(line);
    if (word == "block") return parse_block(line);
    if (word == "layout") return parse_layout(line);
    line.fail("unknown '" + std::string(word) + "'");
  }

  void parse_program(Line& line) {
    program_.register_bits = line.index();
    if (program_.register_bits != 32 && program_.register_bits != 64) line.fail("registers have 32 or 64 bits");
    if (line.accept("stack")) program_.stack_size = line.index();
  }

  void parse_import(Line& line) {
    Import import;
    import.symbol = line.string();
    line.expect("inputs");
    import.inputs = line.index();
    line.expect("outputs");
    import.outputs = line.index();
    if (line.accept("index")) import.index = line.index();
    program_.imports.push_back(std::move(import));
  }

  void parse_section(Line& line) {
    DataSection section;
    section.name = line.string();
    section.kind = line.one_of<SectionKind>(kind_names, line.word(), "kind of section");
    line.expect("align");
    section.alignment = static_cast<u64>(line.number());
    line.expect("size");
    section.size = static_cast<u64>(line.number());
    section.used = !line.accept("unused");
    if (section.alignment == 0 || (section.alignment & (section.alignment - 1)) != 0) line.fail("an alignment is a power of two");
    program_.sections.push_back(std::move(section));
  }

  void parse_contents(Line& line, std::string_view word) {
    if (program_.sections.empty()) return line.fail("there is no section yet");
    DataSection& section = program_.sections.back();
    if (word == "bytes") {
      while (!line.at_end() && !line.failed()) {
        section.bytes.push_back(static_cast<u8>(line.hexadecimal(2)));
        line.accept(" ");
      }
      if (section.bytes.size() > section.size) line.fail("there are more bytes than the section has");
      return;
    }
    DataRelocation relocation;
    relocation.offset = static_cast<u64>(line.number());
    line.expect("size");
    relocation.size = static_cast<u8>(line.index());
    line.expect("=");
    relocation.target = line.value();
    if (line.accept("-")) relocation.minus = line.value();
    if (relocation.offset > section.bytes.size() || section.bytes.size() - relocation.offset < relocation.size) {
      line.fail("the relocation isn't inside the bytes");
    }
    section.relocations.push_back(relocation);
  }

  void parse_export(Line& line) {
    Export entry;
    entry.symbol = line.string();
    entry.block = line.block();
    line.expect("inputs");
    entry.inputs = line.index();
    line.expect("outputs");
    entry.outputs = line.index();
    program_.exports.push_back(std::move(entry));
  }

  void parse_block(Line& line) {
    if (index_of(line.block()) != program_.blocks.size()) line.fail("blocks are numbered one after the other");
    program_.blocks.emplace_back();
    open_ = true;
  }

  void parse_layout(Line& line) {
    has_layout_ = true;
    while (!line.at_end()) program_.layout.push_back(line.block());
  }

  void parse_code(Line& line) {
    Block& block = program_.blocks.back();
    if (line.accept("trap")) return close(line, Kind::trap);
    if (line.accept("jump_indirect")) return close(line, Kind::jump_indirect);
    if (line.accept("jump")) return close(line, Kind::jump);
    if (line.accept("branch")) return close(line, Kind::branch);
    Instruction instruction;
    const std::string_view first = line.word();
    const bool has_result = line.accept("=");
    if (has_result) {
      const Reg d = line.one_of<Reg>(register_names, first, "register");
      const bool is_direct = line.accept("call");
      if (is_direct || line.accept("call_indirect")) {
        block.end.d = d;
        return close(line, is_direct ? Kind::call : Kind::call_indirect);
      }
      instruction.d = d;
    }
    parse_instruction(line, instruction, has_result ? line.word() : first);
    block.body.push_back(instruction);
  }

  static void parse_instruction(Line& line, Instruction& instruction, std::string_view name) {
    if (name.ends_with(".w")) {
      instruction.word = true;
      name.remove_suffix(2);
    }
    instruction.op = line.one_of<Op>(op_names, name, "instruction");
    const Op op = instruction.op;
    if (is_load(op) || is_store(op)) {
      line.expect("[");
      instruction.a = line.operand();
      line.expect("+");
      instruction.offset = line.value();
      line.expect("]");
      if (is_load(op)) return;
      line.expect("=");
      instruction.b = line.operand();
      return;
    }
    if (op == Op::host_call) {
      line.expect("%");
      instruction.import = ImportId{line.index()};
    }
    if (op == Op::host_call || op == Op::memset || op == Op::nop) return;
    instruction.a = line.operand();
    if (op == Op::move || op == Op::sbrk || is_unary(op)) return;
    line.expect(",");
    instruction.b = line.operand();
  }

  void close(Line& line, Kind kind) {
    Terminator& end = program_.blocks.back().end;
    end.kind = kind;
    open_ = false;
    if (kind == Kind::branch) {
      end.a = line.operand();
      end.condition = line.one_of<Condition>(condition_names, line.word(), "condition");
      end.b = line.operand();
      line.expect(",");
    }
    if (kind == Kind::jump_indirect || kind == Kind::call_indirect) {
      end.a = line.operand();
      line.expect("+");
      end.offset = line.number();
    }
    if (kind == Kind::jump || kind == Kind::branch || kind == Kind::call) end.target = line.block();
    if (kind == Kind::branch || kind == Kind::call || kind == Kind::call_indirect) {
      line.expect(",");
      end.otherwise = line.block();
    }
  }

  bool exists(BlockId id) const { return index_of(id) < program_.blocks.size(); }
  bool exists(const Value& value) const {
    if (value.kind == Value::Kind::code) return exists(value.block());
    return value.kind != Value::Kind::data || value.id < program_.sections.size();
  }

  bool is_consistent() const {
    bool good = true;
    for (const Block& block : program_.blocks) {
      for_each_value(block, [&](const Value& value) { good = good && exists(value); });
      for_each_target(block.end, [&](BlockId id) { good = good && exists(id); });
      for (const Instruction& instruction : block.body) {
        good = good && (instruction.op != Op::host_call || static_cast<u32>(instruction.import) < program_.imports.size());
      }
    }
    for (const DataSection& section : program_.sections) {
      for (const DataRelocation& relocation : section.relocations) {
        good = good && exists(relocation.target) && (!relocation.minus || exists(*relocation.minus));
      }
    }
    for (const Export& entry : program_.exports) good = good && exists(entry.block);
    std::vector<bool> seen(program_.blocks.size());
    for (const BlockId id : program_.layout) {
      good = good && exists(id) && !seen[index_of(id)];
      if (good) seen[index_of(id)] = true;
    }
    return good;
  }

  Program program_;
  bool open_ = false;  ///< Inside a block.
  bool has_layout_ = false;
};

}  // namespace

std::string_view name_of(Op op) {
  return op_names[static_cast<u32>(op)];
}
std::string_view name_of(Reg reg) {
  return register_names[static_cast<u32>(reg)];
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
  const std::string name = std::string(name_of(op)) + (instruction.word ? ".w" : "");
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

Outcome<Program> parse_ir(std::string_view text) {
  return Parser().run(text);
}

}  // namespace pvm::link
