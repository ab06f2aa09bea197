// SPDX-License-Identifier: Apache-2.0 OR MIT
// Which blocks and data sections the exports lead to.
#pragma once

#include <vector>

#include "ir.hpp"

namespace pvm::link::lifting {

struct Reached {
  std::vector<bool> blocks, sections;
};

/// Follows control flow, addresses in code, and relocations in data.
Reached reach(const Program& program);

}  // namespace pvm::link::lifting
