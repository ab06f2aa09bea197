// SPDX-License-Identifier: Apache-2.0 OR MIT
// What the compiler makes of a program: bytes, and the maps between guest and native positions.
#pragma once

#include <vector>

#include "jit/code_bytes.hpp"
#include "pvm/types.hpp"

namespace pvm::engine::jit {

/// Which sandbox the code is for; this decides how memory, context and the gas counter are addressed.
enum class Target : u8 {
  worker,      ///< Guest memory at its own addresses, context rip-relative, code at native::code_address, gas in rsp, jump table at gs.
  in_process,  ///< Guest memory at gs, context at rsp, gas in the context, code anywhere, jump table right before the code.
};

/// Processor features that make better code; everything also works without them. popcnt, lzcnt, tzcnt need their own.
struct CpuFeatures {
  bool bmi1 = false, bmi2 = false, lzcnt = false, popcnt = false;
  /// What this machine has.
  static CpuFeatures detect();
};

/// An instruction, and where its native code begins, its block's charge not included. `pc` also names implicit invalid instructions.
struct Position {
  u32 pc;
  u32 native;
};

/// A block (under instruction-1: an instruction) and where its native code begins, with the charge if there is one.
struct Block {
  u32 pc;
  u32 native;
};

/// An instruction that leaves native code by the exit stub: ecalli, sbrk, memset.
struct Call {
  u32 pc;
  u32 next;    ///< Guest position behind it.
  u32 native;  ///< Offset of the native code behind it, where a paid continuation at `next` goes on.
  u32 number;  ///< ecalli: the immediate as unsigned 32-bit number.
};

/// Compiled code. Immutable, shared by all instances of a module. Offsets count from the first byte of `bytes`.
struct NativeCode {
  CodeBytes bytes;
  /// Ascending in pc; in native too, but instructions without code begin where the next one does.
  std::vector<Position> positions;
  std::vector<Block> blocks;  ///< Ascending in pc, and likewise in native.
  std::vector<Call> calls;
  /// For each entry of the program's jump table the offset of the block it leads to, or no_block. Empty if the code does without.
  std::vector<u32> jump_targets;
  static constexpr u32 no_block = 0xffffffff;
  u32 halt_stub = 0;  ///< Offset of code that exits with ExitReason::halt.
  /// A failed charge of the block at offset f faults (SIGSEGV or SIGILL) with rip at offset f + charge_fault. 0: code without checks.
  u32 charge_fault = 0;
  /// in_process: bytes of the jump table, 8 per entry + 8 for the invalid entry 0, that the loader puts right before the code; or 0.
  u32 jump_table_bytes = 0;
};

}  // namespace pvm::engine::jit
