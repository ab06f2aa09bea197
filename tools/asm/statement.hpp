// SPDX-License-Identifier: Apache-2.0 OR MIT
// The text of one instruction, read.
#pragma once

#include <variant>

#include "lexer.hpp"
#include "pvm/builder/encode.hpp"

namespace pvm::assembly {

/// A label that a statement names; `name` points into the line.
struct LabelUse {
  std::string_view name;
  std::size_t column = 0;
};

/// One instruction as written. What is still open: labels and the number of an import.
struct Statement {
  isa::Op op = isa::Op::invalid;  ///< Op::invalid: the word `invalid`, which listings print.
  builder::Operands operands;
  builder::Lengths lengths;
  std::optional<LabelUse> target;            ///< Replaces operands.target.
  std::optional<LabelUse> address;           ///< Its code address replaces operands.i.
  std::optional<std::string> host_function;  ///< Its number replaces operands.i.
};

/// How strictly to read.
struct Reading {
  Semantics version = Semantics::rv64_1;
  /// The bytes of the instruction are known, so that the text need not say which of several alike instructions it is.
  bool bytes_are_known = false;
};

/// Reads one instruction. `column`: where `text` begins in its line. The result points into `text`.
std::variant<Statement, Problem> parse_statement(std::string_view text, std::size_t column, const Reading& reading);

}  // namespace pvm::assembly
