// SPDX-License-Identifier: Apache-2.0 OR MIT
// The container around the code.
#pragma once

#include "pvm/builder/container.hpp"
#include "source.hpp"

namespace pvm::assembly {

/// A program's code and what points into it.
struct Parts {
  Bytes code;
  Bytes bitmask;
  std::vector<u64> table;  ///< Code offsets.
  std::vector<builder::ExportEntry> exports;
};

/// Fewest bytes that hold each entry of a jump table; 0 for an empty one.
u8 entry_size_of(std::span<const u64> table);

/// The bytes of the program. What the container can't hold is an error.
Bytes compose(const Source& source, const Parts& parts, ref::Container container, Errors& errors);

}  // namespace pvm::assembly
