// SPDX-License-Identifier: Apache-2.0 OR MIT
// The polkavm container and the raw blob of the PolkaVM versions. Chapter "Program containers".
#include <algorithm>
#include <array>

#include "pvm/ref/program.hpp"
#include "reader.hpp"

namespace pvm::ref {
namespace {

constexpr std::array<u8, 4> magic = {0x50, 0x56, 0x4d, 0x00};
constexpr u32 max_imports = 1024;
constexpr u32 max_jump_table_entries = 16'777'216;
constexpr u32 max_code_size = 33'554'432;

enum Section : u8 { end = 0, memory_config = 1, ro_data = 2, rw_data = 3, imports = 4, exports = 5, code = 6, first_optional = 128 };

// A section's own bytes may not run out: that is `reason` rather than a truncated container.
void fail_if_short(Reader& section, Reason reason) {
  if (section.failure() && section.failure()->reason == Reason::truncated) section = Reader({}, section.offset()), section.fail(reason);
}

// [blob.memory_config]
void read_memory_config(Reader& section, Program& program) {
  program.ro_data_size = section.varint();
  program.rw_data_size = section.varint();
  program.stack_size = section.varint();
  fail_if_short(section, Reason::bad_memory_config);
  if (section.remaining() != 0) section.fail(Reason::bad_memory_config);
}

// [blob.ro_data] [blob.rw_data]
void read_data(Reader& section, u32 declared_size, std::vector<u8>& data, Reason too_long) {
  if (section.remaining() > declared_size) return section.fail(too_long);
  const auto bytes = section.take(section.remaining());
  data.assign(bytes.begin(), bytes.end());
}

// [blob.imports]
void read_imports(Reader& section, Program& program) {
  const u32 count = section.varint();
  fail_if_short(section, Reason::bad_import_table);
  if (count > max_imports) return section.fail(Reason::too_many_imports);
  if (u64{count} * 4 > section.remaining()) return section.fail(Reason::bad_import_table);
  std::vector<u64> offsets;
  for (u32 index = 0; index < count; ++index) offsets.push_back(section.little_endian(4));
  const auto symbols = section.take(section.remaining());
  offsets.push_back(symbols.size());
  for (u32 index = 0; index < count; ++index) {
    const u64 begin = offsets[index], past = offsets[index + 1];
    if (begin > past || past > symbols.size()) {
      program.imports.emplace_back(std::nullopt);
    } else {
      program.imports.emplace_back(
          std::string(symbols.begin() + static_cast<std::ptrdiff_t>(begin), symbols.begin() + static_cast<std::ptrdiff_t>(past)));
    }
  }
}

// [blob.exports] An item that can't be read ends the list, silently; nothing here refuses a program.
void read_exports(Reader& section, Program& program) {
  const u32 count = section.varint();
  for (u32 index = 0; index < count; ++index) {
    const u32 code_offset = section.varint();
    const auto symbol = section.take(section.varint());
    if (!section.ok()) return;
    program.exports.push_back({code_offset, std::string(symbol.begin(), symbol.end())});
  }
}

void read_section(u8 id, Reader& section, Program& program) {
  switch (id) {
    case memory_config: return read_memory_config(section, program);
    case ro_data: return read_data(section, program.ro_data_size, program.ro_data, Reason::ro_data_too_long);
    case rw_data: return read_data(section, program.rw_data_size, program.rw_data, Reason::rw_data_too_long);
    case imports: return read_imports(section, program);
    case code: return read_code_section(section, program);
    default: return;  // [blob.debug] and unknown optional sections
  }
}

// [blob.sections] [blob.end]
std::optional<Rejection> read_sections(Reader& reader, Program& program) {
  u8 next_allowed = memory_config;
  bool has_code = false;
  for (;;) {
    const u64 place = reader.offset();
    const u8 id = reader.byte();
    if (!reader.ok()) return reader.failure();
    if (id == end) break;
    if (id < first_optional && (id < next_allowed || id > code)) return Rejection{Reason::unexpected_section, place};
    const u32 length = reader.varint();
    const u64 content_offset = reader.offset();
    Reader section(reader.take(length), content_offset);
    if (!reader.ok()) return reader.failure();
    if (id == exports) {
      read_exports(section, program);
    } else {
      read_section(id, section, program);
      if (!section.ok()) return section.failure();
    }
    has_code |= id == code;
    next_allowed = id < first_optional ? static_cast<u8>(id + 1) : u8{first_optional};
  }
  if (!has_code) return Rejection{Reason::missing_code, reader.offset()};
  return std::nullopt;
}

// [blob.magic] [blob.version] [blob.length]
std::optional<Rejection> read_polkavm(std::span<const u8> bytes, Program& program, std::optional<u8>& version_byte) {
  Reader reader(bytes);
  const auto head = reader.take(magic.size());
  if (!reader.ok()) return reader.failure();
  if (!std::equal(head.begin(), head.end(), magic.begin())) return Rejection{Reason::bad_magic, 0};
  version_byte = reader.byte();
  if (!reader.ok()) return reader.failure();
  if (*version_byte > 3) return Rejection{Reason::unknown_version, 4};
  const u64 length = reader.little_endian(8);
  if (!reader.ok()) return reader.failure();
  if (length != bytes.size()) return Rejection{Reason::wrong_length, 5};
  return read_sections(reader, program);
}

}  // namespace

u8 Reader::byte() {
  const auto bytes = take(1);
  return bytes.empty() ? u8{0} : bytes[0];
}

std::span<const u8> Reader::take(u64 count) {
  if (count > remaining()) fail(Reason::truncated);
  if (!ok()) return {};
  const auto bytes = bytes_.subspan(static_cast<std::size_t>(at_), static_cast<std::size_t>(count));
  at_ += count;
  return bytes;
}

u64 Reader::little_endian(u32 count) {
  u64 value = 0;
  u32 shift = 0;
  for (const u8 byte : take(count)) {
    value |= u64{byte} << shift;
    shift += 8;
  }
  return value;
}

// [blob.varint]
u32 Reader::varint() {
  const u64 place = at_;
  const u8 first = byte();
  u32 extra = 0;
  while (extra < 8 && (first & (0x80u >> extra)) != 0) ++extra;
  if (extra > 4) {
    at_ = place;
    fail(Reason::bad_varint);
    return 0;
  }
  const u32 low = static_cast<u32>(little_endian(extra));
  // In the longest form the first byte's bits fall on the low bits of the value instead of above it.
  const u32 high = extra == 4 ? first & 0x07u : (first & (0x7fu >> extra)) << (8 * extra);
  return ok() ? high | low : 0;
}

void Reader::fail(Reason reason) {
  if (!failure_) failure_ = Rejection{reason, offset()};
}

// [blob.code] [blob.jump_table]
void read_code_section(Reader& reader, Program& program) {
  if (reader.remaining() == 0) return reader.fail(Reason::missing_code);
  program.jump_table_count = reader.varint();
  if (program.jump_table_count > max_jump_table_entries) return reader.fail(Reason::too_many_jump_table_entries);
  program.jump_table_entry_size = reader.byte();
  if (program.jump_table_entry_size > 4) return reader.fail(Reason::bad_jump_table_entry_size);
  const u32 code_size = reader.varint();
  if (code_size > max_code_size) return reader.fail(Reason::code_too_long);
  const auto table = reader.take(program.jump_table_count * program.jump_table_entry_size);
  program.jump_table.assign(table.begin(), table.end());
  const auto code = reader.take(code_size);
  program.code.assign(code.begin(), code.end());
  read_bitmask(reader, program);
}

// [blob.bitmask]
void read_bitmask(Reader& reader, Program& program) {
  if (!reader.ok()) return;
  if (reader.remaining() != (program.code.size() + 7) / 8) return reader.fail(Reason::bad_bitmask_length);
  const auto mask = reader.take(reader.remaining());
  program.bitmask.assign(mask.begin(), mask.end());
  const u32 used_bits = program.code_size() % 8;
  if (used_bits != 0 && (program.bitmask.back() >> used_bits) != 0) reader.fail(Reason::bad_bitmask_padding);
}

std::variant<Program, Rejection> load(std::span<const u8> bytes, const Config& config) {
  Program program;
  program.config = config;
  if (!program.config.gas_model) {
    program.config.gas_model = is_graypaper(config.semantics) ? GasModel::instruction_1 : GasModel::flat_1;
  }
  std::optional<u8> version_byte;
  std::optional<Rejection> rejection;
  Reader reader(bytes);
  switch (config.container) {
    case Container::polkavm: rejection = read_polkavm(bytes, program, version_byte); break;
    case Container::raw:
      is_graypaper(config.semantics) ? read_graypaper_blob(reader, program) : read_code_section(reader, program);
      rejection = reader.failure();
      break;
    case Container::standard:
      read_standard_program(reader, program);
      rejection = reader.failure();
      break;
  }
  if (!rejection) rejection = validate(program, version_byte);
  if (rejection) return *rejection;
  return program;
}

bool Program::is_marked(u64 position) const {
  return position < code.size() && ((bitmask[static_cast<std::size_t>(position / 8)] >> (position % 8)) & 1) != 0;
}

// [decode.beyond_end]
u8 Program::byte_at(u64 position) const {
  return position < code.size() ? code[static_cast<std::size_t>(position)] : u8{0};
}

// [jump.table]
std::optional<u32> Program::jump_table_entry(u64 index) const {
  if (index >= jump_table_count) return std::nullopt;
  if (jump_table_entry_size == 0) return is_graypaper(config.semantics) ? std::optional<u32>(0) : std::nullopt;
  u32 value = 0;
  for (u32 byte = jump_table_entry_size; byte-- > 0;) {
    const u8 digit = jump_table[static_cast<std::size_t>(index * jump_table_entry_size + byte)];
    if (byte >= 4) {
      if (digit != 0) return 0xffffffff;
    } else {
      value = value << 8 | digit;
    }
  }
  return value;
}

}  // namespace pvm::ref
