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
  std::optional<BlockId> label = {};  ///< Where given, jumps to this block, which is none of the program's, arrive here.
};

/// Selects instructions for one program and version.
class Selector {
 public:
  Selector(const Resolver& resolve, ref::Semantics semantics, const std::vector<u32>& import_numbers)
      : resolve_(resolve), semantics_(semantics), import_numbers_(import_numbers), is_64_bit_(resolve.program.register_bits == 64) {}

  /// Appends what does the same. `dead`: registers that nothing reads after the instruction. Error: the version has no such instruction.
  std::optional<LinkError> select(const Instruction& instruction, RegisterSet dead, std::vector<MachineOp>& out);
  /// Appends the end of a block. `next`: the block laid out next; `next_is_target`: something jumps there, so that a block must end here.
  void select(const Terminator& end, std::optional<BlockId> next, bool next_is_target, std::vector<MachineOp>& out);

  /// Has an instruction needed a register when all were in use? Then the memory must be planned with a spill slot.
  bool has_spilled() const { return has_spilled_; }
  /// The program's blocks and the labels.
  std::size_t block_count() const { return resolve_.program.blocks.size() + label_count_; }

 private:
  // An operand once its value is known.
  struct Known {
    bool is_register = false;
    u8 reg = 0;
    i64 number = 0;
    bool is_number() const { return !is_register; }
  };

  Known known(const Operand& operand) const;
  Known known(const Operand& operand, bool word) const;
  i64 number(const Value& value) const;
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
  u8 borrow(RegisterSet used);
  void give_back(u8 borrowed);
  template <typename Use>
  void with_temporary(i64 value, std::optional<u8> preferred, RegisterSet used, Use use);
  std::optional<LinkError> missing(isa::Op op, const char* what, SourceId source) const;

  void jump(BlockId target, std::optional<BlockId> next, bool next_is_target);
  void branch(const Terminator& end, std::optional<BlockId> next, bool next_is_target);
  void branch_by_long_number(const Terminator& end, const Known& a, const Known& b);
  static std::optional<isa::Op> compare(Condition condition, const Known& a, const Known& b, builder::Operands& operands);
  void jump_to_address(const Terminator& end, std::optional<BlockId> next, bool next_is_target);

  const Resolver& resolve_;
  ref::Semantics semantics_;
  const std::vector<u32>& import_numbers_;
  bool is_64_bit_;
  std::vector<MachineOp>* out_ = nullptr;
  SourceId source_ = SourceId::none;
  RegisterSet dead_ = 0;
  bool has_spilled_ = false;
  u32 label_count_ = 0;
};

}  // namespace pvm::link
