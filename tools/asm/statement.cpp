// SPDX-License-Identifier: Apache-2.0 OR MIT
// The text of one instruction, read by recursive descent.
#include "operands.hpp"

#include <algorithm>
#include <utility>

#include "pvm/ref/decode.hpp"
#include "text.hpp"

namespace pvm::assembly {
namespace {

using isa::Op;

bool is_comparison(std::string_view token) {
  return token == "==" || token == "!=" || token[0] == '<' || token[0] == '>';
}

std::string_view mirrored(std::string_view comparison) {
  constexpr std::pair<std::string_view, std::string_view> pairs[] = {{"<u", ">u"}, {"<s", ">s"}, {"<=u", ">=u"}, {"<=s", ">=s"}};
  for (const auto& [a, b] : pairs) {
    if (comparison == a) return b;
    if (comparison == b) return a;
  }
  return comparison;
}

bool commutes(std::string_view token) {
  return token == "+" || token == "*" || token == "&" || token == "|" || token == "^";
}

class Parser : private OperandParser {
 public:
  Parser(std::string_view text, std::size_t column, const Reading& reading) : OperandParser(text, column, reading) {}

  std::variant<Statement, Problem> parse() {
    parse_instruction();
    if (!failed_) parse_lengths();
    if (!failed_ && lexer_.peek().kind != TokenKind::end) unexpected("the end of the line");
    if (failed_) return problem_;
    return std::move(out_);
  }

 private:
  // --- the instruction, found ---

  bool choose(std::optional<Op> op, std::size_t column, const std::string& what) {
    if (!op) return fail(column, what + " doesn't exist");
    if (!has_op(reading_.version, *op)) {
      return fail(column, "the instruction " + std::string(isa::row_of(*op).name) + " isn't available in " +
                              std::string(isa_name(reading_.version)));
    }
    out_.op = *op;
    return true;
  }

  bool choose(Shape shape, std::string_view token = {}) { return choose(find_op(shape, token), start_column_, std::string(token)); }

  // As find_sized_op, with the prefix `i32` checked against what it can stand before.
  bool choose_sized(Shape shape, std::string_view token, std::size_t column) {
    const auto op = find_sized_op(reading_.version, shape, token, narrow_);
    if (narrow_ && op && syntax_of(*op).width == Width::one) return narrow_is_wrong("'" + std::string(token) + "'");
    const bool shape_has_rotations = shape == Shape::binary_imm || shape == Shape::binary_imm_alt;
    if (!narrow_ && !reading_.bytes_are_known && token == ">>" && shape_has_rotations && ref::register_bits(reading_.version) == 32) {
      return fail(column,
                  "listings of latest32 print shifts and rotations by a number alike; write 'i32 REG = ..' before >> for a shift, "
                  "or before >>r for a rotation");
    }
    return choose(op, column, "'" + std::string(token) + "' with a number");
  }

  bool narrow_is_wrong(const std::string& what) {
    return fail(start_column_, "i32 has no meaning for " + what + ", which has one width only; leave it out");
  }

  // --- statements ---

  bool parse_instruction() {
    const Token first = lexer_.peek();
    start_column_ = first.column;
    if (first.is("[")) return parse_memset();
    if (first.kind != TokenKind::word) return unexpected("an instruction");
    if (first.text == "i32") {
      lexer_.take();
      if (lexer_.peek().is("[")) return fail(first.column, "stores are written with u8, u16, u32 or u64");
      narrow_ = true;
      return parse_assignment();
    }
    if (register_named(first.text)) return parse_assignment();
    lexer_.take();
    if (first.text == "jump") return parse_jump();
    if (first.text == "ecalli") return parse_ecalli();
    if (first.text == "tmp") return parse_long_call();
    if (lexer_.peek().is("[")) return parse_store(first);
    if (first.text == "nop") return choose(Shape::move);
    if (first.text == "ret") return choose(Shape::jump_indirect);
    if (first.text == "invalid") return true;
    if (const auto op = find_op(Shape::word, first.text)) return choose(op, first.column, "");
    if (lexer_.peek().is("=")) return fail(first.column, "'" + std::string(first.text) + "' is no register");
    return fail(first.column, "unknown instruction '" + std::string(first.text) + "'");
  }

