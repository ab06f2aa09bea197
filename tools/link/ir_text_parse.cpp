// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <cctype>

#include "ir_text.hpp"
#include "optimize/facts.hpp"

namespace pvm::link {
namespace {

using Kind = Terminator::Kind;

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

  // The one of an enumeration, up to `last`, that is called `word`.
  template <typename Enum>
  Enum one_of(Enum last, std::string_view word, std::string_view what) {
    for (u32 number = 0; number <= static_cast<u32>(last); ++number) {
      if (name_of(static_cast<Enum>(number)) == word) return static_cast<Enum>(number);
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
  Reg reg() { return one_of(Reg::e3, word(), "register"); }

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
    section.kind = line.one_of(SectionKind::zero, line.word(), "kind of section");
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
      const Reg d = line.one_of(Reg::e3, first, "register");
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
    instruction.op = line.one_of(Op::memset, name, "instruction");
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
      end.condition = line.one_of(Condition::greater_or_equal_signed, line.word(), "condition");
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

Outcome<Program> parse_ir(std::string_view text) {
  return Parser().run(text);
}

}  // namespace pvm::link
