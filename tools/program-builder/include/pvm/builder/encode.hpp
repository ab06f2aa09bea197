// SPDX-License-Identifier: Apache-2.0 OR MIT
// From one instruction and its operands to bytes.
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "pvm/isa.hpp"
#include "pvm/ref/types.hpp"

namespace pvm::builder {

using ref::i64;
using ref::Semantics;
using ref::u32;
using ref::u64;
using ref::u8;

using Bytes = std::vector<u8>;

/// Operands by the letters of the clauses ("d, a, b, i, j, target"); those that an instruction lacks are ignored.
/// Registers: a nibble, so 0..15; the d of format reg_reg_reg is a whole byte.
struct Operands {
  u8 d = 0, a = 0, b = 0;
  i64 i = 0, j = 0;
  u32 target = 0;  ///< Absolute code offset.
};

/// Bytes given to the first and the second immediate of the encoding (an offset counts as one), 0..4.
/// nullopt: the fewest that hold the value.
struct Lengths {
  std::optional<u8> first, second;
};

/// Opcode of `op` in `version`, or nullopt where the version lacks it.
std::optional<u8> opcode_of(Semantics version, isa::Op op);

/// The instruction called `name` ("add_imm_32"), or nullopt.
std::optional<isa::Op> op_named(std::string_view name);

/// Fewest bytes, 0..4, that hold `value` (as 32 bits, signed or unsigned) when read back with sign extension.
u8 shortest_length(i64 value);

/// The bytes of one instruction at `pc`. nullopt: the version lacks it, a register is out of range, or a value doesn't fit into
/// 32 bits or into the length chosen.
std::optional<Bytes> encode(Semantics version, isa::Op op, const Operands& operands, u32 pc, Lengths lengths = {});

}  // namespace pvm::builder