  bool parse_memset() {
    const char* const parts[] = {"[", "a0", "..", "a0", "+", "a2", "]", "=", "u8", "a1"};
    for (const char* const part : parts) {
      const Token token = lexer_.peek();
      const auto number = token.kind == TokenKind::word ? register_named(token.text) : std::nullopt;
      if (number && number == register_named(part)) {
        lexer_.take();
      } else if (!expect(part)) {
        return false;
      }
    }
    return choose(Shape::memset);
  }

  bool parse_ecalli() {
    const Token token = lexer_.peek();
    if (token.kind == TokenKind::quoted) {
      std::string_view text = lexer_.take().text;
      out_.host_function = take_quoted(text);
      return choose(Shape::ecalli);
    }
    if (token.kind != TokenKind::number) return unexpected("the number of an import, or its name in single quotes");
    if (token.value >= static_cast<u64>(immediate_patterns)) return fail(token.column, "the number of an import is below 2^32");
    lexer_.take();
    out_.operands.i = static_cast<ref::i32>(static_cast<u32>(token.value));
    return choose(Shape::ecalli);
  }

  bool parse_target() {
    const Token token = lexer_.peek();
    if (token.kind == TokenKind::label) {
      out_.target = LabelUse{token.text, token.column};
    } else if (token.kind == TokenKind::number && token.value < static_cast<u64>(immediate_patterns)) {
      out_.operands.target = static_cast<u32>(token.value);
    } else {
      return unexpected("a label (@name), a code offset below 2^32 or a bracket");
    }
    lexer_.take();
    return true;
  }

  bool parse_jump() {
    if (lexer_.peek().is("[")) {
      Place place;
      if (!parse_base(place)) return false;
      out_.operands.a = place.base;
      out_.operands.i = place.offset;
      return choose(Shape::jump_indirect);
    }
    if (!parse_target()) return false;
    if (!lexer_.take_if("if")) return choose(Shape::jump);
    return parse_branch_condition();
  }

  // A bracket that must hold a register.
  bool parse_base(Place& place) {
    const std::size_t column = lexer_.peek().column;
    if (!parse_place(place)) return false;
    return place.has_base || fail(column, "an indirect jump needs a register: jump [REG + NUMBER]");
  }

  bool parse_branch_condition() {
    Operand left, right;
    if (!parse_operand(left)) return false;
    const Token comparison = lexer_.peek();
    if (comparison.kind != TokenKind::symbol || !is_comparison(comparison.text) || comparison.text.starts_with("<<") ||
        comparison.text.starts_with(">>")) {
      return unexpected("a comparison (== != <u <s <=u <=s >u >s >=u >=s)");
    }
    lexer_.take();
    if (!parse_operand(right)) return false;
    std::string_view token = comparison.text;
    if (!left.is_register && !right.is_register) return fail(left.column, "both sides of the condition are numbers");
    if (left.is_register && right.is_register) {
      if (!find_op(Shape::branch, token)) {
        std::swap(left, right);
        token = mirrored(token);
      }
      out_.operands.a = left.reg;
      out_.operands.b = right.reg;
      return choose(Shape::branch, token);
    }
    if (!left.is_register) {
      std::swap(left, right);
      token = mirrored(token);
    }
    out_.operands.a = left.reg;
    return immediate(right.number, Use::value, out_.operands.i) && choose(Shape::branch_imm, token);
  }

  // "tmp = REG, REG = NUM, jump [tmp + NUM]": the link register may be the base.
  bool parse_long_call() {
    if (!expect("=") || !parse_register(out_.operands.a) || !expect(",") || !parse_register(out_.operands.d) || !expect("=") ||
        !parse_link_value(Use::value) || !expect(",") || !expect("jump") || !expect("[") || !expect("tmp")) {
      return false;
    }
    return parse_offset(out_.operands.j) && expect("]") && choose(Shape::jump_linked_indirect);
  }

