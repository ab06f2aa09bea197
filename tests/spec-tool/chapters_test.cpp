// SPDX-License-Identifier: Apache-2.0 OR MIT
// The document itself, and whether a wrong formula would be noticed.
#include <gtest/gtest.h>

#include "check/check.hpp"
#include "document.hpp"
#include "isa.hpp"

namespace pvm::spec {
namespace {

Isa read_real_isa(std::vector<Finding>& findings) {
  const Document document = read_document(PVM_ROOT, findings);
  return read_isa(document, findings);
}

TEST(Chapters, HoldTogether) {
  std::vector<Finding> findings;
  const Isa isa = read_real_isa(findings);
  for (const Finding& finding : findings) ADD_FAILURE() << to_string(finding);
  EXPECT_EQ(isa.instructions.size(), 141u);
  EXPECT_EQ(isa.formats.size(), 13u);
  std::vector<std::size_t> counts;
  for (const Version& version : isa.versions) {
    std::size_t count = 0;
    for (const InstructionEntry& entry : isa.instructions) count += entry.in(version.id) ? 1 : 0;
    counts.push_back(count);
  }
  EXPECT_EQ(counts, (std::vector<std::size_t>{138, 106, 141, 139, 139}));
}

struct WrongFormula {
  const char* instruction;
  const char* formula;
};

class WrongFormulas : public testing::TestWithParam<WrongFormula> {};

TEST_P(WrongFormulas, AreNoticed) {
  std::vector<Finding> findings;
  Isa isa = read_real_isa(findings);
  for (InstructionEntry& entry : isa.instructions) {
    if (entry.name == GetParam().instruction) entry.effects.front().formula = GetParam().formula;
  }
  CheckOptions options;
  options.samples = 8;
  options.only = std::string("*.") + GetParam().instruction;
  const CheckReport report = check_formulas(isa, options);
  EXPECT_TRUE(report.findings.empty());
  EXPECT_GT(report.mismatch_count, 0u);
  ASSERT_FALSE(report.mismatches.empty());
  EXPECT_NE(report.mismatches[0].find("document"), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(
    All, WrongFormulas,
    testing::Values(WrongFormula{"div_unsigned_32", "d := if u(b, 32) = 0 then -1 else u(a, 32) div u(b, 32)"},
                    WrongFormula{"div_signed_64", "d := if b = 0 then -1 else s(a, 64) div s(b, 64)"},
                    WrongFormula{"shift_logical_right_32", "d := u(a, 32) div 2^(b mod 32)"},
                    WrongFormula{"shift_logical_left_imm_32", "d := s(a * 2^u(i, 6), 32)"},
                    WrongFormula{"cmov_if_zero", "d := if u(b, 32) = 0 then a else d"},
                    WrongFormula{"load_imm_and_jump_indirect", "let address = u(i + j, 32); d := i; dynamic_jump(address)"},
                    WrongFormula{"branch_less_unsigned_imm", "jump target when a < i"},
                    WrongFormula{"load_indirect_i8", "d := load(u(a + i, 32), 1)"}, WrongFormula{"store_imm_u16", "store(u(i, 32), 1, j)"},
                    WrongFormula{"ecalli", "host_call(u(i, 31))"}, WrongFormula{"sbrk", "d := allocate(a)"},
                    WrongFormula{"memset", "nothing"}, WrongFormula{"fallthrough", "trap"}, WrongFormula{"jump", "nothing"},
                    WrongFormula{"jump_indirect", "dynamic_jump(u(a, 32))"}));

TEST(CheckFormulas, GiveTheSameReportForTheSameSeed) {
  std::vector<Finding> findings;
  const Isa isa = read_real_isa(findings);
  CheckOptions options;
  options.samples = 4;
  options.only = "*.load_u16";
  const CheckReport first = check_formulas(isa, options), second = check_formulas(isa, options);
  EXPECT_EQ(first.exits, second.exits);
  EXPECT_EQ(first.mismatch_count, 0u);
}

TEST(CheckFormulas, ReportBadFormulasWithTheirPlace) {
  std::vector<Finding> findings;
  Isa isa = read_real_isa(findings);
  for (InstructionEntry& entry : isa.instructions) {
    if (entry.name == "add_64") entry.effects.front().formula = "d := a + c";
  }
  CheckOptions options;
  options.only = "alu.add_64";
  const CheckReport report = check_formulas(isa, options);
  ASSERT_EQ(report.findings.size(), 1u);
  const std::string text = to_string(report.findings[0]);
  EXPECT_TRUE(text.starts_with("spec/instructions.md:")) << text;
  EXPECT_NE(text.find("[alu.add_64] formula, column 10: unknown name \"c\""), std::string::npos) << text;
}

}  // namespace
}  // namespace pvm::spec
