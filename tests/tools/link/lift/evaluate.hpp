// SPDX-License-Identifier: Apache-2.0 OR MIT
// What straight-line IR does, computed.
#pragma once

#include <array>
#include <map>
#include <span>

#include "ir.hpp"

namespace pvm::link::test {

/// Registers, sign-extended from the program's width, and bytes of memory; absent ones are 0.
struct State {
  u32 bits = 64;
  std::array<i64, register_count> registers = {};
  std::map<u64, u8> memory = {};
  i64& operator[](Reg reg) { return registers[static_cast<std::size_t>(reg)]; }
  u64 load(u64 address, u32 bytes) const;
  void store(u64 address, u64 value, u32 bytes);
};

/// Does it. Values must be numbers; no host calls, sbrk or memset.
void evaluate(std::span<const Instruction> instructions, State& state);

}  // namespace pvm::link::test
