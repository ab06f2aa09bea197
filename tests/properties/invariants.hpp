// SPDX-License-Identifier: Apache-2.0 OR MIT
// What the document promises of every exit, whatever the program did.
#pragma once

#include <optional>
#include <string>

#include "pvm/ref/machine.hpp"

namespace pvm::testing {

/// What is wrong with the exit of a run that led from `before` to `after`, or nullopt. `before` had a next position.
std::optional<std::string> fault_in_exit(const ref::Program& program, const ref::Machine& before, const ref::Machine& after,
                                         const ref::Exit& exit);

/// What is wrong with a state, or nullopt: registers of rv32-1 beyond 32 bits, memory below 2^16, overlapping ranges and so on.
std::optional<std::string> fault_in_state(const ref::Program& program, const ref::Machine& machine);

/// What differs between two machines that must be equal, or nullopt. Gas only if `with_gas`. Of a range of memory, `edge` bytes at
/// both ends are compared, which is where made-up programs store.
std::optional<std::string> difference(const ref::Machine& a, const ref::Machine& b, bool with_gas = true, ref::u64 edge = 0x2000);

}  // namespace pvm::testing
