// SPDX-License-Identifier: Apache-2.0 OR MIT
#include "lift/reach.hpp"

namespace pvm::link::lifting {
namespace {

class Search {
 public:
  explicit Search(const Program& program) : program_(program) {
    found_.blocks.resize(program.blocks.size());
    found_.sections.resize(program.sections.size());
  }

  Reached run() {
    for (const Export& entry : program_.exports) add(entry.block);
    while (!blocks_.empty() || !sections_.empty()) {
      if (!blocks_.empty()) {
        const BlockId id = blocks_.back();
        blocks_.pop_back();
        follow(program_.block(id));
      } else {
        const SectionId id = sections_.back();
        sections_.pop_back();
        follow(program_.section(id));
      }
    }
    return std::move(found_);
  }

 private:
  void add(BlockId id) {
    if (found_.blocks[index_of(id)]) return;
    found_.blocks[index_of(id)] = true;
    blocks_.push_back(id);
  }
  void add(const Value& value) {
    if (value.kind == Value::Kind::code) return add(value.block());
    if (value.kind != Value::Kind::data || found_.sections[value.id]) return;
    found_.sections[value.id] = true;
    sections_.push_back(value.section());
  }
  void add(const Operand& operand) {
    if (!operand.is_register) add(operand.value);
  }

  void follow(const Block& block) {
    for (const Instruction& instruction : block.body) {
      add(instruction.a);
      add(instruction.b);
      add(instruction.offset);
    }
    const Terminator& end = block.end;
    add(end.a);
    add(end.b);
    using Kind = Terminator::Kind;
    if (end.kind == Kind::jump || end.kind == Kind::branch || end.kind == Kind::call) add(end.target);
    if (end.kind == Kind::branch || end.kind == Kind::call || end.kind == Kind::call_indirect) add(end.otherwise);
  }
  void follow(const DataSection& section) {
    for (const DataRelocation& relocation : section.relocations) {
      add(relocation.target);
      if (relocation.minus) add(*relocation.minus);
    }
  }

  const Program& program_;
  Reached found_;
  std::vector<BlockId> blocks_;
  std::vector<SectionId> sections_;
};

}  // namespace

Reached reach(const Program& program) {
  return Search(program).run();
}

}  // namespace pvm::link::lifting
