// SPDX-License-Identifier: Apache-2.0 OR MIT
// The lines that begin with %.
#include <algorithm>

#include "pvm/builder/container.hpp"
#include "source.hpp"

namespace pvm::assembly {
namespace {

// "%name argument = value"
struct Directive {
  std::string_view name;
  std::string_view argument;
  std::string_view value;
  bool appends = false;  ///< += instead of =
  std::size_t column = 0;
  std::size_t value_column = 0;
};

class Reader {
 public:
  Reader(Source& source, Errors& errors, u32 line, const Directive& directive)
      : source_(source), errors_(errors), line_(line), directive_(directive) {}

  void fail(std::string message) { fail_at(directive_.value_column, std::move(message)); }
  void fail_at(std::size_t column, std::string message) { errors_.add({line_, static_cast<u32>(column)}, std::move(message)); }
  Source& source() { return source_; }
  const Directive& directive() const { return directive_; }
  Spot spot() const { return {line_, static_cast<u32>(directive_.value_column)}; }

  std::optional<u32> number(u64 largest) {
    const auto value = parse_unsigned(directive_.value);
    if (value && *value <= largest) return static_cast<u32>(*value);
    fail("%" + std::string(directive_.name) + " takes a number from 0 to " + std::to_string(largest));
    return std::nullopt;
  }

  std::optional<Bytes> hex() {
    auto bytes = parse_hex(directive_.value);
    if (!bytes) fail("%" + std::string(directive_.name) + " takes pairs of hex digits without 0x, such as: 00 01 ff");
    return bytes;
  }

  void put_hex(std::optional<Bytes>& to) {
    auto bytes = hex();
    if (!bytes) return;
    if (!directive_.appends || !to) {
      to = std::move(bytes);
    } else {
      to->insert(to->end(), bytes->begin(), bytes->end());
    }
  }

  void put_hex(Bytes& to) {
    const auto bytes = hex();
    if (!bytes) return;
    if (!directive_.appends) to.clear();
    to.insert(to.end(), bytes->begin(), bytes->end());
  }

  void put_number(std::optional<u32>& to, u64 largest = ~u32{0}) {
    if (const auto value = number(largest)) to = value;
  }

  void isa() {
    if (version_named(directive_.value)) return;  // SourceReader::find_version has taken it
    fail("unknown instruction set '" + std::string(directive_.value) +
         "'; there are latest64, latest32, jam_v1, revive_v1 and graypaper-0.7.2");
  }

  void container() {
    const auto value = ref::container_named(directive_.value);
    if (!value) return fail("unknown container '" + std::string(directive_.value) + "'; there are polkavm, raw and standard");
    source_.container = value;
  }

  std::optional<std::string> name(std::string_view text, std::size_t column) {
    auto value = take_quoted(text);
    if (value && text.empty()) return value;
    fail_at(column, "expected a name in single quotes; other bytes than printable ASCII are written \\xNN");
    return std::nullopt;
  }

  // %import NUMBER = 'name'
  void read_import() {
    const auto number = parse_unsigned(directive_.argument);
    if (number != source_.imports.size()) {
      return fail_at(directive_.column,
                     "imports are numbered in their order; this one is %import " + std::to_string(source_.imports.size()));
    }
    if (source_.imports.size() == max_imports) return fail_at(directive_.column, "there are at most 1024 imports");
    if (auto value = name(directive_.value, directive_.value_column)) source_.imports.push_back(std::move(*value));
  }

  // A section that is given as bytes. %section ID = HEX
  void section() {
    const auto id = section_id();
    if (!id) return;
    RawSection* last = last_section(*id);
    const bool exists = last != nullptr && last->content;
    if (directive_.appends && !exists) return fail_at(directive_.column, "there is no such section to append to; write = instead of +=");
    if (directive_.appends) return put_hex(last->content);
    if (*id == builder::section_code) return fail_at(directive_.column, "section 6 is made from the instructions");
    if (*id < builder::section_code && last != nullptr) {
      if (exists) return fail_at(directive_.column, "this section is given twice");
      return put_hex(last->content);
    }
    put_hex(new_section(*id).content);
  }

  // The bytes of a section's length. %section_length ID = HEX
  void section_length() {
    const auto id = section_id();
    if (!id) return;
    RawSection* last = last_section(*id);
    if (last == nullptr && *id >= builder::section_debug_strings) return fail_at(directive_.column, "write the %section before its length");
    put_hex((last != nullptr ? *last : new_section(*id)).length);
  }

 private:
  std::optional<u8> section_id() {
    const auto id = parse_unsigned(directive_.argument);
    const bool is_known = id && *id >= 1 && *id <= 255 && (*id <= builder::section_code || *id >= builder::section_debug_strings);
    if (is_known) return static_cast<u8>(*id);
    fail_at(directive_.column, "a section is numbered 1 to 6 or 128 to 255: %section 128 = 00 01");
    return std::nullopt;
  }

  RawSection* last_section(u8 id) {
    const auto& index = source_.last_section[id];
    return index ? &source_.sections[*index] : nullptr;
  }

  RawSection& new_section(u8 id) {
    source_.last_section[id] = static_cast<u32>(source_.sections.size());
    source_.sections.push_back({id, {}, {}, spot()});
    return source_.sections.back();
  }

