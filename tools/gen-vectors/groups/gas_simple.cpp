// SPDX-License-Identifier: Apache-2.0 OR MIT
// Gas by flat-1 and instruction-1: what costs how much, when it is charged, what happens when it isn't enough.
#include <limits>

#include "groups.hpp"
#include "operands.hpp"

namespace pvm::gen {

using isa::Op;
using ref::Metering;
using ref::Reason;

namespace {

// The same cases under both models: the names are the same, the numbers aren't.
void common(Group& g) {
  const bool gp = g.is_graypaper();
  const std::string model = gp ? "gas.instruction" : "gas.flat";
  const auto either = [&](i64 polkavm, i64 graypaper) { return gp ? graypaper : polkavm; };
  const auto add = [&](const std::string& what, const char* why, std::vector<std::string> clauses, const std::string& code) -> CaseBuilder& {
    CaseBuilder& c = g.add("gas." + what, why, std::move(clauses)).code(code);
    return c.also({gp ? "gas.instruction" : "gas.flat"});
  };
  for (std::size_t index = 0; index < isa::op_count; ++index) {
    const auto op = static_cast<Op>(index);
    const isa::Row& row = isa::row_of(op);
    if (!g.has(op)) continue;
    const std::string name(row.name);
    CaseBuilder& c = g.add("gas.price." + name, "The price of " + name + ", with a trap behind it.", {model}).gas(100).code(name + harmless_operands(row) + "; target: ; trap").run();
    const bool ends_here = op == Op::trap || op == Op::jump_indirect || op == Op::load_imm_and_jump_indirect;
    const bool stops = op == Op::ecalli || (row.clause.starts_with("memory.") && op != Op::sbrk);
    c.expect_gas(ends_here || (gp && stops) ? 99 : 98);
  }
  const std::string block = "load_imm a0, 1; load_imm a1, 2; load_imm a2, 3; ret";  // four instructions
  add("exact.enough", "Exactly enough gas: the run ends with 0.", {"gas.exact", "gas.counter"}, block).gas(4).run().expect_halt().expect_gas(0);
  add("exact.one_less", "One less: before the block, or before the last instruction.", {"gas.exact", "gas.sync", "exit.out_of_gas"}, block).gas(3).run().expect_out_of_gas(gp ? 9 : 0, gp ? -1 : 3).expect_reg("a0", gp ? 1 : 0).expect_reg("a2", gp ? 3 : 0);
  add("exact.one_more", "One more is left over.", {"gas.exact"}, block).gas(5).run().expect_halt().expect_gas(1);
  add("exact.zero", "No gas at all.", {"gas.exact", "exit.out_of_gas"}, block).gas(0).run().expect_out_of_gas(0, gp ? -1 : 0).expect_next_pc(0).expect_reg("a0", 0);
  add("exact.one", "Gas for one instruction only.", {"gas.exact", "exit.out_of_gas"}, block).gas(1).run().expect_out_of_gas(gp ? 3 : 0, gp ? -1 : 1);
  for (const i64 negative : {i64{-1}, i64{-1000}, std::numeric_limits<i64>::min()}) {
    add("negative.from_" + std::string(negative == -1 ? "minus_1" : negative == -1000 ? "minus_1000" : "minimum"), "With a negative counter a run ends at once; nothing changes.", {"gas.negative", "exit.out_of_gas"}, block)
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
  add("counter.greatest", "The greatest value of the counter.", {"gas.counter"}, block).gas(std::numeric_limits<i64>::max()).run().expect_halt().expect_gas(std::numeric_limits<i64>::max() - 4);
  add("counter.beyond_32_bits", "The counter has 64 bits.", {"gas.counter"}, block).gas((i64{1} << 32) + 2).run().expect_halt().expect_gas((i64{1} << 32) - 2);
  add("block.loop", "A loop pays for its block in each round.", {"gas.block"}, "loop: ; add_imm_32 a0, a0, 1; branch_less_unsigned_imm a0, 10, loop; ret").gas(100).run().expect_halt().expect_gas(100 - 21);
  add("block.loop_runs_out", "A loop that runs out of gas between two rounds, is given more, and ends.", {"gas.block", "resume.out_of_gas"}, "loop: ; add_imm_32 a0, a0, 1; branch_less_unsigned_imm a0, 10, loop; ret").gas(10).run().expect(Status::out_of_gas).expect_reg("a0", 5).set_gas(100).run().expect_halt().expect_reg("a0", 10).expect_gas(either(89, 89));
  add("block.call", "Caller and callee: each block at its start.", {"gas.block"}, "move_reg s0, ra; load_imm_and_jump ra, &back, f; back: ; jump_indirect s0, 0; f: ; load_imm a0, 1; ret").gas(100).run().expect_halt().expect_gas(95);
  add("block.branch_not_taken", "The block behind an untaken branch is charged like any other.", {"gas.block"}, "branch_eq_imm a0, 1, out; ret; out: ; load_imm a1, 1; ret").gas(100).run().expect_halt().expect_gas(98);
  add("block.ends_in_invalid", "An invalid opcode closes the block and costs 1.", {"gas.block", "block.extent"}, "load_imm a0, 1; .raw ff; load_imm a0, 2; ret").gas(100).run().expect_trap(3).expect_gas(98).jam_rejects(Reason::invalid_opcode);
  add("block.ends_in_implicit_trap", "The trap that stands at the end of the code costs 1, in the same block.", {"gas.block", "decode.implicit_trap"}, "load_imm a0, 1").gas(100).run().expect_trap(3).expect_gas(98).jam_rejects(Reason::falls_off_end);
  add("block.implicit_trap_unpaid", "Too little gas for the implicit trap.", {"gas.block", "decode.implicit_trap"}, "load_imm a0, 1").gas(1).run().expect(Status::out_of_gas).expect_reg("a0", gp ? 1 : 0).jam_rejects(Reason::falls_off_end);
  add("block.last_fallthrough", "A last fallthrough: no further trap is charged in the PolkaVM versions.", {"gas.block", "flow.fall_through"}, "fallthrough").gas(100).run().expect_trap(0).expect_gas(either(99, 98)).jam_rejects(Reason::falls_off_end);
  add("block.last_branch_untaken", "A last branch, untaken.", {"gas.block", "jump.branch"}, "branch_eq_imm a0, 1, 0").gas(100).run().expect_trap(0).expect_gas(either(99, 98)).jam_rejects(Reason::falls_off_end);
  add("block.fallthrough_into_gap", "fallthrough into a gap: a block of one implicit trap is charged there.", {"gas.block", "flow.fall_through"}, ".raw 01 00*30; ret").gas(100).run().expect_trap(25).expect_gas(98).jam_rejects(Reason::gap_too_long);
  add("block.fallthrough_into_gap_unpaid", "The same with gas for the fallthrough only.", {"gas.block", "flow.fall_through"}, ".raw 01 00*30; ret").gas(1).run().expect_out_of_gas(25, gp ? -1 : 0).jam_rejects(Reason::gap_too_long);
  add("block.load_imm_into_gap", "An instruction that isn't a terminator: the trap in the gap belongs to its block.", {"gas.block", "decode.implicit_trap"}, ".raw 33 07 05 00*30; ret").gas(100).run().expect_trap(25).expect_gas(98).expect_reg("a0", 5).jam_rejects(Reason::gap_too_long);
  add("block.load_imm_into_gap_unpaid", "The same with gas for one.", {"gas.block", "decode.implicit_trap"}, ".raw 33 07 05 00*30; ret").gas(1).run().expect(Status::out_of_gas).expect_reg("a0", gp ? 5 : 0).jam_rejects(Reason::gap_too_long);
  add("block.bad_jump", "A jump to nowhere is charged, nothing else.", {"gas.block", "jump.static"}, "load_imm a0, 1; jump 1").gas(100).run().expect_trap(3).expect_gas(98);
  add("block.bad_branch", "A taken branch into the middle of an instruction is charged, nothing else.", {"gas.block", "jump.branch"}, "load_imm a0, 1; branch_eq a1, a1, 1; ret").gas(100).run().expect_trap(3).expect_gas(98);
  add("block.jump_to_invalid_opcode", "A jump to an invalid opcode: two blocks in the PolkaVM versions, one instruction in the Gray Paper.", {"gas.block", "target.valid"}, "jump over; trap; over: ; .raw ff; ret").gas(100).run().expect_trap(3).expect_gas(either(98, 99)).jam_rejects(Reason::invalid_opcode);
  add("block.unlikely_trap_in_middle", "What stands behind a trap isn't charged.", {"gas.block", "block.extent"}, "load_imm a0, 1; trap; load_imm a0, 2; ret").gas(100).run().expect_trap(3).expect_gas(98);
  add("no_refund.trap_in_middle", "A trap in the middle of a block gives nothing back.", {"gas.no_refund", "gas.fault"}, "load_imm a0, 1; load_u8 a0, 0; load_imm a0, 2; ret").gas(100).run().expect_trap(3).expect_gas(either(96, 98));
  add("no_refund.page_fault", "A page fault gives nothing back; in the Gray Paper the access that faults is charged.", {"gas.no_refund", "gas.fault"}, "load_imm a0, 1; load_u8 a0, 0x30000; load_imm a0, 2; ret").paged().gas(100).run().expect_fault(0x30000).expect_gas(either(96, 98)).run().expect_gas(either(96, 97));
  add("fault.exact", "Gas for the instructions up to the access that faults: the retry costs the Gray Paper more.", {"gas.fault"}, "load_u8 a0, 0x30000; ret").paged().gas(2).run().expect_fault(0x30000).expect_gas(either(0, 1)).map(0x30000, 4096).run();
  if (gp) g.cases.back().expect_out_of_gas(5, -1);
  if (!gp) g.cases.back().expect_halt().expect_gas(0);
  add("host_call.sees_what_is_left", "At a host call the whole block has been paid, or what was executed.", {"gas.block", "exit.host_call"}, "ecalli 1; load_imm a0, 1; load_imm a0, 2; ret").gas(100).run().expect_host_call(1).expect_gas(either(96, 99)).run().expect_halt().expect_gas(96);
  add("host_call.unpaid_block", "A host call in a block that can't be paid doesn't happen.", {"gas.sync", "exit.host_call"}, "ecalli 1; load_imm a0, 1; ret").gas(2).run();
  if (gp) g.cases.back().expect_host_call(1).expect_gas(1);
  if (!gp) g.cases.back().expect_out_of_gas(0, 2);
  add("no_refund.halt_by_call", "A halt through load_imm_and_jump_indirect costs what it costs.", {"gas.no_refund"}, "load_imm_and_jump_indirect a0, ra, 1, 0").gas(100).run().expect_halt().expect_gas(99);
}

void metering(Group& g) {
  const auto none_case = [&](const std::string& what, const char* why, const std::string& code) -> CaseBuilder& {
    return g.add("gas.none." + what, why, {"gas.none"}).metering(Metering::none).code(code);
  };
  none_case("counter_untouched", "Without metering the counter is neither read nor written.", "load_imm a0, 1; ret").gas(5).run().expect_halt().expect_gas(5);
  none_case("zero", "Without metering no gas is needed.", "load_imm a0, 1; ret").gas(0).run().expect_halt().expect_gas(0);
  none_case("negative", "Without metering a negative counter doesn't matter.", "load_imm a0, 1; ret").gas(-7).run().expect_halt().expect_gas(-7);
  none_case("mid_block", "Nor in the middle of a block.", "load_imm a0, 1; ret").pc(3).gas(0).run().expect_halt().expect_gas(0);
  none_case("host_call", "Nor around a host call.", "ecalli 1; ret").gas(0).run().expect_host_call(1).expect_gas(0).run().expect_halt();
  none_case("trap", "Nor at a trap.", "trap").gas(0).run().expect_trap(0).expect_gas(0);
  if (g.is_graypaper()) return;
  const auto async_case = [&](const std::string& what, const char* why, const std::string& code) -> CaseBuilder& {
    return g.add("gas.async." + what, why, {"gas.async"}).metering(Metering::async).code(code);
  };
  async_case("exact", "Asynchronous: exactly enough gas.", "load_imm a0, 1; ret").gas(2).run().expect_halt().expect_gas(0);
  async_case("one_less", "Asynchronous: one less is out of gas, sooner or later.", "load_imm a0, 1; ret").gas(1).run().expect(Status::out_of_gas);
  async_case("trap_unpaid", "Out of gas comes before the trap of the unpaid block.", "load_imm a0, 1; trap").gas(1).run().expect(Status::out_of_gas);
  async_case("page_fault", "A page fault with enough gas.", "load_u8 a0, 0x30000; ret").paged().gas(2).run().expect_fault(0x30000).expect_gas(0);
  async_case("loop", "A loop that can't be paid.", "loop: ; add_imm_32 a0, a0, 1; branch_less_unsigned_imm a0, 100, loop; ret").gas(20).run().expect(Status::out_of_gas);
  async_case("loop_paid", "A loop that can be paid.", "loop: ; add_imm_32 a0, a0, 1; branch_less_unsigned_imm a0, 10, loop; ret").gas(21).run().expect_halt().expect_gas(0);
  async_case("mid_block_unpaid", "An entry in the middle of a block that can't be paid changes nothing, as with synchronous metering.", "load_imm a0, 1; load_imm a1, 2; ret").also({"entry.mid_block"}).pc(3).gas(2).run().expect(Status::out_of_gas);
  async_case("negative", "A negative counter ends a run at once.", "load_imm a0, 1; ret").also({"gas.negative"}).gas(-1).run().expect(Status::out_of_gas);
}

void fills(Group& g) {
  if (!g.has(Op::memset)) return;
  const auto add = [&](const std::string& what, const char* why, u32 count) -> CaseBuilder& {
    return g.add("gas.memset." + what, why, {"gas.memset", "fill.order", "memory.memset"}).regions().reg("a0", 0x30000).reg("a1", 0xaa).reg("a2", count).code("memset; load_imm a3, 1; ret").watch(0x30000, 16);
  };
  // The block costs 3, each byte 1.
  add("price", "Each byte costs 1 on top of the block.", 10).gas(100).run().expect_halt().expect_gas(87);
  add("count_zero", "No byte, no further gas.", 0).gas(3).run().expect_halt().expect_gas(0);
  add("exact", "Exactly enough for the block and all bytes.", 10).gas(13).run().expect_halt().expect_gas(0).expect_reg("a0", 0x3000a).expect_reg("a2", 0);
  add("one_less", "One less: all bytes but one; pc and next pc are the memset.", 10).gas(12).run().expect_out_of_gas(0, 0).expect_next_pc(0).expect_reg("a0", 0x30009).expect_reg("a2", 1).expect_memory(0x30000, "aaaaaaaaaaaaaaaaaa00");
  add("block_only", "Gas for the block only: no byte is written.", 10).gas(3).run().expect_out_of_gas(0, 0).expect_reg("a2", 10).expect_memory(0x30000, "0000");
  add("block_unpaid", "The block itself can't be paid.", 10).gas(2).run().expect_out_of_gas(0, 2).expect_reg("a2", 10);
  add("interrupted_twice", "Two interruptions in a row, each resumed without paying for the block again.", 10).gas(5).run().expect_out_of_gas(0, 0).expect_reg("a2", 8).set_gas(3).run().expect_out_of_gas(0, 0).expect_reg("a2", 5).expect_reg("a0", 0x30005).set_gas(5).run().expect_halt().expect_gas(0).expect_reg("a2", 0).expect_reg("a3", 1);
  add("resumed_with_nothing", "Resumed without new gas: nothing moves.", 10).gas(5).run().expect_reg("a2", 8).run().expect_out_of_gas(0, 0).expect_reg("a2", 8).expect_reg("a0", 0x30002);
  add("resumed_by_set_pc", "Setting the pc to the memset pays for the block again.", 10).gas(5).run().expect_reg("a2", 8).set_gas(20).set_pc(0).run().expect_halt().expect_gas(20 - 3 - 8);
  add("count_changed_between", "The host changes the count between.", 10).gas(5).run().expect_reg("a2", 8).set_gas(20).set_reg("a2", 1).run().expect_halt().expect_gas(19).expect_reg("a0", 0x30003);
  add("count_zeroed_between", "The host sets the count to 0 between: what follows runs without further gas.", 10).gas(5).run().set_reg("a2", 0).run().expect_halt().expect_gas(0).expect_reg("a3", 1);
  add("trap_at_end_of_region", "Only the bytes that were written are charged.", 10).reg("a0", 0x31ffe).gas(100).run().expect_trap(0).expect_gas(95).expect_reg("a2", 8);
  add("trap_before_gas", "The byte can be paid but isn't writable: trap, and that byte isn't charged.", 10).reg("a0", 0x31ffe).gas(6).run().expect_trap(0).expect_gas(1);
  add("gas_before_trap", "The byte isn't writable and can't be paid: gas is looked at first.", 10).reg("a0", 0x31ffe).gas(5).run().expect_out_of_gas(0, 0).expect_reg("a2", 8).set_gas(1).run().expect_trap(0).expect_gas(1);
  add("bad_address_exact", "A bad address with gas for the block only: out of gas first.", 1).reg("a0", 0).gas(3).run().expect_out_of_gas(0, 0).set_gas(1).run().expect_trap(0);
  add("none", "Without metering bytes cost nothing.", 10).metering(Metering::none).gas(0).run().expect_halt().expect_gas(0).expect_memory(0x30000, "aaaaaaaaaaaaaaaaaaaa");
  add("async_enough", "Asynchronous, with enough gas.", 10).metering(Metering::async).also({"gas.async"}).gas(13).run().expect_halt().expect_gas(0);
  add("async_one_less", "Asynchronous, one less: out of gas, sooner or later.", 10).metering(Metering::async).also({"gas.async"}).gas(12).run().expect(Status::out_of_gas);
  add("paged_fault", "A page fault on the way: written bytes are charged, the retry goes on.", 10).regions(0, 0, 0).paged().page(0x30000, 4096).reg("a0", 0x30ffe).watch(0x30ff0, 16).gas(100).run().expect_fault(0x31000).expect_gas(95).expect_reg("a2", 8).map(0x31000, 4096).run().expect_halt().expect_gas(87);
  add("paged_gas_before_fault", "Gas is looked at before the page.", 10).regions(0, 0, 0).paged().page(0x30000, 4096).reg("a0", 0x30ffe).gas(5).run().expect_out_of_gas(0, 0).expect_reg("a2", 8).set_gas(8).run().expect_fault(0x31000).expect_gas(8);
  if (g.is_wide()) add("upper_half_of_count", "The upper half of a2 costs nothing.", 2).reg("a2", 0x500000002).gas(100).run().expect_halt().expect_gas(95);
  g.add("gas.memset.mid_block", "A memset in the middle of a block that runs out of gas: what precedes it isn't repeated.", {"gas.memset", "resume.out_of_gas"})
      .regions()
      .reg("a0", 0x30000)
      .reg("a1", 0x55)
      .code("load_imm a2, 4; add_imm_32 a3, a3, 1; memset; add_imm_32 a4, a4, 1; ret")
      .gas(7)
      .run()
      .expect_out_of_gas(6, 0)
      .expect_next_pc(6)
      .expect_reg("a2", 2)
      .set_gas(9)
      .run()
      .expect_halt()
      .expect_gas(7)
      .expect_reg("a3", 1)
      .expect_reg("a4", 1);
}

void costs(Group& g) {
  if (g.is_graypaper()) return;
  g.add("gas.block.costs", "Asked for the costs of blocks: each instruction is 1, the closing one included.", {"gas.block", "gas.flat", "block.extent"})
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
  metering(g);
  fills(g);
  costs(g);
}

void define_gas_instruction(Group& g) {
  if (!g.is_graypaper()) return;
  common(g);
  metering(g);
}

}  // namespace pvm::gen
