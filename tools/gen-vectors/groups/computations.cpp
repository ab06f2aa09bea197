// SPDX-License-Identifier: Apache-2.0 OR MIT
// One case per instruction and combination of operands, for everything that computes d from registers and immediates.
#include "values.hpp"

namespace pvm::gen {

using isa::Format;
using isa::Op;

namespace {

// What d holds beforehand, so that an instruction that leaves d alone shows.
constexpr u64 junk = 0x5555555566666666;

std::string clause_of(Op op) {
  return std::string(isa::row_of(op).clause);
}
std::string mnemonic(Op op) {
  return std::string(isa::row_of(op).name);
}

CaseBuilder& add(Group& group, Op op, const std::string& what, std::string why) {
  const std::string name = clause_of(op) + "." + what;
  CaseBuilder& c = group.add(name, std::move(why), {clause_of(op)});
  c.reg("a0", junk);
  return c;
}

void finish(Group& group, CaseBuilder& c, Op op, const std::string& what, std::string_view d = "a0") {
  c.run().expect_halt();
  if (const auto result = known_result(group, clause_of(op) + "." + what)) c.expect_reg(d, *result);
}

void with_values(Group& group, Op op, const std::string& what, std::string why, u64 a, u64 b) {
  CaseBuilder& c = add(group, op, what, std::move(why)).reg("a1", a).reg("a2", b).code(mnemonic(op) + " a0, a1, a2; ret");
  finish(group, c, op, what);
}

void aliased(Group& group, Op op, const std::string& what, std::string why, std::string_view operands) {
  const std::string text = mnemonic(op) + " " + std::string(operands) + "; ret";
  CaseBuilder& c = add(group, op, what, std::move(why));
  c.reg("a1", group.by_width(0x89abcdef, 0x0123456789abcdef)).reg("a2", group.by_width(0xfffffff3, 0xfffffffffffffff3)).code(text);
  finish(group, c, op, what, operands.substr(0, 2));
}

void three_registers(Group& group, Op op) {
  const std::string name = mnemonic(op);
  for (const ValuePair& pair : pairs_for(op)) {
    const NamedValue& a = value_named(pair.a);
    const NamedValue& b = value_named(pair.b);
    if (!group.is_wide() && (a.only_wide || b.only_wide)) continue;
    with_values(group, op, std::string(a.name) + "_and_" + std::string(b.name),
                name + " with a = " + std::string(a.phrase) + " and b = " + std::string(b.phrase) + ".", value_in(group, a),
                value_in(group, b));
  }
  SplitMix64 random(name);
  const u64 mixed_a = random.next();
  const u64 mixed_b = random.next();
  with_values(group, op, "mixed", name + " of two arbitrary numbers.", mixed_a, mixed_b);
  aliased(group, op, "d_is_a", "d and a are the same register: a is read before d is written.", "a1, a1, a2");
  aliased(group, op, "d_is_b", "d and b are the same register: b is read before d is written.", "a2, a1, a2");
  aliased(group, op, "a_is_b", "Both sources are the same register.", "a0, a1, a1");
  aliased(group, op, "all_same", "All three operands are the same register.", "a1, a1, a1");
}

void two_registers(Group& group, Op op) {
  for (const std::string_view value_name : single_values()) {
    const NamedValue& value = value_named(value_name);
    if (!group.is_wide() && value.only_wide) continue;
    const std::string what(value.name);
    CaseBuilder& c = add(group, op, what, mnemonic(op) + " of " + std::string(value.phrase) + ".");
    c.reg("a1", value_in(group, value)).code(mnemonic(op) + " a0, a1; ret");
    finish(group, c, op, what);
  }
  SplitMix64 random(mnemonic(op));
  CaseBuilder& mixed = add(group, op, "mixed", mnemonic(op) + " of an arbitrary number.").reg("a1", random.next());
  finish(group, mixed.code(mnemonic(op) + " a0, a1; ret"), op, "mixed");
  aliased(group, op, "d_is_a", "d and a are the same register.", "a1, a1");
}

void register_and_immediate(Group& group, Op op) {
  const std::string name = mnemonic(op);
  const auto add_one = [&](const std::string& what, std::string why, u64 a, const std::string& immediate) {
    CaseBuilder& c = add(group, op, what, std::move(why)).reg("a1", a).code(name + " a0, a1, " + immediate + "; ret");
    finish(group, c, op, what);
  };
  for (const ImmediatePair& pair : immediate_pairs_for(op)) {
    const NamedValue& a = value_named(pair.a);
    if (!group.is_wide() && a.only_wide) continue;
    add_one(std::string(a.name) + "_and_imm_" + std::string(pair.name),
            name + " with a = " + std::string(a.phrase) + " and immediate " + std::to_string(pair.immediate) + ".", value_in(group, a),
            std::to_string(pair.immediate));
  }
  const u64 pattern = group.by_width(0x89abcdef, 0x0123456789abcdef);
  // The pairs have immediates of 0, 1 and 4 bytes.
  add_one("imm_of_2_bytes", "An immediate is sign-extended from its own length, here 2 bytes.", pattern, "-32768:2");
  add_one("imm_of_3_bytes", "An immediate is sign-extended from its own length, here 3 bytes.", pattern, "-8388608:3");
  SplitMix64 random(name);
  const u64 a = random.next();
  const auto immediate = static_cast<ref::i32>(static_cast<u32>(random.next()));
  add_one("mixed", name + " of two arbitrary numbers.", a, std::to_string(immediate));
  aliased(group, op, "d_is_a", "d and a are the same register: a is read before d is written.", "a1, a1, 77");
}

}  // namespace

void define_computations(Group& group, std::string_view prefix) {
  for (std::size_t index = 0; index < isa::op_count; ++index) {
    const auto op = static_cast<Op>(index);
    const isa::Row& row = isa::row_of(op);
    if (!group.has(op) || row.clause.substr(0, row.clause.find('.')) != prefix) continue;
    if (row.format == Format::reg_reg_reg) three_registers(group, op);
    if (row.format == Format::reg_reg) two_registers(group, op);
    if (row.format == Format::reg_reg_imm) register_and_immediate(group, op);
  }
}

}  // namespace pvm::gen
