// SPDX-License-Identifier: Apache-2.0 OR MIT
// The formulas of the instruction clauses: syntax tree, parser and type check. [notation.formula]
#pragma once

#include <cstddef>
#include <set>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace pvm::spec {

/// What is wrong with a formula and where. `column` counts characters from 1.
struct FormulaError {
  std::size_t column = 0;
  std::string message;
};

/// A value: an unbounded integer, or behind `if` and `when` a comparison.
struct Expression {
  enum class Kind {
    number,        ///< `text` holds the decimal digits.
    name,          ///< `text` holds an operand letter, W or a name bound by `let`.
    negate,        ///< -x
    complement,    ///< ~x
    power_of_two,  ///< 2^x
    multiply,
    divide,  ///< div: rounded down
    modulo,  ///< mod: never negative for a positive divisor
    add,
    subtract,
    bit_and,
    bit_or,
    bit_xor,
    equal,
    not_equal,
    less,
    less_or_equal,
    greater,
    greater_or_equal,
    conditional,  ///< if operands[0] then operands[1] else operands[2]
    call,         ///< `text` holds the function's name.
  };
  Kind kind = Kind::number;
  std::string text;
  std::vector<Expression> operands;
  std::size_t column = 0;
};

/// One step of an effect.
struct Statement {
  enum class Kind {
    trap,
    nothing,
    fill,
    let,           ///< let `name` = operands[0]
    assign,        ///< d := operands[0]
    jump,          ///< jump target, when operands[0] if there is one
    dynamic_jump,  ///< dynamic_jump(operands[0])
    host_call,     ///< host_call(operands[0])
    store,         ///< store(address, size, value)
  };
  Kind kind = Kind::nothing;
  std::string name;
  std::vector<Expression> operands;
  std::size_t column = 0;
};

/// An effect: statements in order, separated by semicolons in the text.
struct Formula {
  std::vector<Statement> statements;
};

/// Parses the text between the backticks. Purely syntactic: see check_formula for names and types.
std::variant<Formula, FormulaError> parse_formula(std::string_view text);

/// Errors in the use of names (unknown, unbound, taken, d or target missing) and in the order of actions: nothing may follow a jump,
/// an exit or a store, and nothing reads a register once d is written. `operands`: the letters that the clause declares, "target"
/// among them.
std::vector<FormulaError> check_formula(const Formula& formula, const std::set<std::string>& operands);

}  // namespace pvm::spec
