// SPDX-License-Identifier: Apache-2.0 OR MIT
// The parts of a listing's lines that aren't statements.
#include "listing_line.hpp"

#include <algorithm>

namespace pvm::assembly {

using ref::u64;
using ref::u8;

namespace {

bool is_digit(char character) {
  return character >= '0' && character <= '9';
}

std::string_view digits_at(std::string_view text) {
  std::size_t length = 0;
  while (length < text.size() && is_digit(text[length])) ++length;
  return text.substr(0, length);
}

// Takes `prefix`, a decimal number and `suffix` off the front.
std::optional<u64> take_number(std::string_view& text, std::string_view prefix, std::string_view suffix) {
  if (!text.starts_with(prefix)) return std::nullopt;
  std::string_view rest = text.substr(prefix.size());
  const std::string_view digits = digits_at(rest);
  const auto value = parse_unsigned(digits);
  rest.remove_prefix(digits.size());
  if (!value || !rest.starts_with(suffix)) return std::nullopt;
  text = rest.substr(suffix.size());
  return value;
}

// The behind of a label's name: does it hold nothing but a gas cost, if anything?
bool is_tail(std::string_view text) {
  if (text.empty()) return true;
  const bool has_brackets = text.starts_with(" (gas: ") && text.ends_with(")");
  return has_brackets && text.size() > 8;
}

// A name in an export: quoted as it stands, or 0x and hex.
std::optional<std::string> take_export_name(std::string_view& text) {
  if (text.starts_with("0x")) {
    const std::size_t end = text.find(']');
    if (end == std::string_view::npos) return std::nullopt;
    const auto bytes = parse_hex(text.substr(2, end - 2));
    if (!bytes) return std::nullopt;
    text.remove_prefix(end + 1);
    return std::string(bytes->begin(), bytes->end());
  }
  if (!text.starts_with("'")) return std::nullopt;
  // Quotes and brackets in the name aren't escaped: it ends where the line goes on as it should.
  for (std::size_t end = text.find("']", 1); end != std::string_view::npos; end = text.find("']", end + 1)) {
    const std::string_view tail = text.substr(end + 2);
    if (!is_tail(tail) && !tail.starts_with(" [export #")) continue;
    const std::string name(text.substr(1, end - 1));
    text = tail;
    return name;
  }
  return std::nullopt;
}

bool quotes_count(std::string_view trimmed) {
  return trimmed.starts_with("%") || trimmed.starts_with("ecalli");
}

}  // namespace

std::size_t comment_begin(std::string_view line) {
  if (line.find("//") == std::string_view::npos) return line.size();
  bool skip_quotes = quotes_count(trim(line));
  // The names of a listing's exports hold anything, unescaped: behind the last bracket of a label's line there is no name.
  const std::string_view trimmed = trim(line);
  const bool is_label = trimmed.starts_with(":") || trimmed.starts_with("@");
  const bool names_exports = is_label && line.find(" [export #") < line.find("//");
  const std::size_t begin = names_exports ? std::min(line.rfind(']'), line.size()) : 0;
  for (std::size_t at = begin; at < line.size(); ++at) {
    if (line[at] == '\'' && skip_quotes) {
      std::size_t end = at + 1;
      while (end < line.size() && line[end] != '\'') end += line[end] == '\\' ? 2 : 1;
      skip_quotes = end < line.size();  // one that isn't closed is no quote
      if (skip_quotes) at = end;
      continue;
    }
    const bool may_begin = at == 0 || line[at - 1] == ' ' || line[at - 1] == '\t';
    if (may_begin && line.substr(at).starts_with("//")) return at;
  }
  return line.size();
}

std::optional<OffsetColumn> offset_column(std::string_view line) {
  const std::string_view digits = digits_at(line);
  if (digits.size() >= line.size() || line[digits.size()] != ':') return std::nullopt;
  OffsetColumn column;
  column.size = digits.size() + 1;
  if (digits.empty()) return column;
  column.offset = parse_unsigned(digits);
  if (!column.offset) return std::nullopt;
  return column;
}

Bytes take_listed_bytes(std::string_view& text) {
  Bytes bytes;
  text = trim(text);
  std::string_view before_last = text;
  while (text.size() >= 2 && hex_digit(text[0]) >= 0 && hex_digit(text[1]) >= 0 && (text.size() == 2 || text[2] == ' ')) {
    before_last = text;
    bytes.push_back(static_cast<u8>(hex_digit(text[0]) << 4 | hex_digit(text[1])));
    text = trim(text.substr(2));
  }
  if (!bytes.empty() && (text.starts_with("=") || text.starts_with(","))) {
    bytes.pop_back();
    text = before_last;
  }
  return bytes;
}

std::optional<ListingLabel> parse_listing_label(std::string_view text) {
  if (!text.starts_with("@")) return std::nullopt;
  text.remove_prefix(1);
  ListingLabel label;
  label.name = digits_at(text);
  if (label.name.empty()) return std::nullopt;
  text.remove_prefix(label.name.size());
  label.table_number = take_number(text, " [@dyn ", "]");
  while (const auto number = take_number(text, " [export #", ": ")) {
    auto name = take_export_name(text);
    if (!name) return std::nullopt;
    label.exports.emplace_back(*number, std::move(*name));
  }
  static_cast<void>(take_number(text, " (gas: -", ")") || take_number(text, " (gas: ", ")"));
  if (!text.empty()) return std::nullopt;
  return label;
}

std::optional<u64> code_size_comment(std::string_view line) {
  return take_number(line, "// Code size = ", " bytes");
}

}  // namespace pvm::assembly
