// SPDX-License-Identifier: Apache-2.0 OR MIT
// Every operation with every kind of operand does, emitted, what the intermediate representation means.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "blob.hpp"
#include "evaluate.hpp"
#include "ir_text.hpp"
#include "optimize/facts.hpp"

namespace pvm::link::test {
namespace {

constexpr i64 boundaries[] = {0,         1,          -1,          2,          31,          32,          63,          64,
                              127,       128,        -128,        -129,       255,         256,         0x7fff,      0x8000,
                              -0x8000,   0x7fffffff, 0x80000000,  0xffffffff, 0x100000000, -0x80000000, -0x80000001, 0x123456789abcdef0,
                              INT64_MAX, INT64_MIN,  -0x100000000};

rc::Gen<i64> numbers() {
  return rc::gen::oneOf(rc::gen::elementOf(std::vector<i64>(std::begin(boundaries), std::end(boundaries))), rc::gen::arbitrary<i64>());
}

i64 in_register(i64 number, u32 bits) {
  return bits == 32 ? static_cast<std::int32_t>(number) : number;
}

// Few registers, so that operands coincide often.
rc::Gen<Reg> registers() {
  return rc::gen::element(Reg::ra, Reg::sp, Reg::t0, Reg::a0, Reg::a5);
}

rc::Gen<Operand> operands(u32 bits) {
  return rc::gen::oneOf(rc::gen::map(registers(), [](Reg reg) { return Operand::of(reg); }),
                        rc::gen::map(numbers(), [bits](i64 number) { return Operand::of(in_register(number, bits)); }));
}

Instruction random_computation(u32 bits) {
  Instruction in;
  in.op = static_cast<Op>(*rc::gen::inRange(static_cast<int>(Op::move), static_cast<int>(Op::cmov_if_not_zero) + 1));
  in.word = bits == 64 && has_word_form(in.op) && *rc::gen::arbitrary<bool>();
  in.d = *registers();
  in.a = *operands(bits);
  if (!is_unary(in.op) && in.op != Op::move) in.b = *operands(bits);
  return in;
}

Block then_trap(std::vector<Instruction> body) {
  return {std::move(body), {}, SourceId::none};
}

State state_of(const Registers& registers, u32 bits) {
  State state{.bits = bits};
  for (u32 number = 0; number < machine_register_count; ++number) {
    state.registers[number] = in_register(static_cast<i64>(registers[number]), bits);
  }
  return state;
}

RC_GTEST_PROP(Selection, computations_mean_the_same, ()) {
  const u32 bits = *rc::gen::element(32u, 64u);
  std::vector<Instruction> body;
  const int count = *rc::gen::inRange(1, 6);
  for (int index = 0; index < count; ++index) body.push_back(random_computation(bits));
  Registers values{};
  for (u64& value : values) {
    value = static_cast<u64>(*numbers());
    if (bits == 32) value &= 0xffffffff;
  }
  for (const Instruction& in : body) RC_LOG() << to_text(in) << "\n";

  State expected = state_of(values, bits);
  evaluate(body, expected);
  Loaded program(emitted(program_of({then_trap(body)}, bits)));
  RC_ASSERT(program.run(values).status == ref::Status::trap);
  const Registers actual = program.registers();
  for (u32 number = 0; number < machine_register_count; ++number) {
    RC_LOG() << name_of(static_cast<Reg>(number)) << "\n";
    RC_ASSERT(in_register(static_cast<i64>(actual[number]), bits) == expected.registers[number]);
  }
}

// A section of 64 bytes at an address that the program asks for: a0 holds it, or the access names it.
Program with_memory(std::vector<Instruction> body, u32 bits) {
  Program program = program_of({then_trap(std::move(body))}, bits);
  program.sections.push_back(
      {.name = ".data", .kind = SectionKind::read_write, .alignment = 8, .size = 64, .bytes = {}, .relocations = {}});
  for (u32 index = 0; index < 64; ++index) program.sections[0].bytes.push_back(static_cast<u8>(0x75 + 37 * index));
  return program;
}

RC_GTEST_PROP(Selection, accesses_mean_the_same, ()) {
  const u32 bits = *rc::gen::element(32u, 64u);
  const bool store = *rc::gen::arbitrary<bool>();
  const int last = static_cast<int>(store ? (bits == 64 ? Op::store_u64 : Op::store_u32) : (bits == 64 ? Op::load_u64 : Op::load_i32));
  Instruction access;
  access.op = static_cast<Op>(*rc::gen::inRange(static_cast<int>(store ? Op::store_u8 : Op::load_u8), last + 1));
  access.d = *registers();
  const i64 place = *rc::gen::inRange<i64>(0, 57);
  const bool absolute = *rc::gen::arbitrary<bool>();
  const i64 apart = *rc::gen::element<i64>(0, 1, -1, 100, 70000, -70000);
  // The machine keeps 32 bits of an address, so the base may be off by any multiple of 2^32.
  const i64 far = bits == 64 ? *rc::gen::element<i64>(0, i64{1} << 32, i64{-1} << 32) : 0;
  access.a = absolute ? Operand::of(0) : Operand::of(Reg::a0);
  access.offset = absolute ? Value::of(SectionId{0}, place) : Value::of(place - apart);
  if (store) access.b = *operands(bits);
  const Program program = with_memory({access}, bits);
  RC_LOG() << to_text(access) << "\n";

  Loaded loaded(emitted(program));
  const auto address_of_data = [&] {
    // The section follows the spill slot, where there is one.
    const auto image = emitted(program);
    return u64{0x20000} + (image.rw_size > 64 ? image.rw_size - 64 : 0);
  };
  const u64 data = address_of_data();
  Registers values{};
  for (u64& value : values) value = static_cast<u64>(in_register(*numbers(), bits)) & (bits == 32 ? 0xffffffff : ~u64{0});
  values[static_cast<u32>(Reg::a0)] = (data + static_cast<u64>(apart + far)) & (bits == 32 ? 0xffffffff : ~u64{0});
  State expected = state_of(values, bits);
  for (u32 index = 0; index < 64; ++index) expected.memory[data + index] = program.sections[0].bytes[index];
  Instruction plain = access;
  if (absolute) plain.offset = Value::of(static_cast<i64>(data) + place);
  if (!absolute) expected[Reg::a0] = in_register(static_cast<i64>(data) + apart, bits);
  evaluate(std::span(&plain, 1), expected);
  if (!absolute && (store || access.d != Reg::a0)) expected[Reg::a0] = in_register(static_cast<i64>(data) + apart + far, bits);
  if (store && access.b.is_register && access.b.reg == Reg::a0) return;  // Its value isn't the evaluator's.

  RC_ASSERT(loaded.run(values).status == ref::Status::trap);
  const Registers actual = loaded.registers();
  for (u32 number = 0; number < machine_register_count; ++number) {
    RC_LOG() << name_of(static_cast<Reg>(number)) << "\n";
    RC_ASSERT(in_register(static_cast<i64>(actual[number]), bits) == expected.registers[number]);
  }
  for (u32 index = 0; index < 64; ++index) {
    u8 byte = 0;
    RC_ASSERT(loaded.machine().memory().host_read(data + index, std::span(&byte, 1)));
    RC_ASSERT(byte == expected.memory[data + index]);
  }
}

TEST(Selection, WhatAVersionLacksIsRefused) {
  for (const Op op : {Op::sbrk, Op::memset}) {
    Instruction in{.op = op, .d = Reg::a0, .a = Operand::of(Reg::a1)};
    const LinkError error = refused(program_of({then_trap({in})}), {.semantics = ref::Semantics::jam_1});
    EXPECT_NE(error.message.find("jam-1 has no"), std::string::npos) << error.message;
    EXPECT_FALSE(error.remedy.empty());
  }
}

TEST(Selection, ImmediatesAreShort) {
  const auto size_of = [](const Instruction& in) { return emitted(program_of({then_trap({in})})).code.size() - 1; };
  EXPECT_EQ(size_of({.op = Op::move, .d = Reg::a0, .a = Operand::of(0)}), 2u);
  EXPECT_EQ(size_of({.op = Op::move, .d = Reg::a0, .a = Operand::of(-1)}), 3u);
  EXPECT_EQ(size_of({.op = Op::move, .d = Reg::a0, .a = Operand::of(Reg::a0)}), 0u);
  EXPECT_EQ(size_of({.op = Op::add, .d = Reg::a0, .a = Operand::of(Reg::a0), .b = Operand::of(1)}), 3u);
  EXPECT_EQ(size_of({.op = Op::sub, .d = Reg::a0, .a = Operand::of(Reg::a0), .b = Operand::of(1)}), 3u);
  EXPECT_EQ(size_of({.op = Op::store_u8, .a = Operand::of(Reg::a0), .b = Operand::of(5), .offset = Value::of(0)}), 3u);
}

}  // namespace
}  // namespace pvm::link::test
