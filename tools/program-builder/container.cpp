// SPDX-License-Identifier: Apache-2.0 OR MIT
// The three containers, well formed or malformed on purpose.
#include "pvm/builder/container.hpp"

namespace pvm::builder {

void append(Bytes& out, std::span<const u8> bytes) {
  out.insert(out.end(), bytes.begin(), bytes.end());
}

void append(Bytes& out, std::string_view text) {
  for (const char character : text) out.push_back(static_cast<u8>(character));
}

void append_little_endian(Bytes& out, u64 value, u32 length) {
  for (u32 index = 0; index < length; ++index) out.push_back(index < 8 ? static_cast<u8>(value >> (8 * index)) : u8{0});
}

Bytes varint_of_length(u32 value, u32 extra) {
  Bytes out;
  if (extra >= 4) {
    out.push_back(0xf0);
  } else {
    const u32 prefix = 0xff00U >> extra & 0xffU;  // `extra` one bits, then a zero
    out.push_back(static_cast<u8>(prefix | value >> (8 * extra)));
  }
  append_little_endian(out, value, extra);
  return out;
}

void append_varint(Bytes& out, u64 value) {
  u32 extra = 0;
  while (extra < 4 && value >> (7 * (extra + 1)) != 0) ++extra;
  append(out, varint_of_length(static_cast<u32>(value), extra));
}

void append_natural(Bytes& out, u64 value) {
  u32 extra = 0;
  while (extra < 8 && value >> (7 * (extra + 1)) != 0) ++extra;
  if (extra == 8) {
    out.push_back(0xff);
  } else {
    out.push_back(static_cast<u8>((0xff00U >> extra & 0xffU) | static_cast<u32>(value >> (8 * extra))));
  }
  append_little_endian(out, value, extra);
}

Bytes raw_container(const CodeBlob& blob) {
  Bytes out;
  append_natural(out, blob.table_count.value_or(blob.jump_table.size()));
  out.push_back(blob.entry_size);
  append_natural(out, blob.code_length.value_or(blob.code.size()));
  for (const u64 entry : blob.jump_table) append_little_endian(out, entry, blob.entry_size);
  append(out, blob.code);
  append(out, blob.bitmask);
  return out;
}

Section memory_config_section(u64 ro_size, u64 rw_size, u64 stack_size) {
  Section section{section_memory_config, {}, {}};
  append_varint(section.content, ro_size);
  append_varint(section.content, rw_size);
  append_varint(section.content, stack_size);
  return section;
}

Section imports_section(const std::vector<std::string>& symbols) {
  Section section{section_imports, {}, {}};
  append_varint(section.content, symbols.size());
  u32 offset = 0;
  for (const std::string& symbol : symbols) {
    append_little_endian(section.content, offset, 4);
    offset += static_cast<u32>(symbol.size());
  }
  for (const std::string& symbol : symbols) append(section.content, symbol);
  return section;
}

Section exports_section(const std::vector<ExportEntry>& exports) {
  Section section{section_exports, {}, {}};
  append_varint(section.content, exports.size());
  for (const ExportEntry& entry : exports) {
    append_varint(section.content, entry.code_offset);
    append_varint(section.content, entry.symbol.size());
    append(section.content, entry.symbol);
  }
  return section;
}

Section code_section(const CodeBlob& blob) {
  return {section_code, raw_container(blob), {}};
}

u8 blob_version_of(Semantics version) {
  return ref::is_graypaper(version) ? u8{255} : static_cast<u8>(version);
}

PolkavmContainer polkavm_parts(Semantics version, const ProgramParts& program) {
  PolkavmContainer container;
  container.version = blob_version_of(version);
  if (program.ro_size != 0 || program.rw_size != 0 || program.stack_size != 0) {
    container.sections.push_back(memory_config_section(program.ro_size, program.rw_size, program.stack_size));
  }
  if (!program.ro_data.empty()) container.sections.push_back({section_ro_data, program.ro_data, {}});
  if (!program.rw_data.empty()) container.sections.push_back({section_rw_data, program.rw_data, {}});
  if (!program.imports.empty()) container.sections.push_back(imports_section(program.imports));
  if (!program.exports.empty()) container.sections.push_back(exports_section(program.exports));
  container.sections.push_back(code_section(program.blob));
  return container;
}

Bytes polkavm_container(const PolkavmContainer& container) {
  Bytes body;
  for (const Section& section : container.sections) {
    body.push_back(section.id);
    if (section.length) {
      append(body, *section.length);
    } else {
      append_varint(body, section.content.size());
    }
    append(body, section.content);
  }
  if (container.has_end_marker) body.push_back(0);
  append(body, container.after_end);

  Bytes out = container.magic;
  out.push_back(container.version);
  append_little_endian(out, container.length.value_or(container.magic.size() + 9 + body.size()), 8);
  append(out, body);
  return out;
}

Bytes standard_container(const StandardContainer& container) {
  Bytes out;
  append_little_endian(out, container.ro_length.value_or(static_cast<u32>(container.ro_data.size())), 3);
  append_little_endian(out, container.rw_length.value_or(static_cast<u32>(container.rw_data.size())), 3);
  append_little_endian(out, container.heap_pages, 2);
  append_little_endian(out, container.stack_size, 3);
  append(out, container.ro_data);
  append(out, container.rw_data);
  append_little_endian(out, container.program_length.value_or(static_cast<u32>(container.program.size())), 4);
  append(out, container.program);
  return out;
}

}  // namespace pvm::builder
