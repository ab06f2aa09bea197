// SPDX-License-Identifier: Apache-2.0 OR MIT
// Every instruction with its registers the same or not, with special immediates and boundary values, against the reference, with and
// without each feature of the processor.
#include <random>
#include <span>

#include "pair.hpp"

namespace pvm::engine::jit {
namespace {

using builder::Code;
using builder::Operands;
using isa::Field;
using isa::Op;

// Registers that amd64 encodes or uses in ways of their own: rbp and r13 as bases, r12, rax of divisions, rsi as a byte.
constexpr u8 some_registers[] = {1, 2, 3, 8, 9};
constexpr i64 some_immediates[] = {
    0,       1,         2, -1, 7, 8, 31, 32, 33, 63, 64, 65, 100, 127, 128, 255, -128, -129, 256, 0x7fff, 0xffff, 0x7fffffff, -0x80000000LL,
    0x20010, 0x12345678};
constexpr u64 some_values[] = {0,
                               1,
                               2,
                               3,
                               10,
                               31,
                               32,
                               33,
                               63,
                               64,
                               0x7f,
                               0x80,
                               0xff,
                               0x8000,
                               0xffff,
                               0x7fffffff,
                               0x80000000,
                               0xfffffffe,
                               0xffffffff,
                               0x100000000,
                               0x123456789abcdef0,
                               0x7fffffffffffffff,
                               0x8000000000000000,
                               0x8000000000000001,
                               0xfffffffffffffffe,
                               0xffffffffffffffff,
                               memory_start,
                               memory_start + 0x18,
                               0xdeadbeef00000000 + memory_start + 8,
                               memory_start + memory_bytes - 1,
                               memory_start + memory_bytes - 4,
                               0xfffffffc,
                               0xffffffff00000000 + memory_start};

bool exists(Semantics version, Op op) {
  return isa::row_of(op).opcode[static_cast<std::size_t>(version)] >= 0;
}

/// The operands of one case, but for the target.
std::vector<Operands> cases_of(const isa::Row& row) {
  const std::span<const u8> one = std::span(some_registers).first(1);
  const bool has_d = row.operands.d != Field::none, has_a = row.operands.a != Field::none, has_b = row.operands.b != Field::none;
  const bool has_i = row.operands.i != Field::none, has_j = row.operands.j != Field::none;
  std::vector<Operands> cases;
  for (const u8 d : has_d ? some_registers : one) {
    for (const u8 a : has_a ? some_registers : one) {
      for (const u8 b : has_b ? some_registers : one) {
        for (const i64 i : std::span(some_immediates).first(has_i ? std::size(some_immediates) : 1)) {
          const i64 j = has_j ? some_immediates[(static_cast<std::size_t>(i & 0xff) + a) % std::size(some_immediates)] : 0;
          cases.push_back({.d = d, .a = a, .b = b, .i = i, .j = j});
        }
      }
    }
  }
  return cases;
}

/// Each case is a block that ends with a trap. Jumps go to a block before all cases, or to one behind them.
builder::CodeBlob code_of(Semantics version, Op op) {
  const isa::Row& row = isa::row_of(op);
  Code code(static_cast<ref::Semantics>(version));
  const builder::Label before = code.new_label(), behind = code.new_label();
  code.bind(before);
  code.instruction(Op::trap, {});
  bool back = false;
  for (const Operands& operands : cases_of(row)) {
    back = !back;
    code.instruction(op, operands, {}, row.operands.target != Field::none ? std::optional(back ? before : behind) : std::nullopt);
    code.instruction(Op::trap, {});
  }
  code.bind(behind);
  code.instruction(Op::load_imm, {.d = 7, .i = 5});
  code.instruction(Op::trap, {});
  for (u32 entry = 0; entry < 20; ++entry) code.table_entry(entry % 3 == 0 ? behind : before);
  auto blob = code.build();
  EXPECT_TRUE(std::holds_alternative<builder::CodeBlob>(blob));
  return std::get<builder::CodeBlob>(blob);
}

void check(const Setting& setting, Op op) {
  if (!exists(setting.version, op)) return;
  const builder::CodeBlob blob = code_of(setting.version, op);
  Pair pair(setting, blob);
  ASSERT_TRUE(pair.ok());
  std::mt19937_64 random(static_cast<u64>(op));
  const std::vector<u32> positions = marked_positions(blob);
  for (std::size_t index = 1; index + 2 < positions.size(); index += 2) {
    for (int repetition = 0; repetition < 3; ++repetition) {
      Registers registers;
      for (u64& value : registers) value = some_values[random() % std::size(some_values)];
      if (!pair.run(positions[index], registers, 1000, 2)) {
        FAIL() << isa::row_of(op).name << " at " << positions[index] << " with a0.. = " << std::hex << registers[1] << ' ' << registers[2]
               << ' ' << registers[3] << ' ' << registers[8] << ' ' << registers[9];
      }
    }
  }
}

void check_all(const Setting& setting) {
  for (std::size_t index = 0; index < isa::op_count; ++index) {
    check(setting, static_cast<Op>(index));
    if (testing::Test::HasFatalFailure()) return;
  }
}

class Emitters : public testing::TestWithParam<Semantics> {};

TEST_P(Emitters, doWhatTheReferenceDoes) {
  check_all({.version = GetParam()});
}

// Only arithmetic and bits make use of features.
TEST_P(Emitters, doSoWithoutAnyFeature) {
  const Setting setting = {.version = GetParam(), .features = {}};
  for (std::size_t index = 0; index < isa::op_count; ++index) {
    const isa::Group group = isa::rows[index].group;
    if (group == isa::Group::alu || group == isa::Group::bits) check(setting, static_cast<Op>(index));
  }
}

TEST_P(Emitters, doSoWithoutOneFeature) {
  struct Absence {
    bool CpuFeatures::*feature;
    std::vector<Op> concerns;
  };
  const Absence absences[] = {
      {&CpuFeatures::bmi1, {Op::and_inverted, Op::or_inverted, Op::count_trailing_zero_bits_64, Op::count_trailing_zero_bits_32}},
      {&CpuFeatures::bmi2,
       {Op::shift_logical_left_64, Op::shift_logical_right_64, Op::shift_arithmetic_right_64, Op::shift_logical_left_32,
        Op::shift_logical_right_32, Op::shift_arithmetic_right_32, Op::rotate_right_imm_64, Op::rotate_right_imm_32,
        Op::shift_logical_left_imm_alt_64, Op::shift_arithmetic_right_imm_alt_32, Op::mul_upper_unsigned_unsigned,
        Op::mul_upper_signed_unsigned}},
      {&CpuFeatures::lzcnt, {Op::count_leading_zero_bits_64, Op::count_leading_zero_bits_32}},
      {&CpuFeatures::popcnt, {Op::count_set_bits_64, Op::count_set_bits_32}},
  };
  for (const Absence& absence : absences) {
    Setting setting = {.version = GetParam()};
    setting.features.*absence.feature = false;
    for (const Op op : absence.concerns) check(setting, op);
  }
}

INSTANTIATE_TEST_SUITE_P(versions, Emitters,
                         testing::Values(Semantics::revive_1, Semantics::rv32_1, Semantics::rv64_1, Semantics::jam_1,
                                         Semantics::graypaper_0_7_2),
                         [](const auto& version) {
                           std::string name(name_of(version.param));
                           for (char& c : name) c = c == '-' || c == '.' ? '_' : c;
                           return name;
                         });

}  // namespace
}  // namespace pvm::engine::jit
