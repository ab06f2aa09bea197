// SPDX-License-Identifier: Apache-2.0 OR MIT
// The sixteen branches: each condition at the values where signed and unsigned, 32 and 64 bits part.
#include "groups.hpp"
#include "values.hpp"

namespace pvm::gen {

using isa::Op;

namespace {

// The condition, computed apart from ref. Values as the registers hold them; an immediate has been extended to 64 bits.
bool is_taken(const Group& g, std::string_view name, u64 a, u64 b) {
  const auto comparable = [&](u64 value) -> u64 {
    if (!g.is_wide())
      value = name.find("_signed") != std::string_view::npos ? static_cast<u64>(static_cast<ref::i32>(value)) : value & 0xffffffff;
    // Flipping the sign bit makes signed order unsigned order.
    return name.find("_signed") != std::string_view::npos ? value ^ u64 { 1 } << 63 : value;
  };
  const u64 left = comparable(a);
  const u64 right = comparable(b);
  if (name.starts_with("branch_not_eq")) return left != right;
  if (name.starts_with("branch_eq")) return left == right;
  if (name.starts_with("branch_less_or_equal")) return left <= right;
  if (name.starts_with("branch_less")) return left < right;
  if (name.starts_with("branch_greater_or_equal")) return left >= right;
  return left > right;
}

void finish(CaseBuilder& c, const std::string& branch, bool taken) {
  c.code(branch + "taken; load_imm a2, 1; ret; taken: ; load_imm a2, 2; ret").run().expect_halt().expect_reg("a2", taken ? 2 : 1);
}

void register_pairs(Group& g, Op op) {
  const std::string name(isa::row_of(op).name);
  const std::string clause(isa::row_of(op).clause);
  for (const ValuePair& pair : pairs_for(Op::set_less_than_signed)) {
    if (pair.a == "one" || pair.a == "max") continue;  // nothing new to a branch
    const NamedValue& a = value_named(pair.a);
    const NamedValue& b = value_named(pair.b);
    if (!g.is_wide() && (a.only_wide || b.only_wide)) continue;
    const bool taken = is_taken(g, name, value_in(g, a), value_in(g, b));
    CaseBuilder& c = g.add(clause + "." + std::string(a.name) + "_and_" + std::string(b.name),
                           "Left " + std::string(a.phrase) + ", right " + std::string(b.phrase) + (taken ? ": taken." : ": not taken."),
                           {clause, "jump.branch"});
    finish(c.reg("a0", value_in(g, a)).reg("a1", value_in(g, b)), name + " a0, a1, ", taken);
  }
  CaseBuilder& same = g.add(clause + ".same_register", "Both operands are the same register.", {clause}).reg("a0", 0x89abcdef);
  finish(same, name + " a0, a0, ", is_taken(g, name, 1, 1));
  for (const char* length : {"2", "4"}) {
    g.add(clause + ".offset_of_" + length + "_bytes", "The same distance in any length.",
          {clause, "decode.format.reg_reg_offset", "decode.target"})
        .reg("a0", 5)
        .code("jump there; back: ; load_imm a2, 2; ret; there: ; " + name + " a0, a0, back:" + length + "; load_imm a2, 1; ret")
        .run()
        .expect_halt()
        .expect_reg("a2", is_taken(g, name, 1, 1) ? 2 : 1);
  }
}

void register_and_immediate(Group& g, Op op) {
  const std::string name(isa::row_of(op).name);
  const std::string clause(isa::row_of(op).clause);
  const auto add = [&](const std::string& what, std::string why, u64 a, const std::string& operand, i64 immediate) {
    const bool taken = is_taken(g, name, a, static_cast<u64>(immediate));
    CaseBuilder& c = g.add(clause + "." + what, std::move(why) + (taken ? " Taken." : " Not taken."),
                           {clause, "jump.branch", "decode.format.reg_imm_offset"});
    finish(c.reg("a0", a), name + " a0, " + operand + ", ", taken);
  };
  for (const ImmediatePair& pair : immediate_pairs_for(Op::set_less_than_signed_imm)) {
    const NamedValue& a = value_named(pair.a);
    if (!g.is_wide() && a.only_wide) continue;
    add(std::string(a.name) + "_and_imm_" + std::string(pair.name),
        "Left " + std::string(a.phrase) + ", right " + std::to_string(pair.immediate) + ".", value_in(g, a), std::to_string(pair.immediate),
        pair.immediate);
  }
  add("five_and_imm_minus_one", "An immediate is sign-extended even where the comparison is unsigned.", 5, "-1", -1);
  const std::pair<const char*, i64> sized[] = {{"-32768:2", -32768}, {"-8388608:3", -8388608}};
  for (const auto& [operand, value] : sized) {
    add("imm_of_" + std::string(operand).substr(std::string(operand).size() - 1) + "_bytes", "The immediate is as long as its nibble says.",
        g.by_width(static_cast<u64>(value) & 0xffffffff, static_cast<u64>(value)), operand, value);
  }
  for (const char* length : {"2", "4"}) {
    g.add(clause + ".offset_of_" + length + "_bytes", "The same distance in any length.",
          {clause, "decode.format.reg_imm_offset", "decode.target"})
        .reg("a0", 5)
        .code("jump there; back: ; load_imm a2, 2; ret; there: ; " + name + " a0, 5, back:" + length + "; load_imm a2, 1; ret")
        .run()
        .expect_halt()
        .expect_reg("a2", is_taken(g, name, 5, 5) ? 2 : 1);
  }
}

}  // namespace

void define_branch(Group& g) {
  for (std::size_t index = 0; index < isa::op_count; ++index) {
    const auto op = static_cast<Op>(index);
    const isa::Row& row = isa::row_of(op);
    if (!row.clause.starts_with("branch.")) continue;
    if (row.format == isa::Format::reg_reg_offset) {
      register_pairs(g, op);
    } else {
      register_and_immediate(g, op);
    }
  }
}

}  // namespace pvm::gen
