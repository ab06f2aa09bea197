// SPDX-License-Identifier: Apache-2.0 OR MIT
// A program's code being put together: instructions, raw bytes, labels, jump table.
#include "pvm/builder/code.hpp"

#include <algorithm>

namespace pvm::builder {

Label Code::new_label() {
  labels_.push_back(std::nullopt);
  return {static_cast<u32>(labels_.size() - 1)};
}

void Code::bind(Label label) {
  if (labels_[label.id]) fail("a label is bound twice");
  labels_[label.id] = items_.size();
}

void Code::instruction(isa::Op op, const Operands& operands, Lengths lengths, std::optional<Label> target) {
  items_.push_back({op, operands, lengths, target, {}, true});
}

void Code::raw(Bytes bytes) {
  items_.push_back({{}, {}, {}, {}, std::move(bytes), true});
}

void Code::unmarked(Bytes bytes) {
  items_.push_back({{}, {}, {}, {}, std::move(bytes), false});
}

u32 Code::table_entry(Label label) {
  table_.push_back({label, 0});
  return static_cast<u32>(2 * table_.size());
}

u32 Code::table_entry(u64 offset) {
  table_.push_back({{}, offset});
  return static_cast<u32>(2 * table_.size());
}

void Code::fail(std::string message) {
  if (error_.empty()) error_ = std::move(message);
}

std::variant<CodeBlob, std::string> Code::build() const {
  if (!error_.empty()) return error_;
  for (const auto& place : labels_) {
    if (!place) return std::string("a label is never bound");
  }

  // Offsets depend on lengths and lengths on offsets: start with offsets of no bytes and let them grow until nothing moves.
  std::vector<u32> starts(items_.size() + 1, 0);
  std::vector<u32> sizes(items_.size(), 0);
  std::vector<Bytes> encoded(items_.size());
  bool first_pass = true;
  for (bool moved = true; moved; first_pass = false) {
    moved = first_pass;
    for (std::size_t index = 0; index < items_.size(); ++index) {
      const Item& item = items_[index];
      if (!item.op) {
        encoded[index] = item.bytes;
      } else {
        Operands operands = item.operands;
        if (item.target) operands.target = first_pass ? starts[index] : starts[*labels_[item.target->id]];
        auto bytes = encode(version_, *item.op, operands, starts[index], item.lengths);
        if (!bytes) return "instruction " + std::to_string(index) + " (" + std::string(isa::row_of(*item.op).name) + ") can't be encoded";
        // A shorter form found late would let two instructions chase each other: extend the offset's sign instead.
        const u8 sign = operands.target < starts[index] ? 0xff : 0x00;
        while (item.target && bytes->size() < sizes[index]) bytes->push_back(sign);
        encoded[index] = std::move(*bytes);
      }
      sizes[index] = static_cast<u32>(encoded[index].size());
      const u32 next = starts[index] + sizes[index];
      if (starts[index + 1] != next) {
        starts[index + 1] = next;
        moved = true;
      }
    }
  }

  CodeBlob blob;
  blob.bitmask.assign((starts.back() + 7) / 8, 0);
  for (std::size_t index = 0; index < items_.size(); ++index) {
    const u32 start = starts[index];
    if (items_[index].marked && !encoded[index].empty())
      blob.bitmask[start / 8] = static_cast<u8>(blob.bitmask[start / 8] | 1U << start % 8);
    append(blob.code, encoded[index]);
  }
  u64 largest = 0;
  for (const TableEntry& entry : table_) {
    blob.jump_table.push_back(entry.label ? starts[*labels_[entry.label->id]] : entry.offset);
    largest = std::max(largest, blob.jump_table.back());
  }
  blob.entry_size = table_.empty() ? u8{0} : u8{1};
  while (blob.entry_size != 0 && blob.entry_size < 8 && largest >> (8 * blob.entry_size) != 0) ++blob.entry_size;
  if (entry_size_) blob.entry_size = *entry_size_;
  return blob;
}

}  // namespace pvm::builder
