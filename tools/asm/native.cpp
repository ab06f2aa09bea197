// SPDX-License-Identifier: Apache-2.0 OR MIT
// Native x86-64 code as text, beside the instructions it was made from.
#include "native.hpp"

#include <algorithm>
#include <cstdio>

#include "text.hpp"

#ifdef PVM_HAS_ZYDIS
#include <Zydis/Zydis.h>
#endif

namespace pvm::assembly {

using ref::u32;
using ref::u8;

namespace {

constexpr std::size_t bytes_width = 34;

// One instruction.
struct Decoded {
  std::size_t size = 0;
  std::string text;
};

#ifdef PVM_HAS_ZYDIS
Decoded decode(std::span<const u8> code, u32 address) {
  ZydisDisassembledInstruction instruction;
  if (ZYAN_SUCCESS(ZydisDisassembleIntel(ZYDIS_MACHINE_MODE_LONG_64, address, code.data(), code.size(), &instruction))) {
    return {instruction.info.length, instruction.text};
  }
  return {1, "(bad)"};
}
#else
// Without a decoder: lines of 11 bytes, as many as fit into the column.
Decoded decode(std::span<const u8> code, u32) {
  return {std::min<std::size_t>(code.size(), 11), ""};
}
#endif

std::string line_of(std::span<const u8> bytes, u32 address, const std::string& text) {
  char number[16];
  static_cast<void>(std::snprintf(number, sizeof number, "%8x: ", address));
  std::string line = number + to_hex(bytes);
  if (text.empty()) return line;
  const std::size_t width = 10 + bytes_width;
  if (line.size() < width) line.resize(width, ' ');
  return line + " " + text;
}

}  // namespace

std::vector<std::string> NativeText::lines_of(u32 pc) const {
  std::vector<std::string> lines;
  auto position = std::lower_bound(positions_.begin(), positions_.end(), pc, [](const auto& entry, u32 key) { return entry.first < key; });
  for (; position != positions_.end() && position->first == pc; ++position) {
    const auto next = std::next(position);
    const std::size_t end = std::min<std::size_t>(next == positions_.end() ? code_.size() : next->second, code_.size());
    for (std::size_t at = position->second; at < end;) {
      const auto rest = code_.subspan(at, end - at);
      const Decoded decoded = decode(rest, static_cast<u32>(at));
      lines.push_back(line_of(rest.first(decoded.size), static_cast<u32>(at), decoded.text));
      at += decoded.size;
    }
  }
  return lines;
}

bool NativeText::has_decoder() {
#ifdef PVM_HAS_ZYDIS
  return true;
#else
  return false;
#endif
}

}  // namespace pvm::assembly
