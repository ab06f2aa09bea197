// SPDX-License-Identifier: Apache-2.0 OR MIT
// The polkavm container, and the raw container of the PolkaVM versions. Chapter "Program containers".
#include <algorithm>
#include <array>

#include "program/reader.hpp"

namespace pvm::engine {
namespace {

constexpr std::array<u8, 4> magic = {0x50, 0x56, 0x4d, 0x00};
constexpr u8 max_version_byte = 3;

// [limit.sizes]
constexpr u32 max_imports = 1024;
constexpr u32 max_jump_table_entries = 16'777'216;
constexpr u32 max_jump_table_entry_size = 4;
constexpr u32 max_code_size = 33'554'432;

namespace section_id {
constexpr u8 end = 0;
constexpr u8 memory_config = 1;
constexpr u8 ro_data = 2;
constexpr u8 rw_data = 3;
constexpr u8 imports = 4;
constexpr u8 exports = 5;
constexpr u8 code = 6;
constexpr u8 first_ignored = 128;
}  // namespace section_id

// [blob.memory_config]
void read_memory_config(Reader& section, Program& program) {
  program.ro_data_size = section.varint();
  program.rw_data_size = section.varint();
  program.stack_size = section.varint();
  section.rename_truncated(Reason::bad_memory_config);
  if (section.remaining() != 0) section.fail(Reason::bad_memory_config);
}

// [blob.ro_data] [blob.rw_data]
void read_data(Reader& section, u32 declared_size, Reason too_long, std::vector<u8>& data) {
  if (section.remaining() > declared_size) return section.fail(too_long);
  const auto bytes = section.take_rest();
  data.assign(bytes.begin(), bytes.end());
}

Import import_at(std::span<const u8> symbols, u64 begin, u64 end) {
  if (begin > end || end > symbols.size()) return std::nullopt;
  const auto symbol = symbols.subspan(static_cast<std::size_t>(begin), static_cast<std::size_t>(end - begin));
  return std::string(symbol.begin(), symbol.end());
}

// [blob.imports]
void read_imports(Reader& section, Program& program) {
  const u32 count = section.varint();
  section.rename_truncated(Reason::bad_import_table);
  if (count > max_imports) return section.fail(Reason::too_many_imports);
  if (u64{count} * 4 > section.remaining()) return section.fail(Reason::bad_import_table);
  std::vector<u64> offsets(count);
  for (u64& offset : offsets) offset = section.little_endian(4);
  const auto symbols = section.take_rest();
  offsets.push_back(symbols.size());
  program.imports.reserve(count);
  for (u32 index = 0; index < count; ++index) program.imports.push_back(import_at(symbols, offsets[index], offsets[index + 1]));
}

// [blob.exports] What can't be read ends the list; nothing here refuses a program.
void read_exports(Reader& section, Program& program) {
  const u32 count = section.varint();
  for (u32 index = 0; index < count; ++index) {
    const u32 code_offset = section.varint();
    const u32 length = section.varint();
    const auto symbol = section.take(length);
    if (!section.ok()) return;
    program.exports.push_back({code_offset, std::string(symbol.begin(), symbol.end())});
  }
}

void read_section(u8 id, Reader& section, Program& program) {
  switch (id) {
    case section_id::memory_config: return read_memory_config(section, program);
    case section_id::ro_data: return read_data(section, program.ro_data_size, Reason::ro_data_too_long, program.ro_data);
    case section_id::rw_data: return read_data(section, program.rw_data_size, Reason::rw_data_too_long, program.rw_data);
    case section_id::imports: return read_imports(section, program);
    case section_id::exports: {
      Reader tolerant = section;
      return read_exports(tolerant, program);
    }
    case section_id::code: return read_code(section, program);
    default: return;  // [blob.debug]
  }
}

// [blob.sections] [blob.end]
void read_sections(Reader& reader, Program& program) {
  bool has_code = false;
  u8 least = section_id::memory_config;
  for (;;) {
    const Reader before = reader;
    const u8 id = reader.byte();
    if (!reader.ok()) return;
    if (id == section_id::end) break;
    if (id < section_id::first_ignored && (id < least || id > section_id::code)) {
      reader = before;
      return reader.fail(Reason::unexpected_section);
    }
    const u32 length = reader.varint();
    Reader section = reader.section(length);
    if (!reader.ok()) return;
    read_section(id, section, program);
    if (!section.ok()) {
      reader = section;
      return;
    }
    has_code |= id == section_id::code;
    least = id < section_id::first_ignored ? static_cast<u8>(id + 1) : section_id::first_ignored;
  }
  if (!has_code) reader.fail(Reason::missing_code);
}

}  // namespace

std::optional<u8> read_polkavm_container(Reader& reader, Program& program) {
  const Reader start = reader;
  // [blob.magic]
  const auto head = reader.take(magic.size());
  if (!reader.ok()) return std::nullopt;
  if (!std::ranges::equal(head, magic)) {
    reader = start;
    reader.fail(Reason::bad_magic);
    return std::nullopt;
  }
  // [blob.version]
  const Reader at_version = reader;
  const u8 version_byte = reader.byte();
  if (version_byte > max_version_byte) {
    reader = at_version;
    reader.fail(Reason::unknown_version);
    return std::nullopt;
  }
  // [blob.length]
  const Reader at_length = reader;
  const u64 length = reader.little_endian(8);
  if (!reader.ok()) return std::nullopt;
  if (length != reader.offset() + reader.remaining()) {
    reader = at_length;
    reader.fail(Reason::wrong_length);
    return std::nullopt;
  }
  read_sections(reader, program);
  return version_byte;
}

void read_code(Reader& reader, Program& program) {
  if (reader.remaining() == 0) return reader.fail(Reason::missing_code);
  const u32 entries = reader.varint();
  if (entries > max_jump_table_entries) return reader.fail(Reason::too_many_jump_table_entries);
  const u8 entry_size = reader.byte();
  if (entry_size > max_jump_table_entry_size) return reader.fail(Reason::bad_jump_table_entry_size);
  const u32 code_size = reader.varint();
  if (code_size > max_code_size) return reader.fail(Reason::code_too_long);
  const auto table = reader.take(u64{entries} * entry_size);
  if (!reader.ok()) return;
  program.jump_table.assign(table.begin(), table.end());
  program.jump_table_entry_size = entry_size;
  program.jump_table_count = entry_size == 0 ? 0 : entries;
  read_code_and_bitmask(reader, code_size, program);
}

void read_code_and_bitmask(Reader& reader, u64 code_size, Program& program) {
  const auto code = reader.take(code_size);
  if (!reader.ok()) return;
  const u64 bitmask_size = (code_size + 7) / 8;
  if (reader.remaining() != bitmask_size) return reader.fail(Reason::bad_bitmask_length);
  const auto bitmask = reader.take_rest();
  const u32 used_bits = static_cast<u32>(code_size % 8);
  if (used_bits != 0 && bitmask.back() >> used_bits != 0) return reader.fail(Reason::bad_bitmask_padding);
  program.code_size = static_cast<u32>(code_size);
  program.code.reserve(code.size() + Program::code_padding);
  program.code.assign(code.begin(), code.end());
  program.code.resize(code.size() + Program::code_padding);
  program.bitmask.reserve(bitmask.size() + Program::bitmask_padding);
  program.bitmask.assign(bitmask.begin(), bitmask.end());
  program.bitmask.resize(bitmask.size() + Program::bitmask_padding);
}

}  // namespace pvm::engine
