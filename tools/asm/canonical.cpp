// SPDX-License-Identifier: Apache-2.0 OR MIT
// The canonical text of a program: it assembles to the same bytes again.
#include <algorithm>

#include "compose.hpp"
#include "disassembly.hpp"
#include "layout.hpp"
#include "print.hpp"

namespace pvm::assembly {
namespace {

using ref::Container;

constexpr std::size_t bytes_per_line = 32;
constexpr std::size_t places_per_line = 16;
constexpr std::size_t comment_column = 44;

// An item of the code as it will be written.
struct Line {
  bool is_instruction = false;  // else %raw or %unmarked
  bool shows_lengths = false;   // with %bytes
  bool target_is_label = false;
  isa::Op op = isa::Op::invalid;
  builder::Operands operands;
  builder::Lengths lengths;
};

// A name that `pub @name:` can say, and that is no number of a block.
bool can_be_label(std::string_view name) {
  const auto is_plain = [](char character) { return character > 0x20 && character < 0x7f; };
  const auto is_digit = [](char character) { return character >= '0' && character <= '9'; };
  return !name.empty() && name != "_" && std::all_of(name.begin(), name.end(), is_plain) &&
         !std::all_of(name.begin(), name.end(), is_digit);
}

// The lengths that the bytes of an instruction give its numbers.
builder::Lengths lengths_in(isa::Op op, std::span<const u8> bytes) {
  using isa::Format;
  const auto at = [&](std::size_t index) { return index < bytes.size() ? bytes[index] : u8{0}; };
  const auto rest = [&](std::size_t used) {
    return static_cast<u8>(std::min<std::size_t>(bytes.size() > used ? bytes.size() - used : 0, 4));
  };
  switch (isa::row_of(op).format) {
    case Format::imm:
    case Format::offset: return {rest(1), {}};
    case Format::reg_imm:
    case Format::reg_reg_imm:
    case Format::reg_reg_offset: return {rest(2), {}};
    case Format::imm_imm: return {at(1), rest(2 + std::size_t{at(1)})};
    case Format::reg_imm_imm:
    case Format::reg_imm_offset: {
      const u8 first = at(1) >> 4;
      return {first, rest(2 + std::size_t{first})};
    }
    case Format::reg_reg_imm_imm: return {at(2), rest(3 + std::size_t{at(2)})};
    default: return {};
  }
}

class Canonical {
 public:
  explicit Canonical(const Disassembly& disassembly)
      : d_(disassembly), program_(disassembly.program), version_(disassembly.program.config.semantics) {}

  std::string print() {
    exports_are_labels_ = exports_can_be_labels();
    print_head();
    read_code();
    choose_lengths();
    print_code();
    print_tail();
    return std::move(out_);
  }

 private:
  // --- directives ---

  void line(std::string_view text) {
    out_ += text;
    out_ += '\n';
  }

  void directive(std::string_view name, u64 value) { line("%" + std::string(name) + " = " + std::to_string(value)); }

  void hex_directive(std::string_view name, std::span<const u8> bytes) {
    std::string_view equals = " = ";
    do {
      const auto part = bytes.first(std::min(bytes.size(), bytes_per_line));
      out_ += '%';
      out_ += name;
      out_ += part.empty() ? std::string_view(" =") : equals;
      append_hex(out_, part);
      out_ += '\n';
      bytes = bytes.subspan(part.size());
      equals = " += ";
    } while (!bytes.empty());
  }

  bool is_polkavm() const { return program_.config.container == Container::polkavm; }

  const SectionBytes* section(u8 id) const {
    for (const SectionBytes& found : d_.pieces.sections) {
      if (found.id == id) return &found;
    }
    return nullptr;
  }

  void print_length(const SectionBytes& found) {
    Bytes usual;
    builder::append_varint(usual, found.content.size());
    if (std::ranges::equal(usual, found.length)) return;
    hex_directive("section_length " + std::to_string(found.id), found.length);
  }

  // A section below 6: by its own directives if those make the same bytes, else as bytes. True: by directives.
  bool is_usual(u8 id, const Bytes& usual, bool is_empty) {
    const SectionBytes* found = section(id);
    if (found == nullptr) return true;
    const bool is_equal = !is_empty && std::ranges::equal(found->content, usual);
    if (!is_equal) hex_directive("section " + std::to_string(id), found->content);
    print_length(*found);
    return is_equal;
  }

