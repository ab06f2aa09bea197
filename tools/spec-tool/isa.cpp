// SPDX-License-Identifier: Apache-2.0 OR MIT
// Joins tables and clauses, and reports where they contradict each other.
#include "isa.hpp"

#include <algorithm>
#include <charconv>
#include <set>

namespace pvm::spec {

namespace {

bool contains(const std::vector<std::string>& list, std::string_view item) {
  return std::find(list.begin(), list.end(), item) != list.end();
}

std::optional<int> number(std::string_view text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// A cell without the backticks and emphasis that markdown may put around it.
std::string plain(std::string_view cell) {
  while (!cell.empty() && (cell.front() == '`' || cell.front() == '*')) cell.remove_prefix(1);
  while (!cell.empty() && (cell.back() == '`' || cell.back() == '*')) cell.remove_suffix(1);
  return std::string(cell);
}

// The words of a cell, separated by blanks or commas; "-" is no word.
std::vector<std::string> words(const std::string& cell) {
  std::vector<std::string> out;
  for (const std::string& part : split(cell, ',')) {
    for (const std::string& word : split(part, ' ')) {
      if (!word.empty() && word != "-") out.push_back(plain(word));
    }
  }
  return out;
}

class Reader {
 public:
  Reader(const Document& document, std::vector<Finding>& findings) : document_(document), findings_(findings) {}

  Isa read() {
    isa_.document_version = document_.version.value_or("");
    if (!document_.version) complain({"spec", 0}, "", "no chapter has a line that begins with \"Version X.Y.Z.\"");
    versions();
    if (const Table* table = require_table("formats")) {
      for (const Row& row : table->rows) isa_.formats.push_back(cell(*table, row, "format"));
    }
    if (const Table* table = require_table("opcodes")) {
      for (const Row& row : table->rows) isa_.instructions.push_back(instruction(*table, row));
    }
    opcodes_are_unique();
    pipeline();
    orphaned_effects();
    tagged_paragraphs();
    return std::move(isa_);
  }

 private:
  void complain(Place place, std::string clause, std::string message) {
    findings_.push_back({std::move(place), std::move(clause), std::move(message)});
  }

  const Table* require_table(std::string_view name) {
    const Table* table = document_.table(name);
    if (table == nullptr) complain({"spec", 0}, "", "no chapter has the table \"" + std::string(name) + "\"");
    return table;
  }

  // The plain text of a cell; a missing column is reported once per table and reads as empty.
  std::string cell(const Table& table, const Row& row, std::string_view column) {
    if (const std::string* text = table.cell(row, column)) return plain(*text);
    if (reported_.insert(table.name + "/" + std::string(column)).second) {
      complain(table.place, "", "table " + table.name + " has no column \"" + std::string(column) + "\"");
    }
    return "";
  }

  int number_cell(const Table& table, const Row& row, std::string_view column) {
    const std::string text = cell(table, row, column);
    const std::optional<int> value = number(text);
    if (!value) complain({table.place.file, row.line}, "", "column \"" + std::string(column) + "\" holds no number: \"" + text + "\"");
    return value.value_or(0);
  }

  bool yes_no_cell(const Table& table, const Row& row, std::string_view column) {
    const std::string text = cell(table, row, column);
    if (text != "yes" && text != "no")
      complain({table.place.file, row.line}, "", "column \"" + std::string(column) + "\" must hold yes or no");
    return text == "yes";
  }

  void versions() {
    const Table* table = require_table("versions");
    if (table == nullptr) return;
    for (const Row& row : table->rows) {
      Version version;
      version.id = cell(*table, row, "id");
      version.bits = static_cast<unsigned>(number_cell(*table, row, "register bits"));
      if (cell(*table, row, "blob version byte") != "-") version.blob_version = number_cell(*table, row, "blob version byte");
      version.gas_models = words(cell(*table, row, "gas models"));
      isa_.versions.push_back(std::move(version));
    }
  }

  InstructionEntry instruction(const Table& table, const Row& row) {
    const Place place{table.place.file, row.line};
    InstructionEntry out;
    out.name = cell(table, row, "instruction");
    out.clause = cell(table, row, "clause");
    out.format = cell(table, row, "format");
    const std::string graypaper_name = cell(table, row, "Gray Paper name");
    if (graypaper_name != "-") out.graypaper_name = graypaper_name;
    for (const Version& version : isa_.versions) {
      if (cell(table, row, version.id) != "-") out.opcodes[version.id] = number_cell(table, row, version.id);
    }
    out.ends_block = yes_no_cell(table, row, "ends block");
    out.falls_through = yes_no_cell(table, row, "falls through");
    if (!contains(isa_.formats, out.format)) complain(place, out.clause, "unknown format \"" + out.format + "\"");
    const Clause* clause = document_.clause(out.clause);
    if (clause == nullptr) {
      complain(place, out.clause, "the table of opcodes names a clause that no chapter has");
    } else {
      join(out, *clause);
    }
    return out;
  }

  // Takes over what the clause says, and compares it with the row.
  void join(InstructionEntry& out, const Clause& clause) {
    out.operands = clause.operands;
    if (clause.title != out.name) complain(clause.place, clause.id, "the title isn't the instruction's name, " + out.name);
    const std::vector<std::string> fields = fields_of_format(document_, out.format);
    for (const auto& [letter, field] : clause.operands) {
      if (!contains(fields, field)) complain(clause.place, clause.id, "format " + out.format + " has no field " + field);
    }
    std::vector<std::string> has;
    for (const Version& version : isa_.versions) {
      if (out.in(version.id)) has.push_back(version.id);
    }
    const std::vector<std::string> holds = resolve_tags(isa_.versions, clause.holds_in.tags, clause.place, clause.id, findings_);
    if (holds != has) complain(clause.place, clause.id, "\"Holds in\" and the table of opcodes name different versions");
    std::set<std::string> covered;
    for (const Tagged& effect : clause.effects) {
      const Place place{clause.place.file, effect.line};
      Effect resolved{effect.tags.empty() ? has : resolve_tags(isa_.versions, effect.tags, place, clause.id, findings_), effect.text,
                      place};
      for (const std::string& version : resolved.versions) {
        if (!out.in(version)) complain(place, clause.id, "an effect for " + version + ", which lacks the instruction");
        if (!covered.insert(version).second) complain(place, clause.id, "a second effect for " + version);
      }
      out.effects.push_back(std::move(resolved));
    }
    if (covered.size() < has.size()) complain(clause.place, clause.id, "no effect for some version that has the instruction");
  }

  void opcodes_are_unique() {
    const Table* table = document_.table("opcodes");
    std::map<std::pair<std::string, int>, std::string> seen;
    std::set<std::string> names;
    for (const InstructionEntry& entry : isa_.instructions) {
      if (!names.insert(entry.name).second) complain(table->place, entry.clause, "the table of opcodes has two rows for " + entry.name);
      for (const auto& [version, opcode] : entry.opcodes) {
        if (opcode < 0 || opcode > 255)
          complain(table->place, entry.clause, version + ": opcode " + std::to_string(opcode) + " isn't a byte");
        const auto [previous, fresh] = seen.try_emplace({version, opcode}, entry.name);
        if (!fresh)
          complain(table->place, entry.clause, version + ": opcode " + std::to_string(opcode) + " is that of " + previous->second + " too");
      }
    }
  }

  void pipeline() {
    const Table* table = require_table("pipeline");
    if (table == nullptr) return;
    std::set<std::string> seen;
    for (const Row& row : table->rows) {
      const std::string name = cell(*table, row, "instruction");
      GasCells gas{cell(*table, row, "latency"),     cell(*table, row, "decode slots"),  number_cell(*table, row, "alu"),
                   number_cell(*table, row, "load"), number_cell(*table, row, "store"),  number_cell(*table, row, "mul"),
                   number_cell(*table, row, "div"),  words(cell(*table, row, "writes")), words(cell(*table, row, "reads"))};
      seen.insert(name);
      if (name == "invalid") {
        isa_.invalid_gas = std::move(gas);
        continue;
      }
      const auto entry =
          std::find_if(isa_.instructions.begin(), isa_.instructions.end(), [&](const auto& item) { return item.name == name; });
      if (entry == isa_.instructions.end()) {
        complain({table->place.file, row.line}, "", "the pipeline table has a row for an unknown instruction: " + name);
      } else {
        entry->gas = std::move(gas);
      }
    }
    if (!seen.contains("invalid")) complain(table->place, "", "the pipeline table lacks the row invalid");
    for (const InstructionEntry& entry : isa_.instructions) {
      if (!seen.contains(entry.name)) complain(table->place, entry.clause, "the pipeline table lacks the row " + entry.name);
    }
  }

  void orphaned_effects() {
    std::set<std::string> known;
    for (const InstructionEntry& entry : isa_.instructions) known.insert(entry.clause);
    for (const Clause& clause : document_.clauses) {
      if (!clause.effects.empty() && !known.contains(clause.id))
        complain(clause.place, clause.id, "has an effect, but no row in the table of opcodes");
    }
  }

  void tagged_paragraphs() {
    for (const Clause& clause : document_.clauses) {
      const std::vector<std::string> holds = resolve_tags(isa_.versions, clause.holds_in.tags, clause.place, clause.id, findings_);
      for (const Tagged& paragraph : clause.paragraphs) {
        const Place place{clause.place.file, paragraph.line};
        for (const std::string& version : resolve_tags(isa_.versions, paragraph.tags, place, clause.id, findings_)) {
          if (!contains(holds, version) && !contains(paragraph.tags, "polkavm")) {
            complain(place, clause.id, "a paragraph for " + version + ", in which the clause doesn't hold");
          }
        }
      }
    }
  }

  const Document& document_;
  std::vector<Finding>& findings_;
  Isa isa_;
  std::set<std::string> reported_;
};

}  // namespace

const Effect* InstructionEntry::effect_in(std::string_view version) const {
  const auto found = std::find_if(effects.begin(), effects.end(), [&](const Effect& effect) { return contains(effect.versions, version); });
  return found == effects.end() ? nullptr : &*found;
}

std::vector<std::string> Isa::version_ids() const {
  std::vector<std::string> ids;
  for (const Version& version : versions) ids.push_back(version.id);
  return ids;
}

std::vector<std::string> fields_of_format(const Document& document, std::string_view format) {
  std::vector<std::string> fields;
  const Table* table = document.table("formats");
  if (table == nullptr) return fields;
  for (const Row& row : table->rows) {
    const std::string* name = table->cell(row, "format");
    if (name == nullptr || plain(*name) != format) continue;
    for (const std::string& text : row.cells) {
      for (const char* field : {"reg1", "reg2", "reg3", "imm1", "imm2", "offset"}) {
        if (&text != name && text.find(std::string(field) + " =") != std::string::npos) fields.emplace_back(field);
      }
    }
  }
  return fields;
}

Isa read_isa(const Document& document, std::vector<Finding>& findings) {
  return Reader(document, findings).read();
}

std::vector<std::string> resolve_tags(const std::vector<Version>& versions, const std::vector<std::string>& tags, const Place& place,
                                      const std::string& clause, std::vector<Finding>& findings) {
  std::vector<std::string> out;
  for (const Version& version : versions) {
    if (tags.empty() || contains(tags, version.id) || (version.is_polkavm() && contains(tags, "polkavm"))) out.push_back(version.id);
  }
  for (const std::string& tag : tags) {
    const bool known =
        tag == "polkavm" || std::any_of(versions.begin(), versions.end(), [&](const Version& version) { return version.id == tag; });
    if (!known) findings.push_back({place, clause, "unknown version \"" + tag + "\""});
  }
  return out;
}

}  // namespace pvm::spec
