// SPDX-License-Identifier: Apache-2.0 OR MIT
// Decoding: opcodes, the next position, operand bytes that are missing, too many, or someone else's.
#include "groups.hpp"

namespace pvm::gen {

using isa::Op;
using ref::Reason;

namespace {

// Every opcode byte that the version has no instruction for.
void invalid_opcodes(Group& g) {
  for (u32 byte = 0; byte < 256; ++byte) {
    if (isa::ops_by_opcode[static_cast<std::size_t>(g.version)][byte] != Op::invalid) continue;
    const std::string digits = conformance::hex_bytes(Bytes{static_cast<u8>(byte)});
    if (byte == 20) {
      g.add("decode.format.reg_imm64.absent", "Without 64-bit registers no instruction has this format.",
            {"decode.format.reg_imm64", "decode.opcode"})
          .code(".raw 14 07 01 02 03 04 05 06 07 08; ret")
          .run()
          .expect_trap(0);
    }
    g.add("decode.opcode.byte_" + std::to_string(byte),
          "Opcode " + std::to_string(byte) + " doesn't exist in this version: it behaves as trap.", {"decode.opcode", "exit.trap"})
        .code("load_imm a0, 1; .raw " + digits + " 87 07; load_imm a0, 2; ret")
        .run()
        .expect_trap(3)
        .expect_reg("a0", 1)
        .jam_rejects(Reason::invalid_opcode);
  }
  const std::pair<Op, const char*> moved[] = {
      {Op::count_set_bits_32, "count_set_bits_32"}, {Op::sign_extend_8, "sign_extend_8"}, {Op::reverse_byte, "reverse_byte"}};
  for (const auto& [op, name] : moved) {
    g.add(std::string("decode.opcode.") + name, "The opcode of this instruction isn't the same in every version.",
          {"decode.opcode", std::string(isa::row_of(op).clause)})
        .reg("a1", 0x80)
        .code(std::string(name) + " a0, a1; ret")
        .run()
        .expect_halt();
  }
}

// fallthrough with n operand bytes.
void skips(Group& g) {
  for (u32 count = 0; count <= 27; ++count) {
    CaseBuilder& c = g.add("decode.skip.of_" + std::to_string(count) + "_bytes",
                           count <= 24 ? "The next instruction is the next marked position."
                                       : "No instruction is longer than 25 bytes: the next position isn't marked.",
                           {"decode.skip", "decode.next"});
    c.code(".raw 01 00*" + std::to_string(count) + "; load_imm a0, 1; ret").run();
    if (count <= 24) c.expect_halt().expect_reg("a0", 1);
    if (count > 24)
      c.also({"flow.fall_through", "decode.implicit_trap"}).expect_trap(25).expect_reg("a0", 0).jam_rejects(Reason::gap_too_long);
  }
  // At each alignment of the instruction, close to the end of the code and far from it.
  for (u32 before = 0; before < 8; ++before) {
    for (const bool far : {false, true}) {
      const std::string place = "_at_" + std::to_string(before) + (far ? "_far_from_end" : "_near_end");
      const std::string head = ".raw 01;";
      std::string pad;
      for (u32 index = 0; index < before; ++index) pad += head;
      const std::string tail = std::string("load_imm a0, 1; ret") + (far ? "; .raw 00 00*20; .raw 00 00*20" : "");
      const std::string why = "A skip of exactly 24 bytes leads to a marked position whatever the alignment.";
      g.add("decode.skip.longest_fallthrough" + place, why, {"decode.skip", "decode.next"})
          .code(pad + ".raw 01 00*24;" + tail)
          .run()
          .expect_halt()
          .expect_reg("a0", 1);
      g.add("decode.skip.longest_load_imm" + place, why, {"decode.skip", "decode.next"})
          .code(pad + ".raw 33 08 07 00*22;" + tail)
          .run()
          .expect_halt()
          .expect_reg("a0", 1)
          .expect_reg("a1", 7);
      g.add("decode.skip.longest_jump" + place, why, {"decode.skip", "target.valid", "jump.static"})
          .code(pad + "branch_eq_imm a1, 0, over; .raw 28 00*24; over: ;" + tail)
          .run()
          .expect_halt()
          .expect_reg("a0", 1);
      if (far) continue;
      g.add("decode.skip.too_long_load_imm" + place, "The position after 24 skipped bytes isn't marked: an implicit trap stands there.",
            {"decode.skip", "decode.implicit_trap"})
          .code(pad + ".raw 33 08 07 00*23;" + tail)
          .run()
          .expect_trap(before + 25)
          .expect_reg("a1", 7)
          .jam_rejects(Reason::gap_too_long);
      g.add("decode.skip.too_long_jump" + place, "Behind a jump that is too long nothing can be a target.", {"decode.skip", "target.valid"})
          .code(pad + "branch_eq_imm a1, 0, over; .raw 28 00*25; over: ;" + tail)
          .run()
          .expect_trap(before)
          .jam_rejects(Reason::gap_too_long);
    }
  }
}

void end_of_code(Group& g) {
  g.add("decode.implicit_trap.after_load_imm", "An instruction that isn't a terminator may be the last: a trap stands behind it.",
        {"decode.implicit_trap", "exit.trap"})
      .code("load_imm a0, 5")
      .run()
      .expect_trap(3)
      .expect_reg("a0", 5)
      .jam_rejects(Reason::falls_off_end);
  g.add("decode.implicit_trap.after_ecalli", "A last host call has a next pc: the end of the code, where a trap stands.",
        {"decode.implicit_trap", "resume.host_call"})
      .code("ecalli 3")
      .run()
      .expect_host_call(3)
      .expect_next_pc(2)
      .run()
      .expect_trap(2)
      .jam_rejects(Reason::falls_off_end);
  g.add("decode.implicit_trap.after_store", "The same after a store.", {"decode.implicit_trap"})
      .regions()
      .reg("a0", 0x77)
      .code("store_u8 a0, 0x30000")
      .run()
      .expect_trap(5)
      .expect_memory(0x30000, "77")
      .jam_rejects(Reason::falls_off_end);
  g.add("flow.fall_through.last_fallthrough", "A last fallthrough has nowhere to go: it traps itself, or falls on the end of the code.",
        {"flow.fall_through"})
      .code("load_imm a0, 1; fallthrough")
      .run()
      .expect_trap(3)
      .expect_reg("a0", 1)
      .jam_rejects(Reason::falls_off_end);
  g.add("flow.fall_through.unmarked_next", "fallthrough onto a position that isn't marked.", {"flow.fall_through", "decode.implicit_trap"})
      .code(".raw 01 00*30; load_imm a0, 1; ret")
      .run()
      .expect_trap(25)
      .jam_rejects(Reason::gap_too_long);
  g.add("decode.beyond_end.empty_code", "Code without bytes traps on entry.", {"decode.beyond_end", "entry.bad_pc"})
      .code("")
      .run()
      .expect_trap(0);
  // Operand bytes beyond the end of the code are 0.
  const auto last = [&](const char* what, const char* why, const char* code, u32 trap_at, const char* name, u64 value) {
    g.add(std::string("decode.beyond_end.") + what, why, {"decode.beyond_end"})
        .reg("a0", 0x5555)
        .reg("ra", 0x1234)
        .code(code)
        .run()
        .expect_trap(trap_at)
        .expect_reg(name, value)
        .jam_rejects(Reason::falls_off_end);
  };
  if (g.is_wide()) {
    last("load_imm64_two_bytes", "Eight bytes are read, those beyond the end are 0.", ".raw 14 07 01 02", 4, "a0", 0x201);
    last("load_imm64_no_bytes", "All eight bytes lie beyond the end.", ".raw 14 07", 2, "a0", 0);
    last("load_imm64_no_register", "The register byte lies beyond the end: register 0.", ".raw 14", 1, "ra", 0);
    last("load_imm64_whole", "All eight bytes are there.", ".raw 14 07 01 02 03 04 05 06 07 88", 10, "a0", 0x8807060504030201);
  }
  last("load_imm_no_register", "The register byte lies beyond the end: register 0, immediate 0.", ".raw 33", 1, "ra", 0);
  last("load_imm_no_immediate", "No immediate byte: 0.", ".raw 33 07", 2, "a0", 0);
  last("move_reg_no_registers", "ra := ra.", ".raw 64", 1, "ra", 0x1234);
  last("add_imm_no_registers", "ra := low half of ra + 0.", ".raw 83", 1, "ra", 0x1234);
  last("add_no_registers", "ra := ra + ra.", ".raw be", 1, "ra", 0x2468);
  last("add_no_third_register", "The third register byte lies beyond the end: d = ra.", ".raw be 77", 2, "ra", 0xaaaa);
  g.add("decode.beyond_end.jump_indirect_no_register", "jump_indirect without operand bytes jumps to ra + 0.",
        {"decode.beyond_end", "control.jump_indirect"})
      .code(".raw 32")
      .run()
      .expect_halt();
  g.add("decode.beyond_end.load_imm_and_jump_indirect_no_operands", "ra := 0 after its old value has been used as the address.",
        {"decode.beyond_end", "control.load_imm_and_jump_indirect"})
      .code(".raw b4")
      .run()
      .expect_halt()
      .expect_reg("ra", 0);
}

// Bytes of the instruction that follows serve as operands.
void overruns(Group& g) {
  const auto add = [&](const char* what, const char* why, const char* code, const char* name, u64 value) {
    const bool third = std::string_view(what).starts_with("third");
    g.add(std::string("decode.overrun.") + what, why, {third ? "decode.register_third" : "decode.overrun", "decode.overrun"})
        .reg("a0", 0x5555)
        .code(code)
        .run()
        .expect_halt()
        .expect_reg(name, value);
  };
  add("register_from_next", "The register byte is read even if the instruction has none: here 0x33 of the next one, register 3.",
      "load_imm t1, 9; .raw 33; load_imm a0, 1; ret", "t1", 0);
  add("move_reg_from_next", "Both nibbles come from the next opcode, 0x33: register 3 to itself.", ".raw 64; load_imm a0, 1; ret", "a0", 1);
  add("third_register_from_next", "The destination of add_32 comes from the next opcode, 0x33: low nibble 3, or all of it clamped.",
      ".raw be 77; load_imm a0, 1; ret", g.is_graypaper() ? "a5" : "t1", 0xaaaa);
  add("both_register_bytes_from_next", "add_32 without operand bytes takes 0x33 and 0x07 from the next instruction.",
      ".raw be; load_imm a0, 1; ret", "a0", 1);
  if (g.is_wide()) {
    add("load_imm64_reads_eight", "load_imm64 reads eight bytes although the next instruction starts after none of them.",
        ".raw 14 07; load_imm a1, 5; ret; .raw 00", "a0", 0x32050833);
    add("load_imm64_next_executes", "The bytes that served as operands are still executed.", ".raw 14 07; load_imm a1, 5; ret; .raw 00",
        "a1", 5);
    g.add("decode.overrun.load_imm64_at_end", "14 07 33 08 05 00: eight bytes, of which four exist.",
          {"decode.overrun", "decode.beyond_end", "decode.format.reg_imm64"})
        .code(".raw 14 07; .raw 33 08 05; trap")
        .run()
        .expect_trap(5)
        .expect_reg("a0", 0x50833)
        .expect_reg("a1", 5);
    for (u32 count = 0; count <= 10; ++count) {
      std::string bytes;
      for (u32 index = 1; index <= count; ++index) bytes += " 0" + conformance::hex_u64(index).substr(2);
      g.add("decode.format.reg_imm64.skip_" + std::to_string(count + 1), "load_imm64 reads eight bytes whatever its length.",
            {"decode.format.reg_imm64", "decode.overrun"})
          .code(".raw 14 07" + bytes + "; load_imm a1, 5; ret; .raw 00")
          .run()
          .expect_halt()
          .expect_reg("a1", 5);
    }
  }
  g.add("decode.overrun.store_imm_address", "1e 04 with nothing behind: the address is taken from the next four bytes, the value is 0.",
        {"decode.overrun", "decode.format.imm_imm", "memory.store_imm_u8"})
      .regions()
      .rw_data(hex("1111"))
      .code(".raw 1e 04; .raw 01 00 03 00; ret")
      .run()
      .expect_halt()
      .expect_memory(0x30001, "00");
  g.add("decode.overrun.store_imm_indirect_offset", "The first immediate runs into the next instruction, the second is empty.",
        {"decode.overrun", "decode.format.reg_imm_imm", "memory.store_imm_indirect_u8"})
      .regions()
      .rw_data(hex("111111"))
      .reg("a0", 0x2ffff)
      .code(".raw 46 47; .raw 01 00 00 00; ret")
      .run()
      .expect_halt()
      .expect_memory(0x30000, "00");
  g.add("decode.overrun.load_imm_and_jump",
        "The immediate runs into the next instruction, the offset is empty: a jump to itself, which isn't a target here.",
        {"decode.overrun", "decode.format.reg_imm_offset", "control.load_imm_and_jump"})
      .reg("a0", 3)
      .code("load_imm a1, 1; .raw 50 47; .raw 01 00 00 00; ret")
      .run()
      .expect_trap(3)
      .expect_reg("a0", 1);
  g.add("decode.overrun.branch_imm", "The immediate runs into the next instruction and the offset is empty: not taken, so it goes on.",
        {"decode.overrun", "decode.format.reg_imm_offset"})
      .reg("a0", 3)
      .code(".raw 51 47; .raw 01 00 00 00; ret")
      .run()
      .expect_halt();
  g.add("decode.overrun.load_imm_and_jump_indirect", "The first immediate runs into the next instruction, the second is empty.",
        {"decode.overrun", "decode.format.reg_reg_imm_imm", "control.load_imm_and_jump_indirect"})
      .code(".raw b4 07 04; .raw 01 02 03 04; ret")
      .run()
      .expect_halt()
      .expect_reg("a0", 0x04030201);
}

}  // namespace

void define_decode(Group& g) {
  invalid_opcodes(g);
  skips(g);
  end_of_code(g);
  overruns(g);
}

}  // namespace pvm::gen