  void print_sizes() {
    const bool are_zero = program_.ro_data_size == 0 && program_.rw_data_size == 0 && program_.stack_size == 0;
    const auto usual = builder::memory_config_section(program_.ro_data_size, program_.rw_data_size, program_.stack_size);
    if (is_polkavm() && !is_usual(builder::section_memory_config, usual.content, are_zero)) return;
    if (is_polkavm() && program_.ro_data_size != 0) directive("ro_data_size", program_.ro_data_size);
    if (is_polkavm() && program_.rw_data_size != 0) directive("rw_data_size", program_.rw_data_size);
    if (program_.stack_size != 0) directive("stack_size", program_.stack_size);
    if (program_.heap_pages != 0) directive("heap_pages", program_.heap_pages);
  }

  void print_data() {
    if (is_usual(builder::section_ro_data, program_.ro_data, program_.ro_data.empty()) && !program_.ro_data.empty()) {
      hex_directive("ro_data", program_.ro_data);
    }
    if (is_usual(builder::section_rw_data, program_.rw_data, program_.rw_data.empty()) && !program_.rw_data.empty()) {
      hex_directive("rw_data", program_.rw_data);
    }
  }

  void print_imports() {
    std::vector<std::string> names;
    for (const ref::Import& import : program_.imports) names.push_back(import.value_or(""));
    const bool is_named = std::ranges::all_of(program_.imports, [](const ref::Import& import) { return import.has_value(); });
    const Bytes usual = is_named ? builder::imports_section(names).content : Bytes();
    const bool by_directives = is_usual(builder::section_imports, usual, !is_named || names.empty());
    for (std::size_t number = 0; number < names.size(); ++number) {
      if (!by_directives && !program_.imports[number]) continue;
      line((by_directives ? "%import " : "// import ") + std::to_string(number) + " = " + quote(names[number]));
    }
  }

  Bytes usual_exports() const {
    std::vector<builder::ExportEntry> entries;
    for (const ref::Export& entry : program_.exports) entries.push_back({entry.code_offset, entry.symbol});
    return builder::exports_section(entries).content;
  }

  // The assembler sorts what `pub` exports by name; where that gives the order of the program, exports are labels.
  bool exports_can_be_labels() const {
    const SectionBytes* found = section(builder::section_exports);
    if (found == nullptr || program_.exports.empty() || !std::ranges::equal(found->content, usual_exports())) return false;
    for (std::size_t index = 0; index < program_.exports.size(); ++index) {
      const ref::Export& entry = program_.exports[index];
      if (!can_be_label(entry.symbol) || !program_.is_marked(entry.code_offset) || !begins_item(entry.code_offset)) return false;
      if (index > 0 && program_.exports[index - 1].symbol >= entry.symbol) return false;
    }
    return true;
  }

  bool begins_item(u32 offset) const {
    const auto& items = d_.walk.items();
    const auto found = std::ranges::lower_bound(items, offset, {}, &CodeItem::begin);
    return found != items.end() && found->begin == offset;
  }

  void print_exports() {
    const bool by_directives = is_usual(builder::section_exports, usual_exports(), program_.exports.empty());
    if (exports_are_labels_) return;
    for (const ref::Export& entry : program_.exports) {
      line((by_directives ? "%export " : "// export ") + quote(entry.symbol) + " = " + place(entry.code_offset));
    }
  }

  // The label of a block that can be jumped to, or nothing.
  std::optional<std::string> block_label(u32 offset) const {
    if (!ref::is_valid_target(program_, offset)) return std::nullopt;
    const auto number = d_.walk.block_at(offset);
    if (!number) return std::nullopt;
    return "@" + std::to_string(*number);
  }

  std::string place(u32 offset) const { return block_label(offset).value_or(std::to_string(offset)); }

  void print_jump_table() {
    const u32 size = program_.jump_table_entry_size;
    const u64 count = size == 0 ? 0 : program_.jump_table_count;
    std::vector<u64> entries;
    bool are_offsets = true;
    for (u64 index = 0; index < count; ++index) {
      entries.push_back(*program_.jump_table_entry(index));
      for (u32 byte = 4; byte < size; ++byte)
        are_offsets = are_offsets && program_.jump_table[static_cast<std::size_t>(index * size + byte)] == 0;
    }
    // The usual size is that of what the assembler will see: none, where the table is given as bytes.
    const u8 usual_size = are_offsets ? entry_size_of(entries) : u8{0};
    if (!are_offsets) {
      hex_directive("jump_table_bytes", program_.jump_table);
    } else {
      print_places(entries);
    }
    Bytes header;
    builder::append_natural(header, count);
    header.push_back(static_cast<u8>(size));
    builder::append_natural(header, program_.code.size());
    if (usual_size != size) directive("jump_table_entry_size", size);
    if (!std::ranges::equal(header, d_.pieces.code_header)) hex_directive("code_header", d_.pieces.code_header);
  }

