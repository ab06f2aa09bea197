// SPDX-License-Identifier: Apache-2.0 OR MIT
// Programs and states made up by RapidCheck, biased towards what matters.
#pragma once

#include <rapidcheck.h>

#include <iosfwd>
#include <string>

#include "pvm/builder/code.hpp"
#include "pvm/ref/machine.hpp"

namespace pvm::testing {

using builder::Bytes;
using ref::i64;
using ref::Semantics;
using ref::u32;
using ref::u64;
using ref::u8;

/// One instruction of a program, before the version is known: `op` and `target` count modulo what there is.
struct Line {
  u32 op = 0;
  u8 d = 0, a = 0, b = 0;
  i64 i = 0, j = 0;
  u32 target = 0;
  bool starts_block = false;
};
std::ostream& operator<<(std::ostream& out, const Line& line);

/// What a made-up program may contain.
struct Taste {
  bool host_calls = true;
  bool memset = true;
  /// Immediates and registers that make addresses of a few pages likely.
  bool memory = true;
  /// Sometimes code that isn't made of instructions at all.
  bool any_bytes = true;
};

rc::Gen<Semantics> arbitrary_semantics();
/// Boundary values, addresses near the ends of pages, the halt address, dynamic addresses, and anything.
rc::Gen<u64> arbitrary_value();
rc::Gen<std::vector<Line>> arbitrary_lines();

/// The lines as code of a version: labels before the lines that start a block, a jump table with all of them, `ret` at the end.
builder::CodeBlob code_of(Semantics version, const std::vector<Line>& lines, const Taste& taste = {});

/// A loaded program and the state in which to start it. The program stays where it is.
struct Scenario {
  ref::Program program;
  std::array<u64, 13> registers{};
  u32 pc = 0;
  i64 gas = 0;
  std::vector<std::pair<u32, bool>> pages;  ///< address, writable; each of 4096 bytes
};

/// Pages that scenarios may have in paged memory.
inline constexpr u32 scenario_pages[] = {0x10000, 0x20000, 0x21000, 0x22000, 0x30000, 0xfffff000};

/// A configuration that the version supports. Metering is none, sync, or async.
ref::Config pick_config(Semantics version);
/// Code made of instructions, or of any bytes, in any container that the version takes. `metering`: instead of any.
/// Discards the case if the program is refused.
Scenario pick_scenario(const Taste& taste = {}, std::optional<ref::Metering> metering = std::nullopt);
/// The machine at its start.
ref::Machine machine_of(const Scenario& scenario);
/// The whole program as text, for counterexamples.
std::string text_of(const Scenario& scenario);

}  // namespace pvm::testing