  bool parse_link_value(Use use) {
    if (lexer_.peek().kind != TokenKind::label) return parse_immediate(use, out_.operands.i);
    Token token = lexer_.peek();
    const std::size_t comma = token.text.find(',');
    if (comma != std::string_view::npos) token.text = token.text.substr(0, comma);
    lexer_.skip(1 + token.text.size());
    out_.address = LabelUse{token.text, token.column};
    return true;
  }

  bool parse_store(const Token& width) {
    Place place;
    if (!find_op(Shape::store, width.text)) return fail(width.column, "stores are written with u8, u16, u32 or u64");
    if (!parse_place(place) || !expect("=")) return false;
    if (!starts_number()) {
      out_.operands.b = place.base;
      out_.operands.i = place.offset;
      if (!parse_register(out_.operands.a)) return false;
      return choose(place.has_base ? Shape::store_indirect : Shape::store, width.text);
    }
    out_.operands.a = place.base;
    out_.operands.i = place.offset;
    return parse_stored_value(width.text) && choose(place.has_base ? Shape::store_imm_indirect : Shape::store_imm, width.text);
  }

  // Wider numbers than what is stored can be encoded, but are hardly meant.
  bool parse_stored_value(std::string_view width) {
    Number number;
    if (!parse_number(number) || !immediate(number, width == "u64" ? Use::value : Use::address, out_.operands.j)) return false;
    const i64 value = out_.operands.j;
    const i64 range = width == "u8" ? 0x100 : width == "u16" ? 0x10000 : immediate_patterns;
    if (reading_.bytes_are_known || (value >= -range / 2 && value < range)) return true;
    return fail(number.column, "the number doesn't fit into " + std::string(width) + "; write " + std::to_string(-range / 2) + " to " +
                                   std::to_string(range - 1) + ", or %raw with the bytes of the instruction");
  }

  bool parse_assignment();
  bool parse_named_value(const Token& word);
  bool parse_number_value();
  bool parse_register_value();
  bool parse_binary(const Operand& left);
  bool combine(const Operand& left, std::string_view token, const Operand& right, std::size_t column);
  bool combine_with_number(u8 reg, std::string_view token, const Number& number, std::size_t column);
  bool combine_number_with(const Number& number, std::string_view token, u8 reg, std::size_t column);
  bool parse_cmov(const Operand& value);
  bool parse_linked_jump();
  void parse_lengths();

