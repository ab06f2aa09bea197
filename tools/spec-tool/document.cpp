// SPDX-License-Identifier: Apache-2.0 OR MIT
// Reads the markdown chapters line by line; only headings, fixed lines, marked tables and mentions of clauses matter.
#include "document.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>

namespace pvm::spec {

namespace {

// The order in which the document is read; clauses.json and the reports follow it.
constexpr std::string_view chapter_order[] = {"semantics.md", "containers.md", "decoding.md",    "instructions.md", "memory.md",
                                              "execution.md", "gas.md",        "differences.md", "corners.md"};

bool is_id_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.';
}

bool is_file_name(std::string_view text) {
  constexpr std::string_view endings[] = {".md", ".json", ".hpp", ".cpp", ".h", ".py"};
  return std::any_of(std::begin(endings), std::end(endings), [&](std::string_view ending) { return text.ends_with(ending); });
}

// group.name, both non-empty; the name may have further dots and may be "*".
bool is_clause_id(std::string_view id) {
  if (is_file_name(id)) return false;
  const std::size_t dot = id.find('.');
  if (dot == std::string_view::npos || dot == 0 || dot + 1 == id.size()) return false;
  if (id.ends_with(".*")) id.remove_suffix(2);
  if (id.empty() || id.front() < 'a' || id.front() > 'z' || id.back() == '.') return false;
  return std::all_of(id.begin(), id.end(), is_id_character);
}

class ChapterParser {
 public:
  ChapterParser(std::string file, Document& document, std::vector<Finding>& findings)
      : file_(std::move(file)), document_(document), findings_(findings) {}

  void line(std::string_view raw) {
    ++line_;
    std::string_view text = trimmed(raw);
    if (text.starts_with("```")) in_fence_ = !in_fence_;
    if (in_fence_ || text.starts_with("```")) return;
    if (!text.starts_with("|")) in_table_ = false;
    collect_references(text);
    if (text.starts_with("#")) return heading(text);
    if (text.starts_with("<!-- table:")) return table_mark(text);
    if (text.starts_with("|") && (in_table_ || table_awaited_)) return table_row(text);
    if (!text.empty() && table_awaited_) complain("a table must follow the line <!-- table: " + document_.tables.back().name + " -->");
    table_awaited_ = table_awaited_ && text.empty();
    fixed_line(text);
  }

  void end() {
    if (table_awaited_) complain("a table must follow the line <!-- table: " + document_.tables.back().name + " -->");
    if (in_fence_) complain("the code block isn't closed");
  }

 private:
  Clause* clause() { return in_clause_ ? &document_.clauses.back() : nullptr; }
  Place place() const { return {file_, line_}; }

  void complain(std::string message) {
    std::string id;
    if (in_clause_) id = clause()->id;
    findings_.push_back({place(), std::move(id), std::move(message)});
  }

  void collect_references(std::string_view text) {
    if (text.starts_with("### [")) return;  // a definition
    for (std::string& id : mentioned_ids(text)) document_.references.push_back({std::move(id), place()});
  }

  void heading(std::string_view text) {
    const std::size_t level = std::min(text.find_first_not_of('#'), text.size());
    if (level > 3) return;
    in_clause_ = false;
    if (!text.starts_with("### [")) return;
    const std::size_t close = text.find(']');
    const std::string_view id = close == std::string_view::npos ? "" : text.substr(5, close - 5);
    if (!is_clause_id(id) || id.ends_with('*')) return complain("a clause heading must be of the form ### [group.name] Title");
    Clause clause;
    clause.id = id;
    clause.title = trimmed(text.substr(close + 1));
    clause.place = place();
    document_.clauses.push_back(std::move(clause));
    in_clause_ = true;
  }

  void table_mark(std::string_view text) {
    const std::size_t end = text.find("-->");
    constexpr std::size_t start = std::string_view("<!-- table:").size();
    Table table;
    table.name = end == std::string_view::npos ? "" : trimmed(text.substr(start, end - start));
    table.place = place();
    if (table.name.empty()) return complain("a table mark must be of the form <!-- table: NAME -->");
    document_.tables.push_back(std::move(table));
    table_awaited_ = true;
  }

  void table_row(std::string_view text) {
    if (text.starts_with("|")) text.remove_prefix(1);
    if (text.ends_with("|")) text.remove_suffix(1);
    Table& table = document_.tables.back();
    std::vector<std::string> cells = split(text, '|');
    if (table_awaited_) {
      table_awaited_ = false;
      in_table_ = true;
      table.columns = std::move(cells);
      return;
    }
    if (cells.front().find_first_not_of("-: ") == std::string::npos && cells.front().starts_with("-")) return;
    if (cells.size() != table.columns.size()) {
      return complain("table " + table.name + ": " + std::to_string(cells.size()) + " cells under " + std::to_string(table.columns.size()) +
                      " columns");
    }
    table.rows.push_back({std::move(cells), line_});
  }

  // Takes `word`, its tags in brackets if any, and the blanks off the front of the line; false: it is another line.
  bool take_word(std::string_view text, std::string_view word, Tagged& out) {
    if (!text.starts_with(word)) return false;
    text.remove_prefix(word.size());
    if (text.starts_with(" [")) {
      const std::size_t close = text.find(']');
      if (close == std::string_view::npos) return false;
      out.tags = split(text.substr(2, close - 2), ',');
      text.remove_prefix(close + 1);
    }
    if (!text.starts_with("  ")) return false;
    if (text.ends_with("\\")) text.remove_suffix(1);  // a line break
    out.text = trimmed(text);
    out.line = line_;
    return true;
  }

