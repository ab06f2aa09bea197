// SPDX-License-Identifier: Apache-2.0 OR MIT
// Which addresses the guest may access: disjoint ranges in order. Chapter "Memory".
#pragma once

#include <optional>
#include <vector>

#include "machine/executor.hpp"

namespace pvm::engine {

/// Why an access was refused: the lowest address of it that lacks the right.
struct Denial {
  u64 address = 0;       ///< Not reduced modulo 2^32.
  bool present = false;  ///< Readable, but not writable.
};

/// The rights of one machine. Adjacent ranges with equal rights are one. Operations take time logarithmic in the number of ranges, plus
/// the ranges that they remove.
class Rights {
 public:
  struct Range {
    u64 begin = 0;
    u64 end = 0;
    Access access = Access::none;
    bool operator==(const Range&) const = default;
  };

  void set(u64 begin, u64 end, Access access);
  void clear();
  /// The first byte of [address, address + size) that can't be accessed so; nullopt: all can. Bytes at and beyond 2^32 never can.
  /// `wraps`: they are those at the numbers less 2^32 (never accessible either, but reported unreduced). [access.range] [access.wrap]
  std::optional<Denial> check(u64 address, u64 size, bool write) const;
  std::optional<Range> range_at(u64 address) const;
  /// In ascending order.
  std::vector<Range> ranges() const;
};

}  // namespace pvm::engine
