// SPDX-License-Identifier: Apache-2.0 OR MIT
// Small pieces of text tables.
#include "format.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace pvm::command {

std::string padded(std::string_view text, std::size_t width) {
  return std::string(text) + std::string(width > text.size() ? width - text.size() : 0, ' ');
}

std::string padded_left(std::string_view text, std::size_t width) {
  return std::string(width > text.size() ? width - text.size() : 0, ' ') + std::string(text);
}

std::string shortened(std::string_view text, std::size_t max) {
  return text.size() <= max ? std::string(text) : std::string(text.substr(0, max)) + "...";
}

std::string hex(std::uint64_t value) {
  return hex_padded(value, 1);
}

std::string hex_padded(std::uint64_t value, unsigned digits) {
  char text[24];
  static_cast<void>(std::snprintf(text, sizeof text, "0x%0*llx", static_cast<int>(digits), static_cast<unsigned long long>(value)));
  return text;
}

std::string counted(std::uint64_t count, std::string_view thing, std::string_view plural) {
  std::string text = std::to_string(count) + " ";
  if (count == 1) return text.append(thing);
  return plural.empty() ? text.append(thing).append("s") : text.append(plural);
}

std::string binary_size(std::uint64_t bytes) {
  if (bytes < 1024) return std::to_string(bytes) + " B";
  constexpr const char* units[] = {"KiB", "MiB", "GiB"};
  double value = static_cast<double>(bytes) / 1024;
  std::size_t unit = 0;
  for (; value >= 1024 && unit + 1 < std::size(units); ++unit) value /= 1024;
  char text[32];
  static_cast<void>(std::snprintf(text, sizeof text, "%.1f %s", value, units[unit]));
  return text;
}

std::string percent(std::uint64_t part, std::uint64_t whole) {
  char text[32];
  const double share = whole == 0 ? 0.0 : 100.0 * static_cast<double>(part) / static_cast<double>(whole);
  static_cast<void>(std::snprintf(text, sizeof text, "%.1f %%", share));
  return text;
}

std::string bar(std::uint64_t value, std::uint64_t largest, unsigned width) {
  if (value == 0 || largest == 0) return "";
  const double share = static_cast<double>(std::min(value, largest)) / static_cast<double>(largest);
  const auto length = static_cast<std::size_t>(std::lround(share * width));
  return std::string(std::max<std::size_t>(length, 1), '#');
}

}  // namespace pvm::command
