// SPDX-License-Identifier: Apache-2.0 OR MIT
// Programs of the intermediate representation as text, for people and tests.
//
//   program 64                            register width; `stack N` may follow
//   import "write" inputs 3 outputs 1     %0, %1... in this order; `index N` may follow
//   section ".rodata" read_only align 8 size 16       $0, $1...; `unused` may follow
//     bytes 01 02 03 04
//     relocation 8 size 4 = @2 - $0+4
//   export "main" @0 inputs 0 outputs 1
//   block @0
//     a0 = add.w a0, 5                    .w: the 32-bit form
//     a1 = load_u32 [a0 + $0+8]
//     store_u8 [0 + $1+4] = a1
//     a0 = cmov_if_zero a1, a2
//     host_call %0
//     a0 = sbrk a1
//     memset
//     branch a0 less_signed 5, @1, @2     or: trap | jump @1 | jump_indirect ra + 0 | ra = call @1, @2 | ra = call_indirect a0 + 0, @2
//   layout @0 @2 @1                       the last line; all blocks in order where it is missing
//
// Values: numbers, decimal or 0x; `$section+number`; `@block`; `heap_base`. `#` begins a comment. Sources and objects are left out.
#pragma once

#include <string>
#include <string_view>

#include "error.hpp"
#include "ir.hpp"

namespace pvm::link {

std::string_view name_of(Op op);
std::string_view name_of(Reg reg);
std::string_view name_of(Condition condition);
std::string_view name_of(SectionKind kind);

std::string to_text(const Value& value);
std::string to_text(const Instruction& instruction);
std::string to_text(const Terminator& end);
std::string to_text(const Program& program);

/// The inverse of to_text(program). Errors name the line, as LinkError::offset, counted from 1. The result mentions only blocks, sections
/// and imports that exist.
Outcome<Program> parse_ir(std::string_view text);

}  // namespace pvm::link