  void fixed_line(std::string_view text) {
    Tagged line;
    if (!in_clause_) return document_version(text);
    if (text.starts_with("**[")) tagged_paragraph(text);
    if (take_word(text, "Holds in", line)) {
      clause()->holds_in = line;
      clause()->holds_in.tags = split(line.text, ',');
    } else if (take_word(text, "Operands", line)) {
      operands(line.text);
    } else if (take_word(text, "Effect", line)) {
      effect(std::move(line));
    } else if (take_word(text, "Exits", line)) {
      clause()->exits.push_back(std::move(line));
    } else if (take_word(text, "Test", line)) {
      exemption(line.text, clause()->test_none);
    } else if (take_word(text, "Rule", line)) {
      exemption(line.text, clause()->rule_none);
    }
  }

  void document_version(std::string_view text) {
    if (!text.starts_with("Version ") || document_.version) return;
    const std::string word = split(text, ' ')[1];
    if (word.ends_with('.') && std::count(word.begin(), word.end(), '.') == 3) document_.version = word.substr(0, word.size() - 1);
  }

  void tagged_paragraph(std::string_view text) {
    const std::size_t close = text.find("]**");
    if (close == std::string_view::npos) return complain("a tag must be of the form **[version, version]**");
    clause()->paragraphs.push_back({split(text.substr(3, close - 3), ','), "", line_});
  }

  void operands(const std::string& text) {
    if (text == "none") return;
    for (const std::string& part : split(text, ',')) {
      std::vector<std::string> sides = split(part, '=');
      if (sides.size() != 2 || sides[0].empty() || sides[1].empty()) {
        complain("operands must be of the form d = reg1, a = reg2: \"" + part + "\"");
        continue;
      }
      clause()->operands.emplace_back(std::move(sides[0]), std::move(sides[1]));
    }
  }

  void effect(Tagged line) {
    if (line.text.size() < 3 || line.text.front() != '`' || line.text.back() != '`') {
      return complain("an effect must be one formula in backticks");
    }
    line.text = line.text.substr(1, line.text.size() - 2);
    clause()->effects.push_back(std::move(line));
  }

  void exemption(const std::string& text, std::optional<std::string>& out) {
    if (!text.starts_with("none:") || trimmed(std::string_view(text).substr(5)).empty()) {
      return complain("an exemption must be of the form none: REASON");
    }
    out = trimmed(std::string_view(text).substr(5));
  }

  std::string file_;
  Document& document_;
  std::vector<Finding>& findings_;
  std::size_t line_ = 0;
  bool in_fence_ = false;
  bool in_clause_ = false;
  bool in_table_ = false;
  bool table_awaited_ = false;
};

std::size_t rank_of(const std::string& file_name) {
  const auto* const found = std::find(std::begin(chapter_order), std::end(chapter_order), file_name);
  return static_cast<std::size_t>(found - std::begin(chapter_order));
}

}  // namespace

std::string to_string(const Finding& finding) {
  std::string text = finding.place.file;
  if (finding.place.line != 0) text += ":" + std::to_string(finding.place.line);
  text += ": ";
  if (!finding.clause.empty()) text += "[" + finding.clause + "] ";
  return text + finding.message;
}

const std::string* Table::cell(const Row& row, std::string_view column) const {
  const auto found = std::find(columns.begin(), columns.end(), column);
  return found == columns.end() ? nullptr : &row.cells[static_cast<std::size_t>(found - columns.begin())];
}

const Clause* Document::clause(std::string_view id) const {
  const auto found = std::find_if(clauses.begin(), clauses.end(), [&](const Clause& clause) { return clause.id == id; });
  return found == clauses.end() ? nullptr : &*found;
}

const Table* Document::table(std::string_view name) const {
  const auto found = std::find_if(tables.begin(), tables.end(), [&](const Table& table) { return table.name == name; });
  return found == tables.end() ? nullptr : &*found;
}

void parse_chapter(std::string_view text, const std::string& file, Document& document, std::vector<Finding>& findings) {
  ChapterParser parser(file, document, findings);
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    parser.line(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  parser.end();
}

Document read_document(const std::filesystem::path& root, std::vector<Finding>& findings) {
  std::vector<std::string> names;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(root / "spec", error)) {
    if (entry.path().extension() == ".md") names.push_back(entry.path().filename().string());
  }
  if (names.empty()) findings.push_back({{"spec", 0}, "", "holds no chapters (run from the repository's root, or give --root)"});
  std::sort(names.begin(), names.end(),
            [](const std::string& a, const std::string& b) { return std::pair(rank_of(a), a) < std::pair(rank_of(b), b); });
  Document document;
  for (const std::string& name : names) {
    const std::optional<std::string> text = read_text(root / "spec" / name);
    if (text) parse_chapter(*text, "spec/" + name, document, findings);
    if (!text) findings.push_back({{"spec/" + name, 0}, "", "can't be read"});
  }
  return document;
}

std::vector<std::string> mentioned_ids(std::string_view text) {
  std::vector<std::string> ids;
  for (std::size_t open = text.find('['); open != std::string_view::npos; open = text.find('[', open + 1)) {
    const std::size_t close = text.find(']', open);
    if (close == std::string_view::npos) break;
    const std::string_view id = text.substr(open + 1, close - open - 1);
    if (is_clause_id(id)) ids.emplace_back(id);
  }
  return ids;
}

std::optional<std::string> read_text(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return std::nullopt;
  return std::string(std::istreambuf_iterator<char>(in), {});
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blanks = " \t\r\n";
  const std::size_t begin = text.find_first_not_of(blanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  while (true) {
    const std::size_t end = text.find(separator);
    parts.emplace_back(trimmed(text.substr(0, end)));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

}  // namespace pvm::spec
