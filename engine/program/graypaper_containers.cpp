// SPDX-License-Identifier: Apache-2.0 OR MIT
// The raw and standard containers of graypaper-0.7.2. Chapter "Program containers".
#include "program/reader.hpp"

namespace pvm::engine {

// [raw.layout] [raw.exact]
void read_graypaper_code(Reader& reader, Program& program) {
  const u64 entries = reader.natural();
  const u8 entry_size = reader.byte();
  const u64 code_size = reader.natural();
  if (!reader.ok()) return;
  // The product needn't fit into 64 bits, and nothing is taken where an entry has no bytes.
  if (entry_size != 0 && entries > reader.remaining() / entry_size) return reader.fail(Reason::truncated);
  const auto table = reader.take(entry_size == 0 ? 0 : entries * entry_size);
  program.jump_table.assign(table.begin(), table.end());
  program.jump_table_entry_size = entry_size;
  program.jump_table_count = entries;
  read_code_and_bitmask(reader, code_size, program);
}

// [standard.layout] [standard.exact]
void read_standard_container(Reader& reader, Program& program) {
  program.ro_data_size = static_cast<u32>(reader.little_endian(3));
  program.rw_data_size = static_cast<u32>(reader.little_endian(3));
  program.heap_pages = static_cast<u32>(reader.little_endian(2));
  program.stack_size = static_cast<u32>(reader.little_endian(3));
  const auto ro_data = reader.take(program.ro_data_size);
  program.ro_data.assign(ro_data.begin(), ro_data.end());
  const auto rw_data = reader.take(program.rw_data_size);
  program.rw_data.assign(rw_data.begin(), rw_data.end());
  const u64 size = reader.little_endian(4);
  Reader code = reader.section(size);
  if (!reader.ok()) return;
  read_graypaper_code(code, program);
  if (!code.ok()) {
    reader = code;
  } else if (reader.remaining() != 0) {
    reader.fail(Reason::trailing_bytes);
  }
}

}  // namespace pvm::engine
