// SPDX-License-Identifier: Apache-2.0 OR MIT
// What an instruction means together with the relocations on it and around it.
#pragma once

#include "lift/context.hpp"

namespace pvm::link::lifting {

struct Meaning {
  enum class Kind : u8 {
    plain,     ///< What the instruction alone says, with `immediate` in place of its own if there is one.
    nothing,   ///< A part of an address that is made elsewhere.
    address,   ///< rd = target.
    load,      ///< rd = [target].
    store,     ///< [target] = rs2.
    jump,      ///< To target.
    call,      ///< To target, with rd = the address of next.
    branch,    ///< To target or next.
    indirect,  ///< jalr: to rs1 + imm, with rd = the address of next unless rd is 0.
    host_call,
    trap,
    fault,  ///< target.fault says why.
  };
  Kind kind = Kind::plain;
  u8 rd = 0;            ///< address, load, call, indirect.
  u8 instructions = 1;  ///< How many are taken together.
  std::optional<i64> immediate = {};
  Target target = {};
  u32 next = 0;  ///< Offset of what follows.
};

/// The meaning of instruction number `index` of a code section. Doesn't depend on which blocks are wanted.
Meaning meaning_of(const Context& context, const CodeSection& code, u32 index);

}  // namespace pvm::link::lifting
