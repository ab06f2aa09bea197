// SPDX-License-Identifier: Apache-2.0 OR MIT
// Small programs that do real work, as a guest's code in the assembler's notation and as a native function: same algorithm, same memory,
// same result.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace pvm::bench {

/// A kernel works in one memory: guest addresses [memory_start, memory_start + memory_bytes), natively a buffer of that size.
inline constexpr std::uint32_t memory_start = 0x20000;
inline constexpr std::uint32_t memory_bytes = 3 << 20;

struct Kernel {
  std::string_view name;
  /// For rv64-1; begins at 0 with the argument in a0, leaves its result in a0 and returns.
  std::string_view guest;
  std::uint64_t (*native)(std::uint8_t* memory, std::uint64_t argument);
  /// For the benchmark, and a smaller one with which even the reference interpreter is done soon.
  std::uint64_t argument;
  std::uint64_t small_argument;
};

/// All kernels; `loop` is the first.
std::span<const Kernel> kernels();

}  // namespace pvm::bench
