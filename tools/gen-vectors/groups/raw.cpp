// SPDX-License-Identifier: Apache-2.0 OR MIT
// The raw container, which is also section 6 of the polkavm container: counts, sizes, limits, bitmask.
#include "groups.hpp"
#include "sample_blob.hpp"

namespace pvm::gen {

using ref::Container;
using ref::Reason;

namespace {

// The same bytes as a raw container, and in the PolkaVM versions as a code section.
void both(Group& g, const std::string& what, const std::string& why, std::vector<std::string> clauses, const Bytes& bytes,
          std::optional<Reason> reason, bool strict = false) {
  std::vector<std::string> raw_clauses = {"raw.layout"};
  for (const std::string& clause : clauses) {
    if (g.is_polkavm() || clause != "blob.code") raw_clauses.push_back(clause);
  }
  const auto finish = [&](CaseBuilder& c) {
    if (strict) c.config([](conformance::Config& config) { config.strict = true; });
    if (reason) {
      c.expect_rejected(*reason);
    } else {
      c.run();
    }
  };
  finish(g.add("raw.layout." + what, why, raw_clauses).container(Container::raw, bytes));
  if (g.is_graypaper()) return;
  builder::PolkavmContainer container;
  container.version = builder::blob_version_of(g.version);
  container.sections = {{builder::section_code, bytes, {}}};
  finish(g.add("blob.code." + what, why, std::move(clauses)).container(Container::polkavm, builder::polkavm_container(container)));
}

void well_formed(Group& g) {
  const Bytes whole = builder::raw_container(sample_code(g.version));
  both(g, "sample", "Two functions and a jump table.", {"blob.code", "blob.bitmask", "blob.jump_table"}, whole, std::nullopt);
  CodeBlob empty;
  both(g, "no_code", "Code without bytes is accepted; running it traps.", {"blob.code"}, builder::raw_container(empty), std::nullopt);
  for (const u32 size : {1U, 7U, 8U, 9U, 15U, 16U, 17U}) {
    CodeBlob blob;
    blob.code.assign(size, 0);
    blob.bitmask.assign((size + 7) / 8, 0xff);
    if (size % 8 != 0) blob.bitmask.back() = static_cast<u8>((1U << (size % 8)) - 1);
    both(g, "code_of_" + std::to_string(size) + "_bytes", "The bitmask has a bit for each byte of the code, rounded up to bytes.",
         {"blob.bitmask"}, builder::raw_container(blob), std::nullopt);
    blob.bitmask.push_back(0);
    both(g, "code_of_" + std::to_string(size) + "_bytes_mask_longer", "A bitmask with a byte too many.", {"blob.bitmask", "raw.exact"},
         builder::raw_container(blob), Reason::bad_bitmask_length);
    blob.bitmask.resize(blob.bitmask.size() - 2);
    both(g, "code_of_" + std::to_string(size) + "_bytes_mask_shorter", "A bitmask with a byte too few.", {"blob.bitmask", "raw.exact"},
         builder::raw_container(blob), Reason::bad_bitmask_length);
    for (u32 bit = size % 8; bit < 8 && bit != 0; ++bit) {
      blob.bitmask.assign((size + 7) / 8, 0xff);
      blob.bitmask.back() = static_cast<u8>(((1U << (size % 8)) - 1) | 1U << bit);
      if (size > 9 || (bit != size % 8 && bit != 7)) continue;
      both(g, "code_of_" + std::to_string(size) + "_bytes_padding_" + std::to_string(bit), "A bit of the bitmask beyond the code is set.",
           {"blob.bitmask", "raw.exact"}, builder::raw_container(blob), Reason::bad_bitmask_padding);
    }
  }
  CodeBlob unmarked;
  unmarked.code = {0, 0};
  unmarked.bitmask = {2};
  both(g, "start_unmarked", "Bit 0 may be 0, except in jam-1.", {"blob.bitmask"}, builder::raw_container(unmarked),
       g.is_jam() ? std::optional(Reason::unmarked_instruction) : std::nullopt);
  CodeBlob invalid;
  invalid.code = {0xff};
  invalid.bitmask = {1};
  both(g, "invalid_opcode", "What the code says isn't examined, except in jam-1.", {"blob.code"}, builder::raw_container(invalid),
       g.is_jam() ? std::optional(Reason::invalid_opcode) : std::nullopt);
  both(
      g, "byte_behind", "Nothing may follow the bitmask.", {"blob.bitmask", "raw.exact"},
      [&] {
        Bytes bytes = whole;
        bytes.push_back(0);
        return bytes;
      }(),
      Reason::bad_bitmask_length);
}

void tables(Group& g) {
  const auto table = [&](const std::string& what, const std::string& why, std::vector<u64> entries, u8 size, std::optional<u64> count,
                         std::optional<Reason> reason, bool strict = false) {
    CodeBlob blob = sample_code(g.version);
    blob.jump_table = std::move(entries);
    blob.entry_size = size;
    blob.table_count = count;
    both(g, what, why, {"blob.code", "blob.jump_table"}, builder::raw_container(blob), reason, strict);
  };
  for (u8 size = 1; size <= 4; ++size)
    table("entries_of_" + std::to_string(size), "Entries of this many bytes.", {5, 0}, size, {}, std::nullopt);
  table("no_entry_bytes", "Entries without bytes: any count is accepted.", {5, 5, 5, 5, 5}, 0, {}, std::nullopt);
  const auto wide = [&](u8 size) {
    return g.is_graypaper() ? std::nullopt : std::optional(size > 4 ? Reason::bad_jump_table_entry_size : Reason::truncated);
  };
  for (const u8 size : {u8{5}, u8{8}, u8{127}, u8{128}, u8{255}})
    table("entries_of_" + std::to_string(size), "Entries wider than 4 bytes: refused, except in the Gray Paper.", {5, 0}, size, {},
          wide(size));
  table("entries_of_5_but_none", "The size is looked at even without entries.", {}, 5, {}, wide(5));
  table("entries_of_4_but_none", "A size without entries.", {}, 4, {}, std::nullopt);
  table("more_declared_than_there", "More entries than bytes.", {}, 4, 100, Reason::truncated);
  table("table_eats_code", "The table takes bytes of the code, so that the code is cut off.", {}, 1, 3, Reason::truncated);
  const std::optional<Reason> too_many = g.is_graypaper() ? Reason::truncated : Reason::too_many_jump_table_entries;
  table("most_entries_declared", "2^24 entries are allowed; here their bytes are missing.", {}, 1, 16777216, Reason::truncated);
  table("one_entry_too_many", "2^24 + 1 entries: too many, except in the Gray Paper, where bytes are missing.", {}, 1, 16777217, too_many);
  table("greatest_count", "2^32 - 1 entries.", {}, 4, 0xffffffff, too_many);
  table("most_entries_without_bytes", "2^24 entries of no bytes.", {}, 0, 16777216, std::nullopt);
  table("one_entry_too_many_without_bytes", "2^24 + 1 entries of no bytes.", {}, 0, 16777217, g.is_graypaper() ? std::nullopt : too_many);
  if (g.is_graypaper()) {
    table("count_of_2_63", "A count of 2^63 entries of two bytes: the product doesn't wrap.", {}, 2, u64{1} << 63, Reason::truncated);
    table("count_of_2_64_less_1", "The greatest count.", {}, 255, ~u64{0}, Reason::truncated);
    table("count_of_2_64_less_1_without_bytes", "The greatest count, of no bytes.", {}, 0, ~u64{0}, std::nullopt);
  }
  const auto declared = [&](const std::string& what, const std::string& why, u64 length, std::optional<Reason> reason) {
    CodeBlob blob = sample_code(g.version);
    blob.code_length = length;
    both(g, what, why, {"blob.code"}, builder::raw_container(blob), reason);
  };
  declared("longest_code_declared", "2^25 bytes of code are allowed; here they are missing.", 33554432, Reason::truncated);
  declared("code_too_long", "2^25 + 1 bytes of code: too long, except in the Gray Paper, where bytes are missing.", 33554433,
           g.is_graypaper() ? Reason::truncated : Reason::code_too_long);
  declared("greatest_code_length", "2^32 - 1 bytes of code.", 0xffffffff, g.is_graypaper() ? Reason::truncated : Reason::code_too_long);
  declared("code_longer_than_there", "One byte of code more than declared bytes leave for the bitmask.", 13, Reason::truncated);
  if (g.is_graypaper()) declared("code_of_2_64_less_1", "The greatest length.", ~u64{0}, Reason::truncated);
  if (g.is_graypaper()) return;
  table("strict_good", "Strict loading accepts entries below the length of the code.", {0, 5, 9}, 1, {}, std::nullopt, true);
  table("strict_end_of_code", "Strict loading refuses an entry at the end of the code.", {5, 10}, 1, {},
        Reason::jump_table_entry_out_of_range, true);
  table("strict_greatest", "Strict loading refuses the greatest entry.", {0xffffffff}, 4, {}, Reason::jump_table_entry_out_of_range, true);
  table("strict_no_entry_bytes", "Entries without bytes aren't entries.", {0xffff, 0xffff}, 0, {}, std::nullopt, true);
  table("not_strict_greatest", "Otherwise an entry may be anything.", {0xffffffff}, 4, {}, std::nullopt);
}

void truncations(Group& g) {
  const Bytes whole = builder::raw_container(sample_code(g.version));
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const Bytes cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
    Reason reason = Reason::truncated;
    if (size + 2 >= whole.size()) reason = Reason::bad_bitmask_length;
    if (size == 0 && !g.is_graypaper()) reason = Reason::missing_code;
    both(g, "cut_after_" + std::to_string(size), "Bytes are missing.", {"blob.code"}, cut, reason);
  }
}

void integers(Group& g) {
  // entry count 1, entry size 1, length 10, entry, code, bitmask
  const CodeBlob blob = sample_code(g.version);
  const auto build = [&](const Bytes& count, const Bytes& length) {
    Bytes bytes = count;
    bytes.push_back(1);
    builder::append(bytes, length);
    bytes.push_back(5);
    builder::append(bytes, blob.code);
    builder::append(bytes, blob.bitmask);
    return bytes;
  };
  const auto integer = [&](const std::string& what, const std::string& why, const Bytes& bytes, std::optional<Reason> polkavm,
                           std::optional<Reason> graypaper) {
    const auto reason = g.is_graypaper() ? graypaper : polkavm;
    CaseBuilder& c = g.add("raw.integers." + what, why, {"raw.integers"}).container(Container::raw, bytes);
    if (reason) c.expect_rejected(*reason);
    if (!reason) c.run().expect_halt().expect_reg("a0", 42);
  };
  for (u32 extra = 1; extra <= 4; ++extra) {
    const std::string bytes = std::to_string(extra + 1) + "_bytes";
    integer("count_in_" + bytes, "A number in a longer form than it needs: the Gray Paper refuses it.",
            build(builder::varint_of_length(1, extra), {10}), std::nullopt, Reason::bad_varint);
    integer("length_in_" + bytes, "A number in a longer form than it needs: the Gray Paper refuses it.",
            build({1}, builder::varint_of_length(10, extra)), std::nullopt, Reason::bad_varint);
  }
  for (u32 extra = 5; extra <= 8; ++extra) {
    Bytes count{static_cast<u8>(0xff00U >> extra & 0xff)};
    builder::append_little_endian(count, 1, extra);
    integer("count_in_" + std::to_string(extra + 1) + "_bytes",
            "Forms of more than five bytes exist only in the Gray Paper, and are too long for this number there.", build(count, {10}),
            Reason::bad_varint, Reason::bad_varint);
  }
  integer("low_bits_of_longest_varint", "f1 00 00 00 00 is 1 to PolkaVM, 2^32 to the Gray Paper.", build({0xf1, 0, 0, 0, 0}, {10}),
          std::nullopt, Reason::truncated);
  integer("low_bits_of_longest_length", "f2 08 00 00 00 is 10 to PolkaVM, 2^33 + 8 to the Gray Paper.", build({1}, {0xf2, 8, 0, 0, 0}),
          std::nullopt, Reason::truncated);
  integer("two_14_in_shortest_form", "c0 00 40 is 2^14; bytes are missing.", build({1}, {0xc0, 0x00, 0x40}), Reason::truncated,
          Reason::truncated);
  integer("two_14_less_1_in_three_bytes", "c0 ff 3f is 2^14 - 1, which two bytes hold.", build({1}, {0xc0, 0xff, 0x3f}), Reason::truncated,
          Reason::bad_varint);
  integer("two_28_in_shortest_form", "f0 00 00 00 10 is 2^28.", build({1}, {0xf0, 0, 0, 0, 0x10}), Reason::code_too_long,
          Reason::truncated);
  integer("two_56_in_shortest_form", "ff and eight bytes: 2^56.", build({1}, {0xff, 0, 0, 0, 0, 0, 0, 0, 1}), Reason::bad_varint,
          Reason::truncated);
  integer("two_56_less_1_in_nine_bytes", "ff and eight bytes for a number that eight bytes hold.",
          build({1}, {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0}), Reason::bad_varint, Reason::bad_varint);
  integer("cut", "A number that is cut off.", {0x80}, Reason::truncated, Reason::truncated);
  integer("longest_cut", "A number of nine bytes that is cut off.", {0xff, 0, 0, 0, 0, 0, 0, 0}, Reason::bad_varint, Reason::truncated);
}

}  // namespace

void define_raw(Group& g) {
  well_formed(g);
  tables(g);
  truncations(g);
  integers(g);
}

}  // namespace pvm::gen
