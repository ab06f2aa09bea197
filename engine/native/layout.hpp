// SPDX-License-Identifier: Apache-2.0 OR MIT
// Where things lie in a worker's address space. Guest memory is at its own addresses below 2^32.
#pragma once

#include <cstdint>

namespace pvm::engine::native {

inline constexpr std::uint64_t guest_end = std::uint64_t{1} << 32;
/// [guest_end, context_address) is never mapped: an access that begins below 2^32 and reaches beyond it faults.
inline constexpr std::uint64_t context_address = guest_end + 0x10000;
/// Native code of the module; at most max_code_bytes, so that the context is within reach of rip-relative addressing.
inline constexpr std::uint64_t code_address = guest_end + 0x20000;
inline constexpr std::uint64_t max_code_bytes = (std::uint64_t{1} << 31) - 0x100000;
/// Native jump table: 8 bytes for each guest code address, indexed by it; gs points here. The 32 GiB behind it hold nothing else.
/// Slots of addresses that lead nowhere hold `no_target`, or aren't mapped: the jump faults, with rip at the jump.
inline constexpr std::uint64_t jump_table_address = std::uint64_t{1} << 36;
inline constexpr std::uint64_t jump_table_window = std::uint64_t{1} << 35;
/// Not canonical: jumping there faults with rip still at the jump.
inline constexpr std::uint64_t no_target = 0xfa11'0000'dead'0000;
/// The address whose dynamic jump halts. [jump.halt] Its slot leads to the module's halt stub.
inline constexpr std::uint32_t halt_address = 0xffff0000;

}  // namespace pvm::engine::native
