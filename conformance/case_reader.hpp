// SPDX-License-Identifier: Apache-2.0 OR MIT
// Readers of the parts of a case, shared by vector files and the target protocol.
#pragma once

#include "pvm/conformance/case.hpp"
#include "pvm/conformance/job.hpp"
#include "pvm/conformance/json_reader.hpp"

namespace pvm::conformance {

/// Each reports to the Reader's Problem and returns something harmless on errors.
Program read_program(const Reader& at);
Pre read_pre(const Reader& at);
Post read_post(const Reader& at);
Registers read_registers(const Reader& at);
Rejected read_rejected(const Reader& at);
BlockCosts read_block_costs(const Reader& at);
std::vector<Page> read_pages(const Reader& at);
std::vector<MemoryBytes> read_memory(const Reader& at);
/// A step of a case: with expectations.
Step read_step(const Reader& at);
/// A step of a request: without.
JobStep read_job_step(const Reader& at);
std::vector<std::string> read_texts(const Reader& at);

}  // namespace pvm::conformance
