// SPDX-License-Identifier: Apache-2.0 OR MIT
// The document as data: clauses, tables, version tags and references, read from the markdown chapters.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pvm::spec {

/// A line of a file. `line` counts from 1; 0 stands for the file as a whole.
struct Place {
  std::string file;  ///< Relative to the repository's root.
  std::size_t line = 0;
};

/// Something wrong with the document or with what is traced to it.
struct Finding {
  Place place;
  std::string clause;  ///< Id of the clause concerned; empty where there is none.
  std::string message;
};

/// "file:line: [clause] message".
std::string to_string(const Finding& finding);

/// Text of a fixed line with the version tags in front of it, as written.
struct Tagged {
  std::vector<std::string> tags;  ///< Version ids or "polkavm"; empty: every version that the clause holds in.
  std::string text;
  std::size_t line = 0;
};

/// A rule of the document: a heading `### [id] Title` and what follows it up to the next heading of level 1 to 3.
struct Clause {
  std::string id;
  std::string title;
  Place place;
  Tagged holds_in;                                            ///< Only `tags` are used; empty: every version.
  std::vector<std::pair<std::string, std::string>> operands;  ///< Letter and field, in order. Instruction clauses only.
  std::vector<Tagged> effects;                                ///< Formulas without their backticks.
  std::vector<Tagged> exits;
  std::vector<Tagged> paragraphs;        ///< The tags of tagged paragraphs; `text` isn't used.
  std::optional<std::string> test_none;  ///< The reason of a `Test  none:` line.
  std::optional<std::string> rule_none;  ///< The reason of a `Rule  none:` line.
};

struct Row {
  std::vector<std::string> cells;  ///< As many as the table has columns.
  std::size_t line = 0;
};

/// A table that follows a line `<!-- table: NAME -->`.
struct Table {
  std::string name;
  Place place;
  std::vector<std::string> columns;
  std::vector<Row> rows;

  /// The cell of `row` in the column of that heading, or nullptr if there is no such column.
  const std::string* cell(const Row& row, std::string_view column) const;
};

/// A mention `[id]` of a clause; `id` may end in ".*".
struct Reference {
  std::string id;
  Place place;
};

struct Document {
  std::vector<Clause> clauses;  ///< In the order of the chapters, then of their text.
  std::vector<Table> tables;
  std::vector<Reference> references;
  std::optional<std::string> version;  ///< Of the document itself, such as "1.0.0": from the line that begins with "Version 1.0.0.".

  const Clause* clause(std::string_view id) const;
  const Table* table(std::string_view name) const;
};

/// Adds what `text` holds to `document`, and to `findings` each line that breaks the form of a clause or table.
void parse_chapter(std::string_view text, const std::string& file, Document& document, std::vector<Finding>& findings);

/// Reads spec/*.md below `root`: the chapters of the document in their order, then any other. Unreadable files are findings.
Document read_document(const std::filesystem::path& root, std::vector<Finding>& findings);

/// The ids `[group.name]` and `[group.*]` mentioned in a line of text.
std::vector<std::string> mentioned_ids(std::string_view text);

/// Whole text of a file, or nullopt if it can't be read.
std::optional<std::string> read_text(const std::filesystem::path& path);

/// Text without blanks at either end.
std::string_view trimmed(std::string_view text);

/// The parts of `text` between separators, trimmed, empty ones included.
std::vector<std::string> split(std::string_view text, char separator);

}  // namespace pvm::spec
