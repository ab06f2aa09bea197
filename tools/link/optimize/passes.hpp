// SPDX-License-Identifier: Apache-2.0 OR MIT
// The passes of the optimiser. Each keeps the meaning of a program: what the host sees (results, memory, host calls, traps), under the
// assumptions that liveness.hpp states. Each returns whether it has changed anything.
#pragma once

#include "ir.hpp"

namespace pvm::link {

/// Drops blocks and data sections that no export reaches.
bool drop_unreachable(Program& program);

/// Constant, copy and address propagation; operands become immediates, base and offset one address, known branches and indirect jumps
/// direct; each instruction is replaced by its cheapest known form.
bool propagate_constants(Program& program);

/// Jumps to jumps, blocks with one way in, tiny blocks.
bool thread_jumps(Program& program);

/// Divisions and remainders by known numbers become shifts and multiplications, with scratch registers.
bool reduce_strength(Program& program);

/// Loads of what the block has just stored or loaded come from the register that holds it.
bool forward_memory(Program& program);

/// Moves additions to a register into the offsets of the accesses that alone use it.
bool fold_offsets(Program& program);

/// Removes instructions whose results nobody reads, and makes a jump of a call whose return address nobody reads.
bool remove_dead_code(Program& program);

/// 32-bit forms become the cheaper full-width ones where nobody reads the upper half of the result; so do extensions to nothing.
bool narrow_results(Program& program);

/// Numbers and addresses come from registers that hold them, or nearly. To be done last: propagate_constants undoes it.
bool share_constants(Program& program);

/// One block for all that do the same.
bool merge_identical_code(Program& program);

/// An order of `layout` with few jumps.
bool reorder_blocks(Program& program);

}  // namespace pvm::link
