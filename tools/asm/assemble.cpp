// SPDX-License-Identifier: Apache-2.0 OR MIT
// From a text that has been read to code: labels get their places, and instructions their bytes.
#include <algorithm>

#include "compose.hpp"
#include "layout.hpp"
#include "pvm/builder/container.hpp"
#include "pvm/ref/decode.hpp"

namespace pvm::assembly {
namespace {

constexpr u64 max_code_size = 33'554'432;

class Assembler {
 public:
  Assembler(Source& source, Errors& errors) : source_(source), errors_(errors) {}

  /// The program's parts; on errors they are worth nothing.
  Parts run() {
    check_labels();
    fill_jump_table();
    if (errors_.empty()) resolve_addresses();
    if (errors_.empty()) lay_out_code();
    if (errors_.empty()) encode();
    if (errors_.empty()) check_references();
    if (errors_.empty()) check_listing();
    if (errors_.empty()) collect_exports();
    return std::move(parts_);
  }

 private:
  void check_label(u32 label, Spot spot) {
    if (source_.labels[label].item) return;
    errors_.add(spot, "the label @" + source_.labels[label].name + " is not defined");
  }

  void check_labels() {
    for (const Item& item : source_.items) {
      if (errors_.is_full()) return;
      if (item.target) check_label(*item.target, item.spot);
      if (item.address) check_label(*item.address, item.spot);
    }
    for (const CodePlace& place : source_.table) {
      if (place.label) check_label(*place.label, place.spot);
    }
    for (const NamedPlace& entry : source_.exports) {
      if (entry.place.label) check_label(*entry.place.label, entry.place.spot);
    }
    for (const ListingCheck& check : source_.checks) {
      if (check.target) check_label(*check.target, check.spot);
    }
  }

  // A listing numbers its entries; text has directives and, behind them, addresses of labels.
  void fill_jump_table() {
    u64 next = 1;
    for (const auto& [number, place] : source_.listing_table) {
      if (number != next++) return errors_.add(place.spot, "@dyn " + std::to_string(next - 1) + " is missing in this listing");
      source_.table.push_back(place);
    }
    std::vector<std::optional<u32>> number_of_item(source_.items.size() + 1);
    for (std::size_t index = 0; index < source_.table.size(); ++index) {
      const auto& label = source_.table[index].label;
      if (!label || !source_.labels[*label].item) continue;
      auto& number = number_of_item[*source_.labels[*label].item];
      if (!number) number = static_cast<u32>(index);
    }
    for (Item& item : source_.items) {
      if (!item.address || !source_.labels[*item.address].item) continue;
      auto& number = number_of_item[*source_.labels[*item.address].item];
      if (!number) {
        number = static_cast<u32>(source_.table.size());
        source_.table.push_back({item.address, 0, item.spot});
      }
      item.operands.i = 2 * (i64{*number} + 1);
    }
  }

  void resolve_addresses() {
    if (source_.table_bytes && !source_.table.empty()) {
      errors_.add(source_.table.front().spot, "the jump table is given as bytes (%jump_table_bytes) and as places");
    }
  }

  void lay_out_code() {
    std::vector<Piece> pieces;
    pieces.reserve(source_.items.size());
    for (Item& item : source_.items) {
      Piece piece;
      if (item.kind != Item::Kind::instruction) {
        piece.size = item.bytes_size;
      } else {
        piece.size = size_without_offset(item.op, item.operands, item.lengths);
        piece.has_offset = has_offset(item.op);
      }
      if (piece.has_offset) {
        const auto& pinned = offset_length(item.op, item.lengths);
        piece.is_pinned = pinned.has_value();
        piece.pinned = pinned.value_or(0);
        piece.target_is_piece = item.target.has_value();
        piece.target = item.target ? *source_.labels[*item.target].item : item.operands.target;
      }
      pieces.push_back(piece);
    }
    layout_ = lay_out(pieces);
    if (layout_.starts.back() > max_code_size) {
      errors_.add({}, "the code has " + std::to_string(layout_.starts.back()) + " bytes; 33554432 are the most that a program can have");
    }
  }

  u32 start_of(u32 label) const { return static_cast<u32>(layout_.starts[*source_.labels[label].item]); }

  void encode() {
    parts_.code.reserve(layout_.starts.back());
    parts_.bitmask.assign((layout_.starts.back() + 7) / 8, 0);
    for (std::size_t index = 0; index < source_.items.size() && !errors_.is_full(); ++index) {
      const Item& item = source_.items[index];
      const u32 start = static_cast<u32>(layout_.starts[index]);
      if (item.kind != Item::Kind::unmarked) parts_.bitmask[start / 8] = static_cast<u8>(parts_.bitmask[start / 8] | 1U << start % 8);
      if (item.kind == Item::Kind::instruction) {
        encode_instruction(item, start, layout_.lengths[index]);
      } else {
        builder::append(parts_.code, std::span(source_.pool).subspan(item.bytes_begin, item.bytes_size));
      }
    }
    for (const CodePlace& place : source_.table) parts_.table.push_back(place.label ? start_of(*place.label) : place.offset);
  }

  void encode_instruction(const Item& item, u32 start, u8 length_of_offset) {
    builder::Operands operands = item.operands;
    builder::Lengths lengths = item.lengths;
    if (item.target) operands.target = start_of(*item.target);
    if (has_offset(item.op)) offset_length(item.op, lengths) = length_of_offset;
    const auto bytes = builder::encode(source_.version, item.op, operands, start, lengths);
    if (bytes) return builder::append(parts_.code, *bytes);
    errors_.add(item.spot, "a number of this instruction doesn't fit into the length that %bytes gives it");
  }

