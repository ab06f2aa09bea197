// SPDX-License-Identifier: Apache-2.0 OR MIT
// The passes of the optimiser. Each keeps the meaning of a program: what the host sees (results, memory, host calls, traps), under the
// assumptions that liveness.hpp states. Each returns whether it has changed anything.
#pragma once

#include "ir.hpp"

namespace pvm::link {

/// Drops blocks and data sections that no export reaches.
bool drop_unreachable(Program& program);

/// Removes instructions whose results nobody reads, and makes a jump of a call whose return address nobody reads.
bool remove_dead_code(Program& program);

}  // namespace pvm::link
