// SPDX-License-Identifier: Apache-2.0 OR MIT
// memset, page by page.
#pragma once

#include "interp/loop.hpp"

namespace pvm::engine::interp {

/// Executes a memset, or the rest of it that a0 and a2 tell of. next: complete. fill: the gas for all of it isn't there, and
/// nothing has happened. Otherwise registers and gas show how far it came. [fill.order] [fill.stop]
Flow fill(const RunState& state);

}  // namespace pvm::engine::interp
