// SPDX-License-Identifier: Apache-2.0 OR MIT
// The polkavm container as a whole: header, integers, truncation, end.
#include "groups.hpp"
#include "sample_blob.hpp"

namespace pvm::gen {

using builder::PolkavmContainer;
using builder::Section;
using ref::Container;
using ref::Reason;

PolkavmContainer sample_container(Semantics version) {
  builder::ProgramParts parts;
  parts.blob = sample_code(version);
  parts.ro_size = 8;
  parts.rw_size = 6;
  parts.stack_size = 8192;
  parts.ro_data = {1, 2, 3};
  parts.rw_data = {4, 5};
  parts.imports = {"put", "get"};
  parts.exports = {{0, "main"}, {9, "second"}};
  PolkavmContainer container = builder::polkavm_parts(ref::is_graypaper(version) ? Semantics::rv64_1 : version, parts);
  container.sections.push_back({builder::section_debug_strings, {0x01, 0x61}, {}});
  container.sections.push_back({builder::section_debug_line_programs, {0x01, 0x00}, {}});
  container.sections.push_back({builder::section_debug_line_ranges, Bytes(12, 0), {}});
  container.sections.push_back({200, {0xde, 0xad}, {}});
  return container;
}

CodeBlob sample_code(Semantics version) {
  auto built = builder::assemble(version, "load_imm a0, 42; ret; there: ; load_imm a0, 7; ret; .table there");
  return std::get<CodeBlob>(built);
}

CaseBuilder& container_case(Group& g, const std::string& what, std::string why, std::vector<std::string> clauses, Bytes bytes,
                            std::optional<Reason> reason) {
  CaseBuilder& c = g.add(what, std::move(why), std::move(clauses)).container(Container::polkavm, std::move(bytes));
  // graypaper-0.7.2 has no such container: what can be decoded is a program for another version.
  if (g.is_graypaper() && (!reason || ref::phase_of(*reason) == ref::Phase::validate)) {
    return c.also({"version.mismatch"}).expect_rejected(Reason::version_mismatch);
  }
  if (reason) return c.expect_rejected(*reason);
  return c.run().expect_halt().expect_reg("a0", 42);
}

Section* section_of(PolkavmContainer& container, u8 id) {
  for (Section& section : container.sections) {
    if (section.id == id) return &section;
  }
  return nullptr;
}

namespace {

void header(Group& g) {
  const Bytes whole = builder::polkavm_container(sample_container(g.version));
  const auto changed = [&](std::size_t at, u8 value) {
    Bytes bytes = whole;
    bytes[at] = value;
    return bytes;
  };
  container_case(g, "blob.sections.complete", "A blob with every section.",
                 {"blob.sections", "blob.memory_config", "blob.ro_data", "blob.rw_data", "blob.imports", "blob.exports", "blob.code",
                  "blob.jump_table", "blob.bitmask", "blob.debug", "blob.end", "blob.length", "blob.magic", "blob.version", "blob.varint"},
                 whole, std::nullopt);
  for (std::size_t at = 0; at < 4; ++at) {
    container_case(g, "blob.magic.byte_" + std::to_string(at), "A byte of the magic is wrong.", {"blob.magic"},
                   changed(at, static_cast<u8>(whole[at] ^ 1)), Reason::bad_magic);
  }
  container_case(g, "blob.magic.elf", "Another format's magic.", {"blob.magic"}, hex("7f454c4601010100000000000000000000"),
                 Reason::bad_magic);
  container_case(g, "blob.magic.wrong_and_short", "Four wrong bytes and nothing else.", {"blob.magic", "reject.order"}, hex("00000000"),
                 Reason::bad_magic);
  for (const u32 byte : {4U, 5U, 127U, 128U, 254U, 255U}) {
    container_case(g, "blob.version.byte_" + std::to_string(byte), "A version byte above 3 isn't known.", {"blob.version"},
                   changed(4, static_cast<u8>(byte)), Reason::unknown_version);
  }
  for (u8 byte = 0; byte < 4; ++byte) {
    const bool same = g.is_polkavm() && byte == builder::blob_version_of(g.version);
    container_case(g, "version.mismatch.byte_" + std::to_string(byte), "A blob is for the version whose byte it has, and for no other.",
                   {"version.mismatch", "blob.version"}, changed(4, byte), same ? std::nullopt : std::optional(Reason::version_mismatch));
  }
  const std::pair<const char*, u64> lengths[] = {{"one_less", whole.size() - 1},
                                                 {"one_more", whole.size() + 1},
                                                 {"zero", 0},
                                                 {"two_32_more", whole.size() + (u64{1} << 32)},
                                                 {"two_63_more", whole.size() + (u64{1} << 63)},
                                                 {"all_ones", ~u64{0}},
                                                 {"without_header", whole.size() - 13}};
  for (const auto& [what, length] : lengths) {
    PolkavmContainer container = sample_container(g.version);
    container.length = length;
    container_case(g, std::string("blob.length.") + what, "The length field isn't the blob's length.", {"blob.length"},
                   builder::polkavm_container(container), Reason::wrong_length);
  }
  Bytes surplus = whole;
  surplus.push_back(0);
  container_case(g, "blob.length.byte_behind", "A byte behind the end that the length doesn't cover.", {"blob.length"}, surplus,
                 Reason::wrong_length);
  for (const Bytes& behind : {Bytes{0}, Bytes{1, 2, 3}, Bytes(40, 0xff)}) {
    PolkavmContainer container = sample_container(g.version);
    container.after_end = behind;
    container_case(g, "blob.end." + std::to_string(behind.size()) + "_bytes_behind",
                   "Bytes behind the end marker that the length covers mean nothing.", {"blob.end", "blob.length"},
                   builder::polkavm_container(container), std::nullopt);
  }
  PolkavmContainer endless = sample_container(g.version);
  endless.has_end_marker = false;
  container_case(g, "blob.end.missing", "Without end marker the blob is too short.", {"blob.end"}, builder::polkavm_container(endless),
                 Reason::truncated);
  // Which of two faults is told: the order of the checks.
  container_case(g, "blob.magic.and_version", "Wrong magic and wrong version: the magic comes first.", {"blob.magic", "reject.order"},
                 hex("50564d01ff"), Reason::bad_magic);
  container_case(g, "blob.version.and_length", "Unknown version and wrong length: the version comes first.",
                 {"blob.version", "reject.order"}, hex("50564d00ff0000000000000000"), Reason::unknown_version);
  container_case(g, "blob.length.and_section", "Wrong length and an unexpected section: the length comes first.",
                 {"blob.length", "reject.order"}, hex("50564d0000000000000000000007"), Reason::wrong_length);
}

// The blob cut after each of its bytes, once as it stands, once with a length field that agrees.
void prefixes(Group& g) {
  const Bytes whole = builder::polkavm_container(sample_container(g.version));
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const std::string digits = std::to_string(size);
    Bytes cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
    if (size < 20 || size % 16 == 0) {
      container_case(g, "blob.length.cut_after_" + digits, "A blob that was cut off.", {"blob.length", "blob.sections"}, cut,
                     size < 13 ? Reason::truncated : Reason::wrong_length);
    }
    if (size < 13) continue;
    for (std::size_t at = 0; at < 8; ++at) cut[5 + at] = static_cast<u8>(u64{size} >> (8 * at));
    container_case(g, "blob.sections.cut_after_" + digits,
                   "A blob that was cut off, with a length field that agrees: bytes are missing somewhere.", {"blob.sections", "blob.end"},
                   cut, Reason::truncated);
  }
}

void varints(Group& g) {
  const auto with_code = [&](const Bytes& count, const Bytes& code_length) {
    const CodeBlob blob = sample_code(g.version);
    Section section{builder::section_code, {}, {}};
    builder::append(section.content, count);
    section.content.push_back(blob.entry_size);
    builder::append(section.content, code_length);
    builder::append(section.content, Bytes{static_cast<u8>(blob.jump_table[0])});
    builder::append(section.content, blob.code);
    builder::append(section.content, blob.bitmask);
    PolkavmContainer container;
    container.version = builder::blob_version_of(g.version);
    container.sections.push_back(std::move(section));
    return builder::polkavm_container(container);
  };
  const u32 code_size = static_cast<u32>(sample_code(g.version).code.size());
  for (u32 extra = 0; extra <= 4; ++extra) {
    const std::string bytes = std::to_string(extra + 1) + "_bytes";
    const std::string why = "A varint may be longer than it needs to be.";
    container_case(g, "blob.varint.table_count_in_" + bytes, why, {"blob.varint", "blob.code"},
                   with_code(builder::varint_of_length(1, extra), builder::varint_of_length(code_size, 0)), std::nullopt);
    container_case(g, "blob.varint.code_length_in_" + bytes, why, {"blob.varint", "blob.code"},
                   with_code(builder::varint_of_length(1, 0), builder::varint_of_length(code_size, extra)), std::nullopt);
    PolkavmContainer container = sample_container(g.version);
    Section& code = *section_of(container, builder::section_code);
    code.length = builder::varint_of_length(static_cast<u32>(code.content.size()), extra);
    container_case(g, "blob.varint.section_length_in_" + bytes, why, {"blob.varint", "blob.sections"},
                   builder::polkavm_container(container), std::nullopt);
    container = sample_container(g.version);
    Bytes sizes;
    for (const u32 value : {8U, 6U, 8192U})
      builder::append(sizes, builder::varint_of_length(value, value == 8192 && extra == 0 ? 1 : extra));
    section_of(container, builder::section_memory_config)->content = sizes;
    container_case(g, "blob.varint.sizes_in_" + bytes, why, {"blob.varint", "blob.memory_config"}, builder::polkavm_container(container),
                   std::nullopt);
  }
  // f0 + x: the low bits of the first byte fall on the lowest bits of the value.
  for (u32 low = 0; low < 8; ++low) {
    const Bytes first{static_cast<u8>(0xf0 | low), 0, 0, 0, 0};
    const Bytes all{static_cast<u8>(0xf0 | low), static_cast<u8>(code_size), 0, 0, 0};
    // A greater length takes bytes of the bitmask, or more than there are.
    const u32 length = code_size | low;
    const auto reason =
        length == code_size ? std::nullopt : std::optional(length <= code_size + 2 ? Reason::bad_bitmask_length : Reason::truncated);
    container_case(g, "blob.varint.first_byte_f" + std::to_string(low),
                   "In the longest form the first byte's low bits are or-ed into the value.", {"blob.varint"},
                   with_code(builder::varint_of_length(1, 0), all), reason);
    if (low == 0) continue;
    PolkavmContainer container = sample_container(g.version);
    Section& ro = *section_of(container, builder::section_ro_data);
    ro.content = Bytes(low, 9);
    ro.length = first;
    container_case(g, "blob.varint.length_f" + std::to_string(low) + "_and_zeros",
                   "f" + std::to_string(low) + " 00 00 00 00 is " + std::to_string(low) + ".", {"blob.varint", "blob.sections"},
                   builder::polkavm_container(container), std::nullopt);
  }
  for (const u32 byte : {0xf8U, 0xfcU, 0xffU}) {
    const Bytes bad{static_cast<u8>(byte), 1, 0, 0, 0, 0, 0, 0, 0};
    const std::string digits = conformance::hex_bytes(Bytes{static_cast<u8>(byte)});
    container_case(g, "blob.varint.table_count_" + digits, "A varint doesn't begin with f8 or more.", {"blob.varint", "blob.code"},
                   with_code(bad, {9}), Reason::bad_varint);
    container_case(g, "blob.varint.code_length_" + digits, "A varint doesn't begin with f8 or more.", {"blob.varint", "blob.code"},
                   with_code({1}, bad), Reason::bad_varint);
    for (const u8 id : {builder::section_memory_config, builder::section_exports, builder::section_code, builder::section_debug_strings}) {
      PolkavmContainer container = sample_container(g.version);
      section_of(container, id)->length = bad;
      container_case(g, "blob.varint.length_of_section_" + std::to_string(id) + "_" + digits, "A varint doesn't begin with f8 or more.",
                     {"blob.varint", "blob.sections"}, builder::polkavm_container(container), Reason::bad_varint);
    }
    PolkavmContainer sizes = sample_container(g.version);
    section_of(sizes, builder::section_memory_config)->content = bad;
    container_case(g, "blob.varint.size_" + digits, "A varint doesn't begin with f8 or more.", {"blob.varint", "blob.memory_config"},
                   builder::polkavm_container(sizes), Reason::bad_varint);
    PolkavmContainer imports = sample_container(g.version);
    section_of(imports, builder::section_imports)->content = bad;
    container_case(g, "blob.varint.import_count_" + digits, "A varint doesn't begin with f8 or more.", {"blob.varint", "blob.imports"},
                   builder::polkavm_container(imports), Reason::bad_varint);
    PolkavmContainer exports = sample_container(g.version);
    section_of(exports, builder::section_exports)->content = bad;
    container_case(g, "blob.varint.export_count_" + digits, "Exports are read for names only: what can't be read isn't there.",
                   {"blob.exports", "blob.varint"}, builder::polkavm_container(exports), std::nullopt);
  }
}

}  // namespace

void define_containers(Group& g) {
  header(g);
  if (g.is_graypaper()) return;
  prefixes(g);
  varints(g);
}

}  // namespace pvm::gen
