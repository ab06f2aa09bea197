// SPDX-License-Identifier: Apache-2.0 OR MIT
// A loaded program: what the container held, checked. Chapter "Program containers".
#pragma once

#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "pvm/ref/types.hpp"

namespace pvm::ref {

/// A code position that the program names to the host. The name is any bytes. [blob.exports]
struct Export {
  u32 code_offset;
  std::string symbol;
};

/// One import; nullopt where its range in the symbol bytes is invalid. [blob.imports]
using Import = std::optional<std::string>;

/// Everything that execution needs to know of a program. Immutable once loaded.
struct Program {
  Config config;  ///< gas_model is always set here.

  std::vector<u8> code;
  std::vector<u8> bitmask;     ///< ceil(code.size() / 8) bytes, least significant bit first. [blob.bitmask]
  std::vector<u8> jump_table;  ///< jump_table_count entries of jump_table_entry_size bytes each.
  u64 jump_table_count = 0;
  u32 jump_table_entry_size = 0;

  u32 ro_data_size = 0;
  u32 rw_data_size = 0;
  u32 stack_size = 0;
  std::vector<u8> ro_data;
  std::vector<u8> rw_data;
  u32 heap_pages = 0;  ///< Extra zero pages of a standard program. [standard.layout]

  std::vector<Import> imports;
  std::vector<Export> exports;

  u32 code_size() const { return static_cast<u32>(code.size()); }
  /// True where the bitmask marks the first byte of an instruction; false at and beyond the end of the code.
  bool is_marked(u64 position) const;
  /// The code byte at a position; 0 at and beyond the end of the code. [decode.beyond_end]
  u8 byte_at(u64 position) const;
  /// Entry of the jump table, or nullopt where there is none. Wider than 4 bytes: saturates at 2^32-1. [jump.table]
  std::optional<u32> jump_table_entry(u64 index) const;
  bool is_paged() const { return config.dynamic_paging || is_graypaper(config.semantics); }
};

/// Decodes and validates `bytes` as `config` says. Never fails in any other way than by a Rejection.
std::variant<Program, Rejection> load(std::span<const u8> bytes, const Config& config);

}  // namespace pvm::ref
