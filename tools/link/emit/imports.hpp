// SPDX-License-Identifier: Apache-2.0 OR MIT
// Which number each host function has.
#pragma once

#include "link.hpp"

namespace pvm::link {

struct ImportNumbers {
  std::vector<u32> number;           ///< By Program::imports; of those that are called.
  std::vector<std::string> symbols;  ///< By number; empty where a number is left free.
};

/// Imports that are called by blocks in the layout, sorted by symbol; or, where they have indexes of their own, by these, holes left free.
/// Errors: two prototypes of one symbol, some with an index and some without, two imports of one index, too many.
Outcome<ImportNumbers> number_imports(const Program& program);

}  // namespace pvm::link
