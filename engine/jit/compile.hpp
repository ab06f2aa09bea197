// SPDX-License-Identifier: Apache-2.0 OR MIT
// The single-pass compiler: decode, emit, charge and label in one walk; forward references are patched once at the end.
#pragma once

#include "jit/native_code.hpp"
#include "program/program.hpp"

namespace pvm::engine::jit {

struct CompileOptions {
  Target target = Target::worker;
  CpuFeatures features;
};

/// Compiles a program in time and space proportional to its code: no pass looks at the whole program twice, and an instruction becomes
/// at most max_bytes_per_instruction bytes. Thread-safe. Error: program_too_large, where native code would exceed
/// native::max_code_bytes, or the jump table has more than max_jump_table_entries.
Result<NativeCode> compile(const Program& program, const CompileOptions& options);

/// Not counting its block's charge.
inline constexpr u32 max_bytes_per_instruction = 96;
/// A limit of this engine; polkavm containers have no more.
inline constexpr u64 max_jump_table_entries = u64{1} << 24;

/// Does the code jump by a table? Not if there are no entries, or if they have no bytes and so are all 0. [jump.table]
inline bool has_jump_table(const Program& program) {
  return program.jump_table_count != 0 && program.jump_table_entry_size != 0;
}

}  // namespace pvm::engine::jit
