// SPDX-License-Identifier: Apache-2.0 OR MIT
// A program's code being put together: instructions, raw bytes, labels, jump table.
#pragma once

#include <string>
#include <variant>

#include "pvm/builder/container.hpp"

namespace pvm::builder {

/// A place in the code that may be named before it is reached.
struct Label {
  u32 id = 0;
};

/// Collects instructions and lays them out. Offsets to labels get the fewest bytes that hold them. Errors (an operand that doesn't
/// fit, a label never bound) are kept and returned by build().
class Code {
 public:
  explicit Code(Semantics version) : version_(version) {}

  Semantics version() const { return version_; }

  Label new_label();
  /// Binds a label to the place that the code has reached.
  void bind(Label label);

  /// One instruction; where `target` is given it replaces operands.target.
  void instruction(isa::Op op, const Operands& operands, Lengths lengths = {}, std::optional<Label> target = std::nullopt);
  /// One instruction of arbitrary bytes: the first is marked in the bitmask, the others aren't.
  void raw(Bytes bytes);
  /// Bytes that the bitmask doesn't mark.
  void unmarked(Bytes bytes);

  /// Adds an entry to the jump table and returns the address by which a dynamic jump reaches it. [jump.dynamic]
  u32 table_entry(Label label);
  u32 table_entry(u64 offset);
  /// Bytes per entry; otherwise the fewest that hold every entry, 0 for an empty table.
  void set_entry_size(u8 bytes) { entry_size_ = bytes; }

  /// Keeps the first error; for callers that find one themselves.
  void fail(std::string message);

  /// The laid-out code, or the first error.
  std::variant<CodeBlob, std::string> build() const;

 private:
  struct Item {
    std::optional<isa::Op> op;  ///< Absent: `bytes` as they stand.
    Operands operands;
    Lengths lengths;
    std::optional<Label> target;
    Bytes bytes;
    bool marked = true;
  };
  struct TableEntry {
    std::optional<Label> label;
    u64 offset = 0;
  };

  Semantics version_;
  std::vector<Item> items_;
  std::vector<std::optional<std::size_t>> labels_;  ///< By id: the index of the item that follows.
  std::vector<TableEntry> table_;
  std::optional<u8> entry_size_;
  std::string error_;
};

}  // namespace pvm::builder
