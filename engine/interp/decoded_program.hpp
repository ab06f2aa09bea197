// SPDX-License-Identifier: Apache-2.0 OR MIT
// A program as the loop runs it: operations in order of their positions, jump table resolved, read-only data in pages.
#pragma once

#include <memory>
#include <vector>

#include "interp/interpreter.hpp"
#include "interp/memory.hpp"
#include "interp/operation.hpp"

namespace pvm::engine::interp {

/// Which loop runs a program: width of registers, and what is charged.
enum class Mode : u8 { blocks_64, blocks_32, instructions };

class DecodedProgram {
 public:
  explicit DecodedProgram(std::shared_ptr<const Program> program);

  const Program& program() const { return *program_; }
  Mode mode() const { return mode_; }
  const SharedPages& read_only_data() const { return read_only_data_; }

  /// The operation at `pc`, or nullptr where none is.
  const Operation* find(u32 pc) const;

  /// Where a dynamic jump to `address` goes, or nullptr if it traps; the halt address is no matter here. [jump.dynamic]
  const Operation* dynamic_target(u32 address) const {
    // 2, 4, 6 ... become 0, 1, 2 ...; what is odd or 0 becomes 2^31 or more.
    const u32 index = (address >> 1 | address << 31) - 1;
    if (index < jump_targets_.size()) [[likely]]
      return jump_targets_[index];
    return index < uniform_count_ ? uniform_target_ : nullptr;
  }

 private:
  friend class Predecoder;

  std::shared_ptr<const Program> program_;
  Mode mode_;
  std::vector<Operation> operations_;
  std::size_t ordered_ = 0;    ///< So many operations are in order of pc; behind them are traps that jumps lead to.
  std::vector<u32> index_of_;  ///< By pc / stride: the first operation at or behind that multiple of the stride.
  std::vector<const Operation*> jump_targets_;
  /// Entries of no bytes are all 0. [jump.table]
  u32 uniform_count_ = 0;
  const Operation* uniform_target_ = nullptr;
  SharedPages read_only_data_;
};

}  // namespace pvm::engine::interp
