// SPDX-License-Identifier: Apache-2.0 OR MIT
#include "emit/code.hpp"

#include <algorithm>

namespace pvm::link {
namespace {

constexpr u32 max_code_size = 33'554'432;  // [blob.code]
/// Programs of compilers need a handful. Jumps that push each other over their limits, one by one, could need as many as there are jumps.
constexpr u32 patient_rounds = 24;

/// One instruction on its way to a place.
struct Item {
  const MachineOp* op = nullptr;
  u32 fixed_size = 0;    ///< Without the bytes of the jump's offset.
  u8 offset_length = 0;  ///< Of the jump's offset.
  u32 size() const { return fixed_size + offset_length; }
};

bool are_registers(const builder::Operands& operands) {
  return std::max({operands.d, operands.a, operands.b}) < machine_register_count;
}

builder::Lengths lengths_of(const Item& item) {
  if (!item.op->target) return {};
  // The offset is the second immediate where there is one before it.
  const isa::Format format = isa::row_of(item.op->op).format;
  if (format == isa::Format::reg_imm_offset) return {std::nullopt, item.offset_length};
  return {item.offset_length, std::nullopt};
}

class Layout {
 public:
  Layout(const std::vector<SelectedBlock>& blocks, std::size_t block_count, ref::Semantics semantics, const std::vector<BlockId>& prefix)
      : blocks_(blocks), semantics_(semantics), block_offset_(block_count) {
    for (const BlockId target : prefix) prefix_.push_back({isa::Op::jump, {}, target, SourceId::none, {}});
  }

  Outcome<Code> run() {
    make_items();
    for (u32 round = 0; grow(round == patient_rounds ? largest_growth : 1); ++round) {
      if (size_ > max_code_size) break;
    }
    if (size_ > max_code_size) {
      return LinkError{.message =
                           "the code has " + std::to_string(size_) + " bytes or more, " + std::to_string(max_code_size) + " are allowed"};
    }
    return write();
  }

 private:
  // An instruction is a byte at least, and a jump grows by four at most: no distance can become more than five times what it is.
  static constexpr i64 largest_growth = 5;

  void add(const MachineOp& op, u8 least_length) {
    Item item{.op = &op};
    // With the jump to itself the offset is 0 and takes no bytes.
    builder::Operands operands = op.operands;
    operands.target = 0;
    const auto bytes = builder::encode(semantics_, op.op, operands, 0);
    item.fixed_size = bytes ? static_cast<u32>(bytes->size()) : 0;
    item.offset_length = least_length;
    items_.push_back(item);
  }

  void make_items() {
    constexpr u8 whole_offset = 4;
    for (const MachineOp& op : prefix_) add(op, whole_offset);
    for (const SelectedBlock& block : blocks_) {
      for (const MachineOp& op : block.ops) add(op, 0);
    }
    place();
  }

  // Offsets of all blocks with the present lengths.
  void place() {
    u64 at = 0;
    std::size_t index = 0;
    for (; index < prefix_.size(); ++index) at += items_[index].size();
    for (const SelectedBlock& block : blocks_) {
      block_offset_[index_of(block.id)] = static_cast<u32>(at);
      for (const MachineOp& op : block.ops) {
        if (op.label) block_offset_[index_of(*op.label)] = static_cast<u32>(at);
        at += items_[index++].size();
      }
    }
    size_ = at;
  }

  // Gives each jump the bytes that it needs by the present places; true if one has grown. Lengths only grow, so this ends. With the
  // largest growth as `allowance` the bytes suffice whatever else grows: no round after it finds anything.
  bool grow(i64 allowance) {
    bool grown = false;
    u32 pc = 0;
    for (Item& item : items_) {
      if (item.op->target) {
        const i64 distance = i64{block_offset_[index_of(*item.op->target)]} - pc;
        const u8 needed = builder::shortest_length(allowance * distance);
        pc += item.size();
        if (needed > item.offset_length) {
          item.offset_length = needed;
          grown = true;
        }
      } else {
        pc += item.size();
      }
    }
    if (grown) place();
    return grown;
  }

  Outcome<Code> write() {
    Code code;
    code.bytes.reserve(size_);
    code.bitmask.resize((size_ + 7) / 8);
    code.instructions = items_.size();
    for (const Item& item : items_) {
      const u32 pc = static_cast<u32>(code.bytes.size());
      builder::Operands operands = item.op->operands;
      if (!are_registers(operands)) return LinkError{.message = "a scratch register is left in the code"};
      if (item.op->target) operands.target = block_offset_[index_of(*item.op->target)];
      const auto bytes = builder::encode(semantics_, item.op->op, operands, pc, lengths_of(item));
      if (!bytes) {
        return LinkError{
            .message = std::string(isa::row_of(item.op->op).name) + " can't be encoded in " + std::string(ref::name_of(semantics_)),
            .remedy = "choose another instruction set"};
      }
      code.bitmask[pc / 8] = static_cast<u8>(code.bitmask[pc / 8] | 1u << (pc % 8));
      code.bytes.insert(code.bytes.end(), bytes->begin(), bytes->end());
      add_span(code.spans, pc, static_cast<u32>(code.bytes.size()), item.op->source);
    }
    code.block_offset = std::move(block_offset_);
    return code;
  }

  static void add_span(std::vector<CodeSpan>& spans, u32 begin, u32 end, SourceId source) {
    if (source == SourceId::none) return;
    if (!spans.empty() && spans.back().end == begin && spans.back().source == source) {
      spans.back().end = end;
    } else {
      spans.push_back({begin, end, source});
    }
  }

  const std::vector<SelectedBlock>& blocks_;
  ref::Semantics semantics_;
  std::vector<MachineOp> prefix_;
  std::vector<Item> items_;
  std::vector<u32> block_offset_;
  u64 size_ = 0;
};

}  // namespace

Outcome<Code> encode_code(const std::vector<SelectedBlock>& blocks, std::size_t block_count, ref::Semantics semantics,
                          const std::vector<BlockId>& prefix) {
  return Layout(blocks, block_count, semantics, prefix).run();
}

}  // namespace pvm::link
