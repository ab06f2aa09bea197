// SPDX-License-Identifier: Apache-2.0 OR MIT
// Memory of this process that no guest may reach, and addresses by which one might try.
#pragma once

#include <vector>

#include "pvm/types.hpp"

namespace pvm::hostile {

/// Pages with a pattern: on the heap, and right beside each reservation of 4 GiB or more, as the windows of guests are.
class Canaries {
 public:
  Canaries();
  ~Canaries();
  Canaries(const Canaries&) = delete;
  Canaries& operator=(const Canaries&) = delete;
  bool are_unharmed() const;

  /// All 64 bits of what leads to them: absolute, 4 GiB off, and relative to the windows.
  std::vector<u64> addresses() const;

 private:
  std::vector<u64> pages_;
  std::vector<u64> windows_;  ///< Where guest address 0 may lie.
};

/// Places in a worker, in this process and in the kernel, as numbers.
std::vector<u64> telling_addresses();

}  // namespace pvm::hostile
