// SPDX-License-Identifier: Apache-2.0 OR MIT
// Code from a few lines of text, as test programs are written.
#include "pvm/builder/assemble.hpp"

#include <array>
#include <map>

namespace pvm::builder {

using isa::Field;

namespace {

constexpr std::array<std::string_view, 13> register_names = {"ra", "sp", "t0", "t1", "t2", "s0", "s1", "a0", "a1", "a2", "a3", "a4", "a5"};

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// Splits at any of `separators`; the pieces are trimmed.
std::vector<std::string_view> split(std::string_view text, std::string_view separators) {
  std::vector<std::string_view> pieces;
  while (true) {
    const std::size_t end = text.find_first_of(separators);
    pieces.push_back(trim(text.substr(0, end)));
    if (end == std::string_view::npos) return pieces;
    text.remove_prefix(end + 1);
  }
}

int digit_value(char character) {
  if (character >= '0' && character <= '9') return character - '0';
  if (character >= 'a' && character <= 'f') return character - 'a' + 10;
  return 99;
}

std::optional<i64> parse_number(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  const bool hex = text.starts_with("0x");
  if (hex) text.remove_prefix(2);
  const int base = hex ? 16 : 10;
  if (text.empty()) return std::nullopt;
  u64 value = 0;
  for (const char character : text) {
    const int digit = digit_value(character);
    if (digit >= base) return std::nullopt;
    value = value * static_cast<u64>(base) + static_cast<u64>(digit);
  }
  return static_cast<i64>(negative ? 0 - value : value);
}

std::optional<u8> parse_register(std::string_view text) {
  for (std::size_t number = 0; number < register_names.size(); ++number) {
    if (register_names[number] == text) return static_cast<u8>(number);
  }
  if (!text.starts_with('r')) return std::nullopt;
  const std::optional<i64> number = parse_number(text.substr(1));
  if (!number || *number < 0 || *number > 255) return std::nullopt;
  return static_cast<u8>(*number);
}

bool is_name(std::string_view text) {
  return !text.empty() && ((text.front() >= 'a' && text.front() <= 'z') || text.front() == '_');
}

class Assembler {
 public:
  explicit Assembler(Code& code) : code_(code) {}

  void statement(std::string_view text) {
    text = trim(text.substr(0, text.find('#')));
    if (text.empty()) return;
    if (text.back() == ':') return code_.bind(label(trim(text.substr(0, text.size() - 1))));
    const std::size_t space = text.find(' ');
    const std::string_view name = text.substr(0, space);
    const std::string_view rest = space == std::string_view::npos ? std::string_view() : trim(text.substr(space));
    if (name == ".raw") return code_.raw(bytes(rest));
    if (name == ".unmarked") return code_.unmarked(bytes(rest));
    if (name == ".table") return table(rest);
    if (name == ".entry_size") return code_.set_entry_size(static_cast<u8>(parse_number(rest).value_or(0)));
    if (name == "ret") return code_.instruction(isa::Op::jump_indirect, {});
    instruction(name, rest);
  }

 private:
  void error(std::string_view what, std::string_view where) { code_.fail(std::string(what) + ": " + std::string(where)); }

  Label label(std::string_view name) {
    const auto found = labels_.find(name);
    if (found != labels_.end()) return found->second;
    return labels_.emplace(std::string(name), code_.new_label()).first->second;
  }

  Bytes bytes(std::string_view text) {
    Bytes out;
    for (std::string_view piece : split(text, " ")) {
      if (piece.empty()) continue;
      i64 count = 1;
      if (const std::size_t star = piece.find('*'); star != std::string_view::npos) {
        count = parse_number(piece.substr(star + 1)).value_or(0);
        piece = piece.substr(0, star);
      }
      if (piece.size() != 2 || digit_value(piece[0]) > 15 || digit_value(piece[1]) > 15) {
        error("not a byte", piece);
        return out;
      }
      out.insert(out.end(), static_cast<std::size_t>(count), static_cast<u8>(digit_value(piece[0]) * 16 + digit_value(piece[1])));
    }
    return out;
  }

