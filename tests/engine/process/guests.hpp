// SPDX-License-Identifier: Apache-2.0 OR MIT
// Hand-made native code for workers: what the compiler would make, and what an attacker would.
#pragma once

#include <functional>
#include <initializer_list>
#include <utility>
#include <vector>

#include "jit/amd64/assembler.hpp"
#include "native/layout.hpp"
#include "sandbox/process/process.hpp"

namespace pvm::engine::sandbox::test {

using amd64::Alu;
using amd64::Assembler;
using amd64::Cond;
using amd64::Mem;
using amd64::R;
using amd64::Size;

/// Host registers of the guest's a0, a1, a2 and t0.
inline constexpr R host_a0 = R::rdi, host_a1 = R::rax, host_a2 = R::rsi, host_t0 = R::r12;
inline constexpr u32 a0 = 7, a1 = 8, a2 = 9, t0 = 2;

/// Leaves by the exit stub, as compiled code does.
void leave(Assembler& as, native::ExitReason reason, u32 index);
/// [register] in guest memory.
inline Mem at(R address) {
  return {Mem::Kind::guest, address};
}

/// Native code with the bytes that `write` appends, from offset 0 on. Its halt stub is behind them.
jit::NativeCode code_of(const std::function<void(Assembler&)>& write);
/// Native code with exactly these bytes.
jit::NativeCode code_of(std::initializer_list<u8> bytes);

/// A pool that these tests share; null, with a failed expectation, if there can't be one.
const std::shared_ptr<WorkerPool>& shared_pool();
/// A new space for this code; null, with a failed expectation, if there can't be one.
std::unique_ptr<native::Space> space_of(const jit::NativeCode& code, std::span<const u8> read_only_data = {},
                                        const std::shared_ptr<WorkerPool>& pool = shared_pool());

/// Enters at `offset` without limits.
native::NativeExit enter(native::Space& space, CpuState& state, u32 offset = 0);

}  // namespace pvm::engine::sandbox::test
