// SPDX-License-Identifier: Apache-2.0 OR MIT
// Recursive-descent parser of formulas, one function per level of precedence.
#include <cctype>
#include <map>
#include <optional>

#include "formula.hpp"

namespace pvm::spec {

namespace {

using Kind = Expression::Kind;

struct Token {
  enum class Kind { number, word, symbol, end };
  Kind kind = Kind::end;
  std::string text;
  std::size_t column = 0;
};

bool is_digit(char c) {
  return std::isdigit(static_cast<unsigned char>(c)) != 0;
}
bool is_word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

// Length of the symbol at the front of `text`, 0 if there is none. "2^" is one symbol, so that a lone ^ is the exclusive or.
std::size_t symbol_length(std::string_view text) {
  for (const std::string_view symbol : {"2^", ":=", "!=", "<=", ">="}) {
    if (text.starts_with(symbol)) return 2;
  }
  return std::string_view("+-*&|^~=<>(),;").find(text.front()) == std::string_view::npos ? 0 : 1;
}

std::variant<std::vector<Token>, FormulaError> tokens_of(std::string_view text) {
  std::vector<Token> tokens;
  for (std::size_t at = 0; at < text.size();) {
    if (text[at] == ' ') {
      ++at;
      continue;
    }
    std::size_t length = symbol_length(text.substr(at));
    Token::Kind kind = Token::Kind::symbol;
    if (length == 0) {
      kind = is_digit(text[at]) ? Token::Kind::number : Token::Kind::word;
      while (at + length < text.size() && (kind == Token::Kind::number ? is_digit(text[at + length]) : is_word(text[at + length])))
        ++length;
      if (length == 0) return FormulaError{at + 1, std::string("unexpected character '") + text[at] + "'"};
    }
    tokens.push_back({kind, std::string(text.substr(at, length)), at + 1});
    at += length;
  }
  tokens.push_back({Token::Kind::end, "", text.size() + 1});
  return tokens;
}

class Parser {
 public:
  explicit Parser(std::vector<Token> tokens) : tokens_(std::move(tokens)) {}

  std::variant<Formula, FormulaError> formula() {
    Formula formula;
    do {
      formula.statements.push_back(statement());
    } while (!error_ && take(";"));
    if (!error_ && peek().kind != Token::Kind::end) fail("unexpected \"" + peek().text + "\"");
    if (error_) return *error_;
    return formula;
  }

 private:
  const Token& peek() const { return tokens_[next_]; }

  Token advance() {
    Token token = peek();
    if (token.kind != Token::Kind::end) ++next_;
    return token;
  }

  bool take(std::string_view text) {
    if (peek().text != text || peek().kind == Token::Kind::end) return false;
    ++next_;
    return true;
  }

  void expect(std::string_view text) {
    if (!take(text))
      fail("expected \"" + std::string(text) + "\"" +
           (peek().kind == Token::Kind::end ? " before the end" : " before \"" + peek().text + "\""));
  }

  // Keeps the first error only; the parser then runs on harmlessly to its end.
  void fail(std::string message) {
    if (!error_) error_ = FormulaError{peek().column, std::move(message)};
    next_ = tokens_.size() - 1;
  }

  Statement statement() {
    Statement out;
    out.column = peek().column;
    if (peek().kind != Token::Kind::word) {
      fail("expected a statement");
      return out;
    }
    const std::string word = advance().text;
    if (word == "trap" || word == "nothing" || word == "fill") {
      out.kind = word == "trap" ? Statement::Kind::trap : word == "nothing" ? Statement::Kind::nothing : Statement::Kind::fill;
    } else if (word == "let") {
      out.kind = Statement::Kind::let;
      out.name = advance().text;
      expect("=");
      out.operands.push_back(expression());
    } else if (word == "jump") {
      out.kind = Statement::Kind::jump;
      expect("target");
      if (take("when")) out.operands.push_back(condition());
    } else if (word == "dynamic_jump" || word == "host_call" || word == "store") {
      out.kind = word == "store"       ? Statement::Kind::store
                 : word == "host_call" ? Statement::Kind::host_call
                                       : Statement::Kind::dynamic_jump;
      arguments(out.operands, word, word == "store" ? 3 : 1);
      if (word == "store" && !error_ && out.operands[1].kind != Kind::number) {
        error_ = FormulaError{out.operands[1].column, "the size of a store must be a number"};
      }
    } else {
      out.kind = Statement::Kind::assign;
      out.name = word;
      expect(":=");
      out.operands.push_back(expression());
    }
    return out;
  }

