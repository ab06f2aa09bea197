// SPDX-License-Identifier: Apache-2.0 OR MIT
// What both forms of a disassembly are made from.
#pragma once

#include <map>
#include <string>

#include "asm.hpp"
#include "container.hpp"
#include "walk.hpp"

namespace pvm::assembly {

/// A loaded program, its bytes, and how to show it.
struct Disassembly {
  const ref::Program& program;
  const ContainerBytes& pieces;
  const DisasmOptions& options;
  CodeWalk walk;
  /// Numbers (from 1) of the jump table's entries by code offset.
  std::multimap<ref::u32, ref::u64> table_numbers;
  /// Indexes of exports by code offset.
  std::multimap<ref::u32, std::size_t> exports_at;

  Disassembly(const ref::Program& program_to_show, const ContainerBytes& bytes, const DisasmOptions& how);

  /// The bytes of an item.
  std::span<const ref::u8> bytes_of(const CodeItem& item) const;
  /// What entering the block at `pc` costs; nullopt: not asked for, or blocks have no cost.
  std::optional<ref::i64> cost_of(ref::u32 pc) const;
  /// "'name'" of import `number`, or nullopt: the program doesn't name it.
  std::optional<std::string_view> import_name(ref::u32 number) const;
};

/// The form that assembles again.
std::string print_canonical(const Disassembly& disassembly);
/// The form of the ecosystem's tool.
std::string print_listing(const Disassembly& disassembly);

}  // namespace pvm::assembly
