// SPDX-License-Identifier: Apache-2.0 OR MIT
// How a run goes on after each exit, and what that costs.
#include "groups.hpp"

namespace pvm::gen {

using ref::Reason;

void define_resume(Group& g) {
  const bool gp = g.is_graypaper();
  const auto add = [&](const char* what, const char* why, std::vector<std::string> clauses, const std::string& code) -> CaseBuilder& {
    return g.add(std::string("resume.") + what, why, std::move(clauses)).code(code);
  };
  const auto gas = [&](i64 polkavm, i64 graypaper) { return gp ? graypaper : polkavm; };
  add("host_call.free", "Going on after a host call costs the PolkaVM versions nothing: the block was paid.",
      {"resume.host_call", "gas.no_refund"}, "load_imm a0, 1; ecalli 1; load_imm a1, 2; ret")
      .gas(10)
      .run()
      .expect_host_call(1)
      .expect_gas(gas(6, 8))
      .run()
      .expect_halt()
      .expect_gas(gas(6, 6));
  add("host_call.set_pc_to_the_same", "Setting the pc, even to where it is, makes it an entry: the whole block is charged again.",
      {"resume.set_pc", "gas.entry"}, "load_imm a0, 1; ecalli 1; load_imm a1, 2; ret")
      .gas(10)
      .run()
      .expect_next_pc(5)
      .set_pc(5)
      .run()
      .expect_halt()
      .expect_gas(gas(2, 6));
  add("host_call.set_pc_back", "Going back to the start of the block.", {"resume.set_pc"}, "add_imm_32 a0, a0, 1; ecalli 1; ret")
      .gas(20)
      .run()
      .set_pc(0)
      .run()
      .expect_host_call(1)
      .expect_reg("a0", 2)
      .expect_gas(gas(14, 16))
      .run()
      .expect_halt();
  add("host_call.set_pc_elsewhere", "Going on in another block.", {"resume.set_pc", "entry.pc"}, "ecalli 1; ret; load_imm a1, 2; ret")
      .gas(20)
      .run()
      .set_pc(4)
      .run()
      .expect_halt()
      .expect_reg("a1", 2)
      .expect_gas(gas(16, 17));
  add("host_call.set_pc_bad", "A bad pc after a host call; a good one later.", {"resume.set_pc", "entry.bad_pc"},
      "ecalli 1; load_imm a1, 2; ret")
      .gas(20)
      .run()
      .set_pc(3)
      .run()
      .expect_trap(3)
      .expect_gas(gas(17, 18))
      .set_pc(2)
      .run()
      .expect_halt()
      .expect_gas(gas(14, 16));
  add("host_call.gas_set_to_0", "A paid block goes on with the counter at 0; the Gray Paper pays each instruction.",
      {"resume.host_call", "host.gas"}, "ecalli 1; load_imm a1, 2; ret")
      .gas(20)
      .run()
      .set_gas(0)
      .run();
  if (gp) g.cases.back().expect_out_of_gas(2, -1);
  if (!gp) g.cases.back().expect_halt().expect_gas(0);
  add("host_call.gas_set_negative", "A negative counter ends a run at once, paid or not.", {"gas.negative", "resume.host_call"},
      "ecalli 1; load_imm a1, 2; ret")
      .gas(20)
      .run()
      .set_gas(-5)
      .run()
      .expect(Status::out_of_gas)
      .expect_gas(-5)
      .expect_reg("a1", 0)
      .expect_pc(gp ? std::optional<u32>(2) : none)
      .expect_next_pc(2)
      .set_gas(5)
      .run()
      .expect_halt()
      .expect_gas(gas(5, 3));
  add("host_call.into_implicit_trap", "Going on behind a host call that is the last instruction: the trap was paid with the block.",
      {"resume.host_call", "decode.implicit_trap"}, "load_imm a0, 1; ecalli 1")
      .gas(10)
      .run()
      .expect_host_call(1)
      .expect_next_pc(5)
      .expect_gas(gas(7, 8))
      .run()
      .expect_trap(5)
      .expect_gas(gas(7, 7))
      .jam_rejects(Reason::falls_off_end);
  add("host_call.into_gap", "Going on behind a host call with a gap behind it.", {"resume.host_call", "decode.implicit_trap"},
      ".raw 0a 01 00*30; ret")
      .gas(10)
      .run()
      .expect_host_call(1)
      .expect_next_pc(25)
      .run()
      .expect_trap(25)
      .expect_gas(gas(8, 8))
      .jam_rejects(Reason::gap_too_long);
  add("host_call.set_pc_into_implicit_trap", "As an entry, the same position isn't one where a run can begin.",
      {"entry.bad_pc", "resume.set_pc"}, "load_imm a0, 1; ecalli 1")
      .gas(10)
      .run()
      .set_pc(5)
      .run()
      .expect_trap(5)
      .expect_gas(gas(7, 7))
      .jam_rejects(Reason::falls_off_end);
  add("page_fault.free", "A retry after a page fault costs the PolkaVM versions nothing.", {"resume.page_fault", "gas.fault"},
      "load_imm a0, 1; load_u8 a1, 0x30000; ret")
      .paged()
      .gas(10)
      .run()
      .expect_fault(0x30000)
      .expect_gas(gas(7, 8))
      .run()
      .expect_fault(0x30000)
      .expect_gas(gas(7, 7))
      .map(0x30000, 4096)
      .run()
      .expect_halt()
      .expect_gas(gas(7, 5));
  add("page_fault.set_pc_to_the_same", "Setting the pc to the access makes it an entry.", {"resume.set_pc", "gas.entry"},
      "load_imm a0, 1; load_u8 a1, 0x30000; ret")
      .paged()
      .gas(10)
      .run()
      .expect_fault(0x30000)
      .map(0x30000, 4096)
      .set_pc(3)
      .run()
      .expect_halt()
      .expect_gas(gas(4, 6));
  add("page_fault.gas_set_negative", "A negative counter ends the retry at once.", {"gas.negative", "resume.page_fault"},
      "load_u8 a1, 0x30000; ret")
      .paged()
      .gas(10)
      .run()
      .expect_fault(0x30000)
      .set_gas(-1)
      .run()
      .expect(Status::out_of_gas)
      .expect_gas(-1);
  CaseBuilder& twice = add("out_of_gas.twice", "Too little gas, twice, then enough.", {"resume.out_of_gas", "gas.sync"},
                           "load_imm a0, 1; load_imm a1, 2; load_imm a2, 3; ret")
                           .gas(1)
                           .run();
  if (gp) {
    twice.expect_out_of_gas(3, -1)
        .expect_reg("a0", 1)
        .set_gas(1)
        .run()
        .expect_out_of_gas(6, -1)
        .expect_reg("a1", 2)
        .set_gas(2)
        .run()
        .expect_halt()
        .expect_gas(0);
  } else {
    twice.expect_out_of_gas(0, 1)
        .set_gas(3)
        .run()
        .expect_out_of_gas(0, 3)
        .expect_next_pc(0)
        .expect_reg("a0", 0)
        .set_gas(4)
        .run()
        .expect_halt()
        .expect_gas(0);
  }
  CaseBuilder& second = add("out_of_gas.second_block", "The second block can't be paid; its registers are as at its start.",
                            {"resume.out_of_gas"}, "load_imm a0, 1; fallthrough; load_imm a0, 2; ret")
                            .gas(3)
                            .run();
  second.expect(Status::out_of_gas).set_gas(10).run().expect_halt().expect_reg("a0", 2).expect_gas(gas(8, 9));
  add("out_of_gas.set_pc_elsewhere", "After out of gas the host may go on elsewhere.", {"resume.out_of_gas", "resume.set_pc"},
      "load_imm a0, 1; ret; load_imm a1, 2; ret")
      .gas(0)
      .run()
      .expect(Status::out_of_gas)
      .set_gas(2)
      .set_pc(5)
      .run()
      .expect_halt()
      .expect_reg("a0", 0)
      .expect_reg("a1", 2)
      .expect_gas(0);
  add("after_end.halt_then_set_pc", "After a halt a new pc starts anew, with registers and memory as they are.",
      {"resume.after_end", "resume.set_pc"}, "add_imm_32 a0, a0, 1; ret")
      .gas(10)
      .run()
      .expect_halt()
      .set_pc(0)
      .run()
      .expect_halt()
      .expect_reg("a0", 2)
      .expect_gas(6);
  add("after_end.trap_then_set_pc", "After a trap a new pc starts anew.", {"resume.after_end", "resume.set_pc"},
      "add_imm_32 a0, a0, 1; trap; load_imm a1, 1; ret")
      .gas(10)
      .run()
      .expect_trap(3)
      .set_pc(4)
      .run()
      .expect_halt()
      .expect_reg("a0", 1)
      .expect_reg("a1", 1)
      .expect_gas(6);
  add("many_host_calls.loop", "Ten host calls in a loop, each answered.", {"resume.host_call", "host.registers"},
      "loop: ; ecalli 5; add_w a1, a1, a0; add_imm_32 a2, a2, 1; branch_less_unsigned_imm a2, 10, loop; ret")
      .run();
  CaseBuilder& loop = g.cases.back();
  for (u32 index = 1; index <= 10; ++index) loop.expect_host_call(5).set_reg("a0", index).run();
  loop.expect_halt().expect_reg("a1", 55);
}

}  // namespace pvm::gen
