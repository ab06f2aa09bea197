// SPDX-License-Identifier: Apache-2.0 OR MIT
// Which positions may be jumped to, and what happens at the ends of blocks.
#include "groups.hpp"
#include "operands.hpp"

namespace pvm::gen {

using isa::Op;
using ref::Reason;

namespace {

// For each instruction: may the position behind it be jumped to?
void terminators(Group& g) {
  for (std::size_t index = 0; index < isa::op_count; ++index) {
    const isa::Row& row = isa::rows[index];
    if (!g.has(static_cast<Op>(index)) || !is_representative(row)) continue;
    const std::string name(row.name);
    CaseBuilder& c = g.add("block.terminators." + name,
                           row.ends_block ? name + " ends a block: what follows may be jumped to."
                                          : name + " doesn't end a block: what follows may not be jumped to.",
                           {"block.terminators", "target.valid", std::string(row.clause)});
    c.code("branch_eq_imm a0, 0, target; trap;" + name + harmless_operands(row) + "; target: ; load_imm a0, 2; ret").run();
    if (row.ends_block) c.expect_halt().expect_reg("a0", 2);
    if (!row.ends_block) c.expect_trap(0).expect_reg("a0", 0);
  }
}

void targets(Group& g) {
  const auto jump = [&](const std::string& what, const char* why, const std::string& code) -> CaseBuilder& {
    return g.add("target.valid." + what, why, {"target.valid", "jump.static"}).code(code).run();
  };
  jump("start", "0 is a target if it is marked, whatever lies before: nothing does.",
       "branch_eq_imm a0, 1, out; load_imm a0, 1; jump 0; out: ; ret")
      .expect_halt();
  jump("start_unmarked", "0 isn't a target if it isn't marked.", ".unmarked 00; fallthrough; jump 0")
      .pc(2)
      .expect_trap(2)
      .jam_rejects(Reason::unmarked_instruction);
  jump("inside_instruction", "A position inside an instruction isn't marked.", "load_imm a0, 1; jump 1").expect_trap(3).expect_reg("a0", 1);
  jump("operand_that_looks_like_code", "An unmarked byte isn't executed even if it is a fine opcode.", "jump 4; .raw 33 07 01; ret")
      .expect_trap(0);
  jump("beyond_end", "A target beyond the code.", "load_imm a0, 1; jump 1000").expect_trap(3);
  jump("end", "The end of the code isn't a target.", "load_imm a0, 1; jump end; trap; end:").expect_trap(3);
  jump("below_zero", "A negative target wraps modulo 2^32 and lies beyond the code.", "load_imm a0, 1; .raw 28 80").expect_trap(3);
  jump("far_below_zero", "The least offset.", "load_imm a0, 1; .raw 28 00 00 00 80").expect_trap(3);
  jump("far_beyond", "The greatest offset.", "load_imm a0, 1; .raw 28 ff ff ff 7f").expect_trap(3);
  jump("middle_of_block", "An instruction in the middle of a block isn't a target.",
       "jump over; load_imm a0, 1; over: ; load_imm a1, 2; ret")
      .expect_trap(0);
  jump("behind_trap", "What follows a trap may be jumped to.", "jump over; trap; over: ; ret").expect_halt();
  jump("behind_jump", "What follows an unconditional jump may be jumped to.", "jump over; jump 0; over: ; ret").expect_halt();
  jump("behind_jump_indirect", "What follows jump_indirect may be jumped to.", "jump over; jump_indirect a0, 0; over: ; ret").expect_halt();
  jump("behind_invalid", "What follows an invalid opcode isn't a target.", "jump over; .raw ff; over: ; ret")
      .expect_trap(0)
      .also({"decode.opcode"})
      .jam_rejects(Reason::invalid_opcode);
  jump("behind_invalid_start", "What follows an invalid first opcode isn't a target.", ".raw ff; over: ; load_imm a0, 1; jump over")
      .pc(1)
      .expect_trap(4)
      .jam_rejects(Reason::invalid_opcode);
  CaseBuilder& invalid =
      jump("invalid_opcode", "The target's own opcode: the PolkaVM versions jump there and trap there, the Gray Paper panics at the jump.",
           "jump over; trap; over: ; .raw ff; ret");
  invalid.also({"decode.opcode", "exit.trap"}).expect_trap(3).jam_rejects(Reason::invalid_opcode);
  for (const char* opcode : {"02", "03", "38", "65", "6f"}) {
    g.add(std::string("target.valid.opcode_") + opcode, "Whether this opcode exists depends on the version.",
          {"decode.opcode", "target.valid"})
        .code(std::string("jump over; trap; over: ; .raw ") + opcode + " 77; ecalli 1; trap")
        .run();
    if (isa::ops_by_opcode[static_cast<std::size_t>(g.version)][hex(opcode)[0]] == Op::invalid) {
      g.cases.back().expect_trap(3).jam_rejects(Reason::invalid_opcode);
    }
  }
  // The distance to the preceding terminator, at each alignment of the target.
  for (u32 before = 0; before < 8; ++before) {
    for (const u32 distance : {1U, 8U, 24U, 25U, 26U}) {
      if (before != 0 && distance < 25) continue;
      std::string pad = "branch_eq_imm a0, 0, over;";  // 3 or 4 bytes
      for (u32 index = 0; index < before; ++index) pad += ".raw 01;";
      CaseBuilder& c = jump("distance_" + std::to_string(distance) + "_shifted_by_" + std::to_string(before),
                            distance <= 25 ? "The terminator before the target may start up to 25 bytes earlier, whatever the alignment."
                                           : "26 bytes are too far: nothing stands right before the target.",
                            pad + ".raw 01 00*" + std::to_string(distance - 1) + "; over: ; load_imm a1, 2; ret");
      if (distance <= 25) c.expect_halt().expect_reg("a1", 2);
      if (distance > 25) c.expect_trap(0).jam_rejects(Reason::gap_too_long);
    }
  }
  jump("clipped_gap", "The position 25 behind a jump that is too long isn't marked: not a target.", "jump 27; .raw 28 00*30; ret")
      .expect_trap(0)
      .jam_rejects(Reason::gap_too_long);
}

void branches_at_the_edge(Group& g) {
  const auto add = [&](const char* what, const char* why, const std::string& code) -> CaseBuilder& {
    return g.add(std::string("jump.branch.") + what, why, {"jump.branch", "target.valid", "flow.fall_through"})
        .code("load_imm a0, 1;" + code)
        .run();
  };
  const bool gp = g.is_graypaper();
  add("taken_to_invalid", "A taken branch into the middle of an instruction traps at the branch.", "branch_eq_imm a0, 1, 4; trap")
      .expect_trap(3);
  CaseBuilder& untaken =
      add("untaken_to_invalid", "An untaken branch with an invalid target: the PolkaVM versions trap, the Gray Paper goes on.",
          "branch_eq_imm a0, 2, 4; load_imm a1, 2; ret");
  if (gp) untaken.expect_halt().expect_reg("a1", 2);
  if (!gp) untaken.expect_trap(3).expect_reg("a1", 0);
  CaseBuilder& untaken_registers =
      add("untaken_registers_to_invalid", "The same with two registers.", "branch_eq a0, a1, 4; load_imm a2, 2; ret");
  if (gp) untaken_registers.expect_halt();
  if (!gp) untaken_registers.expect_trap(3);
  CaseBuilder& beyond =
      add("untaken_beyond_end", "An untaken branch to a place beyond the code.", "branch_eq_imm a0, 2, 100; load_imm a1, 2; ret");
  if (gp) beyond.expect_halt();
  if (!gp) beyond.expect_trap(3);
  CaseBuilder& taken_last =
      add("taken_at_end", "A taken branch that is the last instruction: the PolkaVM versions trap, the Gray Paper jumps.",
          "jump last; good: ; load_imm a1, 2; ret; last: ; branch_eq_imm a0, 1, good");
  if (gp) taken_last.expect_halt().expect_reg("a1", 2);
  if (!gp) taken_last.expect_trap(10).expect_reg("a1", 0);
  taken_last.jam_rejects(Reason::falls_off_end);
  add("untaken_at_end", "An untaken branch that is the last instruction.",
      "jump last; good: ; load_imm a1, 2; ret; last: ; branch_eq_imm a0, 2, good")
      .expect_trap(10)
      .jam_rejects(Reason::falls_off_end);
  CaseBuilder& taken_gap = add("taken_before_gap", "A taken branch whose fall-through position isn't marked.",
                               "jump last; good: ; load_imm a1, 2; ret; last: ; .raw 51 17 01 fb ff ff ff 00*30; ret");
  if (gp) taken_gap.expect_halt();
  if (!gp) taken_gap.expect_trap(10);
  taken_gap.jam_rejects(Reason::gap_too_long);
  CaseBuilder& untaken_gap = add("untaken_before_gap", "An untaken branch whose fall-through position isn't marked.",
                                 "jump last; good: ; load_imm a1, 2; ret; last: ; .raw 51 17 02 fb ff ff ff 00*30; ret");
  untaken_gap.expect_trap(10).jam_rejects(Reason::gap_too_long);
  add("to_itself_untaken", "An untaken branch to itself, at a target.", "jump 5; self: ; branch_eq_imm a0, 2, self; ret").expect_halt();
  CaseBuilder& itself = add("to_itself_no_offset_not_a_target", "A branch without offset byte leads to itself, which isn't a target here.",
                            ".raw 51 17 02; ret");
  if (gp) itself.expect_halt();
  if (!gp) itself.expect_trap(3);
  CaseBuilder& fall =
      add("fall_through_is_invalid_opcode", "The fall-through position holds an invalid opcode: the branch is sound, the trap comes there.",
          "branch_eq_imm a0, 2, 0; .raw ff; ret");
  fall.expect_trap(7).jam_rejects(Reason::invalid_opcode);
  CaseBuilder& target = add("untaken_target_is_invalid_opcode", "The target's opcode isn't examined: an untaken branch goes on.",
                            "branch_eq_imm a0, 2, bad; ret; bad: ; .raw ff; ret");
  target.expect_halt().jam_rejects(Reason::invalid_opcode);
  CaseBuilder& taken = add("taken_target_is_invalid_opcode", "The PolkaVM versions trap at the target, the Gray Paper at the branch.",
                           "branch_eq_imm a0, 1, bad; ret; bad: ; .raw ff; ret");
  taken.expect_trap(9).jam_rejects(Reason::invalid_opcode);
}

}  // namespace

void define_blocks(Group& g) {
  terminators(g);
  targets(g);
  branches_at_the_edge(g);
}

}  // namespace pvm::gen
