// SPDX-License-Identifier: Apache-2.0 OR MIT
// The three containers, well formed or malformed on purpose.
#pragma once

#include <string>

#include "pvm/builder/encode.hpp"

namespace pvm::builder {

/// Code, bitmask and jump table, as every container holds them. The members need not agree: that is how malformed ones are made.
struct CodeBlob {
  Bytes code;
  Bytes bitmask;                   ///< Least significant bit first.
  std::vector<u64> jump_table;     ///< Code offsets.
  u8 entry_size = 0;               ///< Bytes per entry of the jump table.
  std::optional<u64> table_count;  ///< Declared number of entries, if not jump_table's size.
  std::optional<u64> code_length;  ///< Declared length, if not code's size.
};

/// Appends the container's variable-length integer in its shortest form. value < 2^32. [blob.varint]
void append_varint(Bytes& out, u64 value);
/// The same value with `extra` bytes behind the first, 0..4, whether or not fewer would do.
Bytes varint_of_length(u32 value, u32 extra);
/// Appends the natural-number codec of the Gray Paper in its only form. [raw.integers]
void append_natural(Bytes& out, u64 value);
/// Appends the low `length` bytes of `value`, least significant first.
void append_little_endian(Bytes& out, u64 value, u32 length);
void append(Bytes& out, std::span<const u8> bytes);
void append(Bytes& out, std::string_view text);

/// The `raw` container; also the content of section 6. [raw.layout] [blob.code]
Bytes raw_container(const CodeBlob& blob);

/// One section: id, length, content.
struct Section {
  u8 id = 0;
  Bytes content;
  std::optional<Bytes> length;  ///< Replaces the varint of the content's length.
};

inline constexpr u8 section_memory_config = 1, section_ro_data = 2, section_rw_data = 3, section_imports = 4, section_exports = 5,
                    section_code = 6, section_debug_strings = 128, section_debug_line_programs = 129, section_debug_line_ranges = 130;

/// An export to be written. [blob.exports]
struct ExportEntry {
  u32 code_offset = 0;
  std::string symbol;
};

Section memory_config_section(u64 ro_size, u64 rw_size, u64 stack_size);
Section imports_section(const std::vector<std::string>& symbols);
Section exports_section(const std::vector<ExportEntry>& exports);
Section code_section(const CodeBlob& blob);

/// A `polkavm` container as its parts; each has the value that makes it well formed. [blob.*]
struct PolkavmContainer {
  u8 version = 0;
  std::vector<Section> sections;
  Bytes magic = {0x50, 0x56, 0x4d, 0x00};
  std::optional<u64> length;  ///< Replaces the length field's value.
  bool has_end_marker = true;
  Bytes after_end;  ///< Bytes behind the end marker; the length field counts them.
};

/// Version byte of a version's blobs; 255 for graypaper-0.7.2, which has none. [blob.version]
u8 blob_version_of(Semantics version);

/// A well-formed program in a `polkavm` container: sections are left out where they would be empty.
struct ProgramParts {
  CodeBlob blob;
  u32 ro_size = 0, rw_size = 0, stack_size = 0;
  Bytes ro_data, rw_data;
  std::vector<std::string> imports;
  std::vector<ExportEntry> exports;
};
PolkavmContainer polkavm_parts(Semantics version, const ProgramParts& program);
Bytes polkavm_container(const PolkavmContainer& container);

/// A `standard` program; declared lengths may be replaced. [standard.layout]
struct StandardContainer {
  Bytes ro_data, rw_data;
  u32 heap_pages = 0;  ///< 16 bits.
  u32 stack_size = 0;  ///< 24 bits, bytes.
  Bytes program;       ///< A raw container.
  std::optional<u32> ro_length, rw_length, program_length;
};
Bytes standard_container(const StandardContainer& container);

}  // namespace pvm::builder
