// SPDX-License-Identifier: Apache-2.0 OR MIT
#include "link.hpp"
#include "passes.hpp"

namespace pvm::link {

void optimize(Program& program, const OptimizeOptions& options) {
  if (options.reachability) drop_unreachable(program);
  if (options.dead_code) remove_dead_code(program);
}

}  // namespace pvm::link
