// SPDX-License-Identifier: Apache-2.0 OR MIT
// Guest programs for the benchmarks, as containers.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "kernels.hpp"

namespace pvm::bench {

using Bytes = std::vector<std::uint8_t>;

/// A polkavm container for rv64-1 with the kernels' memory, `stack` bytes of stack, and the code that `text` assembles to. Ends the
/// program if the text is wrong: it is part of the benchmark.
Bytes assembled(std::string_view text, std::uint32_t rw_bytes = memory_bytes, std::uint32_t stack_bytes = 65536);

/// All kernels one after another, over and over: real code in a quantity that can be timed. Never run.
struct Large {
  Bytes container;
  std::uint64_t instructions = 0;
};
Large large_program(std::uint32_t copies);

}  // namespace pvm::bench
