// SPDX-License-Identifier: Apache-2.0 OR MIT
// Runs programs of the intermediate representation, slowly and plainly, to compare what they do before and after a pass.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "ir.hpp"

namespace pvm::link::testing {

enum class Status : u8 { returned, trapped, out_of_steps };

struct HostCall {
  u32 import = 0;
  std::vector<u64> inputs;
  bool operator==(const HostCall&) const = default;
};

/// What the host sees of a run.
struct Observed {
  Status status = Status::returned;
  u64 a0 = 0, a1 = 0;  ///< Only where it returned.
  std::vector<HostCall> host_calls;
  std::map<std::string, std::vector<u8>> memory;  ///< Writable sections, by name.
  bool operator==(const Observed&) const = default;
};

struct RunOptions {
  std::vector<u64> arguments;  ///< a0, a1...
  u64 most_steps = 20000;
};

/// Addresses are the same in all programs that have the same sections, used or not, and as many blocks. Host calls and sbrk answer with
/// numbers that depend on their inputs; what host calls overwrite gets junk.
Observed run(const Program& program, BlockId entry, const RunOptions& options);

/// Instructions executed, of the last run in this thread.
u64 last_steps();

void print(const Observed& observed, std::ostream& out);

}  // namespace pvm::link::testing
