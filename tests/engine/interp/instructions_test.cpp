// SPDX-License-Identifier: Apache-2.0 OR MIT
// Every instruction of every version, in every aliasing case, on boundary operands, against the reference.
#include <array>

#include "programs.hpp"

namespace pvm::engine::interp::testing {
namespace {

constexpr Semantics all_semantics[] = {Semantics::revive_1, Semantics::rv32_1, Semantics::rv64_1, Semantics::jam_1,
                                       Semantics::graypaper_0_7_2};

// Registers that d, a and b are: all different, each pair the same, all the same.
struct Aliasing {
  u8 d, a, b;
};
constexpr Aliasing aliasings[] = {{7, 8, 9}, {7, 7, 9}, {7, 8, 7}, {7, 8, 8}, {7, 7, 7}, {12, 0, 1}};

constexpr u64 boundary_values[] = {0,
                                   1,
                                   2,
                                   31,
                                   32,
                                   63,
                                   64,
                                   0x7f,
                                   0x80,
                                   0x8000,
                                   0x7fffffff,
                                   0x80000000,
                                   0xffffffff,
                                   0x100000000,
                                   0xffffffff80000000,
                                   0x7fffffffffffffff,
                                   0x8000000000000000,
                                   0xfffffffffffffffe,
                                   0xffffffffffffffff,
                                   0x123456789abcdef0};

constexpr i64 boundary_immediates[] = {0, 1, -1, 31, 32, 63, 64, -128, 0x7fffffff, -0x80000000ll, 0x12345678};

// Addresses at and across the ends of pages and of the data area, and where nothing is.
constexpr u64 addresses[] = {data_address,
                             data_address + 1,
                             data_address + 4095,
                             data_address + 4093,
                             data_address + 4089,
                             data_address + data_size - 1,
                             data_address + data_size - 2,
                             data_address + data_size - 4,
                             data_address + data_size - 8,
                             data_address + data_size,
                             data_address - 1,
                             data_address - 7,
                             0,
                             0xffff,
                             0xfffffffc,
                             0xffffffff,
                             0xfffdffff,
                             0x5555555500020010};

bool has_immediate(const isa::Row& row) {
  return row.operands.i != isa::Field::none;
}

std::string described(isa::Op op, const Aliasing& registers, i64 immediate, u64 a, u64 b) {
  return std::string(isa::row_of(op).name) + " d=" + std::to_string(registers.d) + " a=" + std::to_string(registers.a) +
         " b=" + std::to_string(registers.b) + " i=" + std::to_string(immediate) + ", values " + std::to_string(a) + ", " +
         std::to_string(b);
}

class Instructions : public ::testing::TestWithParam<Semantics> {
 protected:
  // Twins of {fallthrough; op; fallthrough; ecalli; trap}: targets of jumps and branches are the third instruction.
  Twins twins_of(isa::Op op, const Aliasing& registers, i64 i, i64 j) const {
    builder::Code code(static_cast<ref::Semantics>(GetParam()));
    code.instruction(isa::Op::fallthrough, {});
    const auto target = code.new_label();
    const bool has_target = isa::row_of(op).operands.target != isa::Field::none;
    builder::Operands operands{.d = registers.d, .a = registers.a, .b = registers.b, .i = i, .j = j};
    code.instruction(op, operands, {}, has_target ? std::optional(target) : std::nullopt);
    code.instruction(isa::Op::fallthrough, {});
    code.bind(target);
    code.instruction(isa::Op::ecalli, {.i = 5});
    code.instruction(isa::Op::trap, {});
    code.table_entry(target);
    auto blob = code.build();
    if (const auto* error = std::get_if<std::string>(&blob)) ADD_FAILURE() << *error;
    Twins twins(std::get<builder::CodeBlob>(std::move(blob)), Choices::of(GetParam()));
    twins.set_gas(0x7fffffff);
    if (twins.program().is_paged()) twins.map(data_address, data_size, true);
    std::vector<u8> bytes(data_size);
    for (u32 index = 0; index < data_size; ++index) bytes[index] = static_cast<u8>(index * 0x9d + (index >> 8) + 0x85);
    twins.write(data_address, bytes);
    return twins;
  }

  void check(Twins& twins, isa::Op op, const Aliasing& registers, i64 i, u64 a, u64 b) const {
    const std::string what = described(op, registers, i, a, b);
    for (u32 number = 0; number < register_count; ++number) twins.set_reg(number, u64{0x1111111111111111} * number);
    twins.set_reg(registers.b, b);
    twins.set_reg(registers.a, a);
    twins.set_pc(0);
    twins.run(what);
  }
};

TEST_P(Instructions, compute) {
  for (std::size_t index = 0; index < isa::op_count; ++index) {
    const isa::Op op = static_cast<isa::Op>(index);
    const isa::Row& row = isa::row_of(op);
    if (row.opcode[static_cast<std::size_t>(GetParam())] < 0 || row.group == isa::Group::memory) continue;
    for (const Aliasing& registers : aliasings) {
      for (const i64 immediate : boundary_immediates) {
        Twins twins = twins_of(op, registers, immediate, 2);
        for (const u64 a : boundary_values) {
          for (const u64 b : boundary_values) {
            check(twins, op, registers, immediate, a, b);
            if (row.operands.b == isa::Field::none && row.group != isa::Group::move) break;  // nothing else reads b's register
          }
          if (HasFailure()) return;
        }
        if (!has_immediate(row)) break;
      }
    }
  }
}

TEST_P(Instructions, access_memory) {
  for (std::size_t index = 0; index < isa::op_count; ++index) {
    const isa::Op op = static_cast<isa::Op>(index);
    const isa::Row& row = isa::row_of(op);
    if (row.opcode[static_cast<std::size_t>(GetParam())] < 0 || row.group != isa::Group::memory) continue;
    const bool is_indirect = row.operands.i != isa::Field::none && row.format != isa::Format::reg_imm && row.format != isa::Format::imm_imm;
    for (const Aliasing& registers : aliasings) {
      for (const u64 address : addresses) {
        for (const i64 offset : {0, -1, 8}) {
          const i64 immediate = is_indirect ? offset : static_cast<i32>(static_cast<u32>(address) + static_cast<u32>(offset));
          Twins twins = twins_of(op, registers, immediate, -0x12345678);
          for (const u64 value : {u64{0x8182838485868788}, u64{3}, u64{0}}) {
            check(twins, op, registers, immediate, row.operands.b == isa::Field::none ? address : value, address);
            check(twins, op, registers, immediate, value, address);
          }
          twins.compare_memory(row.name);
          if (HasFailure()) return;
        }
      }
    }
  }
}

TEST_P(Instructions, jump_dynamically) {
  for (const isa::Op op : {isa::Op::jump_indirect, isa::Op::load_imm_and_jump_indirect}) {
    for (const Aliasing& registers : aliasings) {
      Twins twins = twins_of(op, registers, op == isa::Op::jump_indirect ? 0 : 0x1234, 0);
      for (const u64 address : {0ull, 1ull, 2ull, 3ull, 4ull, 0xffff0000ull, 0xffff0001ull, 0xfffffffeull, 0x100000002ull, 0x80000002ull}) {
        check(twins, op, registers, 0, address, address);
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Versions, Instructions, ::testing::ValuesIn(all_semantics), [](const auto& version) {
  std::string name(name_of(version.param));
  for (char& c : name) c = c == '-' || c == '.' ? '_' : c;
  return name;
});

}  // namespace
}  // namespace pvm::engine::interp::testing
