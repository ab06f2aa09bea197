// SPDX-License-Identifier: Apache-2.0 OR MIT
// An encoder of single instructions, written from chapter "Decoding" and from nothing else, so that it can judge a decoder.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "random.hpp"

namespace pvm::spec {

using Bytes = std::vector<std::uint8_t>;

/// The fields of an encoding; those that the format lacks are ignored.
struct Fields {
  unsigned reg1 = 0, reg2 = 0, reg3 = 0;  ///< 0..12
  std::int64_t imm1 = 0, imm2 = 0;        ///< -2^31 .. 2^31 - 1; imm1 of reg_imm64: any 64 bits
  std::int64_t offset = 0;                ///< -2^31 .. 2^31 - 1
};

/// The choices that an encoding leaves open.
struct Shape {
  unsigned first_length = 0;   ///< Of an immediate with an explicit length, 0..4.
  unsigned last_length = 0;    ///< Of the immediate or offset that ends with the instruction, 0..4.
  unsigned padding = 0;        ///< Ignored bytes at the end.
  std::uint64_t noise = 0;     ///< Fills ignored bits and bytes; 0 gives the plainest encoding.
  bool odd_registers = false;  ///< Spell register 12 as 13, 14 or 15, and lengths by their synonyms.
};

/// The least number of bytes, 0..4, whose sign-extension is `value`.
unsigned needed_length(std::int64_t value);

/// True for the formats whose last field is an offset.
bool has_offset(const std::string& format);

/// Draws a shape that can hold the fields. The offset isn't known yet: last_length is then any length.
Shape draw_shape(const std::string& format, const Fields& fields, Random& random);

/// The bytes of the instruction, all of which belong to it: its skip is their number less one.
Bytes encode(const std::string& format, int opcode, const Fields& fields, const Shape& shape, bool graypaper);

}  // namespace pvm::spec
