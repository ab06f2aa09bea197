// SPDX-License-Identifier: Apache-2.0 OR MIT
// Runs a machine against a host that answers every exit, and checks what the document promises of each.
#pragma once

#include "input.hpp"
#include "invariants.hpp"

namespace pvm::fuzz {

/// `piece`: instructions at a time.
inline void exercise(const ref::Program& program, ref::Machine& machine, u64 piece) {
  for (int runs = 0; runs < 6 && machine.next_pc(); ++runs) {
    const ref::Machine before = machine;
    std::optional<ref::Exit> exit;
    for (u64 steps = 0; steps < 600 && !exit; steps += piece) exit = machine.run_at_most(piece);
    if (!exit) return;
    if (const auto fault = testing::fault_in_exit(program, before, machine, *exit)) fail(*fault);
    if (exit->status == ref::Status::trap) return;
    if (exit->status == ref::Status::out_of_gas) machine.set_gas(50);
    if (exit->status == ref::Status::page_fault) machine.memory().map(exit->fault_address, machine.memory().page_size(), runs % 3 != 0);
    if (exit->status == ref::Status::host_call) machine.set_reg(7, exit->host_call);
  }
}

}  // namespace pvm::fuzz
