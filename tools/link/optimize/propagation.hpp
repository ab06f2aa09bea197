// SPDX-License-Identifier: Apache-2.0 OR MIT
// What is known of registers at the beginning of each block: what holds at the end of all blocks that lead to it. Blocks that indirect
// jumps, returns or the host may enter begin with nothing known.
#pragma once

#include <set>

#include "known.hpp"
#include "simplify.hpp"

namespace pvm::link {

class Propagation {
 public:
  /// Finds it out for a program, which must outlive this.
  explicit Propagation(const Program& program);

  const KnownRules& rules() const { return rules_; }
  const Simplifier& simplifier() const { return simplifier_; }
  /// False: no execution gets to this block.
  bool is_reached(BlockId id) const { return states_[index_of(id)].reached; }
  /// Of a block that is reached.
  const RegisterFile& at_begin(BlockId id) const { return states_[index_of(id)].registers; }

 private:
  struct State {
    RegisterFile registers;
    u32 order = 0;  ///< Position in reverse postorder.
    u32 visits = 0;
    bool reached = false;
    bool fixed = false;  ///< Entered from who knows where.
  };

  void number_blocks();
  void visit(BlockId id);
  void leave(const Terminator& end, RegisterFile& registers);
  void reach(BlockId id, const RegisterFile& registers);

  const Program& program_;
  KnownRules rules_;
  Simplifier simplifier_;
  std::vector<State> states_;
  std::vector<BlockId> order_;
  std::set<u32> todo_;  ///< Positions in `order_`.
};

}  // namespace pvm::link
