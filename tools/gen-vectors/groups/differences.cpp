// SPDX-License-Identifier: Apache-2.0 OR MIT
// The same situation in every version, where the versions answer differently: one clause each, under equal circumstances.
#include "groups.hpp"

namespace pvm::gen {

using isa::Op;
using ref::Reason;

namespace {

CaseBuilder& add(Group& g, const std::string& name, const char* why, std::vector<std::string> clauses, const std::string& code) {
  return g.add(name + ".across_versions", why, std::move(clauses)).code(code);
}

// Negative 32-bit values fill a register of 32 bits and are sign-extended to 64.
void width(Group& g) {
  const auto negative = [&](const std::string& clause, const char* why, const std::string& code, std::string_view name, u64 value) {
    add(g, clause, why, {clause}, code).run().expect_halt().expect_reg(name, value);
  };
  negative("decode.immediate", "An immediate is sign-extended to the width of the register.",
           "load_imm a0, -128; load_imm a1, -32768:2; load_imm a2, -8388608:3; load_imm a3, -2147483648; ret", "a0",
           static_cast<u64>(-128));
  negative("decode.length_nibble", "An immediate whose length a nibble tells.", "load_imm_and_jump_indirect a0, ra, -2:3, 0", "a0",
           static_cast<u64>(-2));
  negative("decode.register_third", "A negative difference, with the third register byte 0x07.", "load_imm a1, 5; sub_32 a0, t0, a1; ret",
           "a0", static_cast<u64>(-5));
  negative("jump.dynamic", "A jump address from a negative register.",
           "load_imm a0, -2; jump_indirect a0, 4; trap; there: ; ret; .table there", "a0", static_cast<u64>(-2));
  negative("control.jump_indirect", "A jump address from a negative register.",
           "load_imm a0, -256; jump_indirect a0, 258; trap; there: ; ret; .table there", "a0", static_cast<u64>(-256));
  negative("jump.halt", "The halt address made by a negative immediate.", "load_imm a0, -65536; jump_indirect a0, 0", "a0",
           static_cast<u64>(-65536));
  add(g, "jump.static", "A negative number loaded by a jump to nowhere.", {"jump.static"}, "load_imm_and_jump a0, -7, 1")
      .run()
      .expect_trap(0)
      .expect_reg("a0", static_cast<u64>(-7));
  add(g, "access.address", "An address from a negative base.", {"access.address"}, "load_imm a0, -1; load_indirect_u8 a1, a0, 0x30006; ret")
      .page(0x30000, 4096)
      .put(0x30005, hex("99"))
      .run()
      .expect_halt()
      .expect_reg("a0", ~u64{0})
      .expect_reg("a1", 0x99);
  add(g, "access.endian", "A negative number from memory.", {"access.endian"}, "load_i32 a0, 0x30000; ret")
      .page(0x30000, 4096)
      .put(0x30000, hex("01020384"))
      .run()
      .expect_halt()
      .expect_reg("a0", 0xffffffff84030201);
  for (std::size_t index = 0; index < isa::op_count; ++index) {
    const isa::Row& row = isa::rows[index];
    if (row.group != isa::Group::branch) continue;
    const std::string right = row.format == isa::Format::reg_reg_offset ? "a1" : "0";
    g.add(std::string(row.clause) + ".two_31_and_zero", "2^31 is negative in 32 bits and positive in 64.", {std::string(row.clause)})
        .reg("a0", 0x80000000)
        .code(std::string(row.name) + " a0, " + right + ", taken; load_imm a2, -1; ret; taken: ; load_imm a2, -2; ret")
        .run()
        .expect_halt();
    CaseBuilder& c = g.add(std::string(row.clause) + ".bad_target", "A branch to the middle of an instruction, with equal operands.",
                           {std::string(row.clause), "jump.branch"})
                         .code("load_imm a3, 0; " + std::string(row.name) + " a0, " + right + ", 1; load_imm a2, 1; ret")
                         .run();
    const bool taken_if_equal = row.name.find("eq") != std::string_view::npos && row.name.find("not_eq") == std::string_view::npos;
    const bool taken = taken_if_equal || row.name.find("or_equal") != std::string_view::npos;
    if (taken || !g.is_graypaper()) c.expect_trap(2).expect_reg("a2", 0);
    if (!taken && g.is_graypaper()) c.expect_halt().expect_reg("a2", 1);
  }
}

// Instructions that only some versions have.
void instructions(Group& g) {
  const auto beyond = [&](const std::string& name, const char* why, std::vector<std::string> clauses, const std::string& code, u32 trap_at,
                          u64 value) {
    CaseBuilder& c = add(g, name, why, std::move(clauses), code).reg("a0", 0x5555).run();
    if (g.is_wide()) c.expect_trap(trap_at).expect_reg("a0", value);
    if (!g.is_wide()) c.expect_trap(0).expect_reg("a0", 0x5555);
    return &c;
  };
  beyond("decode.beyond_end", "load_imm64 whose bytes lie beyond the end; rv32-1 has no such instruction.", {"decode.beyond_end"},
         ".raw 14 07 01 02", 4, 0x201)
      ->jam_rejects(Reason::falls_off_end);
  beyond("decode.overrun", "load_imm64 that reads the bytes of its successor; rv32-1 has no such instruction.", {"decode.overrun"},
         ".raw 14 07; .raw 33 08 05; trap", 5, 0x50833);
  beyond("decode.format.reg_imm64", "load_imm64 with all its bytes; rv32-1 has no such instruction.", {"decode.format.reg_imm64"},
         ".raw 14 07 01 02 03 04 05 06 07 08; trap", 10, 0x0807060504030201);
  add(g, "decode.overrun.into_invalid", "An operand byte from an invalid instruction.", {"decode.overrun"}, ".raw 33; .raw ff; ret")
      .run()
      .expect_trap(1)
      .expect_reg("a5", 0)
      .jam_rejects(Reason::invalid_opcode);
  for (const u32 byte : {2U, 3U, 101U}) {
    // Behind memset, sbrk and unlikely a block goes on; behind what doesn't exist one begins.
    const Op op = isa::ops_by_opcode[static_cast<std::size_t>(g.version)][byte];
    CaseBuilder& c = add(g, "block.terminators.opcode_" + std::to_string(byte),
                         "Entering behind this byte: in the middle of a block, or at the start of one.", {"block.terminators", "entry.pc"},
                         ".raw " + conformance::hex_bytes(Bytes{static_cast<u8>(byte)}) + " 00; load_imm a0, 1; ret");
    c.pc(2).gas(100).run().expect_halt();
    c.expect_gas(g.is_graypaper() || op == Op::invalid ? 98 : 97);
    if (op == Op::invalid) c.jam_rejects(Reason::invalid_opcode);
  }
  if (g.has(Op::sbrk)) {
    add(g, "memory.sbrk.one_page", "The result is the new end, or the start, of what was added.", {"memory.sbrk"},
        "load_imm a1, 4096; sbrk a0, a1; ret")
        .run()
        .expect_halt()
        .expect_reg("a0", g.is_graypaper() ? 0x10000 : 0x21000);
    add(g, "memory.sbrk.minus_one", "A size of -1 is 2^32 - 1 or 2^64 - 1: too much.", {"memory.sbrk"}, "load_imm a1, -1; sbrk a0, a1; ret")
        .run()
        .expect_halt()
        .expect_reg("a0", 0)
        .expect_reg("a1", ~u64{0});
  }
  if (g.has(Op::memset)) {
    add(g, "fill.registers", "The address is a register of 32 or 64 bits; only its low half counts.", {"fill.registers"},
        "load_imm a0, -2; load_imm a2, 1; memset; ret")
        .page(0xfffff000, 4096)
        .run()
        .expect_halt()
        .expect_reg("a0", ~u64{0});
  }
}

// Code that jam-1 refuses and the others run into.
void ill_formed(Group& g) {
  const auto ill = [&](const std::string& clause, const char* why, const std::string& code, std::optional<i64> gas, Reason reason,
                       u32 pc = 0) {
    CaseBuilder& c = add(g, clause, why, {clause.substr(0, clause.find('.', clause.find('.') + 1))}, code).pc(pc);
    if (gas) c.gas(*gas);
    c.run().jam_rejects(reason);
  };
  ill("decode.next", "The next position isn't marked.", ".raw 33 07 05 00*30; ret", {}, Reason::gap_too_long);
  ill("block.start", "An entry behind an invalid opcode.", ".raw ff; load_imm a0, 1; ret", 100, Reason::invalid_opcode, 1);
  ill("block.extent", "A block that an invalid opcode closes.", "load_imm a0, 1; .raw ff; ret", 100, Reason::invalid_opcode);
  ill("gas.flat", "An invalid opcode costs 1.", ".raw ff; ret", 100, Reason::invalid_opcode);
  ill("gas.entry", "Entering a block that the end of the code closes.", "load_imm a0, 1; load_imm a1, 2", 100, Reason::falls_off_end, 3);
  ill("exit.host_call", "A host call as last instruction.", "ecalli 1", {}, Reason::falls_off_end);
  ill("jump.static.ill_formed", "A jump behind an invalid opcode.", "jump over; .raw ff; over: ; ret", {}, Reason::invalid_opcode);
  ill("jump.dynamic.ill_formed", "A dynamic jump behind an invalid opcode.",
      "load_imm a0, 2; jump_indirect a0, 0; .raw ff; over: ; ret; .table over", {}, Reason::invalid_opcode);
  const auto implicit = [&](const std::string& clause, const char* why, const std::string& code, i64 gas) {
    ill(clause, why, code, gas, Reason::falls_off_end);
  };
  implicit("decode.implicit_trap",
           "Gas for one of two: the trap at the end of the code belongs to the block, or is an instruction of its own.", "load_imm a0, 1",
           1);
  implicit("flow.fall_through", "A last fallthrough traps itself, or is followed by a trap that costs 1.", "fallthrough", 100);
}

// A jump to an invalid opcode, and the rest that sets graypaper-0.7.2 apart.
void conventions(Group& g) {
  const auto to_invalid = [&](const std::string& clause, const std::string& code) {
    add(g, clause + ".to_invalid_opcode", "A jump to an invalid opcode behind a terminator: taken, with a trap there, or trapping itself.",
        {clause, "target.valid"}, code)
        .gas(100)
        .run()
        .expect(Status::trap)
        .jam_rejects(Reason::invalid_opcode);
  };
  to_invalid("target.valid", "load_imm_and_jump a0, 1, over; trap; over: ; .raw ff");
  to_invalid("jump.static", "fallthrough; jump over; trap; over: ; .raw ff");
  to_invalid("jump.dynamic", "load_imm a0, 2; jump_indirect a0, 0; over: ; .raw ff; .table over");
  // Unreachable for the same reason in jam-1, where such code isn't loaded; there a target is any instruction behind a terminator.
  add(g, "exit.host_call.negative_number", "The number of a host call has 32 or 64 bits.", {"exit.host_call", "control.ecalli"},
      "ecalli -1; ret")
      .run()
      .expect_host_call(g.is_graypaper() ? ~u64{0} : 0xffffffff);
  CaseBuilder& out = add(g, "exit.pc.out_of_gas", "Out of gas before a block, or before an instruction.", {"exit.pc", "exit.out_of_gas"},
                         "load_imm a0, 1; load_imm a1, 2; ret")
                         .gas(2)
                         .run();
  out.expect_out_of_gas(g.is_graypaper() ? 6 : 0, g.is_graypaper() ? -1 : 2);
  add(g, "paging.fault.retry", "A retry after a page fault: free, or charged again.", {"paging.fault", "gas.fault"},
      "load_u8 a0, 0x30000; ret")
      .paged()
      .gas(10)
      .run()
      .expect_fault(0x30000)
      .run()
      .expect_fault(0x30000)
      .expect_gas(8);
}

}  // namespace

void define_differences(Group& g) {
  width(g);
  instructions(g);
  ill_formed(g);
  conventions(g);
}

}  // namespace pvm::gen
