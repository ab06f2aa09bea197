// SPDX-License-Identifier: Apache-2.0 OR MIT
// From RISC-V instructions that neither jump nor mention addresses to IR.
#pragma once

#include "lift/riscv.hpp"

namespace pvm::link::lifting {

/// Appends what `instruction` does to `out`, each with `source`. `bits`: 32 or 64. Kinds that end blocks, and host_call, are not for this.
/// Returns the number of a register that the machine lacks, if the instruction has one; then nothing is appended.
std::optional<u8> expand(const riscv::Instruction& instruction, u32 bits, SourceId source, std::vector<Instruction>& out);

}  // namespace pvm::link::lifting
