// SPDX-License-Identifier: Apache-2.0 OR MIT
// Evaluates formulas with unbounded integers. [notation.formula]
#pragma once

#include <gmpxx.h>

#include <map>
#include <optional>
#include <string>
#include <variant>

#include "formula.hpp"

namespace pvm::spec {

/// What `load`, `store`, `grow` and `allocate` act on. The caller models chapter "Memory".
class MemoryModel {
 public:
  virtual ~MemoryModel() = default;
  /// Little-endian value of `size` bytes; nullopt: the access is refused.
  virtual std::optional<mpz_class> load(const mpz_class& address, unsigned size) = 0;
  /// Writes the low `size` bytes of `value`; false: the access is refused and nothing is written.
  virtual bool store(const mpz_class& address, unsigned size, const mpz_class& value) = 0;
  /// Result of sbrk; nullopt: refused ([heap.paged]).
  virtual std::optional<mpz_class> grow(const mpz_class& size) = 0;
  virtual std::optional<mpz_class> allocate(const mpz_class& size) = 0;
};

/// What a formula is about, apart from memory.
struct Inputs {
  unsigned register_bits = 64;             ///< W
  std::map<std::string, mpz_class> names;  ///< Operand letters: registers as 0 <= x < 2^W, immediates signed. d: its old value.
};

/// What a formula says.
struct Outcome {
  enum class Kind {
    next,  ///< Goes on behind the instruction.
    trap,
    jump,          ///< Static jump to the target, or a branch that is taken.
    not_taken,     ///< A branch that isn't.
    dynamic_jump,  ///< To the address `value`.
    host_call,     ///< Number `value`.
    refused,       ///< A memory access was refused; d isn't written.
    fill,
  };
  Kind kind = Kind::next;
  mpz_class value;
  std::optional<mpz_class> d;  ///< New value of d, reduced modulo 2^W.
};

/// A formula that has no value: division by zero, a width or exponent out of range.
struct EvaluationError {
  std::size_t column = 0;
  std::string message;
};

/// Evaluates a formula that has passed check_formula.
std::variant<Outcome, EvaluationError> evaluate(const Formula& formula, const Inputs& inputs, MemoryModel& memory);

}  // namespace pvm::spec
