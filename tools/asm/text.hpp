// SPDX-License-Identifier: Apache-2.0 OR MIT
// Small pieces of text: hex, numbers, quoted names.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "pvm/ref/types.hpp"

namespace pvm::assembly {

using Bytes = std::vector<ref::u8>;

std::string_view trim(std::string_view text);
/// May stand in a name or a number: letters, digits, underscore.
bool is_word_char(char character);

/// Value of a hex digit of either case, or -1.
int hex_digit(char character);
/// Hex digit pairs, blanks between pairs or nowhere. nullopt: an odd digit or another character.
std::optional<Bytes> parse_hex(std::string_view text);
/// "00 01 ff"
std::string to_hex(std::span<const ref::u8> bytes);
void append_hex(std::string& out, std::span<const ref::u8> bytes);

/// Decimal, 0x and 0b, no sign, at most 64 bits; nullopt otherwise.
std::optional<ref::u64> parse_unsigned(std::string_view text);
/// "0x1f", and "0" for zero.
std::string hex_number(ref::u64 value);

/// A name in single quotes; backslash, quote and all bytes that are no printable ASCII as \\, \' and \xNN.
std::string quote(std::string_view name);
/// Reads a quoted name at the front of `text` and removes it from there; nullopt: it isn't one.
std::optional<std::string> take_quoted(std::string_view& text);

/// Well-formed UTF-8 without control characters?
bool is_clean_utf8(std::string_view text);

}  // namespace pvm::assembly
