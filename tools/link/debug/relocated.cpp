// SPDX-License-Identifier: Apache-2.0 OR MIT
#include "debug/relocated.hpp"

#include <elf.h>

#include <cstring>

namespace pvm::link {
namespace {

// elf.h of this age lacks them.
constexpr u32 relocation_set_uleb128 = 60, relocation_sub_uleb128 = 61;

u64 read_bytes(std::span<const u8> bytes) {
  u64 value = 0;
  for (std::size_t index = 0; index < bytes.size(); ++index) value |= u64{bytes[index]} << (8 * index);
  return value;
}

void write_bytes(std::span<u8> bytes, u64 value) {
  for (std::size_t index = 0; index < bytes.size(); ++index) bytes[index] = static_cast<u8>(value >> (8 * index));
}

enum class Change : u8 { none, set, add, subtract, set_6, subtract_6, set_uleb, subtract_uleb };

struct Action {
  Change change = Change::none;
  u8 size = 0;  ///< Bytes; 0: the length of a ULEB128.
};

Action action_of(u32 type) {
  switch (type) {
    case R_RISCV_32: return {Change::set, 4};
    case R_RISCV_64: return {Change::set, 8};
    case R_RISCV_SET8: return {Change::set, 1};
    case R_RISCV_SET16: return {Change::set, 2};
    case R_RISCV_SET32: return {Change::set, 4};
    case R_RISCV_ADD8: return {Change::add, 1};
    case R_RISCV_ADD16: return {Change::add, 2};
    case R_RISCV_ADD32: return {Change::add, 4};
    case R_RISCV_ADD64: return {Change::add, 8};
    case R_RISCV_SUB8: return {Change::subtract, 1};
    case R_RISCV_SUB16: return {Change::subtract, 2};
    case R_RISCV_SUB32: return {Change::subtract, 4};
    case R_RISCV_SUB64: return {Change::subtract, 8};
    case R_RISCV_SET6: return {Change::set_6, 1};
    case R_RISCV_SUB6: return {Change::subtract_6, 1};
    case relocation_set_uleb128: return {Change::set_uleb, 0};
    case relocation_sub_uleb128: return {Change::subtract_uleb, 0};
    default: return {};
  }
}

// The field keeps its length.
void change_uleb(std::span<u8> bytes, u64 value, bool subtract) {
  std::size_t length = 0;
  u64 old = 0;
  while (length < bytes.size() && length < 10) {
    old |= u64{bytes[length] & 0x7fu} << (7 * length);
    if ((bytes[length++] & 0x80) == 0) break;
  }
  value = subtract ? old - value : value;
  for (std::size_t index = 0; index < length; ++index) {
    bytes[index] = static_cast<u8>((bytes[index] & 0x80) | (value >> (7 * index) & 0x7f));
  }
}

void apply(std::span<u8> bytes, const Action& action, u64 value) {
  if (action.change == Change::set_uleb || action.change == Change::subtract_uleb) {
    return change_uleb(bytes, value, action.change == Change::subtract_uleb);
  }
  if (bytes.size() < action.size) return;
  const std::span<u8> field = bytes.first(action.size);
  const u64 old = read_bytes(field);
  switch (action.change) {
    case Change::set: return write_bytes(field, value);
    case Change::add: return write_bytes(field, old + value);
    case Change::subtract: return write_bytes(field, old - value);
    case Change::set_6: return write_bytes(field, (old & 0xc0) | (value & 0x3f));
    case Change::subtract_6: return write_bytes(field, (old & 0xc0) | ((old - value) & 0x3f));
    default: return;
  }
}

/// Assigns an address to each section, none of them 0 or adjacent to another's.
void assign_addresses(const elf::Object& object, Relocated& out) {
  constexpr u64 gap = 0x1000;
  u64 at = gap;
  for (std::size_t index = 0; index < object.sections.size(); ++index) {
    const elf::Section& section = object.sections[index];
    if (!section.is(SHF_ALLOC)) continue;
    out.section_address[index] = at;
    at = (at + section.size + 2 * gap - 1) / gap * gap;
  }
}

template <typename Header, typename SectionHeader>
void write_addresses(Relocated& out) {
  Header header;
  std::memcpy(&header, out.bytes.data(), sizeof header);
  for (std::size_t index = 0; index < out.section_address.size(); ++index) {
    const u64 place = header.e_shoff + u64{index} * sizeof(SectionHeader) + offsetof(SectionHeader, sh_addr);
    if (header.e_shentsize != sizeof(SectionHeader) || place + sizeof(SectionHeader::sh_addr) > out.bytes.size()) return;
    write_bytes(std::span(out.bytes).subspan(place, sizeof(SectionHeader::sh_addr)), out.section_address[index]);
  }
}

u64 value_of(const elf::Object& object, const elf::Relocation& relocation, const Relocated& out) {
  const elf::Symbol& symbol = object.symbols[relocation.symbol];
  u64 base = 0;
  if (!symbol.special && symbol.section < out.section_address.size()) base = out.section_address[symbol.section];
  return base + symbol.value + static_cast<u64>(relocation.addend);
}

}  // namespace

Relocated relocate_debug_sections(const Input& input, const elf::Object& object) {
  Relocated out{{input.bytes.begin(), input.bytes.end()}, std::vector<u64>(object.sections.size())};
  if (object.type != ET_REL) {
    for (std::size_t index = 0; index < object.sections.size(); ++index) out.section_address[index] = object.sections[index].address;
    return out;
  }
  assign_addresses(object, out);
  if (object.bits == 64) {
    write_addresses<Elf64_Ehdr, Elf64_Shdr>(out);
  } else {
    write_addresses<Elf32_Ehdr, Elf32_Shdr>(out);
  }
  for (std::size_t index = 0; index < object.sections.size(); ++index) {
    const elf::Section& section = object.sections[index];
    if (!section.name.starts_with(".debug_") || section.is(SHF_COMPRESSED) || section.bytes.empty()) continue;
    const std::size_t place = static_cast<std::size_t>(section.bytes.data() - input.bytes.data());
    for (const elf::Relocation& relocation : object.relocations[index]) {
      if (relocation.offset >= section.bytes.size()) continue;
      const std::span<u8> bytes = std::span(out.bytes).subspan(place + relocation.offset, section.bytes.size() - relocation.offset);
      apply(bytes, action_of(relocation.type), value_of(object, relocation, out));
    }
  }
  return out;
}

}  // namespace pvm::link
