// SPDX-License-Identifier: Apache-2.0 OR MIT
// Fewer jumps: those to jumps go to the end at once, a block with one way in joins what leads to it, and a tiny block that leaves the
// function or closes a loop is copied to where it is jumped to.
#include <algorithm>

#include "facts.hpp"
#include "passes.hpp"

namespace pvm::link {
namespace {

using Kind = Terminator::Kind;

// Instructions that a copied block may have. A copy costs about as much code as the jump that it replaces.
constexpr std::size_t most_copied = 2, most_copied_in_loop = 3;

class Threading {
 public:
  explicit Threading(Program& program) : program_(program), taken_(address_taken(program)) {}

  bool run() {
    retarget();
    copy_tiny();
    merge();
    return changed_;
  }

 private:
  bool is_only_jump(BlockId id) const {
    const Block& block = program_.block(id);
    return block.body.empty() && block.end.kind == Kind::jump;
  }

  // Where a jump to a block gets without doing anything. A cycle of jumps leads to one of its blocks.
  BlockId destination(BlockId id) {
    std::vector<BlockId> path;
    while (destination_[index_of(id)] == id && is_only_jump(id) && !on_path_[index_of(id)]) {
      on_path_[index_of(id)] = true;
      path.push_back(id);
      id = program_.block(id).end.target;
    }
    id = destination_[index_of(id)];
    for (const BlockId passed : path) {
      on_path_[index_of(passed)] = false;
      destination_[index_of(passed)] = id;
    }
    return id;
  }

  void retarget() {
    destination_.resize(program_.blocks.size());
    on_path_.assign(program_.blocks.size(), false);
    for (std::size_t number = 0; number < destination_.size(); ++number) destination_[number] = BlockId{static_cast<u32>(number)};
    const auto follow = [&](BlockId& id) {
      const BlockId to = destination(id);
      changed_ |= to != id;
      id = to;
    };
    for (const BlockId id : program_.layout) {
      Terminator& end = program_.block(id).end;
      for_each_target(end, follow);
      if (end.kind != Kind::branch || end.target != end.otherwise) continue;
      const BlockId target = end.target;
      const SourceId source = end.source;
      end = {};
      end.kind = Kind::jump;
      end.target = target;
      end.source = source;
      changed_ = true;
    }
    for (Export& entry : program_.exports) follow(entry.block);
  }

  void count_ways_in() {
    ways_in_.assign(program_.blocks.size(), 0);
    for (const BlockId id : program_.layout) {
      for_each_target(program_.block(id).end, [&](BlockId target) { ++ways_in_[index_of(target)]; });
    }
  }

  bool is_worth_copying(BlockId from, BlockId to, const std::vector<u32>& position) const {
    const Block& block = program_.block(to);
    if (from == to || ways_in_[index_of(to)] < 2) return false;
    switch (block.end.kind) {
      case Kind::trap:
      case Kind::jump_indirect: return block.body.size() <= most_copied;
      case Kind::branch: return block.body.size() <= most_copied_in_loop && position[index_of(to)] < position[index_of(from)];
      default: return false;
    }
  }

  void copy_tiny() {
    count_ways_in();
    std::vector<u32> position(program_.blocks.size());
    for (u32 number = 0; number < program_.layout.size(); ++number) position[index_of(program_.layout[number])] = number;
    for (const BlockId id : program_.layout) {
      Block& block = program_.block(id);
      if (block.end.kind != Kind::jump || !is_worth_copying(id, block.end.target, position)) continue;
      const Block& tiny = program_.block(block.end.target);
      --ways_in_[index_of(block.end.target)];
      block.body.insert(block.body.end(), tiny.body.begin(), tiny.body.end());
      block.end = tiny.end;
      for_each_target(block.end, [&](BlockId target) { ++ways_in_[index_of(target)]; });
      changed_ = true;
    }
  }

  bool can_join(BlockId block, BlockId next) const { return next != block && ways_in_[index_of(next)] == 1 && !taken_.unknown(next); }

  // Chains of blocks are merged from their first, so that each instruction is moved once.
  void merge() {
    taken_ = address_taken(program_);
    count_ways_in();
    std::vector<bool> joins(program_.blocks.size()), gone(program_.blocks.size());
    for (const BlockId id : program_.layout) {
      const Terminator& end = program_.block(id).end;
      if (end.kind == Kind::jump && can_join(id, end.target)) joins[index_of(end.target)] = true;
    }
    for (const BlockId id : program_.layout) {
      if (joins[index_of(id)]) continue;
      Block& block = program_.block(id);
      while (block.end.kind == Kind::jump && can_join(id, block.end.target)) {
        const BlockId next = block.end.target;
        Block& joined = program_.block(next);
        block.body.insert(block.body.end(), joined.body.begin(), joined.body.end());
        block.end = joined.end;
        joined = {};
        gone[index_of(next)] = true;
      }
    }
    changed_ |= std::erase_if(program_.layout, [&](BlockId id) { return gone[index_of(id)]; }) != 0;
  }

  Program& program_;
  AddressTaken taken_;
  std::vector<BlockId> destination_;
  std::vector<bool> on_path_;
  std::vector<u32> ways_in_;
  bool changed_ = false;
};

}  // namespace

bool thread_jumps(Program& program) {
  return Threading(program).run();
}

}  // namespace pvm::link
