// SPDX-License-Identifier: Apache-2.0 OR MIT
// How long jumps become: the shortest offsets that reach.
#include "layout.hpp"

namespace pvm::assembly {

using isa::Format;
using ref::i64;
using ref::u32;
using ref::u64;
using ref::u8;

namespace {

constexpr u32 max_passes = 64;

void place(std::span<const Piece> pieces, Layout& layout) {
  u64 at = 0;
  for (std::size_t index = 0; index < pieces.size(); ++index) {
    layout.starts[index] = at;
    at += pieces[index].size + layout.lengths[index];
  }
  layout.starts[pieces.size()] = at;
}

u8 needed_length(const Piece& piece, u64 start, const Layout& layout) {
  const u64 target = piece.target_is_piece ? layout.starts[piece.target] : piece.target;
  return builder::shortest_length(static_cast<i64>(target) - static_cast<i64>(start));
}

// Lengthens what doesn't reach; false: nothing does any more.
bool grow(std::span<const Piece> pieces, Layout& layout) {
  bool has_grown = false;
  for (std::size_t index = 0; index < pieces.size(); ++index) {
    const Piece& piece = pieces[index];
    if (!piece.has_offset || piece.is_pinned) continue;
    const u8 needed = needed_length(piece, layout.starts[index], layout);
    if (needed <= layout.lengths[index]) continue;
    layout.lengths[index] = needed;
    has_grown = true;
  }
  return has_grown;
}

}  // namespace

Layout lay_out(std::span<const Piece> pieces) {
  Layout layout;
  layout.starts.assign(pieces.size() + 1, 0);
  layout.lengths.assign(pieces.size(), 0);
  for (std::size_t index = 0; index < pieces.size(); ++index) {
    if (pieces[index].has_offset && pieces[index].is_pinned) layout.lengths[index] = pieces[index].pinned;
  }
  place(pieces, layout);
  for (u32 pass = 0; grow(pieces, layout); ++pass) {
    if (pass == max_passes) {
      for (std::size_t index = 0; index < pieces.size(); ++index) {
        if (pieces[index].has_offset && !pieces[index].is_pinned) layout.lengths[index] = 4;
      }
    }
    place(pieces, layout);
  }
  return layout;
}

u32 size_without_offset(isa::Op op, const builder::Operands& operands, const builder::Lengths& lengths) {
  const u32 i = lengths.first.value_or(builder::shortest_length(operands.i));
  const u32 j = lengths.second.value_or(builder::shortest_length(operands.j));
  switch (isa::row_of(op).format) {
    case Format::none: return 1;
    case Format::imm: return 1 + i;
    case Format::offset: return 1;
    case Format::reg_imm: return 2 + i;
    case Format::reg_imm64: return 10;
    case Format::imm_imm:
    case Format::reg_imm_imm: return 2 + i + j;
    case Format::reg_imm_offset: return 2 + i;
    case Format::reg_reg:
    case Format::reg_reg_offset: return 2;
    case Format::reg_reg_imm: return 2 + i;
    case Format::reg_reg_imm_imm: return 3 + i + j;
    case Format::reg_reg_reg: return 3;
  }
  return 1;
}

std::size_t immediates_of(isa::Op op) {
  switch (isa::row_of(op).format) {
    case Format::none:
    case Format::reg_reg:
    case Format::reg_reg_reg:
    case Format::reg_imm64: return 0;
    case Format::imm_imm:
    case Format::reg_imm_imm:
    case Format::reg_imm_offset:
    case Format::reg_reg_imm_imm: return 2;
    default: return 1;
  }
}

bool has_offset(isa::Op op) {
  return isa::row_of(op).operands.target != isa::Field::none;
}

std::optional<u8>& offset_length(isa::Op op, builder::Lengths& lengths) {
  return isa::row_of(op).format == Format::reg_imm_offset ? lengths.second : lengths.first;
}

}  // namespace pvm::assembly
