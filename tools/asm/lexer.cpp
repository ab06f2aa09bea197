// SPDX-License-Identifier: Apache-2.0 OR MIT
// One line of text as tokens.
#include "lexer.hpp"

#include "text.hpp"

namespace pvm::assembly {
namespace {

// The longest ones first.
constexpr std::string_view symbols[] = {"<=u", "<=s", ">=u", ">=s", "<<r", ">>a", ">>r", "..", "==", "!=", "<<",
                                        ">>",  "<u",  "<s",  ">u",  ">s",  "/u",  "/s",  "%u", "%s", "+",  "-",
                                        "*",   "&",   "|",   "^",   "~",   "=",   "(",   ")",  "[",  "]",  ","};

bool ends_in_letter(std::string_view symbol) {
  return symbol.back() >= 'a' && symbol.back() <= 'z';
}

std::string_view word_at(std::string_view text) {
  std::size_t length = 0;
  while (length < text.size() && is_word_char(text[length])) ++length;
  return text.substr(0, length);
}

std::string visible(char character) {
  const u8 byte = static_cast<u8>(character);
  if (byte > 0x20 && byte < 0x7f) return "'" + std::string(1, character) + "'";
  const u8 bytes[] = {byte};
  return "byte 0x" + to_hex(bytes);
}

}  // namespace

Token Lexer::take() {
  const Token token = token_;
  advance();
  return token;
}

bool Lexer::take_if(std::string_view symbol_or_word) {
  if (!token_.is(symbol_or_word)) return false;
  advance();
  return true;
}

std::string_view Lexer::take_rest() {
  const std::string_view rest = text_.substr(token_at_);
  at_ = text_.size();
  advance();
  return rest;
}

void Lexer::skip(std::size_t length) {
  at_ = token_at_ + length;
  advance();
}

void Lexer::finish(TokenKind kind, std::size_t length) {
  token_.kind = kind;
  token_.text = text_.substr(at_, length);
  at_ += length;
}

void Lexer::fail(std::string reason) {
  reason_ = std::move(reason);
  finish(TokenKind::bad, text_.size() - at_);
}

void Lexer::advance() {
  while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t')) ++at_;
  token_ = {};
  token_at_ = at_;
  token_.column = column_ + at_;
  if (at_ == text_.size()) return;
  const char first = text_[at_];
  if (first >= '0' && first <= '9') return read_number();
  if (is_word_char(first)) return finish(TokenKind::word, word_at(text_.substr(at_)).size());
  if (first == '@') {
    ++at_;
    return finish(TokenKind::label, text_.substr(at_).find_first_of(" \t") == std::string_view::npos
                                        ? text_.size() - at_
                                        : text_.substr(at_).find_first_of(" \t"));
  }
  if (first == '\'') {
    std::string_view rest = text_.substr(at_);
    const std::size_t before = rest.size();
    if (!take_quoted(rest)) return fail("a name in quotes isn't closed, or has an escape other than \\\\, \\' and \\xNN");
    return finish(TokenKind::quoted, before - rest.size());
  }
  if (text_.substr(at_).starts_with("%bytes")) return finish(TokenKind::word, 6);
  read_symbol();
}

void Lexer::read_number() {
  const std::string_view word = word_at(text_.substr(at_));
  const auto value = parse_unsigned(word);
  if (!value) return fail("'" + std::string(word) + "' is no number of at most 64 bits; write decimal, 0x.. or 0b..");
  token_.value = *value;
  token_.decimal = !word.starts_with("0x") && !word.starts_with("0b");
  finish(TokenKind::number, word.size());
}

// An operator that ends in a letter and is followed by one more letter or digit could be meant in two ways: ">>a2" is a shift by the
// register a2, or an arithmetic shift by 2.
void Lexer::read_symbol() {
  const std::string_view rest = text_.substr(at_);
  for (const std::string_view symbol : symbols) {
    if (!rest.starts_with(symbol)) continue;
    if (ends_in_letter(symbol)) {
      const std::string_view word = word_at(rest.substr(symbol.size() - 1));
      if (word.size() > 1 && register_named(word)) {
        const std::string stem(symbol.substr(0, symbol.size() - 1));
        return fail("'" + stem + std::string(word) + "' can be read in two ways; write '" + std::string(symbol) + " " +
                    std::string(word.substr(1)) + "'" +
                    (stem == ">>" || stem == "<<" ? " or '" + stem + " " + std::string(word) + "'"
                                                  : std::string(", or an operator before " + std::string(word))));
      }
    }
    return finish(TokenKind::symbol, symbol.size());
  }
  if (rest[0] == '<' || rest[0] == '>' || rest[0] == '/' || rest[0] == '%') {
    return fail("'" + std::string(rest.substr(0, rest.size() > 1 && rest[1] == '=' ? 2 : 1)) +
                "' needs a sign: write u for unsigned or s for signed behind it, as in '" + std::string(rest.substr(0, 1)) + "u'");
  }
  if (rest[0] == '#' || rest[0] == ';') return fail("comments begin with //");
  fail("unexpected " + visible(rest[0]));
}

}  // namespace pvm::assembly
