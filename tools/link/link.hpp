// SPDX-License-Identifier: Apache-2.0 OR MIT
// From RISC-V ELF files to a PVM blob: the whole linker as one function, and its stages.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "error.hpp"
#include "ir.hpp"
#include "pvm/ref/types.hpp"

namespace pvm::link {

/// One ELF file: an object, or an executable linked with --emit-relocs.
struct Input {
  std::string path;  ///< For messages and debug information.
  std::span<const u8> bytes;
};

/// The passes of the optimiser, each with a switch.
struct OptimizeOptions {
  bool reachability = true;     ///< Drop blocks and data sections that no export reaches.
  bool jump_threading = true;   ///< Jumps to jumps; blocks that are only a jump; merging of blocks with one way in.
  bool constants = true;        ///< Constant, copy and address propagation; folding; base + offset into accesses; branches known.
  bool dead_code = true;        ///< Results that nobody reads, by a liveness that knows the calling convention.
  bool share_constants = true;  ///< Take a number from a register that holds it already.
  bool merge_identical_code = true;
  bool reorder = true;  ///< Lay blocks out so that jumps become fallthroughs.
  static OptimizeOptions none() { return {false, false, false, false, false, false, false}; }
};

struct LinkOptions {
  /// The instruction set. Absent: the latest for the objects' register width.
  std::optional<ref::Semantics> semantics = {};
  /// How the blob is wrapped. Absent: `standard` for graypaper-0.7.2, else `polkavm`. `raw` is for programs without data.
  std::optional<ref::Container> container = {};
  OptimizeOptions optimize = {};
  u32 min_stack_size = 8192;                     ///< Bytes.
  bool strip = false;                            ///< No debug information.
  std::vector<std::string> dispatch_table = {};  ///< Exports to be entered at code offsets 0, 5, 10...
  /// Called for each warning, one line.
  std::function<void(const std::string&)> warn = {};
};

/// Facts about the result, for people.
struct LinkStatistics {
  u64 code_bytes = 0, instructions = 0, blocks = 0, ro_bytes = 0, rw_bytes = 0, bss_bytes = 0;
};

struct Linked {
  std::vector<u8> blob;
  LinkStatistics statistics;
};

/// Links all of `inputs` into one blob; the same inputs and options always give the same bytes.
Outcome<Linked> link(std::span<const Input> inputs, const LinkOptions& options);

// --- the stages --------------------------------------------------------------------------------------------------------------------

/// ELF to IR: sections, relocations, instructions, imports, exports. Every jump target begins a block; program.layout is all blocks in
/// the order of the input; all sections are used.
Outcome<Program> lift(std::span<const Input> inputs, const LinkOptions& options);

/// Improves the program in place; keeps its meaning.
void optimize(Program& program, const OptimizeOptions& options);

/// Replaces the scratch registers e0-e3 by machine registers that are dead there, or, where there are too few, by ones that it saves in a
/// section of its own. To be run once, after optimize().
void assign_scratch(Program& program);

/// Where an instruction of the blob came from.
struct CodeSpan {
  u32 begin = 0, end = 0;  ///< Code offsets.
  SourceId source = SourceId::none;
};

/// A laid-out program, before debug information.
struct Image {
  ref::Semantics semantics{};
  std::vector<u8> code, bitmask;
  std::vector<u64> jump_table;  ///< Code offsets.
  u8 jump_table_entry_size = 0;
  std::vector<u8> ro_data, rw_data;
  u32 ro_size = 0, rw_size = 0, stack_size = 0;
  std::vector<std::string> imports;
  struct ExportEntry {
    u32 code_offset = 0;
    std::string symbol;
  };
  std::vector<ExportEntry> exports;
  std::vector<CodeSpan> spans;  ///< Ascending, not overlapping; instructions without a source are left out.
  LinkStatistics statistics;
};

/// IR to machine code and memory contents. The program has no scratch registers left.
Outcome<Image> emit(const Program& program, const LinkOptions& options);

/// The debug sections 128, 129 and 130 of a blob; all empty where the objects have no debug information.
struct DebugSections {
  std::vector<u8> strings, line_programs, ranges;
};

/// Names and lines from symbols and DWARF for the code of `image`. What can't be understood of DWARF is left out, never an error.
DebugSections debug_sections(std::span<const Input> inputs, const Program& program, const Image& image);

}  // namespace pvm::link
