// SPDX-License-Identifier: Apache-2.0 OR MIT
// Where jump targets lie in native code, and the jumps whose targets are still to come.
#pragma once

#include <bit>
#include <cassert>
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

  explicit Labels(u32 code_size) : size_(code_size), words_(code_size / 64 + 1) {}

  /// Labels are defined in the order of their positions.
  void define(u32 position, u32 native) {
    Word& word = words_[position / 64];
    assert(position < size_ && word.marks >> (position % 64) == 0);
    word.first = word.marks == 0 ? static_cast<u32>(natives_.size()) : word.first;
    word.marks |= u64{1} << (position % 64);
    natives_.push_back(native);
  }
  /// The native offset of a label, or none.
  u32 find(u32 position) const {
    if (position >= size_) return none;
    const Word& word = words_[position / 64];
    const u64 bit = u64{1} << (position % 64);
    if ((word.marks & bit) == 0) return none;
    return natives_[word.first + static_cast<u32>(std::popcount(word.marks & (bit - 1)))];
  }
  /// Can `target` get a label after that of a jump at `from` has been defined, or could have been?
  bool may_come(u32 from, u32 target) const { return target > from && target < size_; }

  void refer(u32 at, u32 target) { references_.push_back({at, target}); }
  const std::vector<Reference>& references() const { return references_; }

 private:
  /// 64 positions: which have labels, and where the first of these is in natives_.
  struct Word {
    u64 marks = 0;
    u32 first = 0;
  };

  u32 size_;
  std::vector<Word> words_;
  std::vector<u32> natives_;
  std::vector<Reference> references_;
};

}  // namespace pvm::engine::jit
