// SPDX-License-Identifier: Apache-2.0 OR MIT
// Raw system calls, for code that can't use the C library. Failures are negative errno values.
#pragma once

#include <cstdint>

namespace pvm::engine::sandbox::process {

using u8 = std::uint8_t;
using u16 = std::uint16_t;
using u32 = std::uint32_t;
using u64 = std::uint64_t;
using i32 = std::int32_t;
using i64 = std::int64_t;

/// Always inlined, so that it can be used where instrumented code must not run.
[[gnu::always_inline]] inline long system_call(long number, u64 a = 0, u64 b = 0, u64 c = 0, u64 d = 0, u64 e = 0, u64 f = 0) {
  register u64 r10 asm("r10") = d;
  register u64 r8 asm("r8") = e;
  register u64 r9 asm("r9") = f;
  long result;
  asm volatile("syscall" : "=a"(result) : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9) : "rcx", "r11", "memory");
  return result;
}

[[gnu::always_inline]] inline u64 address_of(const void* pointer) {
  return reinterpret_cast<u64>(pointer);
}

}  // namespace pvm::engine::sandbox::process
