// SPDX-License-Identifier: Apache-2.0 OR MIT
// Small pieces of text: hex, numbers, quoted names.
#include "text.hpp"

namespace pvm::assembly {

using ref::u32;
using ref::u64;
using ref::u8;

namespace {

constexpr char hex_digits[] = "0123456789abcdef";

bool is_blank(char character) {
  return character == ' ' || character == '\t' || character == '\r';
}

bool is_continuation(char character) {
  return (static_cast<u8>(character) & 0xc0) == 0x80;
}

// Bytes of the well-formed UTF-8 sequence at the front, or 0.
std::size_t sequence_length(std::string_view text) {
  const u8 first = static_cast<u8>(text[0]);
  if (first < 0x80) return 1;
  const std::size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || text.size() < length) return 0;
  for (std::size_t index = 1; index < length; ++index) {
    if (!is_continuation(text[index])) return 0;
  }
  const u8 second = static_cast<u8>(text[1]);
  const bool overlong = (first == 0xe0 && second < 0xa0) || (first == 0xf0 && second < 0x90);
  const bool out_of_range = (first == 0xed && second >= 0xa0) || (first == 0xf4 && second >= 0x90);
  return overlong || out_of_range ? 0 : length;
}

}  // namespace

std::string_view trim(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

bool is_word_char(char character) {
  return (character >= '0' && character <= '9') || (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z') ||
         character == '_';
}

int hex_digit(char character) {
  if (character >= '0' && character <= '9') return character - '0';
  if (character >= 'a' && character <= 'f') return character - 'a' + 10;
  if (character >= 'A' && character <= 'F') return character - 'A' + 10;
  return -1;
}

std::optional<Bytes> parse_hex(std::string_view text) {
  Bytes bytes;
  bytes.reserve(text.size() / 3 + 1);
  int high = -1;
  for (const char character : text) {
    if (is_blank(character)) continue;
    const int digit = hex_digit(character);
    if (digit < 0) return std::nullopt;
    if (high < 0) {
      high = digit;
    } else {
      bytes.push_back(static_cast<u8>(high << 4 | digit));
      high = -1;
    }
  }
  if (high >= 0) return std::nullopt;
  return bytes;
}

void append_hex(std::string& out, std::span<const u8> bytes) {
  bool first = true;
  for (const u8 byte : bytes) {
    if (!first) out += ' ';
    first = false;
    out += hex_digits[byte >> 4];
    out += hex_digits[byte & 15];
  }
}

std::string to_hex(std::span<const u8> bytes) {
  std::string out;
  append_hex(out, bytes);
  return out;
}

std::optional<u64> parse_unsigned(std::string_view text) {
  u32 base = 10;
  if (text.starts_with("0x")) base = 16;
  if (text.starts_with("0b")) base = 2;
  if (base != 10) text.remove_prefix(2);
  if (text.empty()) return std::nullopt;
  u64 value = 0;
  for (const char character : text) {
    const int digit = hex_digit(character);
    if (digit < 0 || static_cast<u32>(digit) >= base) return std::nullopt;
    if (value > (~u64{0} - static_cast<u64>(digit)) / base) return std::nullopt;
    value = value * base + static_cast<u64>(digit);
  }
  return value;
}

std::string hex_number(u64 value) {
  if (value == 0) return "0";
  std::string digits;
  for (; value != 0; value >>= 4) digits.insert(digits.begin(), hex_digits[value & 15]);
  return "0x" + digits;
}

std::string quote(std::string_view name) {
  std::string out = "'";
  for (const char character : name) {
    const u8 byte = static_cast<u8>(character);
    if (character == '\'' || character == '\\') {
      out += '\\';
      out += character;
    } else if (byte >= 0x20 && byte < 0x7f) {
      out += character;
    } else {
      out += "\\x";
      out += hex_digits[byte >> 4];
      out += hex_digits[byte & 15];
    }
  }
  return out + "'";
}

std::optional<std::string> take_quoted(std::string_view& text) {
  if (text.empty() || text[0] != '\'') return std::nullopt;
  std::string name;
  for (std::size_t at = 1; at < text.size(); ++at) {
    if (text[at] == '\'') {
      text.remove_prefix(at + 1);
      return name;
    }
    if (text[at] != '\\') {
      name += text[at];
      continue;
    }
    ++at;
    if (at < text.size() && (text[at] == '\'' || text[at] == '\\')) {
      name += text[at];
    } else if (at + 2 < text.size() && text[at] == 'x' && hex_digit(text[at + 1]) >= 0 && hex_digit(text[at + 2]) >= 0) {
      name += static_cast<char>(hex_digit(text[at + 1]) << 4 | hex_digit(text[at + 2]));
      at += 2;
    } else {
      return std::nullopt;
    }
  }
  return std::nullopt;
}

bool is_clean_utf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = sequence_length(text);
    const u8 first = static_cast<u8>(text[0]);
    if (length == 0 || first < 0x20 || first == 0x7f) return false;
    if (length == 2 && first == 0xc2 && static_cast<u8>(text[1]) < 0xa0) return false;  // the control characters of Latin-1
    text.remove_prefix(length);
  }
  return true;
}

}  // namespace pvm::assembly
