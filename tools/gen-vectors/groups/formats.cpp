// SPDX-License-Identifier: Apache-2.0 OR MIT
// Every format of operands: each number of operand bytes, each value of a length nibble, each register nibble in each place.
#include "groups.hpp"

namespace pvm::gen {

namespace {

// "81 82 83 ...": operand bytes that all differ, so that it shows which were read.
std::string filler(u32 count) {
  std::string text;
  for (u32 index = 0; index < count; ++index) text += " " + conformance::hex_bytes(Bytes{static_cast<u8>(0x81 + index)});
  return text;
}

// The immediate that `count` of those bytes make.
u64 filler_value(u32 count) {
  constexpr i64 by_length[] = {0, -0x7f, -0x7d7f, -0x7c7d7f, -0x7b7c7d7f};
  return static_cast<u64>(by_length[count < 4 ? count : 4]);
}

// Number of bytes left for an immediate of at most four.
u32 clamp4(int bytes) {
  return static_cast<u32>(bytes < 0 ? 0 : bytes > 4 ? 4 : bytes);
}

CaseBuilder& format_case(Group& g, const std::string& format, const std::string& what, std::string why, std::string_view instruction) {
  CaseBuilder& c = g.add("decode.format." + format + "." + what, std::move(why), {"decode.format." + format, std::string(instruction)});
  if (format.find("imm") != std::string::npos || format.find("offset") != std::string::npos) c.also({"decode.immediate"});
  return c;
}

void operand_counts(Group& g) {
  for (u32 extra = 0; extra <= 6; ++extra) {
    const std::string what = "with_" + std::to_string(extra) + "_immediate_bytes";
    const std::string why = extra <= 4 ? "All bytes up to the next instruction belong to the immediate."
                                       : "An immediate has four bytes at most; the others are ignored.";
    const u64 value = filler_value(extra);
    g.add("decode.format.imm." + what, why, {"control.ecalli", "decode.format.imm", "decode.immediate"})
        .code(".raw 0a" + filler(extra) + "; ret")
        .run()
        .expect_host_call(g.is_graypaper() ? value : value & 0xffffffff)
        .expect_next_pc(1 + extra)
        .run()
        .expect_halt();
    format_case(g, "reg_imm", what, why, "move.load_imm")
        .reg("a0", 0x5555)
        .code(".raw 33 07" + filler(extra) + "; ret")
        .run()
        .expect_halt()
        .expect_reg("a0", value);
    format_case(g, "reg_reg_imm", what, why, "bits.xor_imm")
        .code(".raw 85 87" + filler(extra) + "; ret")
        .run()
        .expect_halt()
        .expect_reg("a0", value);
    format_case(g, "imm_imm", what, why, "memory.store_imm_u32")
        .regions()
        .rw_data(hex("111111111111"))
        .code(".raw 20 03 00 00 03" + filler(extra) + "; ret")
        .run()
        .expect_halt()
        .expect_memory(0x30000, conformance::hex_bytes(Bytes{static_cast<u8>(value), static_cast<u8>(value >> 8),
                                                             static_cast<u8>(value >> 16), static_cast<u8>(value >> 24)}));
    format_case(g, "reg_imm_imm", what, why, "memory.store_imm_indirect_u32")
        .regions()
        .rw_data(hex("111111111111"))
        .reg("a1", 0x2fff8)
        .code(".raw 48 18 08" + filler(extra) + "; ret")
        .run()
        .expect_halt()
        .expect_memory(0x30000, conformance::hex_bytes(Bytes{static_cast<u8>(value), static_cast<u8>(value >> 8),
                                                             static_cast<u8>(value >> 16), static_cast<u8>(value >> 24)}));
    format_case(g, "reg_reg_imm_imm", what, why, "control.load_imm_and_jump_indirect")
        .reg("a1", halt_address - value)
        .code(".raw b4 87 01 2a" + filler(extra))
        .run()
        .expect_halt()
        .expect_reg("a0", 42);
  }
  // The bytes of offsets: distance `4 + extra`, so that each length has its own target.
  for (u32 extra = 1; extra <= 6; ++extra) {
    const std::string what = "with_" + std::to_string(extra) + "_offset_bytes";
    const std::string why = extra <= 4 ? "All bytes up to the next instruction belong to the offset."
                                       : "An offset has four bytes at most; the others are ignored.";
    const auto offset = [&](u32 head) {
      std::string text = " " + conformance::hex_bytes(Bytes{static_cast<u8>(head + extra + 1)});
      for (u32 index = 1; index < extra; ++index) text += index < 4 ? " 00" : " ff";
      return text;
    };
    const auto add = [&](const char* format, const char* instruction, const std::string& head, u32 head_bytes) {
      format_case(g, format, what, why, instruction)
          .also({"decode.target"})
          .code(".raw " + head + offset(head_bytes) + "; trap; load_imm a1, 2; ret")
          .run()
          .expect_halt()
          .expect_reg("a1", 2);
    };
    add("offset", "control.jump", "28", 1);
    add("reg_imm_offset", "control.load_imm_and_jump", "50 17 05", 3);
    add("reg_reg_offset", "branch.branch_eq", "aa 77", 2);
  }
  for (const u32 extra : {0U, 1U, 5U, 10U, 22U}) {
    const std::string bytes = " 99*" + std::to_string(extra);
    format_case(g, "reg_reg", "with_" + std::to_string(extra) + "_further_bytes", "Bytes behind the operands are ignored.", "move.move_reg")
        .reg("a1", 77)
        .code(".raw 64 87" + bytes + "; ret")
        .run()
        .expect_halt()
        .expect_reg("a0", 77);
    format_case(g, "reg_reg_reg", "with_" + std::to_string(extra) + "_further_bytes", "Bytes behind the operands are ignored.",
                "alu.sub_32")
        .reg("a1", 77)
        .reg("a2", 7)
        .code(".raw bf 98 07" + bytes + "; ret")
        .run()
        .expect_halt()
        .expect_reg("a0", 70);
    format_case(g, "none", "with_" + std::to_string(extra) + "_further_bytes", "Bytes behind the opcode are ignored.",
                "control.fallthrough")
        .code(".raw 01" + bytes + "; load_imm a0, 1; ret")
        .run()
        .expect_halt()
        .expect_reg("a0", 1);
  }
}

// A length nibble beyond 4 acts as 4, its bit 3 is ignored.
void length_nibbles(Group& g) {
  for (u32 nibble = 0; nibble < 16; ++nibble) {
    const u32 length = clamp4(static_cast<int>(nibble & 7));
    const std::string what = "length_nibble_" + std::to_string(nibble);
    const std::string why = "Length nibble " + std::to_string(nibble) + " means " + std::to_string(length) + " bytes.";
    const std::string low = conformance::hex_bytes(Bytes{static_cast<u8>(nibble)});
    const std::string high = conformance::hex_bytes(Bytes{static_cast<u8>(nibble << 4 | 7)});
    const auto of_length = [&](i64 value) {
      std::string text;
      for (u32 index = 0; index < length; ++index) text += " " + conformance::hex_bytes(Bytes{static_cast<u8>(value >> (8 * index))});
      return text;
    };
    // The first immediate is as long as the nibble says: -2 in that many bytes, or 0.
    const u64 value = length == 0 ? 0 : ~u64{0} - 1;
    const auto also = std::initializer_list<std::string_view>{"decode.length_nibble"};
    format_case(g, "reg_reg_imm_imm", what, why, "control.load_imm_and_jump_indirect")
        .also(also)
        .reg("a1", halt_address - 5)
        .code(".raw b4 87 " + low + of_length(-2) + " 05")
        .run()
        .expect_halt()
        .expect_reg("a0", value);
    format_case(g, "reg_imm_offset", what, why, "control.load_imm_and_jump")
        .also(also)
        .code(".raw 50 " + high + of_length(-2) + " " + conformance::hex_bytes(Bytes{static_cast<u8>(length + 4)}) +
              "; trap; load_imm a1, 2; ret")
        .run()
        .expect_halt()
        .expect_reg("a0", value)
        .expect_reg("a1", 2);
    format_case(g, "reg_imm_imm", what, why, "memory.store_imm_indirect_u8")
        .also(also)
        .regions()
        .rw_data(hex("11111111"))
        .reg("a0", 0x30000 - value)
        .code(".raw 46 " + high + of_length(-2) + " 77; ret")
        .run()
        .expect_halt()
        .expect_memory(0x30000, "77");
    CaseBuilder& store = format_case(g, "imm_imm", what, why, "memory.store_imm_u8").also(also).regions().rw_data(hex("11111111"));
    store.code(".raw 1e " + low + of_length(0x30001) + " 77; ret").run();
    if (length >= 3) store.expect_halt().expect_memory(0x30001, "77");
    if (length < 3) store.expect_trap(0);  // the address is 0 or 1
    if (nibble % 5 != 0) continue;
    // The upper nibble of the byte that holds a single length nibble is ignored.
    const std::string upper = conformance::hex_bytes(Bytes{static_cast<u8>(nibble << 4 | 1)});
    format_case(g, "reg_reg_imm_imm", "ignored_nibble_" + std::to_string(nibble), "Only the low nibble of the length byte counts.",
                "control.load_imm_and_jump_indirect")
        .also(also)
        .code(".raw b4 07 " + upper + " 2a")
        .run()
        .expect_halt()
        .expect_reg("a0", 42);
    format_case(g, "reg_imm", "ignored_nibble_" + std::to_string(nibble), "Only the low nibble of the register byte counts.",
                "move.load_imm")
        .code(".raw 33 " + high + " 2a; ret")
        .run()
        .expect_halt()
        .expect_reg("a0", 42);
  }
}

// Registers hold 0x100 + their number, so that each shows which one was read.
CaseBuilder& numbered(CaseBuilder& c) {
  for (u8 index = 0; index < 13; ++index) c.reg(ref::register_name(index), 0x100U + index);
  return c;
}

std::string_view clamped_name(u32 nibble) {
  return ref::register_name(static_cast<u8>(nibble < 12 ? nibble : 12));
}
u64 clamped_value(u32 nibble) {
  return 0x100 + (nibble < 12 ? nibble : 12);
}

void register_nibbles(Group& g) {
  for (u32 nibble = 0; nibble < 16; ++nibble) {
    const std::string r = "r" + std::to_string(nibble);
    const std::string why = nibble <= 12 ? "Register " + std::to_string(nibble) + " in this place."
                                         : "Nibble " + std::to_string(nibble) + " means register 12.";
    const auto add = [&](const std::string& what, const char* clause, const std::string& code) -> CaseBuilder& {
      return numbered(g.add("decode.register." + what + "_" + std::to_string(nibble), why, {"decode.register", clause}))
          .code(code + "; ecalli 0; trap")
          .run();
    };
    const std::string_view name = clamped_name(nibble);
    const u64 value = clamped_value(nibble);
    add("sub_d", "alu.sub_32", "sub_32 " + r + ", a1, t1").expect_reg(name, 0x108 - 0x103);
    add("sub_a", "alu.sub_32", "sub_32 a0, " + r + ", t1").expect_reg("a0", value - 0x103);
    add("sub_b", "alu.sub_32", "sub_32 a0, a1, " + r).expect_reg("a0", 0x108 - value);
    if (nibble != 0 && nibble < 12) continue;
    // The other places: only the ends and what lies beyond.
    add("move_reg_d", "move.move_reg", "move_reg " + r + ", t1").expect_reg(name, 0x103);
    add("move_reg_a", "move.move_reg", "move_reg a0, " + r).expect_reg("a0", value);
    add("add_imm_d", "alu.add_imm_32", "add_imm_32 " + r + ", t1, 7").expect_reg(name, 0x10a);
    add("add_imm_a", "alu.add_imm_32", "add_imm_32 a0, " + r + ", 7").expect_reg("a0", value + 7);
    add("load_imm_d", "move.load_imm", "load_imm " + r + ", 7").expect_reg(name, 7);
    if (nibble == 0 || nibble == 14) continue;
    if (g.is_wide()) add("load_imm64_d", "move.load_imm64", "load_imm64 " + r + ", 0x123456789a").expect_reg(name, 0x123456789a);
    const std::string taken = ", good; trap; good: ; load_imm a0, 1";
    const std::string load_value = "load_imm a0, " + std::to_string(value) + "; ";
    add("branch_a", "branch.branch_eq_imm", "branch_eq_imm " + r + ", " + std::to_string(value) + taken).expect_reg("a0", 1);
    add("branch_eq_a", "branch.branch_eq", load_value + "branch_eq " + r + ", a0" + taken).expect_reg("a0", 1);
    add("branch_eq_b", "branch.branch_eq", load_value + "branch_eq a0, " + r + taken).expect_reg("a0", 1);
    add("load_imm_and_jump_d", "control.load_imm_and_jump", "load_imm_and_jump " + r + ", 7, over; trap; over:").expect_reg(name, 7);
    add("store_a", "memory.store_u16", "store_u16 " + r + ", 0x30000; load_u16 a0, 0x30000").regions().expect_reg("a0", value);
    add("load_d", "memory.load_u16", "store_imm_u16 0x30000, 0x1234; load_u16 " + r + ", 0x30000").regions().expect_reg(name, 0x1234);
    add("store_indirect_a", "memory.store_indirect_u16", "load_imm t0, 0x30000; store_indirect_u16 " + r + ", t0, 2; load_u16 a0, 0x30002")
        .regions()
        .expect_reg("a0", value);
    add("store_indirect_b", "memory.store_indirect_u16",
        "store_indirect_u16 t1, " + r + ", " + std::to_string(0x30000 - value) + "; load_u16 a0, 0x30000")
        .regions()
        .expect_reg("a0", 0x103);
    add("store_imm_indirect_a", "memory.store_imm_indirect_u16",
        "store_imm_indirect_u16 " + r + ", " + std::to_string(0x30000 - value) + ", 5; load_u16 a0, 0x30000")
        .regions()
        .expect_reg("a0", 5);
    add("load_indirect_d", "memory.load_indirect_u16", "store_imm_u16 0x30103, 0x1234; load_indirect_u16 " + r + ", t1, 0x30000")
        .regions()
        .expect_reg(name, 0x1234);
    add("load_indirect_a", "memory.load_indirect_u16",
        "store_imm_u16 0x30000, 0x1234; load_indirect_u16 a0, " + r + ", " + std::to_string(0x30000 - value))
        .regions()
        .expect_reg("a0", 0x1234);
    add("jump_indirect_a", "control.jump_indirect",
        "jump_indirect " + r + ", " + std::to_string(static_cast<i64>(2) - static_cast<i64>(value)) +
            "; trap; over: ; load_imm a0, 1; .table over")
        .expect_reg("a0", 1);
    add("call_indirect_d", "control.load_imm_and_jump_indirect",
        "load_imm_and_jump_indirect " + r + ", t1, 9, " + std::to_string(2 - 0x103) + "; trap; over: ; .table over")
        .expect_reg(name, 9);
    add("call_indirect_a", "control.load_imm_and_jump_indirect",
        "load_imm_and_jump_indirect a0, " + r + ", 9, " + std::to_string(static_cast<i64>(2) - static_cast<i64>(value)) +
            "; trap; over: ; .table over")
        .expect_reg("a0", 9);
  }
  // The third register of a three-register instruction has a byte of its own.
  for (const u32 byte : {0x0cU, 0x0dU, 0x0eU, 0x0fU, 0x10U, 0x11U, 0x13U, 0x19U, 0x1cU, 0x1dU, 0x1fU, 0x20U, 0x37U, 0x3fU, 0x80U, 0x90U,
                         0xf0U, 0xf3U, 0xffU}) {
    const u32 destination = g.is_graypaper() ? (byte < 12 ? byte : 12) : ((byte & 15) < 12 ? byte & 15 : 12);
    const std::string digits = conformance::hex_bytes(Bytes{static_cast<u8>(byte)});
    for (const auto& [opcode, instruction] :
         {std::pair{"be", "alu.add_32"}, std::pair{"d4", "bits.or"}, std::pair{"da", "move.cmov_if_zero"}}) {
      if (byte != 0x19 && byte != 0xff && instruction != std::string("alu.add_32")) continue;
      CaseBuilder& c = numbered(g.add(std::string("decode.register_third.") +
                                          std::string(instruction).substr(std::string(instruction).find('.') + 1) + "_byte_" + digits,
                                      "The third register is the low nibble of its byte, or the whole byte, clamped to 12.",
                                      {"decode.register_third", instruction}));
      c.reg("t2", 0).code(std::string(".raw ") + opcode + " 48 " + digits + "; ecalli 0; trap").run();  // a = a1, b = t2 = 0
      c.expect_reg(ref::register_name(static_cast<u8>(destination)), 0x108);
    }
  }
}

}  // namespace

void define_formats(Group& g) {
  operand_counts(g);
  length_nibbles(g);
}

void define_registers(Group& g) {
  register_nibbles(g);
}

}  // namespace pvm::gen
