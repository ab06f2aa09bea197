// SPDX-License-Identifier: Apache-2.0 OR MIT
// Code from a few lines of text, as test programs are written.
#pragma once

#include "pvm/builder/code.hpp"

namespace pvm::builder {

/// Appends the instructions of `text` to `code`; errors end up in code.build().
///
/// Statements stand on lines of their own or are separated by semicolons; `#` begins a comment.
///   add_imm_32 a0, a0, -1       operands in the order of the clause: d, a, b, i, j, target
///   load_imm a0, 5:4            an immediate or offset in a chosen number of bytes
///   loop:                       a label
///   branch_not_eq_imm a0, 0, loop     a target: a label or an absolute code offset
///   load_imm ra, &done          the dynamic address of a label: makes an entry of the jump table
///   add_w a0, a0, a1            a name that ends in _w: the _64 or _32 form, by the width of the registers;
///                               load_indirect_w and store_indirect_w move a whole register
///   ret                         jump_indirect ra, 0
///   .raw 33 07                  one instruction of arbitrary bytes (hex)
///   .unmarked 00 ff             bytes that the bitmask doesn't mark
///   .unmarked 00*30             the same byte many times
///   .table loop, 25             further entries of the jump table
///   .entry_size 3               bytes per entry of the jump table
/// Registers: ra sp t0 t1 t2 s0 s1 a0 a1 a2 a3 a4 a5, or r0..r255 for what the names can't say. Numbers: decimal or 0x, signed.
void assemble(std::string_view text, Code& code);

/// The same from scratch.
std::variant<CodeBlob, std::string> assemble(Semantics version, std::string_view text);

}  // namespace pvm::builder
