// SPDX-License-Identifier: Apache-2.0 OR MIT
// What this process and its descendants use, from /proc.
#pragma once

#include <cstdint>
#include <vector>

namespace pvm::bench {

/// Processes whose parents lead to this one, in no order.
std::vector<int> descendants();
/// Proportional set size in bytes: pages shared by n processes count as 1/n. 0 where it can't be read.
std::uint64_t pss_bytes(int process);
/// Proportional set size of this process.
std::uint64_t own_pss_bytes();

}  // namespace pvm::bench
