// SPDX-License-Identifier: Apache-2.0 OR MIT
// Tests of passes by text: a program before and after.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "ir_text.hpp"

namespace pvm::link::testing {

/// The program that a text says; a failed test and an empty program if it says none.
inline Program program_of(std::string_view text) {
  auto parsed = parse_ir(text);
  if (const auto* error = std::get_if<LinkError>(&parsed)) {
    ADD_FAILURE() << "line " << error->offset.value_or(0) << ": " << error->message;
    return {};
  }
  return std::get<Program>(std::move(parsed));
}

/// The blocks in their order, as text.
inline std::string code_of(const Program& program) {
  std::string text;
  for (const BlockId id : program.layout) {
    text += "block @" + std::to_string(index_of(id)) + "\n";
    for (const Instruction& instruction : program.block(id).body) text += "  " + to_text(instruction) + "\n";
    text += "  " + to_text(program.block(id).end) + "\n";
  }
  return text;
}

/// What `pass` makes of `before`, in the order of the layout.
template <typename Pass>
std::string after(Pass&& pass, std::string_view before) {
  Program program = program_of(before);
  pass(program);
  return code_of(program);
}

/// A whole program of one exported block, which returns: `body`, one instruction a line.
inline std::string one_block(std::string_view body, u32 register_bits = 64) {
  return "program " + std::to_string(register_bits) + R"(
import "host" inputs 1 outputs 1
section ".rodata" read_only align 8 size 24
  bytes 01 02 03 84 05 06 07 88 00 00 00 00 00 00 00 00
  relocation 8 size 8 = $1+4
section ".data" read_write align 8 size 16
section ".bss" zero align 8 size 64
export "f" @0 inputs 6 outputs 1
block @0
)" + std::string(body) +
         "\n  jump_indirect ra + 0\n";
}

/// The body that `pass` makes of one_block(body), without indentation.
template <typename Pass>
std::string body_after(Pass&& pass, std::string_view body, u32 register_bits = 64) {
  Program program = program_of(one_block(body, register_bits));
  pass(program);
  std::string text;
  if (program.blocks.empty()) return text;
  for (const Instruction& instruction : program.blocks[0].body) text += (text.empty() ? "" : "\n") + to_text(instruction);
  return text;
}

}  // namespace pvm::link::testing
