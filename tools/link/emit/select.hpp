// SPDX-License-Identifier: Apache-2.0 OR MIT
// From IR instructions, which take any operands, to instructions that the machine has.
#pragma once

#include <optional>
#include <vector>

#include "emit/memory.hpp"
#include "pvm/builder/encode.hpp"

namespace pvm::link {

/// One machine instruction; where `target` is given, the jump goes to that block.
struct MachineOp {
  isa::Op op{};
  builder::Operands operands;
  std::optional<BlockId> target;
  SourceId source = SourceId::none;
};

/// Can the instruction need a register besides those that it names, whatever the values turn out to be? Then there must be a spill slot.
bool may_spill(const Instruction& instruction);

/// Selects instructions for one program and version.
class Selector {
 public:
  Selector(const Resolver& resolve, ref::Semantics semantics, const std::vector<u32>& import_numbers)
      : resolve_(resolve), semantics_(semantics), import_numbers_(import_numbers), is_64_bit_(resolve.program.register_bits == 64) {}

  /// Appends what does the same. Error: the version has no such instruction.
  std::optional<LinkError> select(const Instruction& instruction, std::vector<MachineOp>& out);
  /// Appends the end of a block. `next`: the block laid out next; `next_is_target`: something jumps there, so that a block must end here.
  std::optional<LinkError> select(const Terminator& end, std::optional<BlockId> next, bool next_is_target, std::vector<MachineOp>& out);

 private:
  // An operand once its value is known.
  struct Known {
    bool is_register = false;
    u8 reg = 0;
    i64 number = 0;
    bool is_number() const { return !is_register; }
  };

  Known known(const Operand& operand) const;
  i64 number(const Value& value) const;
  bool fits(i64 value) const;
  bool wide(const Instruction& in) const { return is_64_bit_ && !in.word; }

  void put(isa::Op op, const builder::Operands& operands, std::optional<BlockId> target = std::nullopt);
  void load_number(u8 d, i64 value);
  void move(u8 d, const Known& a);
  void binary(const Instruction& in);
  bool by_immediate(const Instruction& in, u8 a, i64 value);
  bool with_immediate_first(const Instruction& in, i64 value, u8 b);
  void unary(const Instruction& in);
  void conditional_move(const Instruction& in);
  void load(const Instruction& in);
  void store(const Instruction& in);
  template <typename Use>
  void with_temporary(i64 value, std::optional<u8> preferred, RegisterSet used, Use use);
  std::optional<LinkError> missing(isa::Op op, const char* what, SourceId source) const;

  void jump(BlockId target, std::optional<BlockId> next, bool next_is_target);
  std::optional<LinkError> branch(const Terminator& end, std::optional<BlockId> next, bool next_is_target);
  std::optional<isa::Op> compare(Condition condition, const Known& a, const Known& b, builder::Operands& operands) const;
  void jump_to_address(const Terminator& end, std::optional<BlockId> next, bool next_is_target);

  const Resolver& resolve_;
  ref::Semantics semantics_;
  const std::vector<u32>& import_numbers_;
  bool is_64_bit_;
  std::vector<MachineOp>* out_ = nullptr;
  SourceId source_ = SourceId::none;
};

}  // namespace pvm::link