  void arguments(std::vector<Expression>& out, const std::string& function, std::size_t count) {
    expect("(");
    do {
      out.push_back(expression());
    } while (!error_ && take(","));
    if (!error_ && out.size() != count) fail(function + " takes " + std::to_string(count) + " argument" + (count == 1 ? "" : "s"));
    expect(")");
  }

  Expression expression() {
    if (peek().text == "if") return conditional();
    Expression out = bitwise_or();
    if (comparisons().contains(peek().text)) fail("a comparison may stand behind if and when only");
    return out;
  }

  Expression conditional() {
    Expression out{Kind::conditional, "", {}, advance().column};
    out.operands.push_back(condition());
    expect("then");
    out.operands.push_back(expression());
    expect("else");
    out.operands.push_back(expression());
    return out;
  }

  static const std::map<std::string_view, Kind>& comparisons() {
    static const std::map<std::string_view, Kind> operators = {{"=", Kind::equal},   {"!=", Kind::not_equal},
                                                               {"<", Kind::less},    {"<=", Kind::less_or_equal},
                                                               {">", Kind::greater}, {">=", Kind::greater_or_equal}};
    return operators;
  }

  Expression condition() {
    Expression left = bitwise_or();
    const auto found = comparisons().find(peek().text);
    if (found == comparisons().end()) {
      fail("expected a comparison");
      return left;
    }
    Expression out{found->second, "", {}, advance().column};
    out.operands.push_back(std::move(left));
    out.operands.push_back(bitwise_or());
    return out;
  }

  // One level of binary operators, associating to the left.
  template <typename Next>
  Expression binary(const std::map<std::string_view, Kind>& operators, Next operand) {
    Expression left = operand();
    for (auto found = operators.find(peek().text); !error_ && found != operators.end(); found = operators.find(peek().text)) {
      Expression out{found->second, "", {}, advance().column};
      out.operands.push_back(std::move(left));
      out.operands.push_back(operand());
      left = std::move(out);
    }
    return left;
  }

  Expression bitwise_or() {
    return binary({{"|", Kind::bit_or}}, [this] { return bitwise_xor(); });
  }

  Expression bitwise_xor() {
    return binary({{"^", Kind::bit_xor}}, [this] { return bitwise_and(); });
  }

  Expression bitwise_and() {
    return binary({{"&", Kind::bit_and}}, [this] { return sum(); });
  }

  Expression sum() {
    return binary({{"+", Kind::add}, {"-", Kind::subtract}}, [this] { return product(); });
  }

  Expression product() {
    return binary({{"*", Kind::multiply}, {"div", Kind::divide}, {"mod", Kind::modulo}}, [this] { return unary(); });
  }

  Expression unary() {
    const std::string& symbol = peek().text;
    if (symbol != "-" && symbol != "~" && symbol != "2^") return primary();
    Expression out{symbol == "-" ? Kind::negate : symbol == "~" ? Kind::complement : Kind::power_of_two, "", {}, 0};
    out.column = advance().column;
    out.operands.push_back(out.kind == Kind::power_of_two ? primary() : unary());
    return out;
  }

  Expression primary() {
    // Number of arguments of each function.
    static const std::map<std::string_view, std::size_t> functions = {
        {"u", 2},      {"s", 2},      {"quot", 2},    {"rem", 2},  {"max", 2},  {"min", 2},     {"ones", 1},
        {"length", 1}, {"lowest", 1}, {"reverse", 2}, {"load", 2}, {"grow", 1}, {"allocate", 1}};
    Expression out;
    out.column = peek().column;
    if (take("(")) {
      out = expression();
      expect(")");
      return out;
    }
    if (peek().kind == Token::Kind::number) {
      out.text = advance().text;
      return out;
    }
    if (peek().kind != Token::Kind::word) {
      fail(peek().kind == Token::Kind::end ? "the formula ends too early" : "unexpected \"" + peek().text + "\"");
      return out;
    }
    out.kind = Kind::name;
    out.text = advance().text;
    if (peek().text != "(") return out;
    out.kind = Kind::call;
    const auto found = functions.find(out.text);
    if (found == functions.end()) {
      fail("unknown function " + out.text);
      return out;
    }
    arguments(out.operands, out.text, found->second);
    return out;
  }

  std::vector<Token> tokens_;
  std::size_t next_ = 0;
  std::optional<FormulaError> error_;
};

}  // namespace

std::variant<Formula, FormulaError> parse_formula(std::string_view text) {
  std::variant<std::vector<Token>, FormulaError> tokens = tokens_of(text);
  if (const FormulaError* error = std::get_if<FormulaError>(&tokens)) return *error;
  return Parser(std::move(std::get<std::vector<Token>>(tokens))).formula();
}

}  // namespace pvm::spec
