// SPDX-License-Identifier: Apache-2.0 OR MIT
// What decoded instructions do as IR, against the manual's words for them, for any registers, alike or not, and any operands.
#include "lift/expand.hpp"

#include <gtest/gtest.h>

#include <rapidcheck.h>
#include <bit>
#include <functional>

#include "evaluate.hpp"

namespace pvm::link::test {
namespace {

using lifting::expand;

constexpr u64 all_ones = ~u64{0};

u64 low(u64 value) {
  return static_cast<std::uint32_t>(value);
}
i64 sign_extend_low(u64 value) {
  return i64{static_cast<std::int32_t>(value)};
}

/// What an instruction reads, from registers in which values of 32-bit programs are sign-extended; `bits`: of the program.
struct Read {
  u32 bits;
  u64 rs1, rs2, rd;
  u64 mask() const { return bits == 64 ? all_ones : 0xffffffff; }
  u64 u1() const { return rs1 & mask(); }
  u64 u2() const { return rs2 & mask(); }
  u32 amount() const { return static_cast<u32>(rs2 % bits); }
};

struct Rule {
  const char* name;
  u32 word;  ///< With all register fields 0.
  bool has_rs2;
  u32 only_bits;  ///< 32 or 64; 0: both.
  std::function<u64(const Read&)> result;
};

constexpr u32 r_type(u32 funct7, u32 funct3, u32 opcode) {
  return funct7 << 25 | funct3 << 12 | opcode;
}
constexpr u32 i_type(u32 imm, u32 funct3, u32 opcode) {
  return imm << 20 | funct3 << 12 | opcode;
}

u64 or_combined(u64 value) {
  u64 result = 0;
  for (u32 at = 0; at < 64; at += 8) result |= (value >> at & 0xff) != 0 ? u64{0xff} << at : 0;
  return result;
}

const std::vector<Rule>& rules() {
  static const std::vector<Rule> all = {
      {"add", r_type(0, 0, 0x33), true, 0, [](const Read& r) { return r.rs1 + r.rs2; }},
      {"sub", r_type(0x20, 0, 0x33), true, 0, [](const Read& r) { return r.rs1 - r.rs2; }},
      {"sll", r_type(0, 1, 0x33), true, 0, [](const Read& r) { return r.rs1 << r.amount(); }},
      {"srl", r_type(0, 5, 0x33), true, 0, [](const Read& r) { return r.u1() >> r.amount(); }},
      {"sra", r_type(0x20, 5, 0x33), true, 0, [](const Read& r) { return static_cast<u64>(static_cast<i64>(r.rs1) >> r.amount()); }},
      {"slt", r_type(0, 2, 0x33), true, 0, [](const Read& r) { return u64{static_cast<i64>(r.rs1) < static_cast<i64>(r.rs2)}; }},
      {"sltu", r_type(0, 3, 0x33), true, 0, [](const Read& r) { return u64{r.u1() < r.u2()}; }},
      {"andn", r_type(0x20, 7, 0x33), true, 0, [](const Read& r) { return r.rs1 & ~r.rs2; }},
      {"orn", r_type(0x20, 6, 0x33), true, 0, [](const Read& r) { return r.rs1 | ~r.rs2; }},
      {"xnor", r_type(0x20, 4, 0x33), true, 0, [](const Read& r) { return ~(r.rs1 ^ r.rs2); }},
      {"mul", r_type(1, 0, 0x33), true, 0, [](const Read& r) { return r.rs1 * r.rs2; }},
      {"min", r_type(5, 4, 0x33), true, 0,
       [](const Read& r) { return static_cast<u64>(std::min(static_cast<i64>(r.rs1), static_cast<i64>(r.rs2))); }},
      {"maxu", r_type(5, 7, 0x33), true, 0, [](const Read& r) { return std::max(r.u1(), r.u2()); }},
      {"addw", r_type(0, 0, 0x3b), true, 64, [](const Read& r) { return static_cast<u64>(sign_extend_low(r.rs1 + r.rs2)); }},
      {"sraw", r_type(0x20, 5, 0x3b), true, 64, [](const Read& r) { return static_cast<u64>(sign_extend_low(r.rs1) >> (r.rs2 & 31)); }},
      {"rolw", r_type(0x30, 1, 0x3b), true, 64,
       [](const Read& r) {
         return static_cast<u64>(sign_extend_low(std::rotl(static_cast<std::uint32_t>(r.rs1), static_cast<int>(r.rs2 & 31))));
       }},
      {"clzw", i_type(0x600, 1, 0x1b), false, 64,
       [](const Read& r) { return static_cast<u64>(std::countl_zero(static_cast<std::uint32_t>(r.rs1))); }},
      {"cpop", i_type(0x602, 1, 0x13), false, 0, [](const Read& r) { return static_cast<u64>(std::popcount(r.u1())); }},
      {"sext.b", i_type(0x604, 1, 0x13), false, 0, [](const Read& r) { return static_cast<u64>(i64{static_cast<std::int8_t>(r.rs1)}); }},
      {"zext.h", r_type(4, 4, 0x3b), false, 64, [](const Read& r) { return r.rs1 & 0xffff; }},
      {"zext.h", r_type(4, 4, 0x33), false, 32, [](const Read& r) { return r.rs1 & 0xffff; }},
      {"orc.b", i_type(0x287, 5, 0x13), false, 0, [](const Read& r) { return or_combined(r.u1()); }},
      // Zba
      {"sh1add", r_type(0x10, 2, 0x33), true, 0, [](const Read& r) { return (r.rs1 << 1) + r.rs2; }},
      {"sh2add", r_type(0x10, 4, 0x33), true, 0, [](const Read& r) { return (r.rs1 << 2) + r.rs2; }},
      {"sh3add", r_type(0x10, 6, 0x33), true, 0, [](const Read& r) { return (r.rs1 << 3) + r.rs2; }},
      {"add.uw", r_type(4, 0, 0x3b), true, 64, [](const Read& r) { return low(r.rs1) + r.rs2; }},
      {"sh1add.uw", r_type(0x10, 2, 0x3b), true, 64, [](const Read& r) { return (low(r.rs1) << 1) + r.rs2; }},
      {"sh3add.uw", r_type(0x10, 6, 0x3b), true, 64, [](const Read& r) { return (low(r.rs1) << 3) + r.rs2; }},
      {"slli.uw 0", i_type(0x080, 1, 0x1b), false, 64, [](const Read& r) { return low(r.rs1); }},
      {"slli.uw 7", i_type(0x087, 1, 0x1b), false, 64, [](const Read& r) { return low(r.rs1) << 7; }},
      {"slli.uw 32", i_type(0x0a0, 1, 0x1b), false, 64, [](const Read& r) { return low(r.rs1) << 32; }},
      {"slli.uw 63", i_type(0x0bf, 1, 0x1b), false, 64, [](const Read& r) { return low(r.rs1) << 63; }},
      // Zbs
      {"bset", r_type(0x14, 1, 0x33), true, 0, [](const Read& r) { return r.rs1 | u64{1} << r.amount(); }},
      {"bclr", r_type(0x24, 1, 0x33), true, 0, [](const Read& r) { return r.rs1 & ~(u64{1} << r.amount()); }},
      {"binv", r_type(0x34, 1, 0x33), true, 0, [](const Read& r) { return r.rs1 ^ u64 { 1 } << r.amount(); }},
      {"bext", r_type(0x24, 5, 0x33), true, 0, [](const Read& r) { return r.u1() >> r.amount() & 1; }},
      {"bseti 31", i_type(0x29f, 1, 0x13), false, 0, [](const Read& r) { return r.rs1 | u64{1} << 31; }},
      {"bclri 31", i_type(0x49f, 1, 0x13), false, 0, [](const Read& r) { return r.rs1 & ~(u64{1} << 31); }},
      {"bclri 63", i_type(0x4bf, 1, 0x13), false, 64, [](const Read& r) { return r.rs1 & ~(u64{1} << 63); }},
      {"binvi 40", i_type(0x6a8, 1, 0x13), false, 64, [](const Read& r) { return r.rs1 ^ u64 { 1 } << 40; }},
      {"bexti 31", i_type(0x49f, 5, 0x13), false, 0, [](const Read& r) { return r.rs1 >> 31 & 1; }},
      // Zicond, XTheadCondMov
      {"czero.eqz", r_type(7, 5, 0x33), true, 0, [](const Read& r) { return r.rs2 == 0 ? 0 : r.rs1; }},
      {"czero.nez", r_type(7, 7, 0x33), true, 0, [](const Read& r) { return r.rs2 == 0 ? r.rs1 : 0; }},
      {"th.mveqz", r_type(0x20, 1, 0x0b), true, 0, [](const Read& r) { return r.rs2 == 0 ? r.rs1 : r.rd; }},
      {"th.mvnez", r_type(0x21, 1, 0x0b), true, 0, [](const Read& r) { return r.rs2 == 0 ? r.rd : r.rs1; }},
  };
  return all;
}

riscv::Instruction decoded(u32 word, u32 bits) {
  const std::array<u8, 4> bytes = {static_cast<u8>(word), static_cast<u8>(word >> 8), static_cast<u8>(word >> 16),
                                   static_cast<u8>(word >> 24)};
  return riscv::decode(bytes, bits);
}

u8 any_register() {
  return static_cast<u8>(*rc::gen::element(0, 1, 2, 5, 6, 9, 10, 11, 15));
}

u64 any_value(u32 bits) {
  const u64 value = *rc::gen::oneOf(rc::gen::arbitrary<u64>(), rc::gen::element<u64>(0, 1, 31, 32, 63, 0x7fffffff, 0x80000000, 0xffffffff,
                                                                                     all_ones, u64{1} << 63, 0xff00ff00ff00ff));
  return bits == 64 ? value : static_cast<u64>(sign_extend_low(value));
}

State any_state(u32 bits) {
  State state;
  state.bits = bits;
  for (u32 number = 0; number < register_count; ++number) state.registers[number] = static_cast<i64>(any_value(bits));
  return state;
}

u64 read(State& state, u8 number) {
  return number == 0 ? 0 : static_cast<u64>(state[*riscv::machine_register(number)]);
}

std::vector<Instruction> expanded(const riscv::Instruction& instruction, u32 bits) {
  std::vector<Instruction> made;
  EXPECT_FALSE(expand(instruction, bits, SourceId::none, made).has_value());
  return made;
}

/// All machine registers but rd are as before.
void expect_only_changes(const State& before, const State& after, u8 rd) {
  for (u32 number = 0; number < machine_register_count; ++number) {
    if (rd != 0 && static_cast<u32>(*riscv::machine_register(rd)) == number) continue;
    RC_ASSERT(before.registers[number] == after.registers[number]);
  }
}

TEST(Expand, ComputesWhatTheManualSays) {
  for (const Rule& rule : rules()) {
    for (const u32 bits : {32U, 64U}) {
      if (rule.only_bits != 0 && rule.only_bits != bits) continue;
      const bool holds = rc::check(std::string(rule.name) + ", " + std::to_string(bits), [&] {
        const u8 rd = any_register();
        const u8 rs1 = any_register();
        const u8 rs2 = any_register();
        State before = any_state(bits);
        const u32 word = rule.word | u32{rd} << 7 | u32{rs1} << 15 | (rule.has_rs2 ? u32{rs2} << 20 : 0);
        const riscv::Instruction instruction = decoded(word, bits);
        RC_ASSERT(instruction.kind != riscv::Kind::unknown);
        State after = before;
        evaluate(expanded(instruction, bits), after);
        const u64 result = rule.result({bits, read(before, rs1), rule.has_rs2 ? read(before, rs2) : 0, read(before, rd)});
        if (rd != 0) RC_ASSERT(read(after, rd) == (bits == 64 ? result : static_cast<u64>(sign_extend_low(result))));
        expect_only_changes(before, after, rd);
        RC_ASSERT(after.memory.empty());
      });
      EXPECT_TRUE(holds) << rule.name;
    }
  }
}

TEST(Expand, SelectsByCondition) {
  EXPECT_TRUE(rc::check([] {
    const u8 rd = any_register();
    const u8 rs1 = any_register();
    const u8 rs2 = any_register();
    const u8 rs3 = any_register();
    State before = any_state(64);
    if (*rc::gen::arbitrary<bool>() && rs2 != 0) before[*riscv::machine_register(rs2)] = 0;
    const riscv::Instruction instruction =
        decoded(u32{rs3} << 27 | 3U << 25 | u32{rs2} << 20 | u32{rs1} << 15 | 3U << 12 | u32{rd} << 7 | 0x0b, 64);
    RC_ASSERT(instruction.kind == riscv::Kind::select);
    State after = before;
    evaluate(expanded(instruction, 64), after);
    if (rd != 0) RC_ASSERT(read(after, rd) == (read(before, rs2) != 0 ? read(before, rs1) : read(before, rs3)));
    expect_only_changes(before, after, rd);
  }));
}

/// The value that an atomic operation stores.
u64 combined(u32 funct5, u64 old, u64 operand, u32 access_bits) {
  const i64 s = access_bits == 64 ? static_cast<i64>(old) : sign_extend_low(old);
  const i64 t = access_bits == 64 ? static_cast<i64>(operand) : sign_extend_low(operand);
  const u64 u = access_bits == 64 ? old : low(old);
  const u64 v = access_bits == 64 ? operand : low(operand);
  switch (funct5) {
    case 0x00: return old + operand;
    case 0x01: return operand;
    case 0x04: return old ^ operand;
    case 0x08: return old | operand;
    case 0x0c: return old & operand;
    case 0x10: return static_cast<u64>(std::min(s, t));
    case 0x14: return static_cast<u64>(std::max(s, t));
    case 0x18: return std::min(u, v);
    default: return std::max(u, v);
  }
}

TEST(Expand, AtomicsReadModifyWrite) {
  EXPECT_TRUE(rc::check([] {
    const u32 bits = *rc::gen::element(32U, 64U);
    const u32 access_bits = bits == 64 ? *rc::gen::element(32U, 64U) : 32U;
    const u32 funct5 = *rc::gen::element<u32>(0x00, 0x01, 0x04, 0x08, 0x0c, 0x10, 0x14, 0x18, 0x1c);
    const u8 rd = any_register();
    const u8 rs1 = *rc::gen::suchThat(rc::gen::exec(any_register), [](u8 number) { return number != 0; });
    const u8 rs2 = any_register();
    State before = any_state(bits);
    constexpr u64 address = 0x20000;
    before[*riscv::machine_register(rs1)] = address;
    const u64 old = any_value(access_bits);
    before.store(address, old, access_bits / 8);
    const u32 word = funct5 << 27 | u32{rs2} << 20 | u32{rs1} << 15 | (access_bits == 64 ? 3U : 2U) << 12 | u32{rd} << 7 | 0x2f;
    State after = before;
    evaluate(expanded(decoded(word, bits), bits), after);
    const u64 stored = combined(funct5, old, read(before, rs2), access_bits);
    RC_ASSERT(after.load(address, access_bits / 8) == (access_bits == 64 ? stored : low(stored)));
    RC_ASSERT(after.memory.size() == access_bits / 8);
    if (rd != 0) RC_ASSERT(read(after, rd) == (access_bits == 64 ? old : static_cast<u64>(sign_extend_low(old))));
    expect_only_changes(before, after, rd);
  }));
}

TEST(Expand, StoreConditionalSucceeds) {
  EXPECT_TRUE(rc::check([] {
    const u8 rd = any_register();
    const u8 rs1 = *rc::gen::suchThat(rc::gen::exec(any_register), [](u8 number) { return number != 0; });
    const u8 rs2 = any_register();
    State before = any_state(64);
    before[*riscv::machine_register(rs1)] = 0x20000;
    const u64 value = read(before, rs2);
    State after = before;
    evaluate(expanded(decoded(0x1800302f | u32{rs2} << 20 | u32{rs1} << 15 | u32{rd} << 7, 64), 64), after);
    RC_ASSERT(after.load(0x20000, 8) == value);
    if (rd != 0) RC_ASSERT(read(after, rd) == 0U);
    expect_only_changes(before, after, rd);
  }));
}

TEST(Expand, RefusesRegistersThatTheMachineLacks) {
  for (const u32 field : {7U, 15U, 20U}) {
    for (u32 number = 0; number < 32; ++number) {
      std::vector<Instruction> made;
      const auto bad = expand(decoded(0x00000033 | number << field, 64), 64, SourceId::none, made);
      const bool exists = number <= 2 || (number >= 5 && number <= 15);
      EXPECT_EQ(bad.has_value(), !exists) << number;
      EXPECT_EQ(bad.value_or(number), number);
      EXPECT_TRUE(exists || made.empty());
    }
  }
}

}  // namespace
}  // namespace pvm::link::test
