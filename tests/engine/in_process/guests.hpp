// SPDX-License-Identifier: Apache-2.0 OR MIT
// Guests in this process: hand-made native code, and compiled programs.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <string_view>

#include "jit/amd64/assembler.hpp"
#include "machine/machine.hpp"
#include "sandbox/in_process/in_process.hpp"

namespace pvm::engine::sandbox::test {

using amd64::Alu;
using amd64::Assembler;
using amd64::Cond;
using amd64::Mem;
using amd64::R;
using amd64::Size;

/// Host registers of the guest's registers, by number.
inline constexpr R host_registers[] = {R::rbx, R::rbp, R::r12, R::r13, R::r14, R::r8, R::r9,
                                       R::rdi, R::rax, R::rsi, R::r10, R::r11, R::r15};
inline constexpr R a0 = R::rdi, a1 = R::rax, a2 = R::rsi;

/// Leaves by the exit stub, as compiled code does.
void leave(Assembler& as, native::ExitReason reason, u32 index = 0);
/// [register] in guest memory.
inline Mem guest(R address) {
  return {Mem::Kind::guest_gs, address};
}

/// Native code with what `write` appends, from offset 0 on, where the only block and position are. `finish` may add to the maps.
std::shared_ptr<jit::NativeCode> code_of(const std::function<void(Assembler&)>& write);
/// A new space for this code.
std::unique_ptr<native::Space> space_of(std::shared_ptr<const jit::NativeCode> code);
std::unique_ptr<native::Space> space_of(const std::function<void(Assembler&)>& write);
/// Enters at `offset`, without limits.
native::NativeExit enter(native::Space& space, CpuState& state, u32 offset = 0);

/// A machine over this sandbox for an rv64-1 program in the assembler's text, with 64 KiB of read-write data at 0x20000.
std::unique_ptr<Machine> machine_of(std::string_view text, Metering metering = Metering::sync, GasModel model = GasModel::flat_1);

}  // namespace pvm::engine::sandbox::test
