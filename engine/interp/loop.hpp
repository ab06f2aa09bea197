// SPDX-License-Identifier: Apache-2.0 OR MIT
// The loop that runs operations until a rule of the document is needed.
#pragma once

#include "interp/budget.hpp"
#include "interp/decoded_program.hpp"

namespace pvm::engine::interp {

/// What the loop works on.
struct RunState {
  u64* registers;
  Memory& memory;
  const DecodedProgram& program;
  Budget& budget;
};

/// Why and where the loop has stopped.
struct Stop {
  Flow flow;
  const Operation* at;
  bool paid;  ///< False: it is the charge of the block at `at` that wasn't made.
};

/// Runs from `at`; `charge`: a block begins there and isn't paid. The budget is up to date afterwards.
Stop run(RunState& state, const Operation* at, bool charge);

/// The handlers of a loop by Code, or nullptr where it dispatches by a switch.
const void* const* handlers_of(Mode mode);

}  // namespace pvm::engine::interp
