// SPDX-License-Identifier: Apache-2.0 OR MIT
// The code of a program from its beginning to its end, as disassemblies show it.
#pragma once

#include <optional>
#include <vector>

#include "pvm/ref/decode.hpp"

namespace pvm::assembly {

/// A marked instruction, or bytes between instructions that can't be reached as one.
struct CodeItem {
  ref::u32 begin = 0;
  ref::u32 end = 0;  ///< Exclusive.
  bool is_marked = true;
};

/// The code cut into pieces without a gap, and the blocks in it.
class CodeWalk {
 public:
  explicit CodeWalk(const ref::Program& program);

  const std::vector<CodeItem>& items() const { return items_; }
  /// Blocks are numbered from 0: one begins at 0 and behind each terminator and each invalid instruction, if something follows.
  std::optional<ref::u32> block_at(ref::u32 code_offset) const;
  /// The last item falls through to the end of the code.
  bool falls_off_end() const { return falls_off_end_; }

 private:
  std::vector<CodeItem> items_;
  std::vector<ref::u32> block_starts_;
  bool falls_off_end_ = false;
};

}  // namespace pvm::assembly