  // A label inside a block is no place to jump to: the jump would trap.
  void check_references() {
    ref::Program program;
    program.config.semantics = source_.version;
    program.code = parts_.code;
    program.bitmask = parts_.bitmask;
    const auto check = [&](u32 label, Spot spot) {
      if (errors_.is_full() || ref::is_valid_target(program, start_of(label))) return;
      const std::string name = "@" + source_.labels[label].name;
      if (start_of(label) >= parts_.code.size())
        return errors_.add(spot, name + " stands behind the last instruction; nothing can jump there");
      errors_.add(spot, name + " is no beginning of a block, so a jump there traps; leave %no_fallthrough out, or write the offset " +
                            std::to_string(start_of(label)) + " if that is meant");
    };
    for (const Item& item : source_.items) {
      if (item.target) check(*item.target, item.spot);
      if (item.address) check(*item.address, item.spot);
    }
    for (const CodePlace& place : source_.table) {
      if (place.label) check(*place.label, place.spot);
    }
    program_ = std::move(program);
  }

  void check_listing() {
    for (const ListingCheck& check : source_.checks) {
      if (errors_.is_full()) return;
      const u64 start = layout_.starts[check.item];
      if (check.offset && *check.offset != start) {
        return errors_.add(check.spot, "the listing says offset " + std::to_string(*check.offset) + ", but what precedes it ends at " +
                                           std::to_string(start) +
                                           ": some bytes aren't shown by their text; make the listing with raw bytes");
      }
      if (check.item < source_.items.size()) check_bytes(check, static_cast<u32>(start));
    }
    const auto& size = source_.listing_code_size;
    if (!size || source_.checks.empty() || size->first == parts_.code.size()) return;
    errors_.add(size->second, "the listing says that the code has " + std::to_string(size->first) + " bytes, but its lines make " +
                                  std::to_string(parts_.code.size()) + "; make the listing with raw bytes");
  }

  void check_bytes(const ListingCheck& check, u32 start) {
    const ref::Instruction found = ref::decode(program_, start);
    if (check.is_invalid && found.op != isa::Op::invalid) return errors_.add(check.spot, "these bytes are an instruction, not 'invalid'");
    if (!check.statement) return;
    const Statement& said = *check.statement;
    const isa::Operands& fields = isa::row_of(found.op).operands;
    const auto reg = [&](isa::Field field) { return field == isa::Field::none ? u8{0} : ref::register_in(found, field); };
    const auto imm = [&](isa::Field field) { return field == isa::Field::none ? 0 : field == isa::Field::imm1 ? found.imm1 : found.imm2; };
    const auto is_equal = [](i64 a, i64 b) { return static_cast<u32>(a) == static_cast<u32>(b); };
    bool agrees = print_alike(source_.version, said.op, found.op);
    agrees = agrees && (fields.d == isa::Field::none || said.operands.d == reg(fields.d));
    agrees = agrees && (fields.a == isa::Field::none || said.operands.a == reg(fields.a));
    agrees = agrees && (fields.b == isa::Field::none || said.operands.b == reg(fields.b));
    agrees = agrees && (fields.i == isa::Field::none || is_equal(said.operands.i, imm(fields.i)));
    agrees = agrees && (fields.j == isa::Field::none || is_equal(said.operands.j, imm(fields.j)));
    const u32 target = check.target ? start_of(*check.target) : said.operands.target;
    agrees = agrees && (fields.target == isa::Field::none || target == found.target);
    if (!agrees)
      errors_.add(check.spot, "the bytes are the instruction " + ref::disassemble(program_, found) + ", which isn't what the text says");
  }

  // By directive or by a listing in their order, then by `pub` sorted by name.
  void collect_exports() {
    u64 next = 0;
    for (auto& [number, entry] : source_.listing_exports) {
      if (number != next++) {
        return errors_.add(entry.place.spot,
                           "export #" + std::to_string(next - 1) + " isn't shown by this listing; add it as %export 'name' = offset");
      }
      source_.exports.push_back(std::move(entry));
    }
    std::sort(source_.labels_exported.begin(), source_.labels_exported.end(),
              [](const NamedPlace& a, const NamedPlace& b) { return a.name < b.name; });
    for (NamedPlace& entry : source_.labels_exported) {
      if (start_of(*entry.place.label) >= parts_.code.size()) {
        errors_.add(entry.place.spot, "the exported label @" + entry.name + " stands behind the last instruction");
      }
      source_.exports.push_back(std::move(entry));
    }
    for (NamedPlace& entry : source_.exports) {
      parts_.exports.push_back({entry.place.label ? start_of(*entry.place.label) : entry.place.offset, std::move(entry.name)});
    }
  }

  Source& source_;
  Errors& errors_;
  Layout layout_;
  Parts parts_;
  ref::Program program_;
};

}  // namespace

std::variant<Assembled, std::vector<AsmError>> assemble(std::string_view text, const AsmOptions& options) {
  Errors errors(options.max_errors);
  Source source = SourceReader(text, options, errors).read();
  if (!errors.empty()) return errors.take();
  const Parts parts = Assembler(source, errors).run();
  if (!errors.empty()) return errors.take();
  Assembled result;
  result.semantics = source.version;
  result.container = source.container.value_or(ref::is_graypaper(source.version) ? ref::Container::raw : ref::Container::polkavm);
  result.blob = compose(source, parts, result.container, errors);
  if (!errors.empty()) return errors.take();
  return result;
}

}  // namespace pvm::assembly
