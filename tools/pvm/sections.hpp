// SPDX-License-Identifier: Apache-2.0 OR MIT
// The sections of a polkavm container as they stand in the file.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "pvm/ref/types.hpp"

namespace pvm::command {

struct Section {
  ref::u8 id = 0;
  ref::u64 offset = 0;  ///< Of the content, from the beginning of the file.
  ref::u64 size = 0;    ///< Of the content.
};

/// "code", "debug strings", "unknown"
std::string_view section_name(ref::u8 id);

/// The sections in their order, up to the end marker or the first one that doesn't fit into the file.
std::vector<Section> sections_of(std::span<const ref::u8> bytes);

}  // namespace pvm::command
