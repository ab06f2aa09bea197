// SPDX-License-Identifier: Apache-2.0 OR MIT
// Names for code positions, from a program's exports and debug sections.
#pragma once

#include <span>
#include <string>

#include "pvm/ref/program.hpp"

namespace pvm::command {

/// What people want to know of a code position.
struct Place {
  std::string symbol;       ///< Nearest export at or before it: "main+12"; empty if there is none.
  std::string source;       ///< "src/main.c:12 (parse)"; empty without debug sections.
  std::string instruction;  ///< "add_imm_32 sp, sp, -8"; empty beyond the code.
};

/// The names of `pc` in a program and the blob that it was loaded from. Takes time proportional to the number of exports and the size of
/// the debug sections.
Place place_of(const ref::Program& program, std::span<const ref::u8> blob, ref::u32 pc);

/// "main+12, src/main.c:12 (parse): trap", as far as it is known.
std::string to_text(const Place& place);

}  // namespace pvm::command
