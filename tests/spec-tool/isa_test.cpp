// SPDX-License-Identifier: Apache-2.0 OR MIT
// Joining tables and clauses, on a document with two instructions.
#include "isa.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace pvm::spec {
namespace {

constexpr const char* small_document = R"(
Version 2.0.0. A test.

<!-- table: versions -->
| id | blob version byte | register bits | gas models |
|---|---|---|---|
| one-1 | 0 | 32 | flat-1, pipeline-1 |
| two-1 | - | 64 | instruction-1 |

<!-- table: formats -->
| format | registers | immediates |
|---|---|---|
| none | - | - |
| reg_imm | reg1 = low(b1) | imm1 = imm(2) |

<!-- table: opcodes -->
| instruction | clause | Gray Paper name | format | one-1 | two-1 | ends block | falls through |
|---|---|---|---|---|---|---|---|
| stop | c.stop | - | none | 0 | 0 | yes | no |
| put | m.put | put_it | reg_imm | 9 | - | no | yes |

<!-- table: pipeline -->
| instruction | latency | decode slots | alu | load | store | mul | div | writes | reads |
|---|---|---|---|---|---|---|---|---|---|
| stop | 2 | 1 | 0 | 0 | 0 | 0 | 0 | - | - |
| put | 1+p | 1+n1 | 1 | 0 | 0 | 0 | 0 | d | - |
| invalid | 2 | 1 | 0 | 0 | 0 | 0 | 0 | - | - |

### [c.stop] stop

Operands  none
Effect [polkavm]  `trap`
Effect [two-1]  `nothing`

### [m.put] put

Holds in  one-1
Operands  d = reg1, i = imm1
Effect  `d := i`
)";

struct Read {
  Document document;
  Isa isa;
  std::vector<Finding> findings;
};

Read read(const std::string& text) {
  Read out;
  parse_chapter(text, "spec/x.md", out.document, out.findings);
  out.isa = read_isa(out.document, out.findings);
  return out;
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

TEST(Isa, JoinsTablesAndClauses) {
  const auto [document, isa, findings] = read(small_document);
  for (const Finding& finding : findings) ADD_FAILURE() << to_string(finding);
  EXPECT_EQ(isa.document_version, "2.0.0");
  EXPECT_EQ(isa.version_ids(), (std::vector<std::string>{"one-1", "two-1"}));
  EXPECT_EQ(isa.versions[0].gas_models, (std::vector<std::string>{"flat-1", "pipeline-1"}));
  EXPECT_FALSE(isa.versions[1].is_polkavm());
  ASSERT_EQ(isa.instructions.size(), 2u);
  EXPECT_EQ(isa.instructions[0].effect_in("one-1")->formula, "trap");
  EXPECT_EQ(isa.instructions[0].effect_in("two-1")->formula, "nothing");
  const InstructionEntry& put = isa.instructions[1];
  EXPECT_TRUE(put.in("one-1"));
  EXPECT_FALSE(put.in("two-1"));
  EXPECT_EQ(put.effect_in("two-1"), nullptr);
  EXPECT_EQ(put.graypaper_name, "put_it");
  EXPECT_EQ(put.gas.decode_slots, "1+n1");
  EXPECT_EQ(put.gas.writes, std::vector<std::string>{"d"});
  EXPECT_NE(isa_json(isa).find("\"graypaper_name\": \"put_it\""), std::string::npos);
  EXPECT_NE(clauses_json(document, isa).find("\"id\": \"m.put\""), std::string::npos);
}

struct Damage {
  const char* from;
  const char* to;
  const char* message;
};

class IsaErrors : public testing::TestWithParam<Damage> {};

TEST_P(IsaErrors, AreReported) {
  const auto [document, isa, findings] = read(replaced(small_document, GetParam().from, GetParam().to));
  EXPECT_TRUE(std::any_of(findings.begin(), findings.end(),
                          [](const Finding& finding) { return to_string(finding).find(GetParam().message) != std::string::npos; }))
      << GetParam().message << (findings.empty() ? " but nothing was found" : " but: " + to_string(findings[0]));
}

INSTANTIATE_TEST_SUITE_P(
    All, IsaErrors,
    testing::Values(Damage{"Version 2.0.0.", "Draft.", "begins with \"Version X.Y.Z.\""},
                    Damage{"table: versions", "table: other", "table \"versions\""},
                    Damage{"| one-1 | 0 | 32", "| one-1 | x | 32", "holds no number: \"x\""},
                    Damage{"reg_imm | 9", "reg_odd | 9", "unknown format"},
                    Damage{"reg_imm | 9 | - |", "reg_imm | 0 | - |", "opcode 0 is that of stop too"},
                    Damage{"reg_imm | 9 | - |", "reg_imm | 256 | - |", "256 isn't a byte"},
                    Damage{"| no | yes |", "| no | maybe |", "yes or no"}, Damage{"m.put | put_it", "m.gone | put_it", "no chapter has"},
                    Damage{"### [m.put] put", "### [m.put] Put", "title isn't"}, Damage{"i = imm1", "i = imm2", "has no field imm2"},
                    Damage{"Holds in  one-1", "Holds in  two-1", "different versions"},
                    Damage{"Holds in  one-1", "Holds in  none-1", "unknown version \"none-1\""},
                    Damage{"Effect [two-1]  `nothing`", "", "no effect for some version"},
                    Damage{"Effect [two-1]", "Effect [one-1]", "a second effect for one-1"},
                    Damage{"Effect  `d := i`", "Effect [two-1]  `d := i`", "lacks the instruction"},
                    Damage{"| put | 1+p", "| pot | 1+p", "unknown instruction: pot"},
                    Damage{"| put | 1+p", "| pot | 1+p", "lacks the row put"}, Damage{"| invalid |", "| stop |", "lacks the row invalid"},
                    Damage{"instruction | latency", "name | latency", "no column \"instruction\""},
                    Damage{"Effect  `d := i`", "Effect  `d := i`\n\n**[two-1]** Text.", "in which the clause doesn't hold"},
                    Damage{"### [c.stop] stop", "### [x.y] Extra\nEffect  `trap`\n\n### [c.stop] stop", "no row in the table of opcodes"}));

}  // namespace
}  // namespace pvm::spec
