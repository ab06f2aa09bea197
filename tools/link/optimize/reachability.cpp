// SPDX-License-Identifier: Apache-2.0 OR MIT
// What the exports reach, through code and through relocations. The pieces are blocks and data sections.
#include "facts.hpp"
#include "passes.hpp"

namespace pvm::link {
namespace {

class Reach {
 public:
  explicit Reach(const Program& program) : program_(program), blocks_(program.blocks.size()), sections_(program.sections.size()) {
    for (const Export& entry : program.exports) add(entry.block);
    while (!todo_blocks_.empty() || !todo_sections_.empty()) step();
  }

  bool block(BlockId id) const { return blocks_[index_of(id)]; }
  bool section(std::size_t number) const { return sections_[number]; }

 private:
  void add(BlockId id) {
    if (blocks_[index_of(id)]) return;
    blocks_[index_of(id)] = true;
    todo_blocks_.push_back(id);
  }

  void add(const Value& value) {
    if (value.kind == Value::Kind::code) add(value.block());
    if (value.kind != Value::Kind::data || sections_[value.id]) return;
    sections_[value.id] = true;
    todo_sections_.push_back(value.section());
  }

  void step() {
    if (!todo_blocks_.empty()) {
      const Block& block = program_.block(todo_blocks_.back());
      todo_blocks_.pop_back();
      for_each_value(block, [&](const Value& value) { add(value); });
      for_each_target(block.end, [&](BlockId id) { add(id); });
      return;
    }
    const DataSection& section = program_.section(todo_sections_.back());
    todo_sections_.pop_back();
    for (const DataRelocation& relocation : section.relocations) {
      add(relocation.target);
      if (relocation.minus) add(*relocation.minus);
    }
  }

  const Program& program_;
  std::vector<bool> blocks_, sections_;
  std::vector<BlockId> todo_blocks_;
  std::vector<SectionId> todo_sections_;
};

}  // namespace

bool drop_unreachable(Program& program) {
  const Reach reach(program);
  bool changed = std::erase_if(program.layout, [&](BlockId id) { return !reach.block(id); }) != 0;
  for (std::size_t number = 0; number < program.sections.size(); ++number) {
    DataSection& section = program.sections[number];
    changed |= section.used && !reach.section(number);
    section.used = section.used && reach.section(number);
  }
  return changed;
}

}  // namespace pvm::link
