// SPDX-License-Identifier: Apache-2.0 OR MIT
// Machine code from selected instructions: the lengths of jumps solved, bytes written.
#pragma once

#include "emit/select.hpp"

namespace pvm::link {

/// The instructions of one block, in layout order.
struct SelectedBlock {
  BlockId id{};
  std::vector<MachineOp> ops;
};

/// Code, its bitmask, where blocks begin and where instructions came from.
struct Code {
  std::vector<u8> bytes, bitmask;
  std::vector<u32> block_offset;  ///< By block and label; only of those laid out.
  std::vector<CodeSpan> spans;
  u64 instructions = 0;
};

/// Lays out and encodes. Jumps get the fewest bytes that reach; `prefix` are jumps of 5 bytes each to these blocks, in front of all
/// others. Linear in the code, times a few rounds until no jump needs to grow. Error: the code is too long.
Outcome<Code> encode_code(const std::vector<SelectedBlock>& blocks, std::size_t block_count, ref::Semantics semantics,
                          const std::vector<BlockId>& prefix);

}  // namespace pvm::link
