// SPDX-License-Identifier: Apache-2.0 OR MIT
// The code of a program from its beginning to its end, as disassemblies show it.
#include "walk.hpp"

#include <algorithm>

namespace pvm::assembly {

CodeWalk::CodeWalk(const ref::Program& program) {
  bool begins_block = true;
  falls_off_end_ = true;
  const ref::u32 size = program.code_size();
  for (ref::u32 at = 0; at < size;) {
    CodeItem item{at, at + 1, program.is_marked(at)};
    isa::Op op = isa::Op::invalid;
    if (item.is_marked) {
      op = isa::ops_by_opcode[static_cast<std::size_t>(program.config.semantics)][program.code[at]];
      item.end = at + 1 + ref::skip_at(program, at);
    } else {
      while (item.end < size && !program.is_marked(item.end)) ++item.end;
    }
    if (begins_block) block_starts_.push_back(at);
    begins_block = ref::ends_block(op);
    falls_off_end_ = isa::row_of(op).falls_through;
    items_.push_back(item);
    at = item.end;
  }
  if (begins_block && falls_off_end_) block_starts_.push_back(size);
}

std::optional<ref::u32> CodeWalk::block_at(ref::u32 code_offset) const {
  const auto found = std::lower_bound(block_starts_.begin(), block_starts_.end(), code_offset);
  if (found == block_starts_.end() || *found != code_offset) return std::nullopt;
  return static_cast<ref::u32>(found - block_starts_.begin());
}

}  // namespace pvm::assembly
