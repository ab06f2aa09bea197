// SPDX-License-Identifier: Apache-2.0 OR MIT
// A right for every address of guest memory, and what has to be done to get from one such map to another.
#pragma once

#include <map>
#include <vector>

#include "machine/executor.hpp"
#include "sandbox/process/protocol.hpp"

namespace pvm::engine::sandbox::process {

/// All none at first. set() takes time logarithmic in the number of runs, plus those that it removes.
class AccessMap {
 public:
  void set(u64 begin, u64 end, Access access);
  Access at(u64 address) const;
  /// Where the run of equal rights that holds `address` ends, at most at native::guest_end.
  u64 run_end(u64 address) const;

 private:
  std::map<u64, Access> runs_ = {{0, Access::none}};  ///< By first address.
};

/// The rights that the machine wants, those that the worker has, and the difference.
class WorkerRights {
 public:
  void want(u64 begin, u64 end, Access access);
  /// All none on both sides.
  void forget();
  bool up_to_date() const { return dirty_.empty(); }
  /// Writes at most max_changes changes, and counts them as made. up_to_date() tells if there are more.
  u32 take_changes(volatile Change* to);
  const AccessMap& wanted() const { return wanted_; }
  /// Wants what `other` has.
  void want_all(const AccessMap& other);

 private:
  struct Range {
    u64 begin, end;
  };
  AccessMap wanted_, present_;
  std::vector<Range> dirty_;  ///< Where they may differ.
};

}  // namespace pvm::engine::sandbox::process
