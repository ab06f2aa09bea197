// SPDX-License-Identifier: Apache-2.0 OR MIT
// The kernels as ordinary functions, compiled with -O2 whatever the build. `memory` has memory_bytes bytes.
#pragma once

#include <cstdint>

namespace pvm::bench::native {

std::uint64_t loop(std::uint8_t* memory, std::uint64_t count);
std::uint64_t sieve(std::uint8_t* memory, std::uint64_t limit);
std::uint64_t sort(std::uint8_t* memory, std::uint64_t words);
std::uint64_t hash(std::uint8_t* memory, std::uint64_t bytes);
std::uint64_t matrix(std::uint8_t* memory, std::uint64_t size);
std::uint64_t search(std::uint8_t* memory, std::uint64_t bytes);
std::uint64_t recursion(std::uint8_t* memory, std::uint64_t number);
std::uint64_t bytecode(std::uint8_t* memory, std::uint64_t count);
std::uint64_t copy(std::uint8_t* memory, std::uint64_t rounds);
std::uint64_t divide(std::uint8_t* memory, std::uint64_t pairs);

}  // namespace pvm::bench::native
