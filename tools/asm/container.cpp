// SPDX-License-Identifier: Apache-2.0 OR MIT
// The pieces of a container as they stand, whatever they mean.
#include "container.hpp"

#include <algorithm>

#include "pvm/builder/container.hpp"

namespace pvm::assembly {

using ref::u32;
using ref::u64;
using ref::u8;

namespace {

constexpr std::size_t polkavm_header_size = 13;   // magic, version, length
constexpr std::size_t standard_header_size = 11;  // lengths of the data, heap pages, stack size

using Span = std::span<const u8>;

// What a damaged container lacks is cut off: it has been loaded, so nothing is.
Span take(Span& rest, u64 count) {
  const Span taken = rest.first(static_cast<std::size_t>(std::min<u64>(count, rest.size())));
  rest = rest.subspan(taken.size());
  return taken;
}

// The bytes of a variable-length integer; both codecs begin with as many one bits as bytes follow.
Span take_integer(Span& rest) {
  u32 extra = 0;
  while (!rest.empty() && extra < 8 && (rest[0] & (0x80U >> extra)) != 0) ++extra;
  return take(rest, 1 + u64{extra});
}

u64 little_endian(Span bytes) {
  u64 value = 0;
  for (std::size_t index = bytes.size(); index-- > 0;) value = value << 8 | bytes[index];
  return value;
}

u64 value_of_varint(Span bytes) {
  if (bytes.empty()) return 0;
  const u32 extra = static_cast<u32>(bytes.size() - 1);
  const u64 low = little_endian(bytes.subspan(1));
  return extra >= 4 ? low | (bytes[0] & 7U) : low | u64{bytes[0] & (0x7fU >> extra)} << (8 * extra);
}

Span header_of(Span code) {
  Span rest = code;
  take_integer(rest);
  take(rest, 1);
  take_integer(rest);
  return code.first(code.size() - rest.size());
}

ContainerBytes split_polkavm(Span blob) {
  ContainerBytes out;
  take(blob, polkavm_header_size);
  while (!blob.empty()) {
    SectionBytes section;
    section.id = take(blob, 1)[0];
    if (section.id == 0) break;
    section.length = take_integer(blob);
    section.content = take(blob, value_of_varint(section.length));
    if (section.id == builder::section_code) out.code_header = header_of(section.content);
    out.sections.push_back(section);
  }
  out.after_end = blob;
  return out;
}

}  // namespace

std::optional<u32> take_varint_value(Span& rest) {
  if (rest.empty() || rest[0] >= 0xf8) return std::nullopt;
  Span behind = rest;
  const Span bytes = take_integer(behind);
  u32 extra = 0;
  while (extra < 4 && (rest[0] & (0x80U >> extra)) != 0) ++extra;
  if (bytes.size() != 1 + extra) return std::nullopt;
  rest = behind;
  return static_cast<u32>(value_of_varint(bytes));
}

ContainerBytes split_container(Span blob, ref::Container container) {
  if (container == ref::Container::polkavm) return split_polkavm(blob);
  ContainerBytes out;
  if (container == ref::Container::standard) {
    const Span header = take(blob, standard_header_size);
    if (header.size() < standard_header_size) return out;
    take(blob, little_endian(header.first(3)) + little_endian(header.subspan(3, 3)));
    take(blob, 4);
  }
  out.code_header = header_of(blob);
  return out;
}

}  // namespace pvm::assembly
