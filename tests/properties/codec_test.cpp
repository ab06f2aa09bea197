// SPDX-License-Identifier: Apache-2.0 OR MIT
// Properties of decoding: what the encoder writes is read back, and blocks and targets are what their definitions say.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "arbitrary.hpp"

namespace pvm::testing {
namespace {

i64 value_of(const ref::Instruction& in, isa::Field field) {
  switch (field) {
    case isa::Field::reg1: return in.reg1;
    case isa::Field::reg2: return in.reg2;
    case isa::Field::reg3: return in.reg3;
    case isa::Field::imm1: return in.imm1;
    case isa::Field::imm2: return in.imm2;
    case isa::Field::offset: return in.target;
    case isa::Field::none: break;
  }
  return 0;
}

i64 sign_extended(i64 value, u8 length) {
  if (length == 0) return 0;
  const int shift = 64 - 8 * length;
  return static_cast<i64>(static_cast<u64>(value) << shift) >> shift;
}

RC_GTEST_PROP(Codec, decoding_gives_back_what_was_encoded, ()) {
  const Semantics version = *arbitrary_semantics();
  const isa::Op op = static_cast<isa::Op>(*rc::gen::inRange<std::size_t>(0, isa::op_count));
  const isa::Row& row = isa::row_of(op);
  RC_PRE(builder::opcode_of(version, op).has_value());
  const u8 first = *rc::gen::inRange<u8>(0, 5), second = *rc::gen::inRange<u8>(0, 5);
  const auto reg = [] { return *rc::gen::inRange<u8>(0, 13); };
  builder::Operands operands = {reg(), reg(), reg(), 0, 0, 0};
  const u32 pc = *rc::gen::inRange<u32>(0, 12);
  // Which operand is encoded first depends on the instruction; only single immediates get a length of their own here.
  const bool is_wide = row.format == isa::Format::reg_imm64;
  const bool two = row.operands.j != isa::Field::none || (row.operands.i != isa::Field::none && row.operands.target != isa::Field::none);
  const bool i_first = row.operands.i == isa::Field::imm1;
  operands.i = is_wide ? static_cast<i64>(*arbitrary_value()) : sign_extended(*rc::gen::arbitrary<i64>(), i_first ? first : second);
  operands.j = sign_extended(*rc::gen::arbitrary<i64>(), i_first ? second : first);
  operands.target = pc + static_cast<u32>(sign_extended(*rc::gen::arbitrary<i64>(), two ? second : first));
  builder::Lengths lengths = {first, second};
  if (*rc::gen::arbitrary<bool>()) lengths = {};
  auto bytes = builder::encode(version, op, operands, pc, lengths);
  RC_ASSERT(bytes.has_value());
  const u32 size = static_cast<u32>(bytes->size());

  ref::Program program;
  program.config.semantics = version;
  program.config.gas_model = ref::GasModel::flat_1;
  program.code = Bytes(pc, 0);
  program.code.insert(program.code.end(), bytes->begin(), bytes->end());
  for (int more = *rc::gen::inRange(0, 3); more > 0; --more) program.code.push_back(*rc::gen::arbitrary<u8>());
  program.bitmask = Bytes((program.code.size() + 7) / 8, 0);
  const auto mark = [&](u32 place) { program.bitmask[place / 8] = static_cast<u8>(program.bitmask[place / 8] | (1u << (place % 8))); };
  mark(pc);
  if (pc + size < program.code_size()) mark(pc + size);

  const ref::Instruction in = decode(program, pc);
  RC_ASSERT(in.op == op);
  RC_ASSERT(in.next == pc + size);
  const auto check = [&](isa::Field field, i64 expected) {
    if (field != isa::Field::none) RC_ASSERT(value_of(in, field) == expected);
  };
  check(row.operands.d, operands.d);
  check(row.operands.a, operands.a);
  check(row.operands.b, operands.b);
  check(row.operands.i, operands.i);
  check(row.operands.j, operands.j);
  check(row.operands.target, operands.target);
  RC_ASSERT(!disassemble(program, in).empty());
}

RC_GTEST_PROP(Codec, targets_are_what_follows_a_terminator, ()) {
  const Scenario scenario = pick_scenario();
  const ref::Program& program = scenario.program;
  const u32 size = program.code_size();
  std::vector<bool> allowed(size + 30, false);
  if (size != 0) allowed[0] = program.is_marked(0);
  for (u32 pc = 0; pc < size; ++pc) {
    if (!program.is_marked(pc)) continue;
    const ref::Instruction in = decode(program, pc);
    if (in.op != isa::Op::invalid && ref::ends_block(in.op) && program.is_marked(in.next)) allowed[in.next] = true;
  }
  for (u32 pc = 0; pc < size + 30; ++pc) {
    bool expected = allowed[pc];
    if (ref::is_graypaper(program.config.semantics)) expected = expected && decode(program, pc).op != isa::Op::invalid;
    RC_ASSERT(is_valid_target(program, pc) == expected);
  }
  RC_ASSERT(!is_valid_target(program, (u64{1} << 32) + (size == 0 ? 0 : size - 1)));
}

RC_GTEST_PROP(Codec, blocks_hold_what_begins_in_them, ()) {
  const Scenario scenario = pick_scenario();
  const ref::Program& program = scenario.program;
  for (u32 pc = 0; pc < program.code_size() + 2; ++pc) {
    const auto start = block_start(program, pc);
    if (!program.is_marked(pc)) RC_ASSERT(!start);
    if (!start) continue;
    RC_ASSERT(*start <= pc);
    const auto block = block_at(program, *start);
    RC_ASSERT(std::any_of(block.begin(), block.end(), [&](const ref::Instruction& in) { return in.pc == pc; }));
    RC_ASSERT(block_start(program, *start) == start);
    const auto before = predecessor(program, *start);
    if (*start != 0) RC_ASSERT((before && ref::ends_block(decode(program, *before).op)));
  }
}

}  // namespace
}  // namespace pvm::testing