  void print_places(const std::vector<u64>& entries) {
    for (std::size_t begin = 0; begin < entries.size(); begin += places_per_line) {
      std::string text = begin == 0 ? "%jump_table = " : "%jump_table += ";
      for (std::size_t index = begin; index < std::min(begin + places_per_line, entries.size()); ++index) {
        if (index != begin) text += ", ";
        text += place(static_cast<u32>(entries[index]));
      }
      line(text);
    }
  }

  void print_head() {
    line("%isa = " + std::string(isa_name(version_)));
    if (!is_polkavm()) line("%container = " + std::string(ref::name_of(program_.config.container)));
    print_sizes();
    print_data();
    print_imports();
    print_exports();
    print_jump_table();
    for (const SectionBytes& found : d_.pieces.sections) {
      if (found.id == builder::section_code) print_length(found);
    }
    line("");
  }

  void print_tail() {
    for (const SectionBytes& found : d_.pieces.sections) {
      if (found.id < builder::section_debug_strings) continue;
      line("");
      hex_directive("section " + std::to_string(found.id), found.content);
      print_length(found);
    }
    if (!d_.pieces.after_end.empty()) hex_directive("after_end", d_.pieces.after_end);
  }

  // --- code ---

  Line read_item(const CodeItem& item) const {
    Line out;
    if (!item.is_marked) return out;
    const ref::Instruction instruction = ref::decode(program_, item.begin);
    out.op = instruction.op;
    if (out.op == isa::Op::invalid) return out;
    out.operands = operands_of(instruction);
    out.target_is_label = has_offset(out.op) && block_label(instruction.target);
    if (!can_be_written(out.op, out.operands)) return out;
    const auto bytes = d_.bytes_of(item);
    const auto makes_the_bytes = [&](const builder::Lengths& lengths) {
      const auto encoded = builder::encode(version_, out.op, out.operands, item.begin, lengths);
      return encoded && std::ranges::equal(*encoded, bytes);
    };
    out.lengths = lengths_in(out.op, bytes);
    const bool are_lengths = out.lengths.first.value_or(0) <= 4;  // unused bits of the byte that holds them may make them more
    out.is_instruction = are_lengths && makes_the_bytes(out.lengths);
    out.shows_lengths = out.is_instruction && !makes_the_bytes({});
    return out;
  }

  void read_code() {
    lines_.reserve(d_.walk.items().size());
    for (const CodeItem& item : d_.walk.items()) lines_.push_back(read_item(item));
  }

  std::vector<Piece> pieces() const {
    const auto& items = d_.walk.items();
    std::vector<Piece> out;
    out.reserve(lines_.size());
    for (std::size_t index = 0; index < lines_.size(); ++index) {
      const Line& written = lines_[index];
      Piece piece;
      piece.size = items[index].end - items[index].begin;
      piece.has_offset = written.is_instruction && has_offset(written.op);
      if (piece.has_offset) {
        piece.pinned = length_of_offset(written);
        piece.size -= piece.pinned;
        piece.is_pinned = written.shows_lengths;
        piece.target = written.operands.target;
        piece.target_is_piece = written.target_is_label;
        if (piece.target_is_piece) piece.target = item_at(written.operands.target);
      }
      out.push_back(piece);
    }
    return out;
  }

  u32 item_at(u32 offset) const {
    const auto& items = d_.walk.items();
    return static_cast<u32>(std::ranges::lower_bound(items, offset, {}, &CodeItem::begin) - items.begin());
  }

  static u8 length_of_offset(const Line& written) {
    builder::Lengths lengths = written.lengths;
    return *offset_length(written.op, lengths);
  }

  // Which length the assembler gives an offset depends on all others: jumps for which it would choose another one show theirs. What is
  // shown can't make another one longer than it is, so that few rounds are enough.
  void choose_lengths() {
    constexpr int rounds = 4;
    for (int round = 0;; ++round) {
      const Layout layout = lay_out(pieces());
      bool is_equal = true;
      for (std::size_t index = 0; index < lines_.size(); ++index) {
        Line& written = lines_[index];
        if (!written.is_instruction || !has_offset(written.op) || written.shows_lengths) continue;
        if (layout.lengths[index] == length_of_offset(written) && round < rounds) continue;
        written.shows_lengths = true;
        is_equal = false;
      }
      if (is_equal) return;
    }
  }

