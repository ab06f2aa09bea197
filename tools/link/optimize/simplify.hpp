// SPDX-License-Identifier: Apache-2.0 OR MIT
// Cheaper forms of single instructions and terminators, given what is known of the registers before them.
#pragma once

#include "known.hpp"

namespace pvm::link {

class Simplifier {
 public:
  explicit Simplifier(const KnownRules& rules) : rules_(rules), bits_(rules.register_bits()) {}

  /// Both keep the meaning; the result is never dearer.
  void simplify(Instruction& instruction, const RegisterFile& registers) const;
  void simplify(Terminator& end, const RegisterFile& registers) const;

 private:
  void operands(Instruction& instruction, const RegisterFile& registers) const;
  void address(Instruction& access, const RegisterFile& registers) const;
  void arithmetic(Instruction& instruction, const RegisterFile& registers) const;
  void additive(Instruction& instruction, const Known& a) const;
  void multiplicative(Instruction& instruction) const;
  void bitwise(Instruction& instruction, const Known& a) const;
  void shift(Instruction& instruction, const Known& a) const;
  void comparison(Instruction& instruction, const Known& a) const;
  static void extension(Instruction& instruction, const Known& a);
  void conditional(Instruction& instruction, const RegisterFile& registers) const;
  void load(Instruction& instruction) const;
  static void become(Instruction& instruction, Op op, const Operand& a, const Operand& b = {});
  static void become_move(Instruction& instruction, const Operand& a) { become(instruction, Op::move, a); }
  static void become_value_of(Instruction& instruction, const Known& a);
  /// A register that holds the same, if one is known; else `operand`.
  Operand original(const Operand& operand, const RegisterFile& registers) const;
  void branch(Terminator& end, const RegisterFile& registers) const;

  const KnownRules& rules_;
  u32 bits_;
};

}  // namespace pvm::link
