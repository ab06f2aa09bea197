// SPDX-License-Identifier: Apache-2.0 OR MIT
// Hexadecimal spelling of numbers and bytes.
#include "pvm/conformance/hex.hpp"

namespace pvm::conformance {
namespace {

constexpr char digits[] = "0123456789abcdef";

std::optional<u8> digit_value(char digit) {
  if (digit >= '0' && digit <= '9') return static_cast<u8>(digit - '0');
  if (digit >= 'a' && digit <= 'f') return static_cast<u8>(digit - 'a' + 10);
  return std::nullopt;
}

}  // namespace

std::string hex_u64(u64 value) {
  std::string reversed;
  do {
    reversed += digits[value % 16];
    value /= 16;
  } while (value != 0);
  return "0x" + std::string(reversed.rbegin(), reversed.rend());
}

std::string hex_i64(i64 value) {
  const u64 bits = static_cast<u64>(value);
  return value < 0 ? "-" + hex_u64(0 - bits) : hex_u64(bits);
}

std::string hex_bytes(std::span<const u8> bytes) {
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const u8 byte : bytes) {
    text += digits[byte / 16];
    text += digits[byte % 16];
  }
  return text;
}

std::optional<u64> parse_hex_u64(std::string_view text) {
  if (text.size() < 3 || text.size() > 18 || !text.starts_with("0x")) return std::nullopt;
  text.remove_prefix(2);
  if (text.size() > 1 && text.front() == '0') return std::nullopt;
  u64 value = 0;
  for (const char character : text) {
    const auto digit = digit_value(character);
    if (!digit) return std::nullopt;
    value = value * 16 + *digit;
  }
  return value;
}

std::optional<i64> parse_hex_i64(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  const auto magnitude = parse_hex_u64(text);
  if (!magnitude) return std::nullopt;
  constexpr u64 limit = u64{1} << 63;
  if (negative ? *magnitude == 0 || *magnitude > limit : *magnitude >= limit) return std::nullopt;
  return static_cast<i64>(negative ? 0 - *magnitude : *magnitude);
}

std::optional<Bytes> parse_hex_bytes(std::string_view text) {
  if (text.size() % 2 != 0) return std::nullopt;
  Bytes bytes;
  bytes.reserve(text.size() / 2);
  for (std::size_t index = 0; index < text.size(); index += 2) {
    const auto high = digit_value(text[index]);
    const auto low = digit_value(text[index + 1]);
    if (!high || !low) return std::nullopt;
    bytes.push_back(static_cast<u8>(*high * 16 + *low));
  }
  return bytes;
}

}  // namespace pvm::conformance
