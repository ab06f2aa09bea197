// SPDX-License-Identifier: Apache-2.0 OR MIT
// An object file as a reader of DWARF wants it: sections at addresses, the debug sections relocated.
#pragma once

#include <vector>

#include "elf/elf.hpp"

namespace pvm::link {

/// A copy of an ELF file in which an address stands for one place.
struct Relocated {
  std::vector<u8> bytes;
  std::vector<u64> section_address;  ///< By section number.
};

/// For ET_REL, gives each section an address and applies what the relocations of the debug sections ask for; other files have both already.
/// Relocations that make no sense are left out.
Relocated relocate_debug_sections(const Input& input, const elf::Object& object);

}  // namespace pvm::link
