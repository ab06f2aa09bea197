// SPDX-License-Identifier: Apache-2.0 OR MIT
// Blocks that do the same, and then go to blocks that do the same, become one. Blocks whose address is a value stay apart, as programs may
// compare addresses; what they lead to is shared. First all blocks with equal instructions count as equal, then those that lead to
// different ones are told apart until nothing changes: so loops and recursive functions are recognised too.
#include <algorithm>
#include <map>
#include <tuple>

#include "facts.hpp"
#include "passes.hpp"

namespace pvm::link {
namespace {

// Rounds of telling apart; each settles what differs one block farther on. What isn't settled then stays as it is.
constexpr u32 most_rounds = 200;

u64 mix(u64 hash, u64 value) {
  hash = (hash ^ value) * 0x9e3779b97f4a7c15;
  return hash ^ (hash >> 29);
}

u64 hash_of(const Value& value) {
  return mix(mix(static_cast<u64>(value.kind), value.id), static_cast<u64>(value.number));
}

u64 hash_of(const Operand& operand) {
  return operand.is_register ? static_cast<u64>(operand.reg) : mix(1, hash_of(operand.value));
}

u64 hash_of(const Instruction& i) {
  u64 hash = mix(static_cast<u64>(i.op) * 2 + (i.word ? 1 : 0), static_cast<u64>(i.d));
  hash = mix(mix(hash, hash_of(i.a)), hash_of(i.b));
  return mix(mix(hash, hash_of(i.offset)), static_cast<u64>(i.import));
}

u64 hash_of(const Block& block) {
  u64 hash = mix(static_cast<u64>(block.end.kind), static_cast<u64>(block.end.condition));
  hash = mix(mix(hash, static_cast<u64>(block.end.d)), static_cast<u64>(block.end.offset));
  hash = mix(mix(hash, hash_of(block.end.a)), hash_of(block.end.b));
  for (const Instruction& instruction : block.body) hash = mix(hash, hash_of(instruction));
  return hash;
}

bool same(const Instruction& x, const Instruction& y) {
  return x.op == y.op && x.word == y.word && x.d == y.d && x.a == y.a && x.b == y.b && x.offset == y.offset && x.import == y.import;
}

// All but where they lead to.
bool same_content(const Block& x, const Block& y) {
  const bool same_end = x.end.kind == y.end.kind && x.end.condition == y.end.condition && x.end.d == y.end.d && x.end.a == y.end.a &&
                        x.end.b == y.end.b && x.end.offset == y.end.offset;
  return same_end && std::equal(x.body.begin(), x.body.end(), y.body.begin(), y.body.end(), same);
}

class Classes {
 public:
  explicit Classes(const Program& program) : program_(program), class_(program.blocks.size()) {
    // Blocks that the layout lacks are classes of their own.
    for (u32 number = 0; number < class_.size(); ++number) class_[number] = number;
    next_class_ = static_cast<u32>(class_.size());
    by_content();
    for (u32 round = 0; round < most_rounds && !groups_.empty(); ++round) {
      if (!refine()) return;
    }
    groups_.clear();
  }

  // Each with at least two blocks, in the order of the layout.
  const std::vector<std::vector<BlockId>>& groups() const { return groups_; }

 private:
  void by_content() {
    std::map<u64, std::vector<BlockId>> buckets;
    for (const BlockId id : program_.layout) buckets[hash_of(program_.block(id))].push_back(id);
    for (auto& [hash, bucket] : buckets) {
      // Equal hashes of unequal blocks are rare: what differs from the first is left out.
      const Block& first = program_.block(bucket.front());
      std::erase_if(bucket, [&](BlockId id) { return !same_content(first, program_.block(id)); });
      add_group(bucket);
    }
  }

  void add_group(std::vector<BlockId>& members) {
    const u32 name = next_class_++;
    for (const BlockId id : members) class_[index_of(id)] = name;
    if (members.size() > 1) groups_.push_back(std::move(members));
  }

  std::pair<u32, u32> next_classes(BlockId id) const {
    u32 classes[2] = {0, 0};
    u32 count = 0;
    for_each_target(program_.block(id).end, [&](BlockId target) { classes[count++] = class_[index_of(target)]; });
    return {classes[0], classes[1]};
  }

  bool refine() {
    std::vector<std::vector<BlockId>> before;
    before.swap(groups_);
    bool changed = false;
    std::vector<std::vector<BlockId>> parts;
    for (std::vector<BlockId>& group : before) {
      std::map<std::pair<u32, u32>, std::vector<BlockId>> split;
      for (const BlockId id : group) split[next_classes(id)].push_back(id);
      if (split.size() == 1) {
        groups_.push_back(std::move(group));
        continue;
      }
      changed = true;
      for (auto& [key, part] : split) parts.push_back(std::move(part));
    }
    for (std::vector<BlockId>& part : parts) add_group(part);  // only now: all of a round are told apart by the same classes
    return changed;
  }

  const Program& program_;
  std::vector<u32> class_;
  u32 next_class_ = 0;
  std::vector<std::vector<BlockId>> groups_;
};

}  // namespace

bool merge_identical_code(Program& program) {
  const Classes classes(program);
  const AddressTaken taken = address_taken(program);
  std::vector<BlockId> representative(program.blocks.size());
  for (u32 number = 0; number < representative.size(); ++number) representative[number] = BlockId{number};
  bool changed = false;
  for (const std::vector<BlockId>& group : classes.groups()) {
    for (const BlockId id : group) {
      representative[index_of(id)] = group.front();
      changed |= id != group.front() && !taken.by_value[index_of(id)] && !program.block(id).body.empty();
    }
  }
  // Who would have fallen into a block needs a jump to its like: nothing is gained where there is no more than that.
  for (const BlockId id : program.layout) {
    if (program.block(id).body.empty()) representative[index_of(id)] = id;
  }
  const auto redirect = [&](BlockId& id) { id = representative[index_of(id)]; };
  for (const BlockId id : program.layout) for_each_target(program.block(id).end, redirect);
  for (Export& entry : program.exports) redirect(entry.block);
  const auto is_dropped = [&](BlockId id) { return representative[index_of(id)] != id && !taken.by_value[index_of(id)]; };
  std::erase_if(program.layout, is_dropped);
  return changed;
}

}  // namespace pvm::link
