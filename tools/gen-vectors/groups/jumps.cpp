// SPDX-License-Identifier: Apache-2.0 OR MIT
// Dynamic jumps: addresses, the jump table, the address that halts.
#include "groups.hpp"

namespace pvm::gen {

namespace {

void addresses(Group& g) {
  // Two entries: 2 leads to `one`, 4 to `two`.
  const std::string code = "jump_indirect a0, 0; trap; one: ; load_imm a1, 1; ret; two: ; load_imm a1, 2; ret; .table one, two";
  const auto add = [&](const char* what, const char* why, u64 address, u64 result) {
    CaseBuilder& c =
        g.add(std::string("jump.dynamic.") + what, why, {"jump.dynamic", "control.jump_indirect"}).reg("a0", address).code(code).run();
    if (result != 0) c.expect_halt().expect_reg("a1", result);
    if (result == 0) c.expect_trap(0).expect_next_pc(none);
  };
  add("first_entry", "Address 2 is the first entry of the jump table.", 2, 1);
  add("second_entry", "Address 4 is the second entry.", 4, 2);
  add("zero", "Address 0 traps at the jump.", 0, 0);
  add("one", "An odd address traps.", 1, 0);
  add("three", "An odd address between two entries traps.", 3, 0);
  add("five", "An odd address traps.", 5, 0);
  add("beyond_table", "The address after the last entry traps.", 6, 0);
  add("far_beyond_table", "An address far beyond the table traps.", 0x80000000, 0);
  add("greatest_even", "The greatest even address traps.", 0xfffffffe, 0);
  add("before_halt", "0xfffefffe isn't the halt address.", 0xfffefffe, 0);
  add("after_halt", "0xffff0002 isn't the halt address.", 0xffff0002, 0);
  add("odd_after_halt", "0xffff0001 isn't the halt address.", 0xffff0001, 0);
  add("minus_one", "All ones.", ~u64{0}, 0);
  add("minus_two", "All ones but the lowest.", ~u64{1}, 0);
  if (!g.is_wide()) return;
  add("upper_half_ignored", "The upper half of the base is ignored.", 0x1234567800000002, 1);
  add("two_32", "2^32 is address 0.", u64{1} << 32, 0);
  add("sign_extended_base", "A sign-extended base.", 0xffffffff00000004, 2);
}

void halts(Group& g) {
  const auto add = [&](const char* what, const char* why, u64 base, const char* immediate) {
    g.add(std::string("jump.halt.") + what, why, {"jump.halt", "exit.halt", "exit.pc"})
        .reg("a0", base)
        .reg("a1", 77)
        .code(std::string("load_imm a2, 3; jump_indirect a0, ") + immediate)
        .run()
        .expect_halt()
        .expect_reg("a2", 3);
    g.add(std::string("jump.halt.call_") + what, why, {"jump.halt", "control.load_imm_and_jump_indirect"})
        .reg("a0", base)
        .code(std::string("load_imm_and_jump_indirect a1, a0, 77, ") + immediate)
        .run()
        .expect_halt()
        .expect_reg("a1", 77);
  };
  add("plain", "0xffff0000 ends the run.", 0xffff0000, "0");
  add("sum", "Base and immediate are added modulo 2^32.", 0xfffeffff, "1");
  add("sum_that_wraps", "A sum beyond 2^32 wraps.", 0xffff0001, "-1");
  add("immediate_only", "The immediate alone makes the address.", 0, "-65536");
  if (g.is_wide()) {
    add("upper_half_ignored", "The upper half of the base is ignored.", 0x12345678ffff0000, "0");
    add("sign_extended", "A sign-extended halt address.", 0xffffffffffff0000, "0");
    add("carry_out_of_low_half", "A carry out of the low half doesn't matter.", 0xffffffff, "-65535");
  }
  g.add("jump.halt.before_table", "The halt address is tested before the table, whatever the table holds.", {"jump.halt", "jump.table"})
      .code("jump_indirect ra, 0; trap; there: ; load_imm a0, 1; ret; .table there, there")
      .run()
      .expect_halt()
      .expect_reg("a0", 0);
}

void tables(Group& g) {
  const auto entries = [&](const std::string& what, const char* why, const std::string& code) -> CaseBuilder& {
    return g.add("jump.table." + what, why, {"jump.table", "jump.dynamic", "target.valid"})
        .reg("a0", 2)
        .code("jump_indirect a0, 0; trap;" + code)
        .run();
  };
  for (u32 size = 1; size <= 4; ++size) {
    entries("entries_of_" + std::to_string(size) + "_bytes", "Entries are little-endian numbers of the size that the container states.",
            "one: ; load_imm a1, 1; ret; two: ; load_imm a1, 2; ret; .table two, one; .entry_size " + std::to_string(size))
        .expect_halt()
        .expect_reg("a1", 2);
    entries("second_of_" + std::to_string(size) + "_bytes", "The second entry starts behind the first.",
            "one: ; load_imm a1, 1; ret; two: ; load_imm a1, 2; ret; .table one, two; .entry_size " + std::to_string(size))
        .reg("a0", 4)
        .expect_halt()
        .expect_reg("a1", 2);
  }
  entries("three_byte_entry", "An entry that needs its third byte.", "ret; .table 0x10003; .entry_size 3; .raw 00").expect_trap(0);
  CaseBuilder& empty = entries("no_entry_bytes", "Entries without bytes: PolkaVM's table is empty, the Gray Paper's entries are all 0.",
                               "one: ; load_imm a1, 1; ret; .table one, one; .entry_size 0");
  if (g.is_graypaper()) empty.gas(10).expect(Status::out_of_gas);  // 0 is the jump itself
  if (!g.is_graypaper()) empty.expect_trap(0);
  g.add("jump.table.no_entry_bytes_to_start", "With entries without bytes the Gray Paper jumps to 0.", {"jump.table"})
      .reg("a0", 2)
      .code("branch_eq_imm a1, 1, out; load_imm a1, 1; jump_indirect a0, 0; out: ; load_imm a2, 5; ret; .table 0; .entry_size 0")
      .run();
  if (g.is_graypaper()) g.cases.back().expect_halt().expect_reg("a2", 5);
  if (!g.is_graypaper()) g.cases.back().expect_trap(7);
  entries("entry_is_end_of_code", "An entry equal to the length of the code traps at the jump.", "load_imm a1, 1; ret; .table 8")
      .expect_trap(0);
  entries("entry_beyond_code", "An entry beyond the code traps at the jump.", "load_imm a1, 1; ret; .table 200").expect_trap(0);
  entries("entry_greatest", "The greatest entry of four bytes.", "load_imm a1, 1; ret; .table 0xffffffff").expect_trap(0);
  entries("entry_inside_instruction", "An entry that points into an instruction.", "load_imm a1, 1; ret; .table 4").expect_trap(0);
  entries("entry_in_middle_of_block", "An entry that points to an instruction that no terminator precedes.",
          "load_imm a1, 1; load_imm a2, 2; ret; .table 6")
      .expect_trap(0);
  entries("entry_behind_ecalli", "A host call doesn't make its successor a target.", "ecalli 1; load_imm a2, 2; ret; .table 5")
      .expect_trap(0);
  entries("entry_is_start", "Entry 0 leads to the start of the code: here an endless loop that gas ends.", "ret; .table 0")
      .gas(10)
      .expect(Status::out_of_gas);
  entries("empty_table", "Without a table every address but one traps.", "ret").expect_trap(0);
  entries("later_entry_invalid", "An invalid entry does no harm unless it is used.", "one: ; load_imm a1, 1; ret; .table one, 200, 1")
      .expect_halt();
  entries("entry_to_invalid_opcode", "An entry that points to an invalid opcode behind a terminator.", "one: ; .raw ff; ret; .table one")
      .expect_trap(3)
      .jam_rejects(ref::Reason::invalid_opcode);
  if (!g.is_graypaper()) return;
  for (const u32 size : {5U, 8U, 9U, 255U}) {
    entries("entries_of_" + std::to_string(size) + "_bytes", "Entries may have any size; all their bytes count.",
            "one: ; load_imm a1, 1; ret; .table one, one; .entry_size " + std::to_string(size))
        .expect_halt()
        .expect_reg("a1", 1);
  }
  entries("entry_wider_than_code", "An entry whose upper bytes aren't 0 lies beyond the code.",
          "one: ; load_imm a1, 1; ret; .table 0x100000003; .entry_size 5")
      .expect_trap(0);
}

// [jump.static] in each of its instructions.
void statics(Group& g) {
  const std::pair<const char*, const char*> targets[] = {
      {"inside_instruction", "1"}, {"beyond_end", "50"}, {"far_below_zero", "-1000"}, {"greatest", "0x7fffffff"}};
  for (const auto& [what, target] : targets) {
    g.add(std::string("jump.static.jump_") + what, "A bad target traps at the jump.", {"jump.static", "control.jump", "exit.trap"})
        .code(std::string("load_imm a0, 1; jump ") + target)
        .run()
        .expect_trap(3)
        .expect_reg("a0", 1);
    g.add(std::string("jump.static.call_") + what, "A bad target traps at the jump, after d was written.",
          {"jump.static", "control.load_imm_and_jump", "exit.trap"})
        .code(std::string("load_imm a0, 1; load_imm_and_jump a0, 77, ") + target)
        .run()
        .expect_trap(3)
        .expect_reg("a0", 77);
  }
}

}  // namespace

void define_jumps(Group& g) {
  addresses(g);
  halts(g);
  tables(g);
  statics(g);
}

}  // namespace pvm::gen
