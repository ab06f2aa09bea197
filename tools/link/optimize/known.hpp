// SPDX-License-Identifier: Apache-2.0 OR MIT
// What is known of the values of registers at a point of a program.
#pragma once

#include <array>

#include "ir.hpp"

namespace pvm::link {

/// Bounds of a register's value: it is below 2^unsigned_bits as an unsigned number, and fits signed_bits as a signed one.
struct Range {
  u32 unsigned_bits = 64, signed_bits = 64;
  bool operator==(const Range&) const = default;
};

/// What is known of one value. Kinds:
///   any: only `range`; exact: it is `value`; based: it is `base` as that register is now, plus `value`.
struct Known {
  enum class Kind : u8 { any, exact, based };
  Kind kind = Kind::any;
  Reg base = Reg::ra;
  Value value;
  Range range;
  bool is_exact() const { return kind == Kind::exact; }
  bool is_number() const { return kind == Kind::exact && value.is_number(); }
  bool is_copy() const { return kind == Kind::based && value.is_number(0); }
  bool has_base() const { return kind == Kind::based; }
  bool operator==(const Known&) const = default;
};

/// The registers at one point.
using RegisterFile = std::array<Known, register_count>;

/// The rules, for one program.
class KnownRules {
 public:
  explicit KnownRules(const Program& program);
  const Program& program() const { return program_; }
  u32 register_bits() const { return program_.register_bits; }

  Known any() const { return with_range(full()); }
  Known exact(const Value& value) const;
  Range full() const { return {register_bits(), register_bits()}; }
  Range bounded_unsigned(u32 bits) const { return consistent({bits, register_bits()}); }
  Range bounded_signed(u32 bits) const { return consistent({register_bits(), bits}); }

  /// An operand's value. A register of which no more is known is itself: kind `based` on itself plus 0.
  Known of(const Operand& operand, const RegisterFile& registers) const;
  /// What `instruction`, which writes d only, leaves in d.
  Known result(const Instruction& instruction, const RegisterFile& registers) const;
  /// A 32-bit form whose full-width form would give the same.
  bool is_exact_at_full_width(const Instruction& instruction, const RegisterFile& registers) const;
  /// Executes an instruction.
  void step(const Instruction& instruction, RegisterFile& registers) const;
  /// Writes a register: what was known relative to its old value is forgotten.
  void write(RegisterFile& registers, Reg d, Known known) const;

  /// a and b, whichever it is. `coarse`: round the bounds, so that few steps lead to a fixed point.
  Known join(const Known& a, const Known& b, bool coarse) const;

  /// An address that the back end can surely write as a signed 32-bit number, so not far from its section.
  bool is_plausible(const Value& value) const;

 private:
  static Known with_range(Range range) {
    Known known;
    known.range = range;
    return known;
  }
  Range consistent(Range range) const;
  Range range_of(const Value& value) const;
  Known sum(const Known& a, const Known& b, Range range) const;
  Known difference(const Known& a, const Known& b, Range range) const;
  Range result_range(const Instruction& instruction, const Known& a, const Known& b) const;
  Range shift_range(const Instruction& instruction, const Known& a, u32 amount) const;

  const Program& program_;
  bool addresses_are_small_ = false;  ///< All data lies below 2^31.
};

}  // namespace pvm::link