  void table(std::string_view text) {
    for (const std::string_view piece : split(text, ",")) {
      if (is_name(piece)) {
        code_.table_entry(label(piece));
      } else if (const auto number = parse_number(piece)) {
        code_.table_entry(static_cast<u64>(*number));
      } else {
        error("not a label or code offset", piece);
      }
    }
  }

  std::optional<isa::Op> op_of(std::string_view name) {
    const bool wide = ref::register_bits(code_.version()) == 64;
    if (name == "load_indirect_w") return wide ? isa::Op::load_indirect_u64 : isa::Op::load_indirect_i32;
    if (name == "store_indirect_w") return wide ? isa::Op::store_indirect_u64 : isa::Op::store_indirect_u32;
    if (name.ends_with("_w")) return op_named(std::string(name.substr(0, name.size() - 1)) + (wide ? "64" : "32"));
    return op_named(name);
  }

  // An immediate: number, number:length, or &label.
  i64 immediate(std::string_view text, std::optional<u8>& length) {
    if (text.starts_with('&')) {
      const std::string_view name = text.substr(1);
      const auto found = addresses_.find(name);
      if (found != addresses_.end()) return found->second;
      return addresses_.emplace(std::string(name), code_.table_entry(label(name))).first->second;
    }
    const auto value = parse_number(without_length(text, length));
    if (!value) error("not a number", text);
    return value.value_or(0);
  }

  std::string_view without_length(std::string_view text, std::optional<u8>& length) {
    const std::size_t colon = text.find(':');
    if (colon == std::string_view::npos) return text;
    const auto bytes = parse_number(text.substr(colon + 1));
    if (!bytes || *bytes < 0 || *bytes > 4) error("not a length", text);
    length = static_cast<u8>(bytes.value_or(0));
    return text.substr(0, colon);
  }

  void instruction(std::string_view name, std::string_view rest) {
    const std::optional<isa::Op> op = op_of(name);
    if (!op) return error("unknown instruction", name);
    const isa::Operands& letters = isa::row_of(*op).operands;
    const std::vector<std::string_view> pieces = rest.empty() ? std::vector<std::string_view>() : split(rest, ",");
    std::size_t used = 0;
    Operands operands;
    Lengths lengths;
    std::optional<Label> target;

    const auto next = [&]() -> std::string_view {
      if (used < pieces.size()) return pieces[used++];
      error("too few operands", name);
      return "0";
    };
    const auto reg = [&](Field field, u8& out) {
      if (field == Field::none) return;
      const std::string_view text = next();
      const auto number = parse_register(text);
      if (!number) error("not a register", text);
      out = number.value_or(0);
    };
    reg(letters.d, operands.d);
    reg(letters.a, operands.a);
    reg(letters.b, operands.b);
    if (letters.i != Field::none) operands.i = immediate(next(), letters.i == Field::imm1 ? lengths.first : lengths.second);
    if (letters.j != Field::none) operands.j = immediate(next(), letters.j == Field::imm1 ? lengths.first : lengths.second);
    if (letters.target != Field::none) {
      const std::string_view text = without_length(next(), letters.i == Field::none ? lengths.first : lengths.second);
      if (is_name(text)) {
        target = label(text);
      } else if (const auto number = parse_number(text)) {
        operands.target = static_cast<u32>(*number);
      } else {
        error("not a label or code offset", text);
      }
    }
    if (used != pieces.size()) error("too many operands", rest);
    code_.instruction(*op, operands, lengths, target);
  }

  Code& code_;
  std::map<std::string, Label, std::less<>> labels_;
  std::map<std::string, u32, std::less<>> addresses_;
};

}  // namespace

void assemble(std::string_view text, Code& code) {
  Assembler assembler(code);
  for (const std::string_view line : split(text, "\n")) {
    for (const std::string_view part : split(line.substr(0, line.find('#')), ";")) assembler.statement(part);
  }
}

std::variant<CodeBlob, std::string> assemble(Semantics version, std::string_view text) {
  Code code(version);
  assemble(text, code);
  return code.build();
}

}  // namespace pvm::builder
