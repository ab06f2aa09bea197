// SPDX-License-Identifier: Apache-2.0 OR MIT
// A loaded program: what the container held, checked. Chapter "Program containers".
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "pvm/result.hpp"
#include "pvm/types.hpp"

namespace pvm::engine {

/// A code position that the program names to the host. The name is any bytes. [blob.exports]
struct Export {
  u32 code_offset = 0;
  std::string symbol;
};

/// One import; nullopt where its range in the symbol bytes is invalid. [blob.imports]
using Import = std::optional<std::string>;

/// Everything that execution needs to know of a program. Immutable once loaded, so any threads may read it.
struct Program {
  ProgramConfig config;  ///< semantics and gas_model are always set here.

  /// The code, followed by `code_padding` zero bytes, so that operands may be read without a bounds check. [decode.beyond_end]
  std::vector<u8> code;
  /// One bit per code byte, least significant bit first, followed by `bitmask_padding` zero bytes: for every position up to code_size,
  /// 8 bytes can be read at byte position / 8. [blob.bitmask]
  std::vector<u8> bitmask;
  std::vector<u8> jump_table;  ///< jump_table_count entries of jump_table_entry_size bytes each.
  u64 jump_table_count = 0;    ///< 0 where the entry size is 0 in the PolkaVM versions. [jump.table]
  u32 jump_table_entry_size = 0;

  u32 code_size = 0;  ///< Without the padding.
  u32 ro_data_size = 0;
  u32 rw_data_size = 0;
  u32 stack_size = 0;
  std::vector<u8> ro_data;
  std::vector<u8> rw_data;
  u32 heap_pages = 0;  ///< Extra zero pages of a standard program. [standard.layout]

  std::vector<Import> imports;
  std::vector<Export> exports;

  static constexpr u32 code_padding = 32;
  static constexpr u32 bitmask_padding = 16;

  Semantics semantics() const { return *config.semantics; }
  bool is_64_bit() const { return register_bits(semantics()) == 64; }
  /// True where the bitmask marks the first byte of an instruction; false at and beyond the end of the code.
  bool is_marked(u64 position) const { return position < code_size && (bitmask[position / 8] >> (position % 8) & 1) != 0; }
  /// Entry of the jump table, or nullopt where there is none. Wider than 4 bytes: saturates at 2^32-1. [jump.table]
  std::optional<u32> jump_table_entry(u64 index) const;
  bool is_paged() const { return config.dynamic_paging || is_graypaper(semantics()); }
};

/// Decodes and validates `bytes` as `config` says, in time and memory proportional to their number. The errors are
/// ErrorCode::program_rejected with the document's reason, and program_too_large beyond 2^32 - 1 bytes. Error::offset is a byte of the
/// container in phase decode; a code offset in the checks of jam-1's code; an index in strict checks; else 0. [reject.order]
Result<Program> load(std::span<const u8> bytes, const ProgramConfig& config);

}  // namespace pvm::engine
