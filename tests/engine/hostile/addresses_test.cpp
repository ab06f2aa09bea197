// SPDX-License-Identifier: Apache-2.0 OR MIT
// S1: every instruction that takes an address, with every interesting number in the registers that it looks at. The reference says what
// must happen, and no canary in this process may notice.
#include <gtest/gtest.h>

#include <limits>
#include <sstream>

#include "canaries.hpp"
#include "pvm/builder/code.hpp"
#include "twin.hpp"

namespace pvm::hostile {
namespace {

using isa::Field;
using isa::Op;

constexpr u8 base_register = 7, other_register = 5;  // a0, which memset uses too.
constexpr u32 count_register = 9;
constexpr i64 some_gas = 10'000;  // Jumps may lead into loops.

struct Probe {
  Op op;
  i64 immediate;  ///< Added to the base, or the address where there is no base.
  bool has_base;
  u32 pc = 0;
};

bool is_dynamic_jump(Op op) {
  return op == Op::jump_indirect || op == Op::load_imm_and_jump_indirect;
}

bool is_probed(Op op, Semantics semantics) {
  const isa::Row& row = isa::row_of(op);
  if (row.opcode[static_cast<std::size_t>(semantics)] < 0) return false;
  return is_dynamic_jump(op) || (row.group == isa::Group::memory && op != Op::sbrk);
}

// Which operand of the clause is the base: of a store of a register the second, else the first.
enum class Base : u8 { none, a, b };
Base base_of(const isa::Row& row) {
  if (row.group != isa::Group::memory) return Base::a;
  if (row.name.starts_with("store") && row.operands.j == Field::none) return row.operands.b == Field::none ? Base::none : Base::b;
  return row.operands.a == Field::none ? Base::none : Base::a;
}

// `alias`: what is loaded or stored is in the base's own register.
builder::Operands operands_of(const isa::Row& row, i64 immediate, bool alias) {
  const u8 other = alias ? base_register : other_register;
  builder::Operands operands{other, other, other, immediate, immediate, 0};
  if (base_of(row) == Base::a) operands.a = base_register;
  if (base_of(row) == Base::b) operands.b = base_register;
  if (row.name.starts_with("store_imm")) operands.j = 0x5a;
  if (row.name == "load_imm_and_jump_indirect") operands.i = -77;
  return operands;
}

/// All probes of a version, each a block of its own that ends in a trap.
struct Probes {
  builder::CodeBlob blob;
  std::vector<Probe> all;
};

Probes make_probes(Semantics semantics, const std::vector<u32>& targets) {
  constexpr i64 least = std::numeric_limits<i32>::min(), most = std::numeric_limits<i32>::max();
  builder::Code code(static_cast<ref::Semantics>(semantics));
  Probes probes;
  const auto add = [&](Op op, i64 immediate, bool alias) {
    const isa::Row& row = isa::row_of(op);
    const builder::Label label = code.new_label();
    code.bind(label);
    code.table_entry(label);
    code.instruction(op, operands_of(row, immediate, alias));
    code.instruction(Op::trap, {});
    probes.all.push_back({op, immediate, base_of(row) != Base::none || op == Op::memset});
  };
  for (std::size_t index = 0; index < isa::op_count; ++index) {
    const Op op = static_cast<Op>(index);
    if (!is_probed(op, semantics)) continue;
    if (op == Op::memset) {
      add(op, 0, false);
    } else if (base_of(isa::row_of(op)) == Base::none) {
      for (const u32 target : targets) add(op, target, false);
    } else {
      for (const i64 immediate : {i64{0}, i64{8}, i64{-1}, least, most}) add(op, immediate, immediate == -1 || immediate == most);
    }
  }
  auto built = code.build();
  if (const auto* error = std::get_if<std::string>(&built)) throw std::runtime_error(*error);
  probes.blob = std::get<builder::CodeBlob>(std::move(built));
  for (std::size_t index = 0; index < probes.all.size(); ++index) probes.all[index].pc = static_cast<u32>(probes.blob.jump_table[index]);
  return probes;
}

/// Places in and around what the guest has; the first few are tried with every high bit.
std::vector<u32> memory_targets(bool paged) {
  if (paged) return {0x20100, 0x21fff, 0x500, 0x20000, 0x1fffd, 0x22000, 0x30008, 0xffff'fffd, 0xffff'f010, 0};
  return {0x30100, 0x31fff, 0x500, 0x30000, 0x2fffd, 0x32000, 0x10008, 0xffff'fffd, 0xfffd'f010, 0xfffe'0000, 0};
}

std::vector<u32> jump_targets(std::size_t table_entries) {
  const u32 end = static_cast<u32>(2 * table_entries);
  return {2, 0xffff'0000, end + 2, end, 0, 1, 0xffff'fffe, 0xfffe'fffe, 0xffff'0002};
}

/// A base register's values for one probe: each target with high bits, and addresses of other things.
std::vector<u64> bases(const Probe& probe, const std::vector<u32>& targets, const std::vector<u64>& elsewhere) {
  std::vector<u64> values;
  for (std::size_t index = 0; index < targets.size(); ++index) {
    const u64 low = static_cast<u32>(targets[index] - static_cast<u32>(probe.immediate));
    for (u32 bit = 32; bit < 64; bit += index < 3 ? 1 : 31) values.push_back(low | u64{1} << bit);
    values.insert(values.end(), {low, low | u64{0xffff'ffff} << 32});
  }
  for (const u64 address : elsewhere) values.insert(values.end(), {address, address - static_cast<u64>(probe.immediate)});
  return values;
}

struct Case {
  Isolation level;
  Semantics semantics;
  bool paged;
};

std::vector<Case> cases() {
  std::vector<Case> all;
  for (const Isolation level : test::levels()) {
    for (const Semantics semantics :
         {Semantics::revive_1, Semantics::rv32_1, Semantics::rv64_1, Semantics::jam_1, Semantics::graypaper_0_7_2}) {
      all.push_back({level, semantics, is_graypaper(semantics)});
    }
    all.push_back({level, Semantics::rv64_1, true});
  }
  return all;
}

std::string case_name(const ::testing::TestParamInfo<Case>& info) {
  std::string name = std::string(name_of(info.param.level)) + "_" + std::string(name_of(info.param.semantics));
  if (info.param.paged) name += "_paged";
  for (char& c : name) {
    if (c == '-' || c == '.') c = '_';
  }
  return name;
}

class Addresses : public ::testing::TestWithParam<Case> {
 protected:
  void SetUp() override {
    const auto& [level, semantics, paged] = GetParam();
    targets_ = memory_targets(paged);
    probes_ = make_probes(semantics, targets_);
    twin_ = std::make_unique<Twin>(*test::engine_of(level), probes_.blob, config_of(semantics, paged));
    if (paged) {
      twin_->map(0x20000, 0x2000, true);
      twin_->map(0x30000, 0x1000, false);
      twin_->map(0xffff'f000, 0x1000, true);
    }
    canaries_ = std::make_unique<Canaries>();
    elsewhere_ = telling_addresses();
    for (const u64 address : canaries_->addresses()) elsewhere_.push_back(address);
    const auto code = twin_->module().native_code();
    if (!code.empty()) elsewhere_.push_back(reinterpret_cast<u64>(code.data()));
  }

  bool run(const Probe& probe, const Registers& registers) {
    ++runs_;
    std::ostringstream what;
    what << isa::row_of(probe.op).name << ", immediate " << probe.immediate << std::hex << ", base " << registers[base_register];
    const u32 reached =
        static_cast<u32>(probe.has_base ? registers[base_register] + static_cast<u64>(probe.immediate) : static_cast<u64>(probe.immediate));
    return twin_->run(probe.pc, registers, some_gas, what.str()) && (is_dynamic_jump(probe.op) || twin_->same_around(reached, what.str()));
  }

  Probes probes_;
  std::vector<u32> targets_;
  std::vector<u64> elsewhere_;
  std::unique_ptr<Twin> twin_;
  std::unique_ptr<Canaries> canaries_;
  u64 runs_ = 0;
};

INSTANTIATE_TEST_SUITE_P(Levels, Addresses, ::testing::ValuesIn(cases()), case_name);

// Every register holds one of the numbers, so that whatever an instruction looks at is one of them.
TEST_P(Addresses, lead_into_guest_memory_or_nowhere) {
  for (const Probe& probe : probes_.all) {
    if (probe.op == Op::memset) continue;
    const auto targets = is_dynamic_jump(probe.op) ? jump_targets(probes_.blob.jump_table.size()) : targets_;
    const std::vector<u64> values = probe.has_base ? bases(probe, targets, elsewhere_) : elsewhere_;
    Registers registers = {};
    for (std::size_t index = 0; index < values.size(); ++index) {
      for (std::size_t number = 0; number < registers.size(); ++number) registers[number] = values[(index + number * 7) % values.size()];
      registers[base_register] = values[index];
      ASSERT_TRUE(run(probe, registers));
    }
    ASSERT_TRUE(twin_->same_memory(std::string(isa::row_of(probe.op).name)));
    ASSERT_TRUE(canaries_->are_unharmed()) << isa::row_of(probe.op).name;
  }
  RecordProperty("runs", static_cast<int>(runs_));
  EXPECT_GT(runs_, 5000U);
}

// In the versions that have memset.
class Fills : public Addresses {};

std::vector<Case> cases_with_memset() {
  std::vector<Case> all = cases();
  std::erase_if(all, [](const Case& one) { return !is_probed(Op::memset, one.semantics); });
  return all;
}
INSTANTIATE_TEST_SUITE_P(Levels, Fills, ::testing::ValuesIn(cases_with_memset()), case_name);

TEST_P(Fills, lead_into_guest_memory_or_nowhere) {
  for (const Probe& probe : probes_.all) {
    if (probe.op != Op::memset) continue;
    for (const u64 base : bases(probe, targets_, elsewhere_)) {
      for (const u64 count :
           {u64{0}, u64{1}, u64{9}, u64{0x1800}, u64{0xffff'ffff}, u64{1} << 32, u64{1} << 63 | 5, ~u64{0}, ~u64{0} << 32 | 3}) {
        Registers registers = {};
        registers.fill(base);
        registers[count_register] = count;
        ASSERT_TRUE(run(probe, registers)) << std::hex << count;
      }
    }
    ASSERT_TRUE(twin_->same_memory("memset"));
    ASSERT_TRUE(canaries_->are_unharmed());
  }
}

}  // namespace
}  // namespace pvm::hostile
