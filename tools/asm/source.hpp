// SPDX-License-Identifier: Apache-2.0 OR MIT
// A text, read: what it says before labels have places.
#pragma once

#include <array>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "asm.hpp"
#include "statement.hpp"
#include "text.hpp"

namespace pvm::assembly {

/// More than a program may have.
inline constexpr std::size_t max_imports = 1024;

/// A line and a column (both from 0) of the text.
struct Spot {
  u32 line = 0;
  u32 column = 0;
};

/// One instruction, or bytes as they stand.
struct Item {
  enum class Kind : u8 { instruction, raw, unmarked };
  Kind kind = Kind::instruction;
  isa::Op op = isa::Op::invalid;
  builder::Lengths lengths;
  builder::Operands operands;
  std::optional<u32> target;   ///< Label; replaces operands.target.
  std::optional<u32> address;  ///< Label; its code address replaces operands.i.
  u32 bytes_begin = 0;         ///< raw and unmarked: their bytes in Source::pool.
  u32 bytes_size = 0;
  Spot spot;
};

/// A name for a place in the code. Known once used or defined.
struct Label {
  std::string name;
  std::optional<u32> item;  ///< Index of the item that follows; absent: not defined.
  Spot spot;                ///< Of the definition, or the first use.
};

/// A place in the code: a label, or an offset.
struct CodePlace {
  std::optional<u32> label;
  u32 offset = 0;
  Spot spot;
};

/// An export to be.
struct NamedPlace {
  std::string name;
  CodePlace place;
};

/// What a line of a listing says of an item, besides its text: to be checked.
struct ListingCheck {
  u32 item = 0;
  std::optional<u64> offset;           ///< It should lie here.
  std::optional<Statement> statement;  ///< Its bytes should mean this.
  std::optional<u32> target;           ///< Label of the statement's target.
  bool is_invalid = false;             ///< Its bytes should mean no instruction.
  Spot spot;
};

/// A section as bytes.
struct RawSection {
  u8 id = 0;
  std::optional<Bytes> content;  ///< Absent: the section is made from the rest of the text, and only its length is given.
  std::optional<Bytes> length;   ///< The bytes of its length.
  Spot spot;
};

/// All that a text says.
struct Source {
  Semantics version = Semantics::rv64_1;
  std::optional<ref::Container> container;

  std::optional<u32> ro_size, rw_size, stack_size, heap_pages;
  Bytes ro_data, rw_data;
  std::vector<std::string> imports;
  std::vector<NamedPlace> exports;            ///< By directive, in their order.
  std::vector<NamedPlace> labels_exported;    ///< By `pub`.
  std::map<u64, NamedPlace> listing_exports;  ///< By number.
  std::vector<CodePlace> table;               ///< By directive.
  std::map<u64, CodePlace> listing_table;     ///< By number, from 1.
  std::optional<u8> table_entry_size;
  std::optional<Bytes> table_bytes, code_header, after_end;
  std::vector<RawSection> sections;
  std::array<std::optional<u32>, 256> last_section;  ///< By id: index of the last one in `sections`.
  std::optional<std::pair<u64, Spot>> listing_code_size;

  std::vector<Item> items;
  Bytes pool;
  std::vector<Label> labels;
  std::unordered_map<std::string, u32> label_ids;
  std::vector<ListingCheck> checks;
};

/// Collects errors up to a limit.
class Errors {
 public:
  explicit Errors(std::size_t limit) : limit_(limit == 0 ? 1 : limit) {}
  void add(Spot spot, std::string message);
  bool is_full() const { return errors_.size() >= limit_; }
  bool empty() const { return errors_.empty(); }
  std::vector<AsmError> take();

 private:
  std::size_t limit_;
  std::vector<AsmError> errors_;
};

/// Reads a text line by line.
class SourceReader {
 public:
  SourceReader(std::string_view text, const AsmOptions& options, Errors& errors);
  /// What the text says; where it is wrong, the errors say so.
  Source read();

 private:
  friend struct Directives;

  void find_version();
  void read_line(std::string_view line);
  void read_body(std::string_view body, std::size_t column);
  void read_listing_line(std::string_view body, std::size_t column);
  void read_listing_label(std::string_view body, std::size_t column);
  void read_label(std::string_view body, std::size_t column);
  void read_statement(std::string_view body, std::size_t column, std::optional<u64> listed_offset);
  void read_listed_bytes(const Bytes& bytes, std::string_view text, std::size_t column, u64 listed_offset);
  void read_directive(std::string_view body, std::size_t column);
  void end_of_text();

  Spot spot(std::size_t column) const { return {line_, static_cast<u32>(column)}; }
  void fail(std::size_t column, std::string message) { errors_.add(spot(column), std::move(message)); }

  u32 label_id(std::string_view name, std::size_t column);
  /// Gives a label its place: here.
  void define(u32 label, std::size_t column);
  void add_instruction(const Statement& statement, std::size_t column);
  void add_bytes(Item::Kind kind, std::span<const u8> bytes, std::size_t column);
  void add_item(Item item);
  u32 import_number(const std::string& name);
  /// Ends the last item a basic block?
  bool is_at_block_end() const;

  std::string_view text_;
  Errors& errors_;
  Source source_;
  u32 line_ = 0;
  std::optional<isa::Op> last_op_;     // of the last marked item
  u64 bytes_since_ = 0;                // of that item and of unmarked bytes behind it; 0: unknown, but few
  std::optional<Spot> implicit_trap_;  // a line `invalid` without bytes: it must be the last one
};

/// Reads a directive; `body` begins with %.
struct Directives {
  SourceReader& reader;
  void read(std::string_view body, std::size_t column) const;
};

}  // namespace pvm::assembly
