// SPDX-License-Identifier: Apache-2.0 OR MIT
// Which addresses the guest may access: disjoint ranges in order. Chapter "Memory".
#pragma once

#include <map>
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

  /// Gives [begin, end) the right `access`; nothing if the range is empty.
  void set(u64 begin, u64 end, Access access);
  void clear() { ranges_.clear(); }
  /// The first byte of [address, address + size) that can't be accessed so; nullopt: all can. Bytes at and beyond 2^32 never can, as the
  /// bytes at the same numbers less 2^32 can't: both are reported unreduced. [access.range] [access.wrap]
  std::optional<Denial> check(u64 address, u64 size, bool write) const;
  /// The range that holds `address`.
  std::optional<Range> range_at(u64 address) const;
  /// The first range that ends above `address`.
  std::optional<Range> range_from(u64 address) const;
  /// In ascending order.
  std::vector<Range> ranges() const;

 private:
  struct Tail {
    u64 end;
    Access access;
  };
  using Map = std::map<u64, Tail>;  ///< By begin.

  Map::const_iterator find(u64 address) const;
  void split_at(u64 address);

  Map ranges_;
};

}  // namespace pvm::engine
