// SPDX-License-Identifier: Apache-2.0 OR MIT
// A case's trace on the reference interpreter in the formats that are in use.
#pragma once

#include <map>
#include <string>

#include "pvm/conformance/ref_target.hpp"

namespace pvm::runner {

/// A case, every step that it took, and what came of it.
struct TracedCase {
  conformance::Case subject;
  std::vector<conformance::RefTraceStep> steps;
  conformance::Outcome outcome;
};

/// Runs the case; at most `max_steps` instructions are kept.
TracedCase trace_case(conformance::Case c, conformance::u64 max_steps);

/// For people: one line per instruction with what it changed, and one per step of the case.
std::string trace_as_text(const TracedCase& traced);

/// JIP-7 (draft) text: program, start, host calls with what the host did, the end. Statuses that the draft has no line for (page fault)
/// get one in its style, which its readers ignore.
std::string trace_as_jip7(const TracedCase& traced);

/// Modular streams: file name -> little-endian, fixed-width contents. opcode u8, pc u64 (before), r0..r12 u64 (after), gas u64 (after),
/// loads and stores u32 address and u64 value each (zeros: none).
std::map<std::string, std::string> trace_as_streams(const TracedCase& traced);

}  // namespace pvm::runner
