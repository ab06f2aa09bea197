// SPDX-License-Identifier: Apache-2.0 OR MIT
// One line of text as tokens.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "syntax.hpp"

namespace pvm::assembly {

/// What is wrong with a line, and where: `column` counts bytes of that line from 0.
struct Problem {
  std::size_t column = 0;
  std::string message;
};

enum class TokenKind : u8 { end, word, number, symbol, label, quoted, bad };

/// One token; `text` points into the line.
struct Token {
  TokenKind kind = TokenKind::end;
  std::string_view text;   ///< Label: without the @.
  std::size_t column = 0;  ///< In the line.
  u64 value = 0;           ///< Of a number.
  bool decimal = false;    ///< The number is written in decimal.

  bool is(std::string_view symbol_or_word) const {
    return (kind == TokenKind::symbol || kind == TokenKind::word) && text == symbol_or_word;
  }
};

/// Cuts a statement into tokens, one ahead. A label runs to the next blank.
class Lexer {
 public:
  /// `column`: where `text` begins in its line.
  Lexer(std::string_view text, std::size_t column) : text_(text), column_(column) { advance(); }

  const Token& peek() const { return token_; }
  Token take();
  /// Takes the next token if it is this symbol or word.
  bool take_if(std::string_view symbol_or_word);
  /// The text from the next token on; the lexer is at the end afterwards.
  std::string_view take_rest();
  /// Goes on reading at `length` bytes behind the beginning of the next token.
  void skip(std::size_t length);
  /// Why the last token is TokenKind::bad.
  const std::string& reason() const { return reason_; }

 private:
  void advance();
  void read_symbol();
  void read_number();
  void finish(TokenKind kind, std::size_t length);
  void fail(std::string reason);

  std::string_view text_;
  std::size_t column_;
  std::size_t at_ = 0;
  std::size_t token_at_ = 0;
  Token token_;
  std::string reason_;
};

}  // namespace pvm::assembly
