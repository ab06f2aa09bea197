// SPDX-License-Identifier: Apache-2.0 OR MIT
// How each instruction is written: one table for the parser and the printers.
#pragma once

#include <optional>
#include <string_view>

#include "pvm/isa.hpp"
#include "pvm/ref/types.hpp"

namespace pvm::assembly {

using ref::i64;
using ref::Semantics;
using ref::u32;
using ref::u64;
using ref::u8;

/// The form of a statement. Letters are the operands of the clauses.
enum class Shape : u8 {
  word,                  ///< trap
  memset,                ///< [a0..a0 + a2] = u8 a1
  ecalli,                ///< ecalli i
  jump,                  ///< jump target
  branch,                ///< jump target if a TOKEN b
  branch_imm,            ///< jump target if a TOKEN i
  jump_indirect,         ///< jump [a + i]
  jump_linked,           ///< d = i, jump target
  jump_linked_indirect,  ///< d = i, jump [a + j]
  load_imm,              ///< d = i
  load_imm64,            ///< d = i64 i
  move,                  ///< d = a
  load,                  ///< d = TOKEN [i]
  store,                 ///< TOKEN [i] = a
  store_imm,             ///< TOKEN [i] = j
  load_indirect,         ///< d = TOKEN [a + i]
  store_indirect,        ///< TOKEN [b + i] = a
  store_imm_indirect,    ///< TOKEN [a + i] = j
  binary,                ///< d = a TOKEN b
  binary_imm,            ///< d = a TOKEN i
  binary_imm_alt,        ///< d = i TOKEN a
  unary,                 ///< d = TOKEN a
  call,                  ///< d = TOKEN(a, b)
  xnor,                  ///< d = ~(a ^ b)
  cmov,                  ///< d = a if b TOKEN 0
  cmov_imm,              ///< d = i if a TOKEN 0
};

/// Whether there is a 32-bit and a 64-bit form of the same text; the 32-bit form has the prefix "i32 ".
enum class Width : u8 { one, w32, w64 };

/// One instruction's row.
struct Syntax {  // NOLINT(clang-analyzer-optin.performance.Padding): in the order of the table's columns
  isa::Op op;
  Shape shape;
  std::string_view token;  ///< The operator, the width of an access, the word: see Shape. May be empty.
  Width width;
};

/// The row of an instruction other than Op::invalid.
const Syntax& syntax_of(isa::Op op);

/// The instruction with these properties, or nullopt. It need not be in every version.
std::optional<isa::Op> find_op(Shape shape, std::string_view token = {}, Width width = Width::one);

/// The instruction with this shape and token in a version: the form of the width asked for, or the one that has no width. Without `narrow`
/// the 64-bit form; in rv32-1 the 32-bit one.
std::optional<isa::Op> find_sized_op(Semantics version, Shape shape, std::string_view token, bool narrow);

/// Is `op` an instruction of that version?
bool has_op(Semantics version, isa::Op op);

/// Register number of an ABI name ("a0") or a plain one ("r7"), or nullopt.
std::optional<u8> register_named(std::string_view name);

/// A version by any of its names: those of the document ("rv64-1") and of the ecosystem ("latest64"); graypaper-0.7.2 has one only.
std::optional<Semantics> version_named(std::string_view name);
/// The name that `%isa` is printed with: "latest64".
std::string_view isa_name(Semantics version);

/// The texts of both look alike in some listings: the bytes decide which one it is.
bool print_alike(Semantics version, isa::Op a, isa::Op b);

}  // namespace pvm::assembly
