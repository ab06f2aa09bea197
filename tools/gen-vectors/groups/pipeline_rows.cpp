// SPDX-License-Identifier: Apache-2.0 OR MIT
// pipeline-1, row by row of its cost table: alone, depending on itself, in parallel, with each reuse of registers.
#include "groups.hpp"
#include "operands.hpp"

namespace pvm::gen {

using isa::Op;

namespace {

constexpr std::string_view rotation[] = {"t0", "t1", "t2", "s0", "s1", "a5"};
constexpr i64 plenty = 100000;

std::string line(const isa::Row& row, std::string_view d, std::string_view a, std::string_view b) {
  std::string text = std::string(row.name) + operands_text(row, d, a, b);
  if (row.operands.target != isa::Field::none) text += ":4";  // so that a block's place doesn't depend on what follows
  return text + ";";
}

// The blocks in which the row shows; each ends with a trap unless the instruction ends it itself.
std::vector<std::string> blocks_of(const isa::Row& row) {
  const std::string close = row.ends_block ? "" : "trap;";
  std::vector<std::string> blocks;
  if (row.ends_block) {
    blocks.push_back(line(row, "a0", "a1", "a2"));
    // Behind something slow that it reads, or doesn't.
    blocks.push_back("div_unsigned_32 a1, a3, a4;" + line(row, "a0", "a1", "a2"));
    blocks.push_back("mul_32 a2, a3, a4;" + line(row, "a0", "a1", "a2"));
    blocks.push_back("div_unsigned_32 a0, a3, a4;" + line(row, "a0", "a1", "a2"));
    return blocks;
  }
  std::string chain, apart, d_is_a, d_is_b;
  for (int count = 0; count < 4; ++count) chain += line(row, "a0", "a0", "a0");
  for (const std::string_view r : rotation) apart += line(row, r, "a1", "a2");
  for (const std::string_view r : rotation) d_is_a += line(row, r, r, "a2");
  for (const std::string_view r : rotation) d_is_b += line(row, r, "a1", r);
  blocks.push_back(chain + close);
  blocks.push_back(apart + close);
  if (row.operands.d != isa::Field::none && row.operands.a != isa::Field::none) blocks.push_back(d_is_a + close);
  if (row.operands.d != isa::Field::none && row.operands.b != isa::Field::none) blocks.push_back(d_is_b + close);
  // What it writes is read, what it reads was slow.
  blocks.push_back("mul_32 a1, a4, a4;" + line(row, "a0", "a1", "a2") + "mul_32 a4, a0, a0;" + close);
  if (row.operands.b != isa::Field::none) blocks.push_back("mul_32 a2, a4, a4;" + line(row, "a0", "a1", "a2") + close);
  return blocks;
}

void row_case(Group& g, const isa::Row& row, u32 memory_cost) {
  const std::vector<std::string> blocks = blocks_of(row);
  std::string code;
  std::vector<u32> starts;
  for (const std::string& block : blocks) {
    // The code up to here, laid out, tells where the block starts. `target` is bound for good at the end.
    const auto laid_out = builder::assemble(g.version, code + "target:");
    starts.push_back(static_cast<u32>(std::get<CodeBlob>(laid_out).code.size()));
    code += block;
  }
  CaseBuilder& c =
      g.add("pipeline.table." + std::string(row.name) + ".memory_cost_" + std::to_string(memory_cost),
            "What " + std::string(row.name) + " costs: alone, in a chain, side by side, behind and before a dependent instruction.",
            {"pipeline.table", std::string(row.clause)});
  c.code(code + "target: ; trap").pipeline(plenty, memory_cost).pc(none);
  for (const u32 start : starts) c.set_gas(plenty).set_pc(start).run();
}

}  // namespace

void define_pipeline_rows(Group& g) {
  if (!g.has_pipeline()) return;
  for (std::size_t index = 0; index < isa::op_count; ++index) {
    const isa::Row& row = isa::rows[index];
    if (!g.has(static_cast<Op>(index))) continue;
    row_case(g, row, 25);
    if (row.name != "load_u8" && row.name != "load_indirect_i32") continue;
    row_case(g, row, 4);
    row_case(g, row, 37);
  }
}

}  // namespace pvm::gen
