// SPDX-License-Identifier: Apache-2.0 OR MIT
// Which registers may still be read. Over the whole program, functions included: no notion of a function is needed.
//
// Control flow is that of the terminators, and where indirect jumps lead:
//   - a return (jump_indirect ra + 0, see is_return) leads to a block that a call with link register ra returns to, or to the host, which
//     reads a0 and a1. sp, s0 and s1 count as read by every return, for callers and hosts that rely on the calling convention;
//   - any other indirect jump or call leads to a block whose address is a value, or that any call returns to.
// So code that keeps more than the calling convention in registers over a call, or passes values in other registers, is seen as it is. The
// assumption is that jump_indirect ra returns, and goes nowhere else: compilers never use ra for other jumps, as the hardware takes it for
// a return. It is not made where the block sets ra or sp otherwise than an epilogue does, and not at all if some code sets ra to a known
// address, or a routine called with another link register doesn't come back through it.
#pragma once

#include "ir.hpp"

namespace pvm::link {

/// Registers that may be read: bit n, register n; bit 32 + n: more of it than its low 32 bits. Addresses, for one, have no more.
using LiveSet = u64;
constexpr RegisterSet registers_of(LiveSet live) {
  return static_cast<RegisterSet>(live);
}
constexpr RegisterSet upper_halves_of(LiveSet live) {
  return static_cast<RegisterSet>(live >> 32);
}
constexpr LiveSet live_whole(RegisterSet set) {
  return set | LiveSet{set} << 32;
}

class Liveness {
 public:
  explicit Liveness(const Program& program);

  /// Registers that may be read at or after the beginning of a block.
  LiveSet in(BlockId id) const { return in_[index_of(id)]; }
  /// Registers that may be read by the terminator or after it.
  LiveSet before_end(BlockId id) const { return before_end(program_->block(id)); }
  /// Registers that may be read before `instruction`, if `after` may be read after it. One that can be removed reads nothing.
  LiveSet before(const Instruction& instruction, LiveSet after) const;
  /// Its result isn't in `after`, and it has no other effect.
  bool is_dead(const Instruction& instruction, LiveSet after) const;

 private:
  void classify();
  LiveSet before_end(const Block& block) const;
  LiveSet after_indirect(const Block& block) const;
  bool update(BlockId id);

  const Program* program_;
  std::vector<LiveSet> in_;
  bool returns_are_known_ = true;
  LiveSet at_return_ = 0, at_indirect_ = 0;    ///< Read where a return, or another indirect jump, may lead.
  std::vector<bool> to_return_, to_indirect_;  ///< By block: a return, an indirect jump may lead here.
};

/// The block ends with a return by the calling convention.
bool is_return(const Block& block);

}  // namespace pvm::link
