// SPDX-License-Identifier: Apache-2.0 OR MIT
// The sections of the polkavm container, one by one: order, sizes, contents that are refused and contents that aren't.
#include <algorithm>

#include "groups.hpp"
#include "sample_blob.hpp"

namespace pvm::gen {

using builder::PolkavmContainer;
using builder::Section;
using ref::Reason;

namespace {

Bytes with_sections(Group& g, std::vector<Section> sections) {
  PolkavmContainer container;
  container.version = sample_container(g.version).version;
  container.sections = std::move(sections);
  return builder::polkavm_container(container);
}

// The sample with one section's content replaced; an absent section is put in its place.
Bytes with_content(Group& g, u8 id, Bytes content, const Bytes& length = {}) {
  PolkavmContainer container = sample_container(g.version);
  Section* section = section_of(container, id);
  section->content = std::move(content);
  if (!length.empty()) section->length = length;
  return builder::polkavm_container(container);
}

Bytes without(Group& g, u8 id) {
  PolkavmContainer container = sample_container(g.version);
  std::erase_if(container.sections, [id](const Section& section) { return section.id == id; });
  return builder::polkavm_container(container);
}

void order(Group& g) {
  const auto check = [&](const std::string& what, std::string why, Bytes bytes, std::optional<Reason> reason,
                         std::string clause = "blob.sections") {
    container_case(g, "blob.sections." + what, std::move(why), {std::move(clause), "blob.sections"}, std::move(bytes), reason);
  };
  const PolkavmContainer sample = sample_container(g.version);
  for (std::size_t index = 0; index + 1 < sample.sections.size(); ++index) {
    PolkavmContainer swapped = sample;
    std::swap(swapped.sections[index], swapped.sections[index + 1]);
    const u8 first = sample.sections[index].id;
    const u8 second = sample.sections[index + 1].id;
    const std::string ids = std::to_string(second) + "_before_" + std::to_string(first);
    // Sections from 128 on may stand in any order, but nothing known may follow them.
    const bool fine = first >= 128;
    // Section 2 or 3 in front of section 1 is too long for the size 0 first of all.
    const Reason reason = first == 1 ? Reason::ro_data_too_long : Reason::unexpected_section;
    check(ids, fine ? "Sections from 128 on may stand in any order." : "A section in front of one that must precede it.",
          builder::polkavm_container(swapped), fine ? std::nullopt : std::optional(reason));
  }
  for (const Section& section : sample.sections) {
    PolkavmContainer doubled = sample;
    const auto place = std::find_if(doubled.sections.begin(), doubled.sections.end(), [&](const Section& s) { return s.id == section.id; });
    doubled.sections.insert(place, section);
    check("twice_" + std::to_string(section.id),
          section.id >= 128 ? "A section from 128 on may be repeated." : "A section that is repeated.", builder::polkavm_container(doubled),
          section.id >= 128 ? std::nullopt : std::optional(Reason::unexpected_section));
    if (section.id == 6) continue;
    std::optional<Reason> reason;
    if (section.id == 1) reason = Reason::ro_data_too_long;
    check("without_" + std::to_string(section.id), "Every section but the code may be absent; payloads need their sizes.",
          without(g, section.id), reason);
  }
  check("only_code", "A blob of nothing but code.", with_sections(g, {builder::code_section(sample_code(g.version))}), std::nullopt);
  check("without_code", "A blob without code.", without(g, 6), Reason::missing_code, "blob.end");
  check("nothing", "A blob of nothing but the end marker.", with_sections(g, {}), Reason::missing_code, "blob.end");
  for (const u32 id : {7U, 8U, 64U, 127U}) {
    PolkavmContainer container = sample;
    container.sections.insert(container.sections.begin(), {static_cast<u8>(id), {1, 2}, {}});
    check("unknown_" + std::to_string(id) + "_first", "An unknown section below 128.", builder::polkavm_container(container),
          Reason::unexpected_section);
    container = sample;
    container.sections.push_back({static_cast<u8>(id), {1, 2}, {}});
    check("unknown_" + std::to_string(id) + "_last", "An unknown section below 128.", builder::polkavm_container(container),
          Reason::unexpected_section);
  }
  for (const u32 id : {128U, 129U, 130U, 131U, 200U, 255U}) {
    PolkavmContainer container = sample;
    container.sections.insert(container.sections.begin(), {static_cast<u8>(id), {1, 2}, {}});
    check("optional_" + std::to_string(id) + "_first", "A section from 128 on in front of the others: none of those may follow.",
          builder::polkavm_container(container), Reason::unexpected_section, "blob.debug");
    container = sample;
    container.sections.push_back({static_cast<u8>(id), Bytes(300, 0xaa), {}});
    check("optional_" + std::to_string(id) + "_last", "A section from 128 on is skipped by its length.",
          builder::polkavm_container(container), std::nullopt, "blob.debug");
    container = sample;
    container.sections.push_back({static_cast<u8>(id), {}, {}});
    check("optional_" + std::to_string(id) + "_empty", "An empty section from 128 on.", builder::polkavm_container(container), std::nullopt,
          "blob.debug");
  }
  check("late_code", "Code behind a section from 128 on.",
        with_sections(g, {{200, {1}, {}}, builder::code_section(sample_code(g.version))}), Reason::unexpected_section);
  for (const u8 id : {u8{1}, u8{2}, u8{4}, u8{5}, u8{6}, u8{128}, u8{200}}) {
    PolkavmContainer container = sample;
    Section* section = section_of(container, id);
    Bytes length;
    builder::append_varint(length, section->content.size() + 100000);
    section->length = length;
    check("length_of_" + std::to_string(id) + "_beyond_blob", "A section that is longer than the rest of the blob.",
          builder::polkavm_container(container), Reason::truncated);
  }
}

void memory_sections(Group& g) {
  const auto sizes = [&](const std::string& what, std::string why, const char* digits, std::optional<Reason> reason) {
    container_case(g, "blob.memory_config." + what, std::move(why), {"blob.memory_config"}, with_content(g, 1, hex(digits)), reason);
  };
  sizes("exact", "Three sizes and nothing else.", "0806a000", std::nullopt);
  sizes("empty", "A section without bytes.", "", Reason::bad_memory_config);
  sizes("one_size", "One size only.", "08", Reason::bad_memory_config);
  sizes("two_sizes", "Two sizes only.", "0806", Reason::bad_memory_config);
  sizes("cut_in_third", "The third size is cut off.", "0806a0", Reason::bad_memory_config);
  sizes("one_byte_more", "A byte behind the third size.", "0806a00000", Reason::bad_memory_config);
  sizes("four_sizes", "Four sizes.", "0806a00008", Reason::bad_memory_config);
  sizes("ro_smaller_than_payload", "Three bytes of payload, two of size.", "0206a000", Reason::ro_data_too_long);
  sizes("rw_smaller_than_payload", "Two bytes of payload, one of size.", "0801a000", Reason::rw_data_too_long);
  sizes("ro_equal_to_payload", "As much payload as size.", "0306a000", std::nullopt);
  sizes("rw_equal_to_payload", "As much payload as size.", "0802a000", std::nullopt);
  sizes("no_stack", "A stack of 0 bytes.", "080600", std::nullopt);
  const auto payload = [&](u8 id, const std::string& what, std::string why, Bytes content, std::optional<Reason> reason) {
    const std::string clause = id == 2 ? "blob.ro_data" : "blob.rw_data";
    container_case(g, clause + "." + what, std::move(why), {clause}, with_content(g, id, std::move(content)), reason);
  };
  payload(2, "empty", "An empty payload.", {}, std::nullopt);
  payload(2, "exact", "A payload as long as its region.", Bytes(8, 9), std::nullopt);
  payload(2, "one_more", "A payload longer than its region.", Bytes(9, 9), Reason::ro_data_too_long);
  payload(3, "empty", "An empty payload.", {}, std::nullopt);
  payload(3, "exact", "A payload as long as its region.", Bytes(6, 9), std::nullopt);
  payload(3, "one_more", "A payload longer than its region.", Bytes(7, 9), Reason::rw_data_too_long);
  container_case(g, "blob.ro_data.without_sizes", "A payload without the section of sizes.", {"blob.ro_data"},
                 with_sections(g, {{2, {1}, {}}, builder::code_section(sample_code(g.version))}), Reason::ro_data_too_long);
  container_case(g, "blob.rw_data.without_sizes", "A payload without the section of sizes.", {"blob.rw_data"},
                 with_sections(g, {{3, {1}, {}}, builder::code_section(sample_code(g.version))}), Reason::rw_data_too_long);
  container_case(g, "blob.ro_data.empty_without_sizes", "An empty payload needs no sizes.", {"blob.ro_data"},
                 with_sections(g, {{2, {}, {}}, builder::code_section(sample_code(g.version))}), std::nullopt);
  container_case(g, "blob.rw_data.empty_without_sizes", "An empty payload needs no sizes.", {"blob.rw_data"},
                 with_sections(g, {{3, {}, {}}, builder::code_section(sample_code(g.version))}), std::nullopt);
}

void names(Group& g) {
  const auto imports = [&](const std::string& what, std::string why, Bytes content, std::optional<Reason> reason, bool strict = false) {
    CaseBuilder& c =
        container_case(g, "blob.imports." + what, std::move(why), {"blob.imports"}, with_content(g, 4, std::move(content)), reason);
    if (strict) c.also({"blob.strict"}).config([](conformance::Config& config) { config.strict = true; });
  };
  const auto table = [](u64 count, const std::vector<u32>& offsets, std::string_view symbols) {
    Bytes content;
    builder::append_varint(content, count);
    for (const u32 offset : offsets) builder::append_little_endian(content, offset, 4);
    builder::append(content, symbols);
    return content;
  };
  imports("none", "No imports.", table(0, {}, ""), std::nullopt);
  imports("none_but_symbols", "No imports, but symbol bytes.", table(0, {}, "abc"), std::nullopt);
  imports("most", "1024 imports.", table(1024, std::vector<u32>(1024, 0), ""), std::nullopt);
  imports("one_too_many", "1025 imports, all there.", table(1025, std::vector<u32>(1025, 0), ""), Reason::too_many_imports);
  imports("one_too_many_declared", "1025 imports, declared only: the limit comes first.", table(1025, {}, ""), Reason::too_many_imports);
  imports("most_declared", "1024 imports, declared only.", table(1024, {}, ""), Reason::bad_import_table);
  imports("greatest_count", "The greatest count.", table(0xffffffff, {}, ""), Reason::too_many_imports);
  imports("table_cut", "The second offset is cut off.", hex("02 00000000 000000"), Reason::bad_import_table);
  imports("table_missing", "One import, no offset.", table(1, {}, ""), Reason::bad_import_table);
  imports("empty_section", "A section without its count.", {}, Reason::bad_import_table);
  imports("count_cut", "A count that is cut off.", hex("80"), Reason::bad_import_table);
  imports("offsets_descend", "An import whose end lies before its beginning: accepted.", table(2, {2, 0}, "abc"), std::nullopt);
  imports("offset_beyond_symbols", "An import beyond the symbol bytes: accepted.", table(1, {4}, "abc"), std::nullopt);
  imports("offset_greatest", "The greatest offset: accepted.", table(1, {0xffffffff}, "abc"), std::nullopt);
  for (const bool strict : {true}) {
    imports("strict_good", "Strict loading accepts valid imports.", table(2, {0, 1}, "abc"), std::nullopt, strict);
    imports("strict_empty_symbol", "An empty symbol is valid.", table(2, {3, 3}, "abc"), std::nullopt, strict);
    imports("strict_offset_at_end", "The last import may be empty.", table(1, {3}, "abc"), std::nullopt, strict);
    imports("strict_offset_beyond_symbols", "Strict loading refuses an import beyond the symbol bytes.", table(1, {4}, "abc"),
            Reason::invalid_import, strict);
    imports("strict_offset_greatest", "Strict loading refuses the greatest offset.", table(1, {0xffffffff}, "abc"), Reason::invalid_import,
            strict);
    imports("strict_offsets_descend", "Strict loading refuses an import whose end lies before its beginning.", table(2, {2, 0}, "abc"),
            Reason::invalid_import, strict);
    imports("strict_second_beyond", "Strict loading looks at every import.", table(2, {0, 4}, "abc"), Reason::invalid_import, strict);
  }
  const auto exports = [&](const std::string& what, std::string why, const char* digits, std::optional<Reason> reason,
                           bool strict = false) {
    CaseBuilder& c = container_case(g, "blob.exports." + what, std::move(why), {"blob.exports"}, with_content(g, 5, hex(digits)), reason);
    if (strict) c.also({"blob.strict"}).config([](conformance::Config& config) { config.strict = true; });
  };
  exports("empty_section", "A section without its count: no exports.", "", std::nullopt);
  exports("count_cut", "A count that is cut off: no exports.", "80", std::nullopt);
  exports("fewer_than_counted", "Two exports counted, one there: one export.", "02 00 01 61", std::nullopt);
  exports("symbol_cut", "A symbol that is cut off: no export.", "01 00 05 61", std::nullopt);
  exports("more_than_counted", "Bytes behind the counted exports mean nothing.", "01 00 01 61 ff ff", std::nullopt);
  exports("offset_beyond_code", "An offset beyond the code: accepted.", "01 8100 01 61", std::nullopt);
  exports("offset_in_instruction", "An offset inside an instruction: accepted.", "01 01 01 61", std::nullopt);
  exports("same_name_twice", "Two exports of one name.", "02 00 01 61 05 01 61", std::nullopt);
  exports("name_not_text", "Symbols are arbitrary bytes.", "01 00 02 ff 00", std::nullopt);
  exports("strict_good", "Strict loading accepts offsets below the length of the code.", "02 00 01 61 09 01 62", std::nullopt, true);
  exports("strict_end_of_code", "Strict loading refuses an offset at the end of the code.", "01 0a 01 61", Reason::export_out_of_range,
          true);
  exports("strict_second_beyond", "Strict loading looks at every export.", "02 00 01 61 c0 00 01 01 62", Reason::export_out_of_range, true);
  exports("strict_unread_beyond", "An export that can't be read isn't looked at.", "02 00 01 61 c0 00 01 05 62", std::nullopt, true);
}

}  // namespace

void define_sections(Group& g) {
  memory_sections(g);
  if (g.is_graypaper()) return;
  order(g);
  names(g);
}

}  // namespace pvm::gen
