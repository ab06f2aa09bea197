// SPDX-License-Identifier: Apache-2.0 OR MIT
// The Gray Paper's program blob and standard program. Chapter "Program containers".
#include "pvm/ref/program.hpp"
#include "reader.hpp"

namespace pvm::ref {

// [raw.integers]
u64 Reader::natural() {
  const u64 place = at_;
  const u8 first = byte();
  u32 extra = 0;
  while (extra < 8 && (first & (0x80u >> extra)) != 0) ++extra;
  const u64 low = little_endian(extra);
  const u64 high = extra == 8 ? 0 : u64{first & (0x7fu >> extra)} << (8 * extra);
  if (!ok()) return 0;
  const u64 value = high | low;
  const u64 least = extra == 0 ? 0 : u64{1} << (7 * extra);
  if (value < least) {
    at_ = place;
    fail(Reason::bad_varint);
    return 0;
  }
  return value;
}

// [raw.layout] [raw.exact]
void read_graypaper_blob(Reader& reader, Program& program) {
  program.jump_table_count = reader.natural();
  program.jump_table_entry_size = reader.byte();
  const u64 code_size = reader.natural();
  if (!reader.ok()) return;
  if (program.jump_table_entry_size != 0) {
    if (program.jump_table_count > reader.remaining() / program.jump_table_entry_size) return reader.fail(Reason::truncated);
    const auto table = reader.take(program.jump_table_count * program.jump_table_entry_size);
    program.jump_table.assign(table.begin(), table.end());
  }
  const auto code = reader.take(code_size);
  if (!reader.ok()) return;
  program.code.assign(code.begin(), code.end());
  read_bitmask(reader, program);
}

// [standard.layout] [standard.exact]
void read_standard_program(Reader& reader, Program& program) {
  program.ro_data_size = static_cast<u32>(reader.little_endian(3));
  program.rw_data_size = static_cast<u32>(reader.little_endian(3));
  program.heap_pages = static_cast<u32>(reader.little_endian(2));
  program.stack_size = static_cast<u32>(reader.little_endian(3));
  const auto ro = reader.take(program.ro_data_size);
  program.ro_data.assign(ro.begin(), ro.end());
  const auto rw = reader.take(program.rw_data_size);
  program.rw_data.assign(rw.begin(), rw.end());
  const u64 blob_size = reader.little_endian(4);
  const u64 blob_offset = reader.offset();
  Reader blob(reader.take(blob_size), blob_offset);
  if (!reader.ok()) return;
  read_graypaper_blob(blob, program);
  if (!blob.ok()) {
    reader = blob;
  } else if (reader.remaining() != 0) {
    reader.fail(Reason::trailing_bytes);
  }
}

}  // namespace pvm::ref
