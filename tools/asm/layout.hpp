// SPDX-License-Identifier: Apache-2.0 OR MIT
// How long jumps become: the shortest offsets that reach.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "pvm/builder/encode.hpp"

namespace pvm::assembly {

/// A piece of the code: an instruction, or bytes as they stand.
struct Piece {
  ref::u32 size = 0;             ///< Bytes without the jump offset.
  bool has_offset = false;       ///< There is a jump offset, 0..4 bytes.
  bool is_pinned = false;        ///< ... whose length is `pinned`.
  bool target_is_piece = false;  ///< `target` is the index of a piece (or the number of pieces: the end), not a code offset.
  ref::u8 pinned = 0;
  ref::u32 target = 0;
};

/// Where everything lies.
struct Layout {
  std::vector<ref::u64> starts;  ///< Code offset of each piece, and of the end.
  std::vector<ref::u8> lengths;  ///< Bytes of each piece's jump offset.
};

/// The smallest layout in which every offset reaches. All start with no bytes, and grow until nothing moves; where jumps keep
/// lengthening each other for longer than programs do, all that aren't pinned get 4 bytes. Time: proportional to the pieces.
Layout lay_out(std::span<const Piece> pieces);

/// Bytes of an instruction without its jump offset; `lengths` gives those of the immediates that aren't shortest.
ref::u32 size_without_offset(isa::Op op, const builder::Operands& operands, const builder::Lengths& lengths);
/// Immediates whose length can be chosen, 0 to 2; a jump offset is one.
std::size_t immediates_of(isa::Op op);
/// Has the format a jump offset?
bool has_offset(isa::Op op);
/// The length that stands for the jump offset of `op`; only where has_offset().
std::optional<ref::u8>& offset_length(isa::Op op, builder::Lengths& lengths);

}  // namespace pvm::assembly
