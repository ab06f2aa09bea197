// SPDX-License-Identifier: Apache-2.0 OR MIT
// The document's tables of instructions, packed for the decoder: what an opcode means in one version, in 8 bytes.
#pragma once

#include <array>

#include "pvm/isa.hpp"
#include "pvm/types.hpp"

namespace pvm::engine {

/// How to decode one opcode. All formats are instances of one scheme: registers at fixed places, then immediates from byte `first` on, the
/// first of which may have an explicit length; the last takes what the skip leaves. [decode.format.none] and its siblings
struct OpcodeInfo {
  isa::Op op = isa::Op::invalid;
  u8 first = 1;         ///< Position of the first immediate behind the opcode: 1, 2 or 3.
  u8 length_shift = 0;  ///< Where the nibble with the explicit length lies in the bytes behind the opcode.
  u8 length_mask = 0;   ///< 7 where there is an explicit length, else 0. [decode.length_nibble]
  bool has_wide_immediate = false;
  bool has_three_registers = false;
  bool ends_block = true;  ///< True of Op::invalid too.
  bool is_terminator = false;
};

using OpcodeTable = std::array<OpcodeInfo, 256>;

/// By version, then by opcode.
extern const std::array<OpcodeTable, isa::version_count> opcode_tables;

inline const OpcodeTable& opcode_table(Semantics version) {
  return opcode_tables[static_cast<std::size_t>(version)];
}

/// Properties of instructions in a byte each, as the rows of isa.hpp are large.
struct OpFlags {
  bool ends_block : 1;
  bool falls_through : 1;
  bool is_branch : 1;
};

inline constexpr auto op_flags = [] {
  std::array<OpFlags, isa::op_count + 1> flags{};
  for (std::size_t index = 0; index < flags.size(); ++index) {
    const isa::Row& row = isa::rows[index];
    flags[index] = {row.ends_block, row.falls_through, row.group == isa::Group::branch};
  }
  return flags;
}();

/// True for terminators and for Op::invalid. [block.terminators]
inline bool ends_block(isa::Op op) {
  return op_flags[static_cast<std::size_t>(op)].ends_block;
}
/// Can control go on behind the instruction? [flow.fall_through]
inline bool falls_through(isa::Op op) {
  return op_flags[static_cast<std::size_t>(op)].falls_through;
}
/// One of the 16 branches. [jump.branch]
inline bool is_branch(isa::Op op) {
  return op_flags[static_cast<std::size_t>(op)].is_branch;
}

}  // namespace pvm::engine
