// SPDX-License-Identifier: Apache-2.0 OR MIT
// A RISC-V ELF file as the linker sees it: sections, symbols, relocations and groups, all inside their bounds.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "link.hpp"

namespace pvm::link::elf {

/// Section numbers with a meaning of their own, as st_shndx has them.
inline constexpr u32 undefined_section = 0, absolute_section = 0xfff1, common_section = 0xfff2;

struct Section {
  std::string_view name;
  u32 type = 0;
  u64 flags = 0;
  u64 address = 0;
  u64 size = 0;
  u64 alignment = 1;          ///< A power of two.
  std::span<const u8> bytes;  ///< Empty for SHT_NOBITS, else `size` bytes.
  bool is(u64 flag) const { return (flags & flag) != 0; }
};

struct Symbol {
  std::string_view name;
  u64 value = 0;
  u64 size = 0;
  u32 section = undefined_section;  ///< An index into Object::sections, or one of the special numbers (as `special` says).
  bool special = false;             ///< `section` is absolute_section or common_section.
  u8 binding = 0;                   ///< STB_*.
  u8 type = 0;                      ///< STT_*.
  bool is_undefined() const { return !special && section == undefined_section; }
  bool is_common() const { return special && section == common_section; }
  bool is_absolute() const { return special && section == absolute_section; }
};

/// Types of relocations that a linker has left to a dynamic loader, where no other says what belongs there.
inline constexpr u32 relative_relocation = 3;          ///< The addend is an address of the file. (R_RISCV_RELATIVE)
inline constexpr u32 dynamic_relocation = 0xffff0000;  ///< All others.

struct Relocation {
  u64 offset = 0;  ///< In the section, whatever the type of the file.
  u32 type = 0;    ///< As in the file; or dynamic_relocation.
  u32 symbol = 0;  ///< A valid index into Object::symbols.
  i64 addend = 0;
};

/// Sections that are kept once per signature.
struct Group {
  std::string_view signature;
  std::vector<u32> members;  ///< Valid section numbers.
};

/// Views point into the input, which must outlive the object.
struct Object {
  std::string path;
  u32 bits = 64;
  u32 type = 0;                                      ///< ET_*.
  u32 flags = 0;                                     ///< EF_RISCV_*.
  std::vector<Section> sections;                     ///< By section number.
  std::vector<Symbol> symbols;                       ///< By symbol number; number 0 stands for none.
  std::vector<std::vector<Relocation>> relocations;  ///< By the number of the section that they apply to; ascending offsets.
  std::vector<Group> comdat_groups;
};

/// Reads one file. Errors: no ELF, truncated, of another machine, class or byte order, tables that contradict themselves.
Outcome<Object> read(const Input& input);

}  // namespace pvm::link::elf
