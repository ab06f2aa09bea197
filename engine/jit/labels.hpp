// SPDX-License-Identifier: Apache-2.0 OR MIT
// Where jump targets lie in native code, and the jumps whose targets are still to come.
#pragma once

#include <cstdlib>
#include <memory>
#include <new>
#include <vector>

#include "pvm/types.hpp"

namespace pvm::engine::jit {

/// The labels of one program. Every guest position may have one; those that never get one are no valid jump targets. [target.valid]
class Labels {
 public:
  static constexpr u32 none = 0xffffffff;

  /// A jump with a 4-byte displacement at native offset `at`.
  struct Reference {
    u32 at;
    u32 target;  ///< Guest position.
  };

  /// The memory comes zeroed from the system, and only what labels need of it is touched.
  explicit Labels(u32 code_size) : size_(code_size), table_(static_cast<u32*>(std::calloc(size_t{code_size} + 1, sizeof(u32)))) {
    if (!table_) throw std::bad_alloc();
  }

  void define(u32 position, u32 native) { table_.get()[position] = native + 1; }
  /// The native offset of a label, or none.
  u32 find(u64 position) const { return position < size_ ? table_.get()[position] - 1 : none; }
  /// Can a jump at `from`, whose own label has been defined, find `target` by the end of the pass if it hasn't now?
  bool may_come(u32 from, u32 target) const { return target > from && target < size_; }

  void refer(u32 at, u32 target) { references_.push_back({at, target}); }
  const std::vector<Reference>& references() const { return references_; }

 private:
  struct Free {
    void operator()(u32* memory) const { std::free(memory); }
  };

  u32 size_;
  std::unique_ptr<u32, Free> table_;  // Native offset + 1, by guest position.
  std::vector<Reference> references_;
};

}  // namespace pvm::engine::jit
