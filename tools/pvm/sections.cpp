// SPDX-License-Identifier: Apache-2.0 OR MIT
// The sections of a polkavm container. [blob.sections]
#include "sections.hpp"

#include <optional>

namespace pvm::command {
namespace {

using ref::u32;
using ref::u64;
using ref::u8;

constexpr u64 header_bytes = 13;  // magic, version, length

/// Reads a varint at `at` and steps over it. [blob.varint]
std::optional<u64> take_varint(std::span<const u8> bytes, u64& at) {
  if (at >= bytes.size()) return std::nullopt;
  const u8 first = bytes[at++];
  u32 extra = 0;
  while (extra < 5 && (first & (0x80U >> extra)) != 0) ++extra;
  if (extra > 4 || bytes.size() - at < extra) return std::nullopt;
  // In the longest form the low bits of the first byte fall onto those of the value.
  u64 value = static_cast<u64>(first & (0x7fU >> extra)) << (extra == 4 ? 0 : 8 * extra);
  for (u32 index = 0; index < extra; ++index) value |= static_cast<u64>(bytes[at++]) << (8 * index);
  return value;
}

}  // namespace

std::string_view section_name(u8 id) {
  switch (id) {
    case 1: return "memory config";
    case 2: return "read-only data";
    case 3: return "read-write data";
    case 4: return "imports";
    case 5: return "exports";
    case 6: return "code";
    case 128: return "debug strings";
    case 129: return "debug line programs";
    case 130: return "debug line ranges";
    default: return "unknown";
  }
}

std::vector<Section> sections_of(std::span<const u8> bytes) {
  std::vector<Section> sections;
  u64 at = header_bytes;
  while (at < bytes.size() && bytes[at] != 0) {
    const u8 id = bytes[at++];
    const auto size = take_varint(bytes, at);
    if (!size || *size > bytes.size() - at) break;
    sections.push_back({id, at, *size});
    at += *size;
  }
  return sections;
}

}  // namespace pvm::command
