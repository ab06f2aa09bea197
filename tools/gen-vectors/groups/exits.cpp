// SPDX-License-Identifier: Apache-2.0 OR MIT
// What each exit reports.
#include "groups.hpp"

namespace pvm::gen {

using ref::Metering;
using ref::Reason;

namespace {

void traps(Group& g) {
  const auto add = [&](const char* what, const char* why, const std::string& code) -> CaseBuilder& {
    return g.add(std::string("exit.trap.") + what, why, {"exit.trap", "exit.pc"}).reg("a0", 0x1111).code(code).run();
  };
  add("explicit", "trap: its own position, no next pc.", "load_imm a1, 1; trap").expect_trap(3).expect_next_pc(none).expect_reg("a1", 1);
  add("invalid_opcode", "An invalid opcode: its own position.", "load_imm a1, 1; .raw ff; ret")
      .expect_trap(3)
      .expect_next_pc(none)
      .jam_rejects(Reason::invalid_opcode);
  add("implicit", "The end of the code: that position.", "load_imm a1, 1").expect_trap(3).jam_rejects(Reason::falls_off_end);
  add("bad_jump", "A jump to nowhere: the jump.", "load_imm a1, 1; jump 1").expect_trap(3);
  add("bad_branch", "A taken branch to nowhere: the branch.", "load_imm a1, 1; branch_eq a0, a0, 1; ret").expect_trap(3);
  add("bad_dynamic_jump", "A dynamic jump to nowhere: the jump.", "load_imm a1, 1; jump_indirect a0, 0").expect_trap(3);
  add("low_access", "An access below 2^16: the access; d stays.", "load_imm a1, 1; load_u8 a0, 5; ret")
      .expect_trap(3)
      .expect_reg("a0", 0x1111);
  if (g.is_polkavm())
    add("mapped_access", "An access outside every region: the access, without an address.", "load_imm a1, 1; store_imm_u8 0x50000, 1; ret")
        .expect_trap(3);
  g.add("exit.trap.gas_stays_charged", "A trap in the middle of a block: the block stays charged in full, or what was executed.",
        {"exit.trap", "gas.no_refund", "gas.fault"})
      .gas(100)
      .code("load_imm a1, 1; load_u8 a0, 5; load_imm a1, 2; ret")
      .run()
      .expect_trap(3)
      .expect_gas(g.is_graypaper() ? 98 : 96);
}

void others(Group& g) {
  g.add("exit.halt.state", "A halt reports no position; registers and memory stay as they are.", {"exit.halt", "exit.pc"})
      .regions()
      .code("load_imm a0, 5; store_imm_u8 0x30000, 9; ret")
      .run()
      .expect_halt()
      .expect_reg("a0", 5)
      .expect_memory(0x30000, "09");
  g.add("exit.halt.through_any_register", "Any dynamic jump to 0xffff0000 halts.", {"exit.halt", "jump.halt"})
      .code("move_reg a3, ra; load_imm ra, 0; jump_indirect a3, 0")
      .run()
      .expect_halt();
  g.add("exit.host_call.state", "A host call happens before anything behind it; the next pc is the following instruction.",
        {"exit.host_call", "exit.pc"})
      .code("load_imm a0, 5; ecalli 7; load_imm a0, 6; ret")
      .run()
      .expect_host_call(7)
      .expect_pc(3)
      .expect_next_pc(5)
      .expect_reg("a0", 5);
  g.add("exit.host_call.long_instruction", "The next pc takes the operand bytes into account.",
        {"exit.host_call", "exit.pc", "decode.next"})
      .code(".raw 0a 07 00 00 00 99 99 99; ret")
      .run()
      .expect_host_call(7)
      .expect_next_pc(8)
      .run()
      .expect_halt();
  g.add("exit.page_fault.state", "A page fault reports the access as pc and as next pc; nothing has changed.",
        {"exit.page_fault", "exit.pc", "paging.fault"})
      .paged()
      .reg("a0", 0x1111)
      .code("load_imm a1, 1; load_u8 a0, 0x30123; load_imm a1, 2; ret")
      .run()
      .expect_fault(0x30000)
      .expect_pc(3)
      .expect_next_pc(3)
      .expect_reg("a0", 0x1111)
      .expect_reg("a1", 1);
  CaseBuilder& out = g.add("exit.out_of_gas.state", "Out of gas before a block, or before an instruction: where, and what is left.",
                           {"exit.out_of_gas", "exit.pc"})
                         .gas(3)
                         .code("load_imm a0, 1; fallthrough; load_imm a0, 2; ret")
                         .run();
  if (g.is_graypaper()) out.expect_out_of_gas(7, -1).expect_next_pc(7).expect_reg("a0", 2);
  if (!g.is_graypaper()) out.expect_out_of_gas(4, 1).expect_next_pc(4).expect_reg("a0", 1);
  if (!g.is_polkavm()) return;
  g.add("exit.async.status_only", "Without synchronous stops only the verdict is defined.", {"exit.async", "gas.async"})
      .gas(3)
      .metering(Metering::async)
      .code("load_imm a0, 1; fallthrough; load_imm a0, 2; ret")
      .run()
      .expect(Status::out_of_gas);
  g.add("exit.async.first_block", "The very first block can't be paid.", {"exit.async", "gas.async"})
      .gas(1)
      .metering(Metering::async)
      .code("load_imm a0, 1; ret")
      .run()
      .expect(Status::out_of_gas);
  g.add("exit.async.before_host_call", "A block that can't be paid, with a host call in it.", {"exit.async", "gas.async"})
      .gas(1)
      .metering(Metering::async)
      .code("ecalli 1; ret")
      .run()
      .expect(Status::out_of_gas);
  g.add("exit.async.enough", "With enough gas asynchronous metering ends as synchronous metering does.", {"gas.async", "exit.halt"})
      .gas(4)
      .metering(Metering::async)
      .code("load_imm a0, 1; fallthrough; load_imm a0, 2; ret")
      .run()
      .expect_halt()
      .expect_gas(0);
}

void positions_that_need_gas_to_reach(Group& g) {
  g.add("exit.out_of_gas.endless_jump_to_itself", "A jump without offset byte jumps to itself until gas ends that.",
        {"exit.out_of_gas", "control.jump", "decode.target"})
      .gas(10)
      .code(".raw 28")
      .run()
      .expect_out_of_gas(0, g.is_graypaper() ? -1 : 0);
  g.add("exit.out_of_gas.endless_loop", "A loop of two instructions.", {"exit.out_of_gas"})
      .gas(11)
      .code("loop: ; add_imm_32 a0, a0, 1; jump loop")
      .run()
      .expect(Status::out_of_gas)
      .expect_reg("a0", g.is_graypaper() ? 6 : 5);
}

}  // namespace

void define_exits(Group& g) {
  traps(g);
  others(g);
  positions_that_need_gas_to_reach(g);
}

}  // namespace pvm::gen