  Statement out_;
  bool narrow_ = false;  // the prefix i32
  std::size_t start_column_ = 0;
};

bool Parser::parse_assignment() {
  if (!parse_register(out_.operands.d) || !expect("=")) return false;
  const Token token = lexer_.peek();
  if (token.kind == TokenKind::label) {
    if (narrow_) return narrow_is_wrong("a code address");
    // A name may hold blanks here. It ends at the jump of a call, or at lengths.
    const Lexer at_label = lexer_;
    std::string_view rest = lexer_.take_rest();
    const std::size_t end = std::min(rest.find(", jump "), rest.find(" %bytes"));
    lexer_ = at_label;
    rest = trim(rest.substr(0, end));
    lexer_.skip(rest.size());
    out_.address = LabelUse{rest.substr(1), token.column};
    return lexer_.peek().is(",") ? parse_linked_jump() : choose(Shape::load_imm);
  }
  if (starts_number()) return parse_number_value();
  if (token.is("~")) {
    lexer_.take();
    if (narrow_) return narrow_is_wrong("~(..)");
    return expect("(") && parse_register(out_.operands.a) && expect("^") && parse_register(out_.operands.b) && expect(")") &&
           choose(Shape::xnor);
  }
  if (token.kind != TokenKind::word) return unexpected("a register, a number, a label or an operation");
  return register_named(token.text) ? parse_register_value() : parse_named_value(token);
}

// A load, a unary operation, a function, or a 64-bit number.
bool Parser::parse_named_value(const Token& word) {
  lexer_.take();
  if (word.text == "i64" && starts_number()) {
    Number number;
    if (!parse_number(number)) return false;
    if (narrow_) return narrow_is_wrong("a 64-bit number");
    out_.operands.i = static_cast<i64>(number.bits());
    return choose(Shape::load_imm64);
  }
  if (find_op(Shape::load, word.text)) {
    Place place;
    if (!parse_place(place)) return false;
    if (narrow_) return narrow_is_wrong("a load");
    out_.operands.a = place.base;
    out_.operands.i = place.offset;
    return choose(place.has_base ? Shape::load_indirect : Shape::load, word.text);
  }
  if (find_op(Shape::call, word.text)) {
    if (narrow_) return narrow_is_wrong(std::string(word.text));
    return expect("(") && parse_register(out_.operands.a) && expect(",") && parse_register(out_.operands.b) && expect(")") &&
           choose(Shape::call, word.text);
  }
  if (!find_sized_op(Semantics::rv64_1, Shape::unary, word.text, false)) {
    if (word.text == "_") return fail(word.column, "this listing was made for comparing and has left the number out");
    return fail(word.column, "unknown operation or register '" + std::string(word.text) + "'");
  }
  return parse_register(out_.operands.a) && choose_sized(Shape::unary, word.text, word.column);
}

bool Parser::parse_number_value() {
  const Token sign = lexer_.peek();
  if (sign.is("-")) {
    // "-a1" is 0 - a1.
    const Lexer before = lexer_;
    lexer_.take();
    if (lexer_.peek().kind == TokenKind::word)
      return parse_register(out_.operands.a) && choose_sized(Shape::binary_imm_alt, "-", sign.column);
    lexer_ = before;
  }
  Operand left;
  if (!parse_operand(left)) return false;
  if (lexer_.peek().is(",")) return immediate(left.number, Use::value, out_.operands.i) && parse_linked_jump();
  if (lexer_.peek().is("if")) return parse_cmov(left);
  if (!at_end()) return parse_binary(left);
  if (narrow_) return narrow_is_wrong("a number");
  const i64 bits = static_cast<i64>(left.number.bits());
  const bool fits = bits >= least_immediate && bits < -least_immediate && (bits < 0 || !left.number.negative || bits == 0);
  if (fits || ref::register_bits(reading_.version) == 32) {
    return immediate(left.number, Use::value, out_.operands.i) && choose(Shape::load_imm);
  }
  out_.operands.i = bits;
  return choose(Shape::load_imm64);
}

bool Parser::parse_register_value() {
  Operand left;
  if (!parse_operand(left)) return false;
  if (lexer_.peek().is("if")) return parse_cmov(left);
  if (!at_end()) return parse_binary(left);
  if (narrow_) return narrow_is_wrong("a move");
  out_.operands.a = left.reg;
  return choose(Shape::move);
}

bool Parser::parse_binary(const Operand& left) {
  const Token token = lexer_.peek();
  const bool is_operator = token.kind == TokenKind::symbol && token.text != "=" && token.text != "," && token.text != "..";
  const bool is_word = token.kind == TokenKind::word && find_op(Shape::binary, token.text);
  if (!is_operator && !is_word) return unexpected("an operator");
  lexer_.take();
  std::string_view name = token.text;
  if (lexer_.peek().is("~") && (name == "&" || name == "|")) {
    lexer_.take();
    name = name == "&" ? "& ~" : "| ~";
  }
  Operand right;
  return parse_operand(right) && combine(left, name, right, token.column);
}

bool Parser::combine(const Operand& left, std::string_view token, const Operand& right, std::size_t column) {
  if (token.starts_with("<=") || token.starts_with(">=") || token == "==" || token == "!=") {
    return fail(column, "'" + std::string(token) + "' is only for branches; values are compared by <u, <s, >u and >s");
  }
  if (!left.is_register && !right.is_register) return fail(left.column, "both operands are numbers");
  if (!left.is_register) return combine_number_with(left.number, token, right.reg, column);
  if (!right.is_register) return combine_with_number(left.reg, token, right.number, column);
  out_.operands.a = left.reg;
  out_.operands.b = right.reg;
  if (token == ">u" || token == ">s") {
    std::swap(out_.operands.a, out_.operands.b);
    token = mirrored(token);
  }
  return choose_sized(Shape::binary, token, column);
}

bool Parser::combine_with_number(u8 reg, std::string_view token, const Number& number, std::size_t column) {
  out_.operands.a = reg;
  Number right = number;
  if (token == "-") {
    right.negative = !right.negative;
    // Where the pattern of a negative number was written, its negation is the number without the sign.
    if (right.negative && right.magnitude > u64{1} << 63) right = {false, ~right.magnitude + 1, right.column};
    token = "+";
  }
  if (!find_sized_op(reading_.version, Shape::binary_imm, token, narrow_)) {
    return fail(column, "'" + std::string(token) + "' takes registers only; load the number into a register first");
  }
  return immediate(right, Use::value, out_.operands.i) && choose_sized(Shape::binary_imm, token, column);
}

bool Parser::combine_number_with(const Number& number, std::string_view token, u8 reg, std::size_t column) {
  if (commutes(token)) return combine_with_number(reg, token, number, column);
  if (token[0] == '<' || token[0] == '>') {
    if (token == "<u" || token == "<s" || token == ">u" || token == ">s") return combine_with_number(reg, mirrored(token), number, column);
  }
  out_.operands.a = reg;
  if (!find_sized_op(reading_.version, Shape::binary_imm_alt, token, narrow_)) {
    return fail(column, "'" + std::string(token) + "' takes registers only; load the number into a register first");
  }
  return immediate(number, Use::value, out_.operands.i) && choose_sized(Shape::binary_imm_alt, token, column);
}

// "VALUE if REG == 0" or "!="
bool Parser::parse_cmov(const Operand& value) {
  if (narrow_) return narrow_is_wrong("a conditional move");
  lexer_.take();
  u8 condition = 0;
  if (!parse_register(condition)) return false;
  const Token comparison = lexer_.peek();
  if (!comparison.is("==") && !comparison.is("!=")) return unexpected("'== 0' or '!= 0'");
  lexer_.take();
  const Token zero = lexer_.peek();
  if (zero.kind != TokenKind::number || zero.value != 0) return unexpected("0: a conditional move compares with nothing else");
  lexer_.take();
  if (value.is_register) {
    out_.operands.a = value.reg;
    out_.operands.b = condition;
    return choose(Shape::cmov, comparison.text);
  }
  out_.operands.a = condition;
  return immediate(value.number, Use::value, out_.operands.i) && choose(Shape::cmov_imm, comparison.text);
}

// ", jump TARGET" or ", jump [REG + NUM]" behind "REG = NUM"
bool Parser::parse_linked_jump() {
  if (narrow_) return narrow_is_wrong("a jump");
  if (!expect(",") || !expect("jump")) return false;
  if (!lexer_.peek().is("[")) return parse_target() && choose(Shape::jump_linked);
  const std::size_t column = lexer_.peek().column;
  Place place;
  if (!parse_base(place)) return false;
  if (place.base == out_.operands.d) {
    const std::string name(ref::register_name(place.base));
    return fail(column, "the jump would read " + name + " after it is written; write 'tmp = " + name + ", " + name +
                            " = .., jump [tmp + ..]', which reads it before");
  }
  out_.operands.a = place.base;
  out_.operands.j = place.offset;
  return choose(Shape::jump_linked_indirect);
}

// "%bytes N" or "%bytes N, M": lengths of the immediates
void Parser::parse_lengths() {
  if (!lexer_.take_if("%bytes")) return;
  for (std::optional<u8>* length : {&out_.lengths.first, &out_.lengths.second}) {
    const Token token = lexer_.peek();
    if (token.kind != TokenKind::number || token.value > 4) {
      unexpected("a number of bytes, 0 to 4");
      return;
    }
    *length = static_cast<u8>(lexer_.take().value);
    if (!lexer_.take_if(",")) return;
  }
}

}  // namespace

std::variant<Statement, Problem> parse_statement(std::string_view text, std::size_t column, const Reading& reading) {
  return Parser(text, column, reading).parse();
}

}  // namespace pvm::assembly
