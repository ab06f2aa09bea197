// SPDX-License-Identifier: Apache-2.0 OR MIT
// Which memory a run has stored to, or tried to.
#pragma once

#include <map>

#include "ref_session.hpp"

namespace pvm::conformance {

/// Disjoint address intervals; adjacent ones are joined.
class Intervals {
 public:
  /// [begin, end)
  void add(u64 begin, u64 end);
  /// begin -> end
  const std::map<u64, u64>& parts() const { return parts_; }

 private:
  std::map<u64, u64> parts_;
};

/// Adds what the instruction is about to store to: the observer of a RefSession calls it for each step.
void note_store(const ref::TraceStep& step, const ref::Memory& memory, Intervals& touched);

/// The contents of what can be read of `wanted`, one region at a time, ranges longer than `max_bytes` cut to their two ends.
std::vector<MemoryBytes> read_parts(const Intervals& wanted, const ref::Memory& memory, u64 max_bytes);

}  // namespace pvm::conformance