  Source& source_;
  Errors& errors_;
  u32 line_;
  const Directive& directive_;
};

using Handler = void (*)(Reader&);
struct Entry {
  std::string_view name;
  bool takes_argument;
  bool may_append;
  Handler handler;
};

constexpr Entry entries[] = {
    {"isa", false, false, [](Reader& r) { r.isa(); }},
    {"container", false, false, [](Reader& r) { r.container(); }},
    {"ro_data", false, true, [](Reader& r) { r.put_hex(r.source().ro_data); }},
    {"rw_data", false, true, [](Reader& r) { r.put_hex(r.source().rw_data); }},
    {"ro_data_size", false, false, [](Reader& r) { r.put_number(r.source().ro_size); }},
    {"rw_data_size", false, false, [](Reader& r) { r.put_number(r.source().rw_size); }},
    {"stack_size", false, false, [](Reader& r) { r.put_number(r.source().stack_size); }},
    {"heap_pages", false, false, [](Reader& r) { r.put_number(r.source().heap_pages, 0xffff); }},
    {"import", true, false, [](Reader& r) { r.read_import(); }},
    {"jump_table_entry_size", false, false,
     [](Reader& r) {
       if (const auto value = r.number(255)) r.source().table_entry_size = static_cast<u8>(*value);
     }},
    {"jump_table_bytes", false, true, [](Reader& r) { r.put_hex(r.source().table_bytes); }},
    {"code_header", false, false, [](Reader& r) { r.put_hex(r.source().code_header); }},
    {"after_end", false, true, [](Reader& r) { r.put_hex(r.source().after_end); }},
    {"section", true, true, [](Reader& r) { r.section(); }},
    {"section_length", true, false, [](Reader& r) { r.section_length(); }},
};

std::string_view take_word(std::string_view& text) {
  std::size_t length = 0;
  while (length < text.size() && is_word_char(text[length])) ++length;
  const std::string_view word = text.substr(0, length);
  text.remove_prefix(length);
  return word;
}

// Cuts a line into its parts; false: there is no = in it. `body` begins with %.
bool split(std::string_view body, std::size_t column, Directive& directive) {
  std::string_view rest = body.substr(1);
  directive.column = column;
  directive.name = take_word(rest);
  std::size_t equals = 0;
  std::string_view behind_name = trim(rest);
  if (behind_name.starts_with("'")) {  // a quoted argument may hold an equals sign
    if (!take_quoted(behind_name)) return false;
    equals = static_cast<std::size_t>(behind_name.data() - rest.data());
  }
  equals = rest.find('=', equals);
  if (equals == std::string_view::npos) return false;
  directive.appends = equals > 0 && rest[equals - 1] == '+';
  directive.argument = trim(rest.substr(0, equals - (directive.appends ? 1 : 0)));
  const std::string_view behind = rest.substr(equals + 1);
  directive.value = trim(behind);
  directive.value_column = column + static_cast<std::size_t>((directive.value.empty() ? behind : directive.value).data() - body.data());
  return true;
}

}  // namespace

void Directives::read(std::string_view body, std::size_t column) const {
  Directive directive;
  if (!split(body, column, directive)) return reader.fail(column, "a directive is written %name = value");
  Reader values(reader.source_, reader.errors_, reader.line_, directive);
  const auto place = [&](std::string_view text, std::size_t at) -> std::optional<CodePlace> {
    text = trim(text);
    if (text.starts_with("@")) return CodePlace{reader.label_id(text.substr(1), at), 0, reader.spot(at)};
    const auto offset = parse_unsigned(text);
    if (offset && *offset <= ~u32{0}) return CodePlace{std::nullopt, static_cast<u32>(*offset), reader.spot(at)};
    reader.fail(at, "expected a label (@name) or a code offset below 2^32");
    return std::nullopt;
  };

  const bool wrong_append = directive.appends && directive.name != "jump_table";
  if (directive.name == "raw" || directive.name == "unmarked") {
    if (wrong_append) return reader.fail(column, "%" + std::string(directive.name) + " can't append; write = instead of +=");
    const auto bytes = values.hex();
    const auto kind = directive.name == "raw" ? Item::Kind::raw : Item::Kind::unmarked;
    if (bytes) reader.add_bytes(kind, *bytes, column);
    return;
  }
  if (directive.name == "export") {
    auto name = values.name(directive.argument, column);
    const auto where = place(directive.value, directive.value_column);
    if (name && where) reader.source_.exports.push_back({std::move(*name), *where});
    return;
  }
  if (directive.name == "jump_table") {
    if (!directive.appends) reader.source_.table.clear();
    std::string_view rest = directive.value;
    while (!rest.empty()) {
      const std::size_t comma = std::min(rest.find(','), rest.size());
      if (const auto where = place(rest.substr(0, comma), directive.value_column)) reader.source_.table.push_back(*where);
      rest.remove_prefix(std::min(comma + 1, rest.size()));
    }
    return;
  }
  for (const Entry& entry : entries) {
    if (entry.name != directive.name) continue;
    if (entry.takes_argument == directive.argument.empty()) {
      return reader.fail(column,
                         "%" + std::string(entry.name) + (entry.takes_argument ? " needs a number before =" : " takes nothing before ="));
    }
    if (directive.appends && !entry.may_append)
      return reader.fail(column, "%" + std::string(entry.name) + " can't append; write = instead of +=");
    return entry.handler(values);
  }
  reader.fail(column, "unknown directive %" + std::string(directive.name));
}

}  // namespace pvm::assembly
