// SPDX-License-Identifier: Apache-2.0 OR MIT
// Machine code of an attacker who has got control of a worker, and a view of the processes from outside.
#pragma once

#include <sys/types.h>

#include <vector>

#include "guests.hpp"

namespace pvm::engine::sandbox::test {

/// Raw machine code, ended by whatever the last call says.
class Attack {
 public:
  Attack& bytes(std::initializer_list<u8> more);
  Attack& load(R reg, u64 value);
  /// The number goes to rax, the arguments where the kernel wants them.
  Attack& system_call(u64 number, std::initializer_list<u64> arguments);
  /// The same by int 0x80, with 32-bit numbers and arguments.
  Attack& old_system_call(u32 number, std::initializer_list<u32> arguments);
  Attack& store32(u64 address, u32 value);
  Attack& store64(u64 address, u64 value);
  /// Leaves by the worker's exit stub with host call `index`.
  jit::NativeCode then_leave(u32 index) const;
  jit::NativeCode then_loop() const;

 private:
  std::vector<u8> code_;
};

/// Processes whose parent is `parent`, as /proc tells.
std::vector<pid_t> children_of(pid_t parent);
/// Templates of this process, and their workers.
std::vector<pid_t> templates();
std::vector<pid_t> workers();

}  // namespace pvm::engine::sandbox::test
