// SPDX-License-Identifier: Apache-2.0 OR MIT
// Registers, numbers and brackets: the parts of statements.
#pragma once

#include "statement.hpp"

namespace pvm::assembly {

inline constexpr i64 least_immediate = -(i64{1} << 31);
inline constexpr i64 immediate_patterns = i64{1} << 32;

/// How a number is read: 64-bit versions have no immediate of 2^31..2^32-1, but as an address it is the same as the negative one.
enum class Use : u8 { value, address };

/// A number as written.
struct Number {
  bool negative = false;
  u64 magnitude = 0;
  std::size_t column = 0;

  /// The value as 64 bits in two's complement.
  u64 bits() const { return negative ? ~magnitude + 1 : magnitude; }
};

/// A register or a number.
struct Operand {
  bool is_register = false;
  u8 reg = 0;
  Number number;
  std::size_t column = 0;
};

/// What stands in brackets.
struct Place {
  bool has_base = false;
  u8 base = 0;
  i64 offset = 0;
};

/// Reads the parts of a statement. The first problem is kept: functions give false once there is one.
class OperandParser {
 protected:
  OperandParser(std::string_view text, std::size_t column, const Reading& reading) : lexer_(text, column), reading_(reading) {}

  bool fail(std::size_t column, std::string message);
  /// Fails at the next token.
  bool unexpected(const std::string& wanted);
  bool expect(std::string_view symbol);
  bool at_end() const;

  bool parse_register(u8& number);
  bool parse_number(Number& number);
  bool starts_number() const;
  bool parse_operand(Operand& operand);
  /// A number as a 32-bit immediate. 64-bit patterns that are the sign extension of one are read as that.
  bool immediate(const Number& number, Use use, i64& value);
  bool parse_immediate(Use use, i64& value);
  /// "+ NUM" or "- NUM", or nothing.
  bool parse_offset(i64& value);
  /// "[REG]", "[REG + NUM]" or "[NUM]"
  bool parse_place(Place& place);

  Lexer lexer_;
  Reading reading_;
  bool failed_ = false;
  Problem problem_;
};

}  // namespace pvm::assembly
