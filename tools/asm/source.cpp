// SPDX-License-Identifier: Apache-2.0 OR MIT
// Reading a text line by line.
#include "source.hpp"

#include <algorithm>

#include "layout.hpp"
#include "listing_line.hpp"

namespace pvm::assembly {
namespace {

constexpr std::string_view no_fallthrough = "%no_fallthrough";
constexpr u64 longest_instruction = 25;  // an opcode and the longest skip

std::size_t leading_blanks(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  return first == std::string_view::npos ? text.size() : first;
}

}  // namespace

void Errors::add(Spot spot, std::string message) {
  if (!is_full()) errors_.push_back({spot.line + 1, spot.column + 1, std::move(message)});
}

std::vector<AsmError> Errors::take() {
  std::stable_sort(errors_.begin(), errors_.end(), [](const AsmError& a, const AsmError& b) { return a.line < b.line; });
  return std::move(errors_);
}

SourceReader::SourceReader(std::string_view text, const AsmOptions& options, Errors& errors) : text_(text), errors_(errors) {
  source_.version = options.semantics;
  source_.container = options.container;
}

Source SourceReader::read() {
  find_version();
  std::string_view rest = text_;
  for (; !rest.empty() && !errors_.is_full(); ++line_) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    read_line(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  end_of_text();
  return std::move(source_);
}

// The version decides how the rest is read, so it is looked for first; the last one counts, wherever it stands.
void SourceReader::find_version() {
  for (std::size_t at = text_.find("%isa"); at != std::string_view::npos; at = text_.find("%isa", at + 1)) {
    std::size_t begin = at;
    while (begin > 0 && (text_[begin - 1] == ' ' || text_[begin - 1] == '\t')) --begin;
    if (begin > 0 && text_[begin - 1] != '\n') continue;
    std::string_view line = text_.substr(at + 4, text_.find('\n', at) - at - 4);
    line = trim(line.substr(0, comment_begin(line)));
    if (!line.starts_with("=")) continue;
    if (const auto version = version_named(trim(line.substr(1)))) source_.version = *version;
  }
}

void SourceReader::read_line(std::string_view line) {
  const std::size_t column = leading_blanks(line);
  if (const auto size = code_size_comment(line.substr(column))) source_.listing_code_size = {*size, spot(column)};
  std::string_view body = line.substr(0, comment_begin(line));
  // Blanks behind a name belong to it in `@x :`, but never behind the colon.
  body = body.size() < column ? std::string_view() : trim(body.substr(column));
  if (!body.empty()) read_body(body, column);
}

void SourceReader::read_body(std::string_view body, std::size_t column) {
  if (const auto prefix = offset_column(body)) return read_listing_line(body, column);
  if (body[0] == '%') return Directives{*this}.read(body, column);
  if (body[0] == '@' || body.starts_with("pub @")) return read_label(body, column);
  if (body[0] == '<' && body.ends_with(">:")) return;  // the function's name in a listing
  if (body.starts_with("pre:") || body.starts_with("post:") || body.starts_with("step:")) {
    return fail(column, "lines that describe a test case are no part of a program; leave them out");
  }
  read_statement(body, column, std::nullopt);
}

void SourceReader::read_listing_line(std::string_view body, std::size_t column) {
  const OffsetColumn prefix = *offset_column(body);
  std::string_view rest = body.substr(prefix.size);
  if (!prefix.offset) {
    rest = trim(rest);
    return read_listing_label(rest, column + static_cast<std::size_t>(rest.data() - body.data()));
  }
  const Bytes bytes = take_listed_bytes(rest);
  const std::size_t text_column = column + (rest.empty() ? body.size() : static_cast<std::size_t>(rest.data() - body.data()));
  if (bytes.empty()) return read_statement(rest, text_column, prefix.offset);
  read_listed_bytes(bytes, rest, text_column, *prefix.offset);
}

void SourceReader::read_listing_label(std::string_view body, std::size_t column) {
  const auto label = parse_listing_label(body);
  if (!label) return fail(column, "expected a label of a listing, such as: @3 [@dyn 1] [export #0: 'main'] (gas: 5)");
  const u32 id = label_id(label->name, column);
  define(id, column);
  const CodePlace place{id, 0, spot(column)};
  if (label->table_number && !source_.listing_table.emplace(*label->table_number, place).second) {
    fail(column, "@dyn " + std::to_string(*label->table_number) + " stands at two places");
  }
  for (const auto& [number, name] : label->exports) {
    if (!source_.listing_exports.emplace(number, NamedPlace{name, place}).second) {
      fail(column, "export #" + std::to_string(number) + " stands at two places");
    }
  }
}

void SourceReader::read_label(std::string_view body, std::size_t column) {
  std::string_view text = body;
  const bool is_exported = text.starts_with("pub ");
  if (is_exported) text.remove_prefix(4);
  bool may_insert = true;
  if (text.ends_with(no_fallthrough)) {
    std::string_view shorter = trim(text.substr(0, text.size() - no_fallthrough.size()));
    if (shorter.ends_with(":")) {
      text = shorter;
      may_insert = false;
    }
  }
  if (!text.ends_with(":")) {
    if (!is_exported && parse_listing_label(text)) return read_listing_label(text, column);
    return fail(column, "a label ends with a colon: @name:");
  }
  if (text == "@_:") return fail(column, "this listing was made for comparing and has left the labels' numbers out");
  const std::string_view name = text.substr(1, text.size() - 2);
  if (may_insert && !is_at_block_end()) {
    Statement statement;
    statement.op = isa::Op::fallthrough;
    add_instruction(statement, column);
  }
  const u32 id = label_id(name, column);
  define(id, column);
  if (is_exported) source_.labels_exported.push_back({std::string(name), {id, 0, spot(column)}});
}

void SourceReader::read_statement(std::string_view body, std::size_t column, std::optional<u64> listed_offset) {
  if (body.empty()) return fail(column, "an instruction is missing behind the offset");
  auto parsed = parse_statement(body, column, {source_.version, false});
  if (const auto* problem = std::get_if<Problem>(&parsed)) return fail(problem->column, problem->message);
  const Statement& statement = std::get<Statement>(parsed);
  if (listed_offset) {
    ListingCheck check;
    check.item = static_cast<u32>(source_.items.size());
    check.offset = listed_offset;
    check.spot = spot(column);
    source_.checks.push_back(check);
  }
  if (statement.op == isa::Op::invalid) {
    if (!implicit_trap_) implicit_trap_ = spot(column);
    return;
  }
  add_instruction(statement, column);
}

// The bytes count, and the text is checked against them once labels have their places.
void SourceReader::read_listed_bytes(const Bytes& bytes, std::string_view text, std::size_t column, u64 listed_offset) {
  ListingCheck check;
  check.item = static_cast<u32>(source_.items.size());
  check.offset = listed_offset;
  check.spot = spot(column);
  const isa::Op op = isa::ops_by_opcode[static_cast<std::size_t>(source_.version)][bytes[0]];
  auto parsed = parse_statement(text, column, {source_.version, true});
  if (const auto* problem = std::get_if<Problem>(&parsed)) return fail(problem->column, problem->message);
  const Statement& statement = std::get<Statement>(parsed);
  check.is_invalid = statement.op == isa::Op::invalid;
  if (statement.target) check.target = label_id(statement.target->name, statement.target->column);
  if (!check.is_invalid) check.statement = statement;
  source_.checks.push_back(check);
  // What can't be reached as an instruction is listed as invalid, too; its first byte is anything.
  const bool is_gap = check.is_invalid && op != isa::Op::invalid;
  add_bytes(is_gap ? Item::Kind::unmarked : Item::Kind::raw, bytes, column);
}

u32 SourceReader::label_id(std::string_view name, std::size_t column) {
  const auto [found, is_new] = source_.label_ids.try_emplace(std::string(name), static_cast<u32>(source_.labels.size()));
  if (is_new) source_.labels.push_back({std::string(name), std::nullopt, spot(column)});
  return found->second;
}

void SourceReader::define(u32 label, std::size_t column) {
  Label& found = source_.labels[label];
  if (found.item) {
    return fail(column, "the label @" + found.name + " is defined twice; the first one is on line " + std::to_string(found.spot.line + 1));
  }
  found.item = static_cast<u32>(source_.items.size());
  found.spot = spot(column);
}

u32 SourceReader::import_number(const std::string& name) {
  const auto found = std::find(source_.imports.begin(), source_.imports.end(), name);
  if (found == source_.imports.end()) {
    if (source_.imports.size() == max_imports) {
      errors_.add(spot(0), "there are at most 1024 imports");
      return 0;
    }
    source_.imports.push_back(name);
    return static_cast<u32>(source_.imports.size() - 1);
  }
  return static_cast<u32>(found - source_.imports.begin());
}

void SourceReader::add_instruction(const Statement& statement, std::size_t column) {
  const std::size_t immediates = immediates_of(statement.op);
  if ((statement.lengths.first && immediates < 1) || (statement.lengths.second && immediates < 2)) {
    return fail(column, std::string(isa::row_of(statement.op).name) + " has " + (immediates == 0 ? "no number" : "one number only") +
                            " whose length could be chosen; leave %bytes out");
  }
  Item item;
  item.op = statement.op;
  item.operands = statement.operands;
  item.lengths = statement.lengths;
  item.spot = spot(column);
  if (statement.target) item.target = label_id(statement.target->name, statement.target->column);
  if (statement.address) item.address = label_id(statement.address->name, statement.address->column);
  if (statement.host_function) item.operands.i = import_number(*statement.host_function);
  add_item(item);
  last_op_ = statement.op;
  bytes_since_ = 0;
}

void SourceReader::add_bytes(Item::Kind kind, std::span<const u8> bytes, std::size_t column) {
  if (bytes.empty()) return fail(column, "at least one byte is needed");
  Item item;
  item.kind = kind;
  item.bytes_begin = static_cast<u32>(source_.pool.size());
  item.bytes_size = static_cast<u32>(bytes.size());
  item.spot = spot(column);
  source_.pool.insert(source_.pool.end(), bytes.begin(), bytes.end());
  add_item(item);
  if (kind == Item::Kind::raw) {
    last_op_ = isa::ops_by_opcode[static_cast<std::size_t>(source_.version)][bytes[0]];
    bytes_since_ = 0;
  }
  bytes_since_ += bytes.size();
}

void SourceReader::add_item(Item item) {
  if (implicit_trap_) {
    errors_.add(*implicit_trap_, "'invalid' before the end doesn't say which bytes it stands for; write %raw = .. or list the bytes");
    implicit_trap_.reset();
  }
  source_.items.push_back(item);
}

bool SourceReader::is_at_block_end() const {
  if (source_.items.empty()) return true;
  return last_op_ && isa::row_of(*last_op_).ends_block && bytes_since_ <= longest_instruction;
}

void SourceReader::end_of_text() {
  if (!implicit_trap_ || !last_op_ || isa::row_of(*last_op_).falls_through) return;
  errors_.add(*implicit_trap_, "nothing falls through to this 'invalid', so it stands for bytes; write %raw = .. or list the bytes");
}

}  // namespace pvm::assembly
