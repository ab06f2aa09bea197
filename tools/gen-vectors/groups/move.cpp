// SPDX-License-Identifier: Apache-2.0 OR MIT
// Moves and constants, arithmetic, bits.
#include "groups.hpp"
#include "values.hpp"

namespace pvm::gen {

namespace {

void load_imm(Group& g) {
  const auto add = [&](const std::string& what, const std::string& why, const std::string& operand, u64 result) {
    g.add("move.load_imm." + what, why, {"move.load_imm", "decode.immediate", "decode.format.reg_imm"})
        .reg("a0", 0x5555555566666666)
        .code("load_imm a0, " + operand + "; ret")
        .run()
        .expect_halt()
        .expect_reg("a0", result);
  };
  add("zero", "No immediate byte means 0, and d is written.", "0", 0);
  add("one", "A one-byte immediate.", "1", 1);
  add("minus_one", "One byte 0xff is -1: all ones of the register.", "-1", ~u64{0});
  add("n127", "The greatest positive one-byte immediate.", "127", 127);
  add("n128", "128 needs a second byte.", "128", 128);
  add("minus_128", "One byte 0x80 is -128.", "-128:1", static_cast<u64>(-128));
  add("minus_32768", "Two bytes are sign-extended from bit 15.", "-32768:2", static_cast<u64>(-32768));
  add("minus_8388608", "Three bytes are sign-extended from bit 23.", "-8388608:3", static_cast<u64>(-8388608));
  add("min", "Four bytes are sign-extended from bit 31.", "-2147483648:4", 0xffffffff80000000);
  add("max", "The greatest immediate.", "2147483647", 0x7fffffff);
  add("n8388608", "A positive number with bit 23 set takes four bytes.", "8388608", 0x800000);
  add("mixed", "The bytes of an immediate are little-endian.", "0x12345678", 0x12345678);
  add("padded", "1 in four bytes.", "1:4", 1);
}

void load_imm64(Group& g) {
  if (!g.has(isa::Op::load_imm64)) return;
  const std::pair<const char*, u64> values[] = {
      {"zero", 0},
      {"one", 1},
      {"minus_one", ~u64{0}},
      {"min", u64{1} << 63},
      {"max", (u64{1} << 63) - 1},
      {"all_32", 0xffffffff},
      {"two_32", u64{1} << 32},
      {"min_32", 0x80000000},
      {"upper_half", 0xffffffff00000000},
      {"pattern", 0x0123456789abcdef},
  };
  for (const auto& [what, value] : values) {
    g.add(std::string("move.load_imm64.") + what, "Eight bytes are taken as they are, without extension.",
          {"move.load_imm64", "decode.format.reg_imm64"})
        .reg("a0", 0x5555555566666666)
        .code("load_imm64 a0, " + conformance::hex_u64(value) + "; ret")
        .run()
        .expect_halt()
        .expect_reg("a0", value);
  }
}

}  // namespace

void define_move(Group& g) {
  load_imm64(g);
  load_imm(g);
  define_computations(g, "move");
  const auto keep = [&](const char* what, const char* why, const char* code, u64 d, u64 condition) {
    g.add(std::string("move.") + what, why, {std::string("move.") + std::string(what).substr(0, std::string(what).find('.'))})
        .reg("a0", d)
        .reg("a1", condition)
        .code(code)
        .run()
        .expect_halt()
        .expect_reg("a0", d);
  };
  const u64 odd_value = g.by_width(0x80000001, 0xfedcba9880000001);
  keep("cmov_if_zero.value_is_d", "d := d, taken: nothing is extended or truncated.", "cmov_if_zero a0, a0, a1; ret", odd_value, 0);
  keep("cmov_if_not_zero.value_is_d", "d := d, taken: nothing is extended or truncated.", "cmov_if_not_zero a0, a0, a1; ret", odd_value, 1);
  keep("cmov_if_zero.not_taken_value_is_d", "Not taken with the value in d.", "cmov_if_zero a0, a0, a1; ret", odd_value, 1);
  keep("cmov_if_not_zero.not_taken_keeps_upper_half", "Not taken: all bits of d stay.", "cmov_if_not_zero a0, a2, a1; ret", odd_value, 0);
  keep("cmov_if_zero_imm.not_taken_keeps_upper_half", "Not taken: all bits of d stay.", "cmov_if_zero_imm a0, a1, 9; ret", odd_value, 1);
  keep("move_reg.to_itself", "Moving a register to itself changes nothing.", "move_reg a0, a0; ret", odd_value, 0);
}

void define_alu(Group& g) {
  define_computations(g, "alu");
}
void define_bits(Group& g) {
  define_computations(g, "bits");
}

}  // namespace pvm::gen
