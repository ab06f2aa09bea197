// SPDX-License-Identifier: Apache-2.0 OR MIT
// Trap, fallthrough, unlikely, host calls and the four jumps, each on its own.
#include "groups.hpp"

namespace pvm::gen {

namespace {

void simple(Group& g) {
  g.add("control.trap.at_start", "A trap ends the run at the trap, with no next pc.", {"control.trap", "exit.trap", "exit.pc"})
      .code("trap")
      .run()
      .expect_trap(0)
      .expect_next_pc(none);
  g.add("control.trap.after_work", "What was computed before a trap stays.", {"control.trap", "exit.trap"})
      .code("load_imm a0, 5; trap")
      .run()
      .expect_trap(3)
      .expect_reg("a0", 5);
  g.add("control.fallthrough.continues", "fallthrough ends a block and goes on with the next instruction.", {"control.fallthrough"})
      .code("fallthrough; load_imm a0, 1; fallthrough; load_imm a1, 2; ret")
      .run()
      .expect_halt()
      .expect_reg("a1", 2);
  g.add("control.fallthrough.makes_a_target", "The instruction behind fallthrough may be jumped to.",
        {"control.fallthrough", "target.valid"})
      .code("jump over; load_imm a0, 1; fallthrough; over: ; load_imm a1, 2; ret")
      .run()
      .expect_halt()
      .expect_reg("a0", 0);
  g.add("control.fallthrough.with_operand_bytes", "Bytes behind an instruction without operands are skipped.",
        {"control.fallthrough", "decode.format.none", "decode.skip"})
      .code(".raw 01 33 07 05; load_imm a1, 2; ret")
      .run()
      .expect_halt()
      .expect_reg("a0", 0);
  g.add("control.trap.with_operand_bytes", "Bytes behind a trap are skipped.", {"control.trap", "decode.format.none"})
      .code(".raw 00 33 07 05; ret")
      .run()
      .expect_trap(0);
  if (!g.has(isa::Op::unlikely)) return;
  g.add("control.unlikely.does_nothing", "unlikely only matters to gas.", {"control.unlikely"})
      .code("unlikely; load_imm a0, 1; unlikely; ret")
      .run()
      .expect_halt()
      .expect_reg("a0", 1);
  g.add("control.unlikely.makes_no_target", "The instruction behind unlikely isn't a jump target.",
        {"control.unlikely", "target.valid", "block.terminators"})
      .code("jump over; unlikely; over: ; load_imm a0, 1; ret")
      .run()
      .expect_trap(0);
}

void host_calls(Group& g) {
  const std::pair<const char*, const char*> numbers[] = {
      {"zero_without_byte", "0:0"},
      {"one", "1"},
      {"n127", "127"},
      {"n128", "128"},
      {"minus_one", "-1"},
      {"minus_128", "-128:1"},
      {"minus_32768", "-32768:2"},
      {"minus_8388608", "-8388608:3"},
      {"max", "2147483647"},
      {"min", "-2147483648"},
      {"padded", "3:4"},
  };
  for (const auto& [what, operand] : numbers) {
    g.add(std::string("control.ecalli.") + what, "The number of a host call is the sign-extended immediate, as 32 bits or as 64.",
          {"control.ecalli", "exit.host_call", "resume.host_call", "decode.format.imm"})
        .reg("a0", 0x1234)
        .code(std::string("ecalli ") + operand + "; load_imm a1, 1; ret")
        .run()
        .expect(Status::host_call)
        .expect_pc(0)
        .expect_reg("a1", 0)
        .run()
        .expect_halt()
        .expect_reg("a1", 1);
  }
  g.add("control.ecalli.byte_ff", "One byte 0xff is 4294967295 as 32 bits, 2^64-1 as 64.", {"control.ecalli", "exit.host_call"})
      .code(".raw 0a ff; ret")
      .run()
      .expect_host_call(g.is_graypaper() ? ~u64{0} : 0xffffffff)
      .expect_next_pc(2);
  g.add("control.ecalli.makes_no_target", "The instruction behind a host call isn't a jump target.",
        {"control.ecalli", "target.valid", "block.terminators"})
      .code("jump over; ecalli 1; over: ; load_imm a0, 1; ret")
      .run()
      .expect_trap(0);
  g.add("control.ecalli.host_changes_registers", "What the host writes between two runs is what the guest goes on with.",
        {"control.ecalli", "resume.host_call", "host.registers"})
      .code("load_imm a0, 7; ecalli 3; add_w a0, a0, a1; ret")
      .run()
      .expect_host_call(3)
      .expect_pc(3)
      .expect_next_pc(5)
      .set_reg("a1", 100)
      .run()
      .expect_halt()
      .expect_reg("a0", 107);
  g.add("control.ecalli.two_in_a_row", "Two host calls follow each other without anything in between.",
        {"control.ecalli", "resume.host_call"})
      .code("ecalli 1; ecalli 2; ret")
      .run()
      .expect_host_call(1)
      .run()
      .expect_host_call(2)
      .expect_pc(2)
      .run()
      .expect_halt();
}

void jumps(Group& g) {
  g.add("control.jump.forward", "A jump skips what lies between.", {"control.jump", "jump.static", "decode.target"})
      .code("jump over; load_imm a0, 1; trap; over: ; load_imm a1, 2; ret")
      .run()
      .expect_halt()
      .expect_reg("a0", 0)
      .expect_reg("a1", 2);
  g.add("control.jump.backward", "A negative offset leads back.", {"control.jump", "jump.static", "decode.target"})
      .code("jump over; back: ; load_imm a0, 1; ret; over: ; load_imm a1, 2; jump back")
      .run()
      .expect_halt()
      .expect_reg("a0", 1)
      .expect_reg("a1", 2);
  g.add("control.jump.to_start", "Offset 0 of the code may always be jumped to if it is marked.", {"control.jump", "target.valid"})
      .code("branch_eq_imm a0, 1, out; load_imm a0, 1; jump 0; out: ; ret")
      .run()
      .expect_halt()
      .expect_reg("a0", 1);
  for (const char* length : {"1", "2", "3", "4"}) {
    g.add(std::string("control.jump.offset_of_") + length + "_bytes", "The same offset in any length.",
          {"control.jump", "decode.format.offset", "decode.immediate"})
        .code(std::string("jump over:") + length + "; trap; over: ; load_imm a1, 2; ret")
        .run()
        .expect_halt();
    g.add(std::string("control.jump.negative_offset_of_") + length + "_bytes", "A negative offset in any length.",
          {"control.jump", "decode.format.offset", "decode.target"})
        .code(std::string("jump over; back: ; load_imm a1, 2; ret; over: ; jump back:") + length)
        .run()
        .expect_halt();
  }
  const char* const immediates[] = {"0:0", "-2:1", "-32768:2", "-8388608:3", "-2147483648:4"};
  for (std::size_t length = 0; length <= 4; ++length) {
    const std::string bytes = std::to_string(length) + "_bytes";
    g.add("control.load_imm_and_jump.imm_of_" + bytes, "The immediate is loaded, then the jump is taken.",
          {"control.load_imm_and_jump", "decode.format.reg_imm_offset", "decode.immediate"})
        .code(std::string("load_imm_and_jump a0, ") + immediates[length] + ", over; trap; over: ; load_imm a1, 2; ret")
        .run()
        .expect_halt()
        .expect_reg("a1", 2);
    g.add("control.load_imm_and_jump_indirect.imm_of_" + bytes, "The first immediate is loaded, the jump goes to base plus the second.",
          {"control.load_imm_and_jump_indirect", "decode.format.reg_reg_imm_imm", "decode.immediate"})
        .reg("a2", 2)
        .code(std::string("load_imm_and_jump_indirect a0, a2, ") + immediates[length] +
              ", 0; trap; over: ; load_imm a1, 2; ret; .table over")
        .run()
        .expect_halt()
        .expect_reg("a1", 2);
    g.add("control.jump_indirect.imm_of_" + bytes, "The address is base plus sign-extended immediate, modulo 2^32.",
          {"control.jump_indirect", "decode.format.reg_imm", "jump.dynamic"})
        .reg("a2", u64{2} - static_cast<u64>(length == 0   ? 0
                                             : length == 1 ? -2
                                             : length == 2 ? -32768
                                             : length == 3 ? -8388608
                                                           : -2147483648LL))
        .code(std::string("jump_indirect a2, ") + immediates[length] + "; trap; over: ; load_imm a1, 2; ret; .table over")
        .run()
        .expect_halt()
        .expect_reg("a1", 2);
    g.add("control.load_imm_and_jump_indirect.second_imm_of_" + bytes, "The second immediate has what bytes are left.",
          {"control.load_imm_and_jump_indirect", "decode.format.reg_reg_imm_imm", "jump.dynamic"})
        .reg("a2", u64{2} - static_cast<u64>(length == 0   ? 0
                                             : length == 1 ? -2
                                             : length == 2 ? -32768
                                             : length == 3 ? -8388608
                                                           : -2147483648LL))
        .code(std::string("load_imm_and_jump_indirect a0, a2, 5, ") + immediates[length] +
              "; trap; over: ; load_imm a1, 2; ret; .table over")
        .run()
        .expect_halt()
        .expect_reg("a0", 5)
        .expect_reg("a1", 2);
  }
  g.add("control.load_imm_and_jump.call_and_return", "load_imm_and_jump calls: the loaded address leads back through the jump table.",
        {"control.load_imm_and_jump", "control.jump_indirect", "jump.dynamic"})
      .code(
          "move_reg s0, ra; load_imm_and_jump ra, &back, function; back: ; add_imm_32 a0, a0, 1; jump_indirect s0, 0\n"
          "function: ; load_imm a0, 41; ret")
      .run()
      .expect_halt()
      .expect_reg("a0", 42);
  g.add("control.load_imm_and_jump_indirect.d_is_a", "The address is computed from the old base even if d is the base.",
        {"control.load_imm_and_jump_indirect"})
      .reg("a0", 2)
      .code("load_imm_and_jump_indirect a0, a0, 77, 0; trap; over: ; load_imm a1, 2; ret; .table over")
      .run()
      .expect_halt()
      .expect_reg("a0", 77)
      .expect_reg("a1", 2);
  g.add("control.load_imm_and_jump_indirect.d_is_a_other_target", "Using the new value of the base would land elsewhere.",
        {"control.load_imm_and_jump_indirect"})
      .reg("a0", 2)
      .code("load_imm_and_jump_indirect a0, a0, 4, 0; trap; one: ; load_imm a1, 1; ret; two: ; load_imm a1, 2; ret; .table one, two")
      .run()
      .expect_halt()
      .expect_reg("a0", 4)
      .expect_reg("a1", 1);
  g.add("control.load_imm_and_jump_indirect.halt_writes_d", "A halt through this jump still writes d.",
        {"control.load_imm_and_jump_indirect", "jump.halt", "exit.halt"})
      .code("load_imm_and_jump_indirect a0, ra, 77, 0")
      .run()
      .expect_halt()
      .expect_reg("a0", 77)
      .expect_reg("ra", halt_address);
  g.add("control.load_imm_and_jump_indirect.halt_with_d_is_a", "d = a = ra: halts by the old value, ra is overwritten.",
        {"control.load_imm_and_jump_indirect", "jump.halt"})
      .code("load_imm_and_jump_indirect ra, ra, 4, 0")
      .run()
      .expect_halt()
      .expect_reg("ra", 4);
  g.add("control.load_imm_and_jump_indirect.trap_writes_d", "A bad dynamic address traps at the jump with d already written.",
        {"control.load_imm_and_jump_indirect", "jump.dynamic", "exit.trap"})
      .reg("a1", 3)
      .code("load_imm_and_jump_indirect a0, a1, 77, 0")
      .run()
      .expect_trap(0)
      .expect_reg("a0", 77);
  g.add("control.load_imm_and_jump.trap_writes_d", "A bad target traps at the jump with d already written.",
        {"control.load_imm_and_jump", "jump.static", "exit.trap"})
      .code("load_imm_and_jump a0, 77, 100")
      .run()
      .expect_trap(0)
      .expect_reg("a0", 77);
}

}  // namespace

void define_control(Group& g) {
  simple(g);
  host_calls(g);
  jumps(g);
}

}  // namespace pvm::gen
