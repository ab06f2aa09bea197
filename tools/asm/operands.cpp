// SPDX-License-Identifier: Apache-2.0 OR MIT
// Registers, numbers and brackets: the parts of statements.
#include "operands.hpp"

#include <utility>

namespace pvm::assembly {

bool OperandParser::fail(std::size_t column, std::string message) {
  if (!failed_) problem_ = {column, std::move(message)};
  failed_ = true;
  return false;
}

bool OperandParser::unexpected(const std::string& wanted) {
  const Token& token = lexer_.peek();
  if (token.kind == TokenKind::bad) return fail(token.column, lexer_.reason());
  const std::string found = token.kind == TokenKind::end ? "the end of the line" : "'" + std::string(token.text) + "'";
  return fail(token.column, "expected " + wanted + ", found " + found);
}

bool OperandParser::expect(std::string_view symbol) {
  return lexer_.take_if(symbol) || unexpected("'" + std::string(symbol) + "'");
}

bool OperandParser::at_end() const {
  return lexer_.peek().kind == TokenKind::end || lexer_.peek().is("%bytes");
}

bool OperandParser::parse_register(u8& number) {
  const Token& token = lexer_.peek();
  const auto found = token.kind == TokenKind::word ? register_named(token.text) : std::nullopt;
  if (!found) return unexpected("a register (ra sp t0 t1 t2 s0 s1 a0 a1 a2 a3 a4 a5, or r0 to r12)");
  number = *found;
  lexer_.take();
  return true;
}

bool OperandParser::parse_number(Number& number) {
  number.column = lexer_.peek().column;
  number.negative = lexer_.take_if("-");
  if (!number.negative) lexer_.take_if("+");
  if (lexer_.peek().kind != TokenKind::number) return unexpected("a number");
  number.magnitude = lexer_.take().value;
  if (number.negative && number.magnitude > u64{1} << 63) return fail(number.column, "the number is below -2^63");
  return true;
}

bool OperandParser::immediate(const Number& number, Use use, i64& value) {
  value = static_cast<i64>(number.bits());
  const bool sign_is_lost = number.negative && value > 0;
  const bool is_32_bits = ref::register_bits(reading_.version) == 32;
  if (!sign_is_lost && value >= least_immediate && value < -least_immediate) return true;
  if (!sign_is_lost && !number.negative && value >= -least_immediate && value < immediate_patterns && (is_32_bits || use == Use::address)) {
    value -= immediate_patterns;
    return true;
  }
  if (!number.negative && number.magnitude < static_cast<u64>(immediate_patterns)) {
    const i64 meant = static_cast<i64>(number.magnitude) - immediate_patterns;
    return fail(number.column, "immediates are 32 bits with a sign, so " + std::to_string(number.magnitude) + " can't be one; write " +
                                   std::to_string(meant) + " if that is meant, or load the number into a register");
  }
  return fail(number.column, "the number doesn't fit into 32 bits with a sign; only 'REG = NUMBER' takes 64 bits");
}

bool OperandParser::parse_immediate(Use use, i64& value) {
  Number number;
  return parse_number(number) && immediate(number, use, value);
}

bool OperandParser::starts_number() const {
  return lexer_.peek().kind == TokenKind::number || lexer_.peek().is("-") || lexer_.peek().is("+");
}

bool OperandParser::parse_operand(Operand& operand) {
  operand.column = lexer_.peek().column;
  operand.is_register = !starts_number();
  return operand.is_register ? parse_register(operand.reg) : parse_number(operand.number);
}

bool OperandParser::parse_offset(i64& value) {
  const bool minus = lexer_.peek().is("-");
  if (!minus && !lexer_.peek().is("+")) return true;
  lexer_.take();
  Number number;
  if (!parse_number(number)) return false;
  if (minus) number.negative = !number.negative;
  return immediate(number, Use::address, value);
}

bool OperandParser::parse_place(Place& place) {
  if (!expect("[")) return false;
  place.has_base = !starts_number();
  if (!place.has_base) {
    if (!parse_immediate(Use::address, place.offset)) return false;
    if (lexer_.peek().is("+")) return fail(lexer_.peek().column, "write the register first: [REG + NUMBER]");
    return expect("]");
  }
  return parse_register(place.base) && parse_offset(place.offset) && expect("]");
}

}  // namespace pvm::assembly
