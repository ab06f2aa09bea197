// SPDX-License-Identifier: Apache-2.0 OR MIT
// Made-up programs: what they consist of before they are bytes, so that they can be made smaller piece by piece.
#pragma once

#include <iosfwd>
#include <string>
#include <vector>

#include "choices.hpp"
#include "pvm/builder/container.hpp"
#include "pvm/conformance/case.hpp"

namespace pvm::differential {

using builder::Bytes;

/// What a program is compiled for, and what its container holds besides code.
struct Setup {
  ref::Semantics semantics = ref::Semantics::rv64_1;
  ref::Container container = ref::Container::raw;
  conformance::Config config;  ///< gas_model and metering are always given.
  u32 ro_size = 0, rw_size = 0, stack_size = 0, heap_pages = 0;
};

/// One instruction and what is around it. `op`, `target` count modulo what there is.
struct Line {
  enum class Shape : u8 {
    plain,
    block,  ///< A new block begins here, to which branches lead.
    loop,   ///< The next `count` % 6 + 1 lines are repeated up to five times.
    call,   ///< Calls a function, if there is one, through the jump table and back.
  };
  Shape shape = Shape::plain;
  u8 count = 0;
  u32 op = 0;
  u8 d = 0, a = 0, b = 0;
  i64 i = 0, j = 0;
  u32 target = 0;
  u32 address = 0;        ///< Accesses: where to, if `aimed`.
  bool aimed = false;     ///< The base register is loaded first, so that the access or jump leads somewhere.
  u8 longer[2] = {0, 0};  ///< Bytes that the immediates have too many, where they can.
  u8 gap = 0;             ///< Unmarked bytes that follow, which make immediates longer, or leave a hole.
};

/// A change of the finished code: odd encodings that an assembler would not write.
struct Damage {
  u32 place = 0;
  u8 bits = 0;        ///< Flipped in the code byte.
  bool mark = false;  ///< Flip the bitmask's bit.
};

struct Recipe {
  Setup setup;
  std::vector<Line> lines;
  std::vector<std::vector<Line>> functions;
  std::vector<Damage> damage;
  u8 ending = 0;  ///< What stands at the end: mostly ret; also what falls off the end.
};
std::ostream& operator<<(std::ostream& out, const Recipe& recipe);

/// A program to be loaded.
struct Built {
  conformance::Config config;
  conformance::Program program;
};

Setup make_setup(Choices& choices);
Line make_line(Choices& choices);
Damage make_damage(Choices& choices);
/// A number at some boundary, an address, or anything.
u64 make_value(Choices& choices);
/// A recipe in one go, of up to `max_lines` lines.
Recipe make_recipe(Choices& choices, u32 max_lines);

/// Recipes a step simpler than this one's line.
std::vector<Line> simpler(const Line& line);
std::vector<Setup> simpler(const Setup& setup);

/// The bytes. An error is a mistake of the generator.
std::variant<Built, std::string> build(const Recipe& recipe);

/// Pages that hosts make in paged memory.
inline constexpr u32 host_pages[] = {0x10000, 0x20000, 0x21000, 0x22000, 0x30000, 0xfffff000};
/// Addresses at and around the edges of what is accessible, or will be.
std::vector<u32> interesting_addresses(const Setup& setup);

}  // namespace pvm::differential
