// SPDX-License-Identifier: Apache-2.0 OR MIT
// Where a run may begin: block starts, the middle of a block, positions that aren't instructions.
#include "groups.hpp"

namespace pvm::gen {

using ref::Reason;

namespace {

CaseBuilder& add(Group& g, const std::string& what, const char* why, std::vector<std::string> clauses, u32 pc, const std::string& code) {
  return g.add("entry." + what, why, std::move(clauses)).code(code).pc(pc).gas(100).run();
}

// A host entry that can't be: P traps without charge and could run again; G executes a trap there.
CaseBuilder& bad_entry(Group& g, const std::string& what, const char* why, u32 pc, const std::string& code) {
  CaseBuilder& c = add(g, what, why, {"entry.bad_pc", "exit.trap", "entry.pc"}, pc, code);
  c.expect_trap(pc).expect_gas(g.is_graypaper() ? 99 : 100);
  if (!g.is_graypaper()) c.expect_next_pc(pc);
  return c;
}

void bad_positions(Group& g) {
  bad_entry(g, "bad_pc.unmarked", "A position inside an instruction.", 1, "load_imm a0, 1; ret")
      .also(g.is_graypaper() ? std::initializer_list<std::string_view>{"entry.unmarked"} : std::initializer_list<std::string_view>{});
  bad_entry(g, "bad_pc.unmarked_at_start", "Position 0 isn't marked.", 0, ".unmarked 01; load_imm a0, 1; ret")
      .jam_rejects(Reason::unmarked_instruction);
  bad_entry(g, "bad_pc.end_of_code", "The end of the code.", 5, "load_imm a0, 1; ret");
  bad_entry(g, "bad_pc.beyond_code", "Far beyond the code.", 1000, "load_imm a0, 1; ret");
  bad_entry(g, "bad_pc.greatest", "The greatest position.", 0xffffffff, "load_imm a0, 1; ret");
  bad_entry(g, "bad_pc.empty_code", "Code without bytes.", 0, "");
  bad_entry(g, "bad_pc.end_behind_fall_through", "The end of the code behind an instruction that falls through.", 3, "load_imm a0, 1")
      .jam_rejects(Reason::falls_off_end);
  bad_entry(g, "bad_pc.clipped_gap", "The unmarked position that a long instruction falls on.", 25, ".raw 01 00*30; ret")
      .jam_rejects(Reason::gap_too_long);
  // Marked, but no instruction ends right before: only the Gray Paper can begin there.
  const auto unreachable = [&](const char* what, const char* why, u32 pc, const std::string& code, Reason reason) {
    CaseBuilder& c = add(g, std::string("bad_pc.") + what, why, {"entry.bad_pc", "block.start"}, pc, code);
    if (g.is_graypaper()) c.expect_halt();
    if (!g.is_graypaper()) c.expect_trap(pc).expect_next_pc(pc).expect_gas(100);
    c.jam_rejects(reason);
  };
  unreachable("behind_gap", "A marked position behind a gap of more than 25 bytes has no predecessor.", 31, ".raw 01 00*30; ret",
              Reason::gap_too_long);
  unreachable("behind_gap_in_block", "The same in the middle of what follows the gap.", 34, ".raw 01 00*30; load_imm a0, 1; ret",
              Reason::gap_too_long);
  unreachable("first_marked_not_0", "The first marked position, if it isn't 0.", 1, ".unmarked 00; ret", Reason::unmarked_instruction);
  unreachable("behind_first_marked_not_0", "An instruction behind it, in the same block.", 4, ".unmarked 00; load_imm a0, 1; ret",
              Reason::unmarked_instruction);
  if (g.is_polkavm()) {
    g.add("entry.bad_pc.run_again", "A refused entry leaves everything as it was; running again is refused again; another pc works.",
          {"entry.bad_pc", "resume.after_end"})
        .code("load_imm a0, 1; ret")
        .pc(1)
        .gas(100)
        .run()
        .expect_trap(1)
        .expect_next_pc(1)
        .run()
        .expect_trap(1)
        .expect_gas(100)
        .set_pc(0)
        .run()
        .expect_halt()
        .expect_gas(98);
    for (u32 shift = 0; shift < 8; ++shift) {
      std::string pad;
      for (u32 index = 0; index < shift; ++index) pad += ".raw 01;";
      const std::string what = "_shifted_by_" + std::to_string(shift);
      g.add("entry.pc.behind_longest" + what, "A position 25 bytes behind a terminator is a block start whatever its alignment.",
            {"entry.pc", "block.start"})
          .code(pad + ".raw 01 00*24; load_imm a0, 1; ret")
          .pc(25 + shift)
          .gas(100)
          .run()
          .expect_halt()
          .expect_gas(98);
      g.add("entry.mid_block.behind_longest" + what, "The same in the middle of a block.", {"entry.mid_block", "block.start"})
          .code(pad + ".raw 33 07 07 00*22; load_imm a0, 1; ret")
          .pc(25 + shift)
          .gas(100)
          .run()
          .expect_halt()
          .expect_gas(97);
    }
  }
}

void good_positions(Group& g) {
  const auto cost = [&](i64 polkavm, i64 graypaper) { return 100 - (g.is_graypaper() ? graypaper : polkavm); };
  add(g, "pc.start", "A run begins at the pc that the host sets.", {"entry.pc", "entry.state"}, 0, "load_imm a0, 1; ret")
      .expect_halt()
      .expect_gas(cost(2, 2));
  add(g, "pc.block_start", "A later block may be the first to run.", {"entry.pc"}, 1, "trap; load_imm a0, 1; ret")
      .expect_halt()
      .expect_gas(cost(2, 2))
      .expect_reg("a0", 1);
  add(g, "pc.behind_invalid_opcode", "A block starts behind an invalid opcode too, though it isn't a jump target.",
      {"entry.pc", "block.start"}, 1, ".raw ff; load_imm a0, 1; ret")
      .expect_halt()
      .expect_gas(cost(2, 2))
      .jam_rejects(Reason::invalid_opcode);
  add(g, "pc.behind_invalid_opcode_twice", "Entering there a second time costs the same as the first time.", {"entry.pc", "block.start"}, 1,
      ".raw ff; load_imm a0, 1; ecalli 1; trap")
      .expect_host_call(1)
      .expect_gas(cost(3, 2))
      .set_pc(1)
      .run()
      .expect_host_call(1)
      .expect_gas(cost(6, 4))
      .jam_rejects(Reason::invalid_opcode);
  add(g, "pc.at_invalid_opcode", "An invalid opcode may be entered; it is a block that traps.", {"entry.pc", "decode.opcode"}, 1,
      "trap; .raw ff; ret")
      .expect_trap(1)
      .expect_gas(cost(1, 1))
      .jam_rejects(Reason::invalid_opcode);
  add(g, "pc.second_invalid_opcode", "So may the second of two.", {"entry.pc", "decode.opcode"}, 2, "trap; .raw ff; .raw ff; ret")
      .expect_trap(2)
      .expect_gas(cost(1, 1))
      .jam_rejects(Reason::invalid_opcode);
  add(g, "mid_block.in_the_middle", "Entering a block in the middle costs the whole block in the PolkaVM versions.",
      {"entry.mid_block", "gas.entry"}, 6, "load_imm a0, 1; load_imm a1, 2; load_imm a2, 3; ret")
      .expect_halt()
      .expect_gas(cost(4, 2))
      .expect_reg("a0", 0)
      .expect_reg("a1", 0)
      .expect_reg("a2", 3);
  add(g, "mid_block.at_terminator", "At the terminator itself, too.", {"entry.mid_block", "gas.entry"}, 3, "load_imm a0, 1; ret")
      .expect_halt()
      .expect_gas(cost(2, 1));
  add(g, "mid_block.at_fallthrough", "At the fallthrough that closes a block: that block and the next are charged.",
      {"entry.mid_block", "gas.entry"}, 2, "ecalli 1; fallthrough; load_imm a0, 1; ret")
      .expect_halt()
      .expect_gas(cost(4, 3));
  add(g, "mid_block.block_ends_in_invalid", "The invalid opcode that closes the block belongs to its cost.",
      {"entry.mid_block", "block.extent"}, 3, "load_imm a0, 1; load_imm a1, 1; .raw ff")
      .expect_trap(6)
      .expect_gas(cost(3, 2))
      .jam_rejects(Reason::invalid_opcode);
  add(g, "mid_block.implicit_trap", "The implicit trap at the end of the code belongs to its cost.",
      {"entry.mid_block", "decode.implicit_trap"}, 3, "load_imm a0, 1; load_imm a1, 1")
      .expect_trap(6)
      .expect_gas(cost(3, 2))
      .jam_rejects(Reason::falls_off_end);
  add(g, "mid_block.second_block", "In the middle of a later block.", {"entry.mid_block"}, 4, "trap; load_imm a0, 1; load_imm a1, 1; ret")
      .expect_halt()
      .expect_gas(cost(3, 2))
      .expect_reg("a0", 0);
  add(g, "pc.behind_branch", "Branches end blocks: the position behind one is a block start.", {"entry.pc", "block.terminators"}, 3,
      "branch_eq_imm a0, 1, 0; load_imm a1, 1; ret")
      .expect_halt()
      .expect_gas(cost(2, 2));
  if (g.is_graypaper()) {
    g.add("entry.unmarked.executes_as_trap", "At an unmarked position stands a trap, which costs 1.", {"entry.unmarked"})
        .code("load_imm a0, 1; ret")
        .pc(2)
        .gas(1)
        .run()
        .expect_trap(2)
        .expect_gas(0);
    g.add("entry.unmarked.without_gas", "Without gas for it the run ends before that trap.", {"entry.unmarked", "exit.out_of_gas"})
        .code("load_imm a0, 1; ret")
        .pc(2)
        .gas(0)
        .run()
        .expect(Status::out_of_gas)
        .expect_gas(-1);
    return;
  }
  g.add("entry.mid_block.without_gas",
        "Too little gas for the whole block: nothing happens, the pc is kept, and more gas lets the run begin.",
        {"entry.mid_block", "exit.out_of_gas", "gas.entry"})
      .code("load_imm a0, 1; load_imm a1, 2; ret")
      .pc(3)
      .gas(2)
      .run()
      .expect_out_of_gas(none, 2)
      .expect_next_pc(3)
      .run()
      .expect_out_of_gas(none, 2)
      .set_gas(3)
      .run()
      .expect_halt()
      .expect_gas(0)
      .expect_reg("a0", 0)
      .expect_reg("a1", 2);
  g.add("entry.mid_block.exact_gas", "Exactly enough gas for the whole block.", {"entry.mid_block", "gas.exact"})
      .code("load_imm a0, 1; load_imm a1, 2; ret")
      .pc(3)
      .gas(3)
      .run()
      .expect_halt()
      .expect_gas(0);
  g.add("entry.pc.block_start_without_gas", "Too little gas at a block start is reported with that pc.", {"entry.pc", "exit.out_of_gas"})
      .code("trap; load_imm a0, 1; ret")
      .pc(1)
      .gas(1)
      .run()
      .expect_out_of_gas(1, 1)
      .expect_next_pc(1);
}

}  // namespace

void define_entry(Group& g) {
  bad_positions(g);
  good_positions(g);
  if (g.is_polkavm()) {
    g.add("entry.state.memory_and_registers", "At the start registers are as the host sets them, memory as the container says.",
          {"entry.state", "map.contents"})
        .regions(4, 4, 4)
        .ro_data(hex("01020304"))
        .reg("a0", 1)
        .reg("sp", stack_top)
        .code("load_i32 a1, 0x10000; store_indirect_u32 a1, sp, -4; ret")
        .run()
        .expect_halt()
        .expect_reg("a1", 0x04030201)
        .expect_memory(0xfffdfffc, "01020304");
  } else {
    g.add("entry.state.registers", "At the start registers are as the host sets them.", {"entry.state"})
        .reg("a0", 1)
        .code("add_imm_32 a0, a0, 1; ret")
        .run()
        .expect_halt()
        .expect_reg("a0", 2);
  }
}

}  // namespace pvm::gen
