// SPDX-License-Identifier: Apache-2.0 OR MIT
// The sections of a polkavm container. [blob.sections]
#include "sections.hpp"

#include "container.hpp"

namespace pvm::command {
namespace {

using ref::u64;
using ref::u8;

constexpr u64 header_bytes = 13;  // magic, version, length

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
    std::span<const u8> rest = bytes.subspan(at);
    const auto size = assembly::take_varint_value(rest);
    at = bytes.size() - rest.size();
    if (!size || *size > rest.size()) break;
    sections.push_back({id, at, *size});
    at += *size;
  }
  return sections;
}

}  // namespace pvm::command
