// SPDX-License-Identifier: Apache-2.0 OR MIT
// An order of blocks in which few jumps are needed. What follows whom in the compiler's order stays together; a jump to a block that
// nothing falls into becomes a fallthrough.
#include <algorithm>

#include "passes.hpp"

namespace pvm::link {
namespace {

using Kind = Terminator::Kind;
constexpr BlockId none{0xffffffff};

// Chains of blocks, each followed by the next.
class Chains {
 public:
  explicit Chains(std::size_t count) : next_(count, none), previous_(count, none), root_(count) {
    for (std::size_t number = 0; number < count; ++number) root_[number] = static_cast<u32>(number);
  }

  // Lets b follow a, if nothing follows a or precedes b yet and that makes no circle.
  void link(BlockId a, BlockId b) {
    if (next_[index_of(a)] != none || previous_[index_of(b)] != none || find(index_of(a)) == find(index_of(b))) return;
    next_[index_of(a)] = b;
    previous_[index_of(b)] = a;
    root_[find(index_of(b))] = find(index_of(a));
  }

  BlockId next(BlockId id) const { return next_[index_of(id)]; }
  BlockId first(BlockId id) const {
    while (previous_[index_of(id)] != none) id = previous_[index_of(id)];
    return id;
  }

 private:
  u32 find(u32 number) {
    while (root_[number] != number) number = root_[number] = root_[root_[number]];
    return number;
  }

  std::vector<BlockId> next_, previous_;
  std::vector<u32> root_;
};

bool falls_into(const Terminator& end, BlockId next) {
  switch (end.kind) {
    case Kind::jump: return end.target == next;
    case Kind::branch: return end.otherwise == next || end.target == next;
    case Kind::call:
    case Kind::call_indirect: return end.otherwise == next;
    default: return false;
  }
}

}  // namespace

bool reorder_blocks(Program& program) {
  const std::vector<BlockId>& layout = program.layout;
  Chains chains(program.blocks.size());
  std::vector<bool> present(program.blocks.size());
  for (const BlockId id : layout) present[index_of(id)] = true;
  const auto link = [&](BlockId a, BlockId b) {
    if (present[index_of(b)]) chains.link(a, b);
  };
  for (std::size_t at = 0; at + 1 < layout.size(); ++at) {
    if (falls_into(program.block(layout[at]).end, layout[at + 1])) link(layout[at], layout[at + 1]);
  }
  for (const BlockId id : layout) {
    const Terminator& end = program.block(id).end;
    if (end.kind == Kind::jump) link(id, end.target);
  }
  for (const BlockId id : layout) {
    const Terminator& end = program.block(id).end;
    if (end.kind == Kind::branch || end.kind == Kind::call || end.kind == Kind::call_indirect) link(id, end.otherwise);
    if (end.kind == Kind::branch) link(id, end.target);
  }
  std::vector<BlockId> order;
  std::vector<bool> placed(program.blocks.size());
  order.reserve(layout.size());
  for (const BlockId id : layout) {
    if (placed[index_of(id)]) continue;
    for (BlockId at = chains.first(id); at != none; at = chains.next(at)) {
      placed[index_of(at)] = true;
      order.push_back(at);
    }
  }
  const bool changed = order != layout;
  program.layout = std::move(order);
  return changed;
}

}  // namespace pvm::link
