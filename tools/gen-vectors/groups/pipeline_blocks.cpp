// SPDX-License-Identifier: Apache-2.0 OR MIT
// pipeline-1 as a machine: decoding, waiting, resources, reordering, eliminated moves, the branch rule, skipping ahead.
#include "groups.hpp"
#include "operands.hpp"

namespace pvm::gen {

using isa::Op;
using ref::Reason;

namespace {

constexpr i64 plenty = 100000;

std::string times(int count, const std::string& text) {
  std::string out;
  for (int index = 0; index < count; ++index) out += text;
  return out;
}

// Gas seen by running the block at 0; `cost` is known apart from ref.
CaseBuilder& block(Group& g, const std::string& what, const char* why, std::vector<std::string> clauses, const std::string& code,
                   std::optional<i64> cost = std::nullopt) {
  CaseBuilder& c = g.add("pipeline." + what, why, std::move(clauses)).reg("a1", 6).reg("a2", 3).code(code).pipeline(plenty).run();
  if (cost) c.expect_gas(plenty - *cost);
  return c;
}

void simple(Group& g) {
  block(g, "end.trap", "A block of one trap: five cycles, of which three are free.", {"pipeline.end", "pipeline.table"}, "trap", 2);
  block(g, "end.invalid", "An invalid opcode costs what a trap costs.", {"pipeline.end", "decode.opcode"}, ".raw ff; ret", 2)
      .jam_rejects(Reason::invalid_opcode);
  block(g, "end.unlikely_trap", "unlikely takes 40 cycles.", {"pipeline.end", "pipeline.table"}, "unlikely; trap", 40);
  block(g, "end.unlikely_at_end_of_code", "The implicit trap closes the simulated block.", {"pipeline.end", "decode.implicit_trap"},
        "unlikely", 40)
      .jam_rejects(Reason::falls_off_end);
  block(g, "end.least_cost", "No block is cheaper than 1: here a branch of latency 1 alone, then a trap.",
        {"pipeline.end", "pipeline.branch"}, "branch_eq a0, a1, 4; trap; trap", 1 + 2);
  block(g, "end.fallthrough", "fallthrough alone: 2, and the trap behind it 2.", {"pipeline.end"}, "fallthrough; trap", 4);
  block(g, "end.jump", "jump: latency 15.", {"pipeline.end", "pipeline.table"}, "jump 0x7fffffff", 15);
  block(g, "end.halt", "jump_indirect: latency 22.", {"pipeline.end", "pipeline.table"}, "ret", 22).expect_halt();
  block(g, "parameters.memory_cost_4", "A load with memory cost 4.", {"pipeline.parameters"}, "load_u8 a0, 0x30000; trap")
      .pipeline(plenty, 4)
      .expect_gas(plenty - 4);
  block(g, "parameters.memory_cost_25", "A load with memory cost 25.", {"pipeline.parameters"}, "load_u8 a0, 0x30000; trap", 25);
  block(g, "parameters.memory_cost_37", "A load with memory cost 37.", {"pipeline.parameters"}, "load_u8 a0, 0x30000; trap")
      .pipeline(plenty, 37)
      .expect_gas(plenty - 37);
  block(g, "parameters.memory_cost_1", "A load with memory cost 1.", {"pipeline.parameters"}, "load_u8 a0, 0x30000; trap")
      .pipeline(plenty, 1);
  block(g, "parameters.memory_cost_1000", "A load with memory cost 1000.", {"pipeline.parameters"}, "load_u8 a0, 0x30000; trap")
      .pipeline(plenty, 1000)
      .expect_gas(plenty - 1000);
  block(g, "parameters.stores_are_fixed", "A store costs 25 whatever the memory cost.", {"pipeline.parameters", "pipeline.table"},
        "store_u8 a0, 0x30000; trap")
      .pipeline(plenty, 4)
      .expect_gas(plenty - 25);
  // Exact gas, one less, in the middle.
  g.add("pipeline.exact.enough", "Exactly the block's cost.", {"gas.exact", "pipeline.end"})
      .pipeline(40)
      .code("unlikely; trap")
      .run()
      .expect_trap(1)
      .expect_gas(0);
  g.add("pipeline.exact.one_less", "One less than the block's cost.", {"gas.exact", "pipeline.end", "exit.out_of_gas"})
      .pipeline(39)
      .code("unlikely; trap")
      .run()
      .expect_out_of_gas(0, 39)
      .set_gas(40)
      .run()
      .expect_trap(1)
      .expect_gas(0);
  g.add("pipeline.entry.mid_block", "Entering in the middle costs the whole block.", {"gas.entry", "entry.mid_block", "pipeline.end"})
      .pipeline(100)
      .pc(1)
      .code("unlikely; trap")
      .run()
      .expect_trap(1)
      .expect_gas(60);
  g.add("pipeline.entry.set_pc_after_host_call", "Setting the pc after a host call pays for the block again.",
        {"gas.entry", "resume.set_pc"})
      .pipeline(1000)
      .code("unlikely; ecalli 1; trap")
      .run()
      .set_pc(3)
      .run()
      .expect_trap(3);
  if (g.has(Op::memset))
    g.add("pipeline.memset.bytes", "Each byte that memset writes costs 1 on top of the block.", {"gas.memset", "pipeline.table"})
        .pipeline(plenty)
        .regions()
        .reg("a0", 0x30000)
        .reg("a2", 10)
        .code("memset; trap")
        .run()
        .expect_gas(plenty - 100 - 10);
}

void machinery(Group& g) {
  block(g, "state.each_block_anew", "A block doesn't know of the one before: the load of the first doesn't delay the second.",
        {"pipeline.state"}, "load_u8 a0, 0x30000; fallthrough; and a1, a0, a0; trap")
      .regions();
  for (const int count : {1, 3, 4, 5, 8, 9, 13}) {
    block(g, "feed.moves_" + std::to_string(count), "Four instructions are decoded per cycle; moves take a slot and nothing else.",
          {"pipeline.feed", "pipeline.move"}, times(count, "move_reg a0, a1;") + "trap");
    block(g, "feed.load_imms_" + std::to_string(count), "Four instructions are decoded per cycle.", {"pipeline.feed"},
          times(count, "load_imm a0, 1;") + "trap");
  }
  for (const int count : {30, 31, 32, 33, 65}) {
    const std::string number = std::to_string(count);
    block(g, "feed.reorder_buffer_" + number + "_load_imms", "32 instructions may be in flight.", {"pipeline.feed", "pipeline.advance"},
          "load_u8 a0, 0x30000;" + times(count, "load_imm a1, 1;") + "trap");
    block(g, "feed.reorder_buffer_" + number + "_divisions", "32 instructions may be in flight, and the divider takes one at a time.",
          {"pipeline.feed", "pipeline.advance", "pipeline.slots"}, times(count, "div_signed_32 a0, a1, a2;") + "trap");
    block(g, "feed.reorder_buffer_" + number + "_moves", "Moves take no place in the reorder buffer.", {"pipeline.feed", "pipeline.move"},
          "load_u8 a0, 0x30000;" + times(count, "move_reg a1, a2;") + "trap");
    block(g, "feed.reorder_buffer_" + number + "_unlikely", "32 slow instructions in flight.", {"pipeline.feed", "pipeline.advance"},
          times(count, "unlikely;") + "trap");
  }
  block(g, "move.forwards_dependency", "A move hands on what its source waits for.", {"pipeline.move"},
        "load_u8 a0, 0x30000; move_reg a1, a0; and a2, a1, a1; trap");
  block(g, "move.drops_dependency", "A move of a finished register frees its destination.", {"pipeline.move"},
        "load_u8 a0, 0x30000; move_reg a0, a1; and a2, a0, a0; trap");
  block(g, "move.to_itself", "A move to itself changes nothing.", {"pipeline.move"},
        "load_u8 a0, 0x30000; move_reg a0, a0; and a2, a0, a0; trap");
  block(g, "move.chain", "A chain of moves.", {"pipeline.move"},
        "mul_32 a0, a1, a2; move_reg a1, a0; move_reg a2, a1; move_reg a3, a2; mul_32 a4, a3, a3; trap");
  block(g, "move.source_overwritten", "The source is written anew behind the move.", {"pipeline.move"},
        "load_u8 a0, 0x30000; move_reg a1, a0; load_imm a0, 1; and a2, a1, a0; trap");
  block(g, "move.register_clamped", "Registers are compared after clamping.", {"pipeline.move", "decode.register"},
        "load_u8 a5, 0x30000; move_reg a1, r15; and a2, a1, a1; trap");
  block(g, "feed.overwritten_register", "Only the last writer of a register counts.", {"pipeline.feed"},
        "load_u8 a0, 0x30000; load_imm a0, 1; and a1, a0, a0; trap");
  block(g, "feed.cmov_reads_no_old_destination", "A conditional move doesn't wait for the old value of d.",
        {"pipeline.feed", "pipeline.table"}, "load_u8 a0, 0x30000; cmov_if_zero a0, a1, a2; and a3, a0, a0; trap");
  block(g, "feed.store_reads_both", "A store waits for value and base.", {"pipeline.feed", "pipeline.table"},
        "load_u8 a0, 0x30000; store_indirect_u8 a1, a0, 0; store_indirect_u8 a0, a1, 0; trap");
  block(g, "feed.call_indirect_reads_base", "load_imm_and_jump_indirect waits for its base.", {"pipeline.feed", "pipeline.table"},
        "load_u8 a0, 0x30000; load_imm_and_jump_indirect a1, a0, 1, 0");
  block(g, "feed.ecalli_reads_nothing", "A host call waits for nothing.", {"pipeline.feed", "pipeline.table"},
        "load_u8 a0, 0x30000; ecalli 1; trap");
  for (const auto& [name, text] : {std::pair{"mul", "mul_32 a0, a1, a2;"},
                                   {"div", "div_unsigned_32 a0, a1, a2;"},
                                   {"load", "load_u8 a0, 0x30000;"},
                                   {"store", "store_u8 a0, 0x30000;"},
                                   {"alu", "and a0, a1, a2;"},
                                   {"two_alu", "count_trailing_zero_bits_32 a0, a1;"},
                                   {"none", "load_imm a0, 1;"},
                                   {"add", "add_32 a0, a1, a2;"}}) {
    for (const int count : {2, 3, 4, 5, 9}) {
      block(g, std::string("slots.") + name + "_" + std::to_string(count), "Independent instructions that need the same resource.",
            {"pipeline.slots", "pipeline.tick"}, times(count, text) + "trap");
    }
  }
  block(g, "slots.younger_overtakes", "A younger instruction starts before an older one that lacks a resource.",
        {"pipeline.tick", "pipeline.slots"},
        "div_unsigned_32 a0, a1, a2; div_unsigned_32 a3, a1, a2; and a4, a1, a2; and a5, a4, a4; trap");
  block(g, "tick.five_starts", "At most five instructions start in one cycle.", {"pipeline.tick"},
        "load_u8 a0, 0x30000;" + times(12, "and_imm a1, a0, 1;") + "trap");
  block(g, "tick.retire_in_order", "What is done waits for what is older.", {"pipeline.tick", "pipeline.advance"},
        "div_unsigned_32 a0, a1, a2;" + times(40, "load_imm a3, 1;") + "trap");
  // Registers that four and_imm make from one load, four loads through them, 80 moves, 14 unlikely.
  block(g, "skip_ahead.starts_left_over", "Skipping ahead isn't a mere shortcut: cycle by cycle this block would cost 68.",
        {"pipeline.skip_ahead", "pipeline.tick"},
        "load_indirect_u8 a0, a1, 0; and_imm a2, a0, 1; and_imm a3, a0, 1; and_imm a4, a0, 1; and_imm a5, a0, 1;"
        "load_indirect_u8 s0, a2, 0; load_indirect_u8 s1, a3, 0; load_indirect_u8 t0, a4, 0; load_indirect_u8 t1, a5, 0;" +
            times(80, "move_reg sp, ra;") + times(14, "unlikely;") + "trap",
        91);
}

void branches(Group& g) {
  const u32 unlikely = *builder::opcode_of(g.version, Op::unlikely);
  const std::string unlikely_byte = conformance::hex_bytes(Bytes{static_cast<u8>(unlikely)});
  const std::string other_byte = unlikely == 3 ? "02" : "03";
  const auto branch = [&](const std::string& what, const char* why, const std::string& code, u32 latency) {
    // A branch alone takes its latency plus what any instruction takes: 1 -> 1, 20 -> 20.
    CaseBuilder& c = g.add("pipeline.branch." + what, why, {"pipeline.branch"}).code(code).pipeline(plenty).block_costs({0});
    c.expect_cost(0, latency);
  };
  // branch_eq a0, a1, +n: three bytes.
  branch("neither", "Neither the fall-through byte nor the target byte is trap or unlikely: 20.",
         "branch_eq a0, a1, target; load_imm a0, 1; ret; target: ; load_imm a0, 2; ret", 20);
  branch("trap_behind", "A trap at the fall-through position: 1.", "branch_eq a0, a1, target; trap; target: ; load_imm a0, 2; ret", 1);
  branch("trap_at_target", "A trap at the target: 1.", "branch_eq a0, a1, target; load_imm a0, 1; ret; target: ; trap", 1);
  branch("unlikely_behind", "unlikely at the fall-through position: 1.",
         "branch_eq a0, a1, target; unlikely; ret; target: ; load_imm a0, 2; ret", 1);
  branch("unlikely_at_target", "unlikely at the target: 1.", "branch_eq a0, a1, target; load_imm a0, 1; ret; target: ; unlikely; ret", 1);
  branch("trap_at_both", "A trap at both: 1.", "branch_eq a0, a1, target; trap; target: ; trap", 1);
  branch("target_in_middle_of_instruction", "The target's byte is looked at even if it isn't marked: here a 0.",
         "branch_eq a0, a1, 5; load_imm a0, 0:1; ret", 1);
  branch("target_in_middle_no_zero", "The same with another byte: 20.", "branch_eq a0, a1, 5; load_imm a0, 7; ret", 20);
  branch("target_in_middle_unlikely_byte", "An operand byte that equals the opcode of unlikely: 1.",
         "branch_eq a0, a1, 5; .raw 33 07 " + unlikely_byte + "; ret", 1);
  branch("target_in_middle_other_unlikely_byte", "The opcode of unlikely in another version doesn't count: 20.",
         "branch_eq a0, a1, 5; .raw 33 07 " + other_byte + "; ret", 20);
  branch("target_byte_255", "Byte 255 doesn't count: 20.", "branch_eq a0, a1, 5; .raw 33 07 ff; ret", 20);
  branch("target_beyond_code", "A target beyond the code: 1.", "branch_eq a0, a1, 100; load_imm a0, 1; ret", 1);
  branch("target_at_end", "A target at the end of the code: 1.", "branch_eq a0, a1, 8; load_imm a0, 1; ret", 1);
  branch("target_last_byte", "A target at the last byte of the code, which isn't 0: 20.", "branch_eq a0, a1, 7; load_imm a0, 1; .raw 32 08",
         20);
  branch("last_byte_of_branch_is_unlikely", "The last byte of the branch itself doesn't matter: 20.",
         "branch_eq_imm a0, 0x101, " + std::to_string(unlikely) + "; load_imm a0, 1; ret", 20);
  branch("padded_offset_ends_in_zero", "An offset with zeros at its end: 20.",
         "branch_eq a0, a1, target:4; load_imm a0, 1; ret; target: ; load_imm a0, 1; ret", 20);
  branch("padded_offset_then_unlikely", "An offset with zeros at its end before unlikely: 1.",
         "branch_eq a0, a1, target:4; unlikely; ret; target: ; load_imm a0, 1; ret", 1);
  branch("with_immediate", "A branch with an immediate looks behind all its bytes: 20.",
         "branch_eq_imm a0, 0:4, target; load_imm a0, 1; ret; target: ; load_imm a0, 1; ret", 20);
  branch("with_immediate_trap_behind", "A branch with an immediate and a trap behind it: 1.",
         "branch_eq_imm a0, 0x1010101, target; trap; target: ; load_imm a0, 1; ret", 1);
  branch("to_itself", "A branch to itself: its own opcode is the target's byte: 20.", "branch_eq a0, a1, 0; load_imm a0, 1; ret", 20);
  g.add("pipeline.branch.at_end_of_code", "The fall-through position lies beyond the code: 1.", {"pipeline.branch"})
      .code("branch_eq a0, a1, 0")
      .pipeline(plenty)
      .block_costs({0})
      .expect_cost(0, 1)
      .jam_rejects(Reason::falls_off_end);
  g.add("pipeline.branch.before_gap", "The fall-through position isn't marked; its byte counts all the same.", {"pipeline.branch"})
      .code(".raw aa 87 00 00 00 00 05*30; ret")
      .pipeline(plenty)
      .block_costs({0})
      .expect_cost(0, 20)
      .jam_rejects(Reason::gap_too_long);
  for (std::size_t index = 0; index < isa::op_count; ++index) {
    const isa::Row& row = isa::rows[index];
    if (row.gas.latency_kind != isa::Latency::branch) continue;
    const std::string name(row.name);
    const std::string first = name + operands_text(row, "a0", "a1", "a2");
    branch(name + "_likely", "Each branch follows the rule: 20.", first + "; load_imm a0, 1; ret; target: ; load_imm a0, 2; ret", 20);
    branch(name + "_unlikely", "Each branch follows the rule: 1.", first + "; trap; target: ; load_imm a0, 2; ret", 1);
  }
}

// Blocks of the kinds that the model's author thought of, by what they show.
void small_programs(Group& g) {
  const auto program = [&](const std::string& what, const char* why, const std::string& code, std::vector<std::pair<u32, i64>> costs) {
    std::vector<u32> positions;
    for (const auto& [position, cost] : costs) positions.push_back(position);
    CaseBuilder& c =
        g.add("pipeline.program." + what, why, {"pipeline.end", "gas.block"}).code(code).pipeline(plenty).block_costs(positions);
    for (const auto& [position, cost] : costs) c.expect_cost(position, cost);
  };
  program("branch_trap_behind", "A branch over a trap.", "branch_eq a0, a1, 4; trap; fallthrough; trap", {{0, 1}, {3, 2}, {4, 2}});
  program("branch_trap_at_target", "A branch to a trap.", "branch_eq a0, a1, 7; load_imm a0, 1; trap; trap", {{0, 1}, {3, 2}, {7, 2}});
  program("branch_unlikely_both", "unlikely on both sides of a branch.",
          "branch_eq a0, a1, 8; unlikely; load_imm a0, 1; trap; unlikely; trap", {{0, 1}, {3, 40}, {8, 40}});
  program("branch_unlikely_behind", "unlikely behind a branch.", "branch_eq a0, a1, 8; unlikely; load_imm a0, 1; trap; trap",
          {{0, 1}, {3, 40}, {8, 2}});
  program("branch_unlikely_at_target", "unlikely at the target of a branch.", "branch_eq a0, a1, 7; load_imm a0, 1; trap; unlikely; trap",
          {{0, 1}, {3, 2}, {7, 40}});
  program("trap_only", "A single trap.", "trap", {{0, 2}});
}

// Arbitrary blocks: everything at once.
void mixtures(Group& g) {
  for (u32 number = 0; number < 64; ++number) {
    const std::string what = "mix." + std::to_string(number);
    SplitMix64 random(what);
    const u64 length = 3 + random.below(number < 32 ? 24 : 60);
    const u64 kinds = random.below(3);  // few registers make long chains
    std::string code;
    const std::string_view registers[] = {"a0", "a1", "a2", "a3", "t0", "s0", "s1", "a4"};
    const u64 register_count = kinds == 0 ? 2 : kinds == 1 ? 4 : 8;
    for (u64 index = 0; index < length; ++index) {
      const auto op = static_cast<Op>(random.below(isa::op_count));
      const isa::Row& row = isa::row_of(op);
      const auto d = registers[random.below(register_count)];
      const auto a = registers[random.below(register_count)];
      const auto b = registers[random.below(register_count)];
      if (!g.has(op) || row.ends_block) continue;
      code += std::string(row.name) + operands_text(row, d, a, b) + ";";
    }
    const u32 memory_cost = number % 3 == 0 ? 4 : number % 3 == 1 ? 25 : 37;
    g.add("pipeline." + what, "An arbitrary block: all rules at once.",
          {"pipeline.table", "pipeline.tick", "pipeline.feed", "pipeline.advance", "pipeline.skip_ahead", "pipeline.end"})
        .code(code + "trap")
        .pipeline(plenty, memory_cost)
        .run();
  }
}

}  // namespace

void define_pipeline_blocks(Group& g) {
  if (!g.has_pipeline()) return;
  simple(g);
  machinery(g);
  branches(g);
  small_programs(g);
  mixtures(g);
}

}  // namespace pvm::gen
