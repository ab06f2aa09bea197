// SPDX-License-Identifier: Apache-2.0 OR MIT
// The markdown parser: clauses, fixed lines, tables, tags and mentions.
#include "document.hpp"

#include <gtest/gtest.h>

namespace pvm::spec {
namespace {

struct Parsed {
  Document document;
  std::vector<Finding> findings;
};

Parsed parse(std::string_view text) {
  Parsed out;
  parse_chapter(text, "spec/x.md", out.document, out.findings);
  return out;
}

TEST(Document, ReadsAnInstructionClause) {
  const auto [document, findings] = parse(R"(# Chapter

<a id="alu.twice"></a>
### [alu.twice] twice

Holds in  rv32-1, rv64-1\
Operands  d = reg1, a = reg2\
Effect [rv32-1]  `d := a + a`\
Effect [rv64-1, jam-1]  `d := 2 * a`\
Exits  none

Doubles.

**[rv64-1]** Twice.

## Next
)");
  EXPECT_TRUE(findings.empty());
  ASSERT_EQ(document.clauses.size(), 1u);
  const Clause& clause = document.clauses[0];
  EXPECT_EQ(clause.id, "alu.twice");
  EXPECT_EQ(clause.title, "twice");
  EXPECT_EQ(clause.place.line, 4u);
  EXPECT_EQ(clause.holds_in.tags, (std::vector<std::string>{"rv32-1", "rv64-1"}));
  EXPECT_EQ(clause.operands, (std::vector<std::pair<std::string, std::string>>{{"d", "reg1"}, {"a", "reg2"}}));
  ASSERT_EQ(clause.effects.size(), 2u);
  EXPECT_EQ(clause.effects[0].text, "d := a + a");
  EXPECT_EQ(clause.effects[1].tags, (std::vector<std::string>{"rv64-1", "jam-1"}));
  EXPECT_EQ(clause.effects[1].line, 9u);
  ASSERT_EQ(clause.exits.size(), 1u);
  ASSERT_EQ(clause.paragraphs.size(), 1u);
  EXPECT_EQ(clause.paragraphs[0].tags, std::vector<std::string>{"rv64-1"});
}

TEST(Document, EndsAClauseAtTheNextHeadingUpToLevelThree) {
  const auto [document, findings] = parse("### [a.b] First\n#### Part\nTest  none: a definition\n## Other\nRule  none: not of a.b\n");
  ASSERT_EQ(document.clauses.size(), 1u);
  EXPECT_EQ(document.clauses[0].test_none, "a definition");
  EXPECT_FALSE(document.clauses[0].rule_none);
}

TEST(Document, ReadsMarkedTablesOnly) {
  const auto [document, findings] =
      parse("| x |\n|---|\n| 0 |\n\n<!-- table: t -->\n| name | value |\n|---|---:|\n| a | 1 |\n| b | - |\n\n| y |\n");
  EXPECT_TRUE(findings.empty());
  ASSERT_EQ(document.tables.size(), 1u);
  const Table& table = document.tables[0];
  ASSERT_EQ(table.rows.size(), 2u);
  EXPECT_EQ(*table.cell(table.rows[1], "name"), "b");
  EXPECT_EQ(*table.cell(table.rows[1], "value"), "-");
  EXPECT_EQ(table.cell(table.rows[1], "absent"), nullptr);
  EXPECT_EQ(table.rows[1].line, 9u);
}

TEST(Document, FindsMentionsButNotLinksToFilesOrTags) {
  EXPECT_EQ(mentioned_ids("see [a.b], [c.d](x.md#c.d), [e.*]; not [x.md](x.md), [rv64-1], [0.35], [A.b], [a.], [.b], [a]"),
            (std::vector<std::string>{"a.b", "c.d", "e.*"}));
}

TEST(Document, IgnoresCodeBlocks) {
  const auto [document, findings] = parse("```\n### [a.b] Not a clause\n[c.d]\n```\n");
  EXPECT_TRUE(document.clauses.empty());
  EXPECT_TRUE(document.references.empty());
}

TEST(Document, ReadsItsVersion) {
  EXPECT_EQ(parse("# T\n\nVersion 1.2.3. Status: released.\n").document.version, "1.2.3");
  EXPECT_FALSE(parse("# T\n\nVersion control is used.\n").document.version);
}

struct BadLine {
  const char* text;
  std::size_t line;
  const char* message;
};

class DocumentErrors : public testing::TestWithParam<BadLine> {};

TEST_P(DocumentErrors, AreReportedWithTheirLine) {
  const auto [document, findings] = parse(GetParam().text);
  ASSERT_FALSE(findings.empty());
  EXPECT_EQ(findings[0].place.line, GetParam().line);
  EXPECT_NE(findings[0].message.find(GetParam().message), std::string::npos) << findings[0].message;
}

INSTANTIATE_TEST_SUITE_P(
    All, DocumentErrors,
    testing::Values(BadLine{"### [Alu.x] X\n", 1, "clause heading"}, BadLine{"### [alu] X\n", 1, "clause heading"},
                    BadLine{"### [alu.x X\n", 1, "clause heading"}, BadLine{"### [a.b] X\n\nOperands  d, a\n", 3, "operands"},
                    BadLine{"### [a.b] X\nEffect  d := a\n", 2, "backticks"}, BadLine{"### [a.b] X\nTest  none:\n", 2, "none: REASON"},
                    BadLine{"<!-- table: t -->\ntext\n", 2, "table must follow"}, BadLine{"<!-- table: t -->\n", 1, "table must follow"},
                    BadLine{"<!-- table: t -->\n| a | b |\n|---|---|\n| 1 |\n", 4, "1 cells under 2 columns"},
                    BadLine{"```\ntext\n", 2, "isn't closed"}, BadLine{"### [a.b] X\n**[rv64-1 text\n", 2, "tag"}));

TEST(Document, ReportsAnEmptyDirectory) {
  std::vector<Finding> findings;
  EXPECT_TRUE(read_document("/nonexistent", findings).clauses.empty());
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_NE(to_string(findings[0]).find("spec: holds no chapters"), std::string::npos);
}

}  // namespace
}  // namespace pvm::spec
