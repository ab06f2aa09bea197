// SPDX-License-Identifier: Apache-2.0 OR MIT
// Gas by flat-1 and instruction-1: what costs how much, when it is charged, what happens when it isn't enough.
#include <limits>

#include "groups.hpp"
#include "operands.hpp"

namespace pvm::gen {

using isa::Op;
using ref::Reason;

namespace {

// The same cases under both models: the names are the same, the numbers aren't.
void common(Group& g) {
  const bool gp = g.is_graypaper();
  const std::string model = gp ? "gas.instruction" : "gas.flat";
  const auto either = [&](i64 polkavm, i64 graypaper) { return gp ? graypaper : polkavm; };
  const auto add = [&](const std::string& what, const char* why, std::vector<std::string> clauses,
                       const std::string& code) -> CaseBuilder& {
    CaseBuilder& c = g.add("gas." + what, why, std::move(clauses)).code(code);
    return c.also({gp ? "gas.instruction" : "gas.flat"});
  };
  for (std::size_t index = 0; index < isa::op_count; ++index) {
    const auto op = static_cast<Op>(index);
    const isa::Row& row = isa::row_of(op);
    if (!g.has(op) || !is_representative(row)) continue;
    const std::string name(row.name);
    CaseBuilder& c = g.add("gas.price." + name, "The price of " + name + ", with a trap behind it.", {model})
                         .reg("a5", op == Op::div_signed_32 ? 1 : 0)
                         .gas(100)
                         .code(name + harmless_operands(row) + "; target: ; trap")
                         .run();
    const bool ends_here = op == Op::trap || op == Op::jump_indirect || op == Op::load_imm_and_jump_indirect;
    const bool stops = op == Op::ecalli || (row.group == isa::Group::memory && op != Op::sbrk);
    c.expect_gas(ends_here || (gp && stops) ? 99 : 98);
  }
  const std::string block = "load_imm a0, 1; load_imm a1, 2; load_imm a2, 3; ret";  // four instructions
  add("exact.enough", "Exactly enough gas: the run ends with 0.", {"gas.exact", "gas.counter"}, block)
      .gas(4)
      .run()
      .expect_halt()
      .expect_gas(0);
  add("exact.one_less", "One less: before the block, or before the last instruction.", {"gas.exact", "gas.sync", "exit.out_of_gas"}, block)
      .gas(3)
      .run()
      .expect_out_of_gas(gp ? 9 : 0, gp ? -1 : 3)
      .expect_reg("a0", gp ? 1 : 0)
      .expect_reg("a2", gp ? 3 : 0);
  add("exact.one_more", "One more is left over.", {"gas.exact"}, block).gas(5).run().expect_halt().expect_gas(1);
  add("exact.zero", "No gas at all.", {"gas.exact", "exit.out_of_gas"}, block)
      .gas(0)
      .run()
      .expect_out_of_gas(0, gp ? -1 : 0)
      .expect_next_pc(0)
      .expect_reg("a0", 0);
  add("exact.one", "Gas for one instruction only.", {"gas.exact", "exit.out_of_gas"}, block)
      .gas(1)
      .run()
      .expect_out_of_gas(gp ? 3 : 0, gp ? -1 : 1);
  for (const i64 negative : {i64{-1}, i64{-1000}, std::numeric_limits<i64>::min()}) {
    add("negative.from_" + std::string(negative == -1      ? "minus_1"
                                       : negative == -1000 ? "minus_1000"
                                                           : "minimum"),
        "With a negative counter a run ends at once; nothing changes.", {"gas.negative", "exit.out_of_gas"}, block)
        .gas(negative)
        .run()
        .expect_out_of_gas(gp ? std::optional<u32>(0) : none, negative)
        .expect_next_pc(0)
        .expect_reg("a0", 0)
        .run()
        .expect_gas(negative)
        .set_gas(4)
        .run()
        .expect_halt()
        .expect_gas(0);
  }
  add("counter.greatest", "The greatest value of the counter.", {"gas.counter"}, block)
      .gas(std::numeric_limits<i64>::max())
      .run()
      .expect_halt()
      .expect_gas(std::numeric_limits<i64>::max() - 4);
  add("counter.beyond_32_bits", "The counter has 64 bits.", {"gas.counter"}, block)
      .gas((i64{1} << 32) + 2)
      .run()
      .expect_halt()
      .expect_gas((i64{1} << 32) - 2);
  add("block.loop", "A loop pays for its block in each round.", {"gas.block"},
      "loop: ; add_imm_32 a0, a0, 1; branch_less_unsigned_imm a0, 10, loop; ret")
      .gas(100)
      .run()
      .expect_halt()
      .expect_gas(100 - 21);
  add("block.loop_runs_out", "A loop that runs out of gas between two rounds, is given more, and ends.", {"gas.block", "resume.out_of_gas"},
      "loop: ; add_imm_32 a0, a0, 1; branch_less_unsigned_imm a0, 10, loop; ret")
      .gas(10)
      .run()
      .expect(Status::out_of_gas)
      .expect_reg("a0", 5)
      .set_gas(100)
      .run()
      .expect_halt()
      .expect_reg("a0", 10)
      .expect_gas(either(89, 89));
  add("block.call", "Caller and callee: each block at its start.", {"gas.block"},
      "move_reg s0, ra; load_imm_and_jump ra, &back, f; back: ; jump_indirect s0, 0; f: ; load_imm a0, 1; ret")
      .gas(100)
      .run()
      .expect_halt()
      .expect_gas(95);
  add("block.branch_not_taken", "The block behind an untaken branch is charged like any other.", {"gas.block"},
      "branch_eq_imm a0, 1, out; ret; out: ; load_imm a1, 1; ret")
      .gas(100)
      .run()
      .expect_halt()
      .expect_gas(98);
  add("block.ends_in_invalid", "An invalid opcode closes the block and costs 1.", {"gas.block", "block.extent"},
      "load_imm a0, 1; .raw ff; load_imm a0, 2; ret")
      .gas(100)
      .run()
      .expect_trap(3)
      .expect_gas(98)
      .jam_rejects(Reason::invalid_opcode);
  add("block.ends_in_implicit_trap", "The trap that stands at the end of the code costs 1, in the same block.",
      {"gas.block", "decode.implicit_trap"}, "load_imm a0, 1")
      .gas(100)
      .run()
      .expect_trap(3)
      .expect_gas(98)
      .jam_rejects(Reason::falls_off_end);
  add("block.implicit_trap_unpaid", "Too little gas for the implicit trap.", {"gas.block", "decode.implicit_trap"}, "load_imm a0, 1")
      .gas(1)
      .run()
      .expect(Status::out_of_gas)
      .expect_reg("a0", gp ? 1 : 0)
      .jam_rejects(Reason::falls_off_end);
  add("block.last_fallthrough", "A last fallthrough: no further trap is charged in the PolkaVM versions.",
      {"gas.block", "flow.fall_through"}, "fallthrough")
      .gas(100)
      .run()
      .expect_trap(0)
      .expect_gas(either(99, 98))
      .jam_rejects(Reason::falls_off_end);
  add("block.last_branch_untaken", "A last branch, untaken.", {"gas.block", "jump.branch"}, "branch_eq_imm a0, 1, 0")
      .gas(100)
      .run()
      .expect_trap(0)
      .expect_gas(either(99, 98))
      .jam_rejects(Reason::falls_off_end);
  add("block.fallthrough_into_gap", "fallthrough into a gap: a block of one implicit trap is charged there.",
      {"gas.block", "flow.fall_through"}, ".raw 01 00*30; ret")
      .gas(100)
      .run()
      .expect_trap(25)
      .expect_gas(98)
      .jam_rejects(Reason::gap_too_long);
  add("block.fallthrough_into_gap_unpaid", "The same with gas for the fallthrough only.", {"gas.block", "flow.fall_through"},
      ".raw 01 00*30; ret")
      .gas(1)
      .run()
      .expect_out_of_gas(25, gp ? -1 : 0)
      .jam_rejects(Reason::gap_too_long);
  add("block.load_imm_into_gap", "An instruction that isn't a terminator: the trap in the gap belongs to its block.",
      {"gas.block", "decode.implicit_trap"}, ".raw 33 07 05 00*30; ret")
      .gas(100)
      .run()
      .expect_trap(25)
      .expect_gas(98)
      .expect_reg("a0", 5)
      .jam_rejects(Reason::gap_too_long);
  add("block.load_imm_into_gap_unpaid", "The same with gas for one.", {"gas.block", "decode.implicit_trap"}, ".raw 33 07 05 00*30; ret")
      .gas(1)
      .run()
      .expect(Status::out_of_gas)
      .expect_reg("a0", gp ? 5 : 0)
      .jam_rejects(Reason::gap_too_long);
  add("block.bad_jump", "A jump to nowhere is charged, nothing else.", {"gas.block", "jump.static"}, "load_imm a0, 1; jump 1")
      .gas(100)
      .run()
      .expect_trap(3)
      .expect_gas(98);
  add("block.bad_branch", "A taken branch into the middle of an instruction is charged, nothing else.", {"gas.block", "jump.branch"},
      "load_imm a0, 1; branch_eq a1, a1, 1; ret")
      .gas(100)
      .run()
      .expect_trap(3)
      .expect_gas(98);
  add("block.jump_to_invalid_opcode", "A jump to an invalid opcode: two blocks in the PolkaVM versions, one instruction in the Gray Paper.",
      {"gas.block", "target.valid"}, "jump over; trap; over: ; .raw ff; ret")
      .gas(100)
      .run()
      .expect_trap(3)
      .expect_gas(either(98, 99))
      .jam_rejects(Reason::invalid_opcode);
  add("block.unlikely_trap_in_middle", "What stands behind a trap isn't charged.", {"gas.block", "block.extent"},
      "load_imm a0, 1; trap; load_imm a0, 2; ret")
      .gas(100)
      .run()
      .expect_trap(3)
      .expect_gas(98);
  add("no_refund.trap_in_middle", "A trap in the middle of a block gives nothing back.", {"gas.no_refund", "gas.fault"},
      "load_imm a0, 1; load_u8 a0, 0; load_imm a0, 2; ret")
      .gas(100)
      .run()
      .expect_trap(3)
      .expect_gas(either(96, 98));
  add("no_refund.page_fault", "A page fault gives nothing back; in the Gray Paper the access that faults is charged.",
      {"gas.no_refund", "gas.fault"}, "load_imm a0, 1; load_u8 a0, 0x30000; load_imm a0, 2; ret")
      .paged()
      .gas(100)
      .run()
      .expect_fault(0x30000)
      .expect_gas(either(96, 98))
      .run()
      .expect_gas(either(96, 97));
  add("fault.exact", "Gas for the instructions up to the access that faults: the retry costs the Gray Paper more.", {"gas.fault"},
      "load_u8 a0, 0x30000; ret")
      .paged()
      .gas(2)
      .run()
      .expect_fault(0x30000)
      .expect_gas(either(0, 1))
      .map(0x30000, 4096)
      .run();
  if (gp) g.cases.back().expect_out_of_gas(5, -1);
  if (!gp) g.cases.back().expect_halt().expect_gas(0);
  add("host_call.sees_what_is_left", "At a host call the whole block has been paid, or what was executed.", {"gas.block", "exit.host_call"},
      "ecalli 1; load_imm a0, 1; load_imm a0, 2; ret")
      .gas(100)
      .run()
      .expect_host_call(1)
      .expect_gas(either(96, 99))
      .run()
      .expect_halt()
      .expect_gas(96);
  add("host_call.unpaid_block", "A host call in a block that can't be paid doesn't happen.", {"gas.sync", "exit.host_call"},
      "ecalli 1; load_imm a0, 1; ret")
      .gas(2)
      .run();
  if (gp) g.cases.back().expect_host_call(1).expect_gas(1);
  if (!gp) g.cases.back().expect_out_of_gas(0, 2);
  add("no_refund.halt_by_call", "A halt through load_imm_and_jump_indirect costs what it costs.", {"gas.no_refund"},
      "load_imm_and_jump_indirect a0, ra, 1, 0")
      .gas(100)
      .run()
      .expect_halt()
      .expect_gas(99);
}

void costs(Group& g) {
  if (g.is_graypaper()) return;
  g.add("gas.block.costs", "Asked for the costs of blocks: each instruction is 1, the closing one included.",
        {"gas.block", "gas.flat", "block.extent"})
      .code("load_imm a0, 1; load_imm a1, 2; branch_eq a0, a1, target; trap; target: ; load_imm a0, 3; ret")
      .gas(0)
      .block_costs({0, 9, 10})
      .expect_cost(0, 3)
      .expect_cost(9, 1)
      .expect_cost(10, 2);
  g.add("gas.block.costs_of_invalid", "Invalid and implicit instructions are 1 as well.", {"gas.block", "gas.flat", "block.extent"})
      .code("load_imm a0, 1; .raw ff; load_imm a0, 2")
      .gas(0)
      .block_costs({0, 4})
      .expect_cost(0, 2)
      .expect_cost(4, 2)
      .jam_rejects(Reason::invalid_opcode);
}

}  // namespace

void define_gas_flat(Group& g) {
  if (g.is_graypaper()) return;
  common(g);
  define_metering(g);
  define_paid_fills(g);
  costs(g);
}

void define_gas_instruction(Group& g) {
  if (!g.is_graypaper()) return;
  common(g);
  define_metering(g);
}

}  // namespace pvm::gen