  void print_label(u32 offset) {
    // Elsewhere the assembler would put an instruction in front of a label.
    const bool may_stand_here = offset == 0 || is_behind_block_end(offset);
    const auto [first, last] = d_.exports_at.equal_range(offset);
    for (auto entry = first; entry != last && exports_are_labels_; ++entry) {
      line("pub @" + program_.exports[entry->second].symbol + (may_stand_here ? ":" : ": %no_fallthrough"));
    }
    const auto number = d_.walk.block_at(offset);
    if (!number || !program_.is_marked(offset) || !may_stand_here) return;
    std::string text = "@" + std::to_string(*number) + ":";
    std::string comment;
    const auto [first_entry, last_entry] = d_.table_numbers.equal_range(offset);
    for (auto entry = first_entry; entry != last_entry; ++entry) comment += " [@dyn " + std::to_string(entry->second) + "]";
    if (const auto cost = d_.cost_of(offset)) comment += " (gas: " + std::to_string(*cost) + ")";
    if (!comment.empty()) text += " //" + comment;
    line(text);
  }

  bool is_behind_block_end(u32 offset) const {
    const auto before = ref::predecessor(program_, offset);
    return before && ref::ends_block(ref::decode(program_, *before).op);
  }

  std::string text_of(const Line& written) const {
    const std::string target = written.target_is_label ? *block_label(written.operands.target) : std::to_string(written.operands.target);
    return print_instruction(version_, written.op, written.operands, target, Style::canonical);
  }

  void print_item(const CodeItem& item, const Line& written) {
    std::string text = "    ";
    std::string comment;
    if (!item.is_marked) {
      return hex_lines("    %unmarked = ", d_.bytes_of(item));
    }
    if (written.is_instruction) {
      text += text_of(written);
      if (written.shows_lengths) {
        text += " %bytes " + std::to_string(*written.lengths.first);
        if (immediates_of(written.op) == 2) text += ", " + std::to_string(*written.lengths.second);
      }
    } else {
      text += "%raw = " + to_hex(d_.bytes_of(item));
      comment = written.op == isa::Op::invalid ? "invalid" : text_of(written);
    }
    if (written.op == isa::Op::ecalli) {
      const auto name = d_.import_name(static_cast<u32>(written.operands.i));
      if (name) comment += (comment.empty() ? "" : " // ") + quote(*name);
    }
    if (d_.options.show_raw_bytes) {
      const std::string bytes = std::to_string(item.begin) + ": " + to_hex(d_.bytes_of(item));
      comment = comment.empty() ? bytes : bytes + " // " + comment;
    }
    if (!comment.empty()) {
      text.resize(std::max(text.size() + 1, d_.options.show_raw_bytes ? comment_column : 0), ' ');
      text += "// " + comment;
    }
    line(text);
  }

  // Lines of at most bytes_per_line bytes, each with the same beginning.
  void hex_lines(std::string_view beginning, std::span<const u8> bytes) {
    while (!bytes.empty()) {
      const auto part = bytes.first(std::min(bytes.size(), bytes_per_line));
      out_ += beginning;
      append_hex(out_, part);
      out_ += '\n';
      bytes = bytes.subspan(part.size());
    }
  }

  void print_annotations(const std::function<std::vector<std::string>(u32)>& annotation, u32 pc) {
    if (!annotation) return;
    for (const std::string& text : annotation(pc)) line("    // " + text);
  }

  void print_code() {
    const auto& items = d_.walk.items();
    for (std::size_t index = 0; index < items.size(); ++index) {
      print_label(items[index].begin);
      print_annotations(d_.options.annotations.before, items[index].begin);
      print_item(items[index], lines_[index]);
      print_annotations(d_.options.annotations.after, items[index].begin);
    }
  }

  const Disassembly& d_;
  const ref::Program& program_;
  Semantics version_;
  std::string out_;
  std::vector<Line> lines_;
  bool exports_are_labels_ = false;
};

}  // namespace

std::string print_canonical(const Disassembly& disassembly) {
  return Canonical(disassembly).print();
}

}  // namespace pvm::assembly
