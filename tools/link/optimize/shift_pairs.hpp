// SPDX-License-Identifier: Apache-2.0 OR MIT
// A shift to the left and one to the right, by which compilers extend values.
#pragma once

#include <optional>

#include "known.hpp"

namespace pvm::link {

/// block.body[first] is y = x << left, body[second] is d = y >> right, both of full width. Either d is y, and between them nobody mentions
/// it: then the first can go. Or x still is what it was when the second is executed.
struct ShiftPair {
  std::size_t first = 0, second = 0;
  u32 left = 0, right = 0;
  bool is_alone = false;  ///< Nobody else reads what the first leaves.
};

/// The pair that begins at body[first], if the second is near.
std::optional<ShiftPair> shift_pair_at(const Program& program, const Block& block, std::size_t first);

/// Makes d = x op b of the second; a move, if that is a shift by 0. The first becomes a nop if it can go.
void replace(Block& block, const ShiftPair& pair, Op op, const Operand& b, bool word = false);

/// Replaces a pair by one cheaper instruction if there is one, given the bounds of x.
bool simplify_pair(Block& block, const ShiftPair& pair, const Range& x, u32 register_bits);

}  // namespace pvm::link
