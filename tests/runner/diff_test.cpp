// SPDX-License-Identifier: Apache-2.0 OR MIT
// Differences between versions, and the document's list of them.
#include "diff.hpp"

#include "support.hpp"

namespace pvm::runner {
namespace {

using conformance::Case;

/// A case with one run; the test changes what it is about.
Case make_case(const std::string& version, const std::string& name, const std::string& clause) {
  Case c;
  c.id = version + "/" + name;
  c.semantics = *ref::semantics_named(version);
  c.clauses = {clause};
  c.disassembly = {"0: trap"};
  conformance::Post post;
  post.status = ref::Status::trap;
  post.pc = 0;
  c.body = conformance::Execution{{}, {conformance::RunStep{{{post}}}}};
  return c;
}

conformance::Post& post_of(Case& c) {
  return std::get<conformance::RunStep>(std::get<conformance::Execution>(c.body).steps.front()).post.any_of.front();
}

VersionDiff diff(const Case& a, const Case& b) {
  return diff_versions({a}, {b}, a.semantics, b.semantics);
}

TEST(diff, equal_cases_do_not_differ) {
  const VersionDiff found = diff(make_case("rv64-1", "x.y", "alu.sub_64"), make_case("jam-1", "x.y", "alu.sub_64"));
  EXPECT_EQ(found.compared, 1U);
  EXPECT_EQ(found.differing, 0U);
  EXPECT_FALSE(found.clauses.contains("alu.sub_64"));
}

TEST(diff, position_at_a_trap_belongs_to_the_exit) {
  const Case a = make_case("rv64-1", "x.y", "alu.sub_64");
  Case b = make_case("graypaper-0.7.2", "x.y", "alu.sub_64");
  post_of(b).pc = 5;
  EXPECT_TRUE(diff(a, b).clauses.contains("exit.trap"));
  EXPECT_FALSE(diff(a, b).clauses.contains("alu.sub_64"));
  post_of(b).regs = conformance::Registers{};
  EXPECT_FALSE(diff(a, b).clauses.contains("alu.sub_64")) << "what only one asserts is not a difference";
  post_of(b).status = ref::Status::halt;
  EXPECT_TRUE(diff(a, b).clauses.contains("alu.sub_64"));
}

TEST(diff, other_questions_are_not_compared) {
  const Case a = make_case("rv64-1", "x.y", "alu.sub_64");
  Case b = make_case("rv32-1", "x.y", "alu.sub_64");
  post_of(b).status = ref::Status::halt;
  std::get<conformance::Execution>(b.body).pre.pc = 3;
  EXPECT_EQ(diff(a, b).not_comparable, 1U);
  EXPECT_FALSE(diff(a, b).clauses.at("alu.sub_64").how.contains("status"));
}

TEST(diff, refusal_against_a_run_is_a_difference) {
  const Case a = make_case("rv64-1", "x.y", "decode.skip");
  Case b = make_case("jam-1", "x.y", "decode.skip");
  b.body = conformance::Rejected{ref::Phase::validate, ref::Reason::invalid_opcode};
  b.disassembly.clear();
  EXPECT_TRUE(diff(a, b).clauses.at("decode.skip").how.contains("rejected"));
}

TEST(diff, instruction_tables_count) {
  const VersionDiff found = diff_versions({}, {}, ref::Semantics::rv64_1, ref::Semantics::jam_1);
  EXPECT_TRUE(found.clauses.at("memory.memset").how.contains("only in rv64-1"));
  EXPECT_TRUE(found.clauses.at("control.unlikely").how.contains("opcode 3 / 2"));
  EXPECT_TRUE(found.clauses.contains("decode.opcode"));
  EXPECT_FALSE(found.clauses.contains("alu.add_64"));
}

constexpr const char* document =
    "# Differences\n\n<!-- table: differences -->\n| version A | version B | clauses | why |\n|---|---|---|---|\n"
    "| `rv64-1` | jam-1 | `control.unlikely`, bits.* | numbers |\n| jam-1 | rv64-1 | memory.memset, memory.sbrk, decode.opcode | missing "
    "|\n\n| other | table |\n";

TEST(diff, document_is_checked_both_ways) {
  const auto rows = std::get<std::vector<DifferenceRow>>(parse_differences(document, "d.md"));
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0].patterns, (std::vector<std::string>{"control.unlikely", "bits.*"}));
  VersionDiff found = diff_versions({}, {}, ref::Semantics::rv64_1, ref::Semantics::jam_1);
  EXPECT_TRUE(check_differences(found, rows, "rv64-1", "jam-1").empty());
  found.clauses["alu.new"].how.insert("status");
  found.clauses.erase("memory.sbrk");
  const auto problems = check_differences(found, rows, "rv64-1", "jam-1");
  ASSERT_EQ(problems.size(), 2U);
  EXPECT_EQ(problems[0], "alu.new differs (status), but the document does not list it");
  EXPECT_EQ(problems[1], "the document lists memory.sbrk, but no case and no table shows a difference there");
}

TEST(diff, bad_documents_are_refused) {
  EXPECT_TRUE(std::holds_alternative<conformance::ParseError>(parse_differences("nothing", "d.md")));
  const auto bad = parse_differences(
      "<!-- table: differences -->\n| version A | version B | clauses | why |\n|---|---|---|---|\n| mips | jam-1 | x.y | z |\n", "d.md");
  EXPECT_EQ(conformance::to_text(std::get<conformance::ParseError>(bad)), "d.md: 4:1: unknown semantics version");
}

}  // namespace
}  // namespace pvm::runner
