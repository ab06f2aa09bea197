// SPDX-License-Identifier: Apache-2.0 OR MIT
// The pieces of a container as they stand, whatever they mean.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "pvm/ref/types.hpp"

namespace pvm::assembly {

/// One section of a polkavm container.
struct SectionBytes {
  ref::u8 id = 0;
  std::span<const ref::u8> length;  ///< The bytes of its length.
  std::span<const ref::u8> content;
};

/// A container's pieces; all point into it.
struct ContainerBytes {
  std::vector<SectionBytes> sections;    ///< polkavm only.
  std::span<const ref::u8> after_end;    ///< polkavm only: behind the end marker.
  std::span<const ref::u8> code_header;  ///< Number of jump table entries, their size, length of the code.
};

/// Cuts a container that has been loaded into its pieces.
/// (Of one that hasn't been loaded: what is cut off is missing.)
ContainerBytes split_container(std::span<const ref::u8> blob, ref::Container container);

/// Takes a variable-length integer of the polkavm container off the front; nullopt: it is cut off, or none. [blob.varint]
std::optional<ref::u32> take_varint_value(std::span<const ref::u8>& rest);

}  // namespace pvm::assembly
