// SPDX-License-Identifier: Apache-2.0 OR MIT
// Control flow, charges and entries: small programs and arbitrary code, against the reference.
#include <random>

#include "interp/instructions.hpp"
#include "program/gas.hpp"
#include "programs.hpp"

namespace pvm::engine::interp::testing {
namespace {

constexpr Semantics all_semantics[] = {Semantics::revive_1, Semantics::rv32_1, Semantics::rv64_1, Semantics::jam_1,
                                       Semantics::graypaper_0_7_2};
constexpr Semantics polkavm_semantics[] = {Semantics::revive_1, Semantics::rv32_1, Semantics::rv64_1, Semantics::jam_1};

// Runs until the program ends or has exited `most` times, with a little more gas after each exit.
void run_to_end(Twins& twins, std::string_view what, int most = 20) {
  for (int exits = 0; exits < most && !::testing::Test::HasFailure(); ++exits) {
    const Exit exit = twins.run(what);
    if (!exit.next_pc) return;
    twins.set_gas(std::max<i64>(twins.machine().gas(), 0) + 7);
  }
}

TEST(Control, a_loop_ends_in_every_version_and_metering) {
  for (const Semantics semantics : all_semantics) {
    for (const Metering metering : {Metering::none, Metering::sync, Metering::async}) {
      if (is_graypaper(semantics) && metering == Metering::async) continue;
      Twins twins = Twins::of("load_imm a0, 100000; fallthrough; loop:; add_imm_32 a0, a0, -1; branch_not_eq_imm a0, 0, loop; ret",
                              Choices::of(semantics, metering));
      twins.set_reg(reg_ra, 0xffff0000);
      twins.set_gas(1'000'000);
      twins.set_pc(0);
      EXPECT_EQ(twins.run(name_of(semantics)).status, Status::halt);
    }
  }
}

TEST(Control, out_of_gas_is_exact_and_resumable) {
  for (const Semantics semantics : all_semantics) {
    for (const i64 gas : {0, 1, 2, 3, 4, 5, 8191, 8192, 8193, 32767, 32768, 32769, 65537, 100003}) {
      Twins twins = Twins::of(
          "load_imm a0, 1000000; fallthrough; loop:; add_imm_32 a0, a0, -1; add_32 a1, a1, a0; "
          "branch_not_eq_imm a0, 0, loop; trap",
          Choices::of(semantics));
      twins.set_gas(gas);
      twins.set_pc(0);
      run_to_end(twins, std::to_string(gas));
    }
  }
}

TEST(Control, async_stops_where_a_charge_fails) {
  const auto program = program_of("loop:; add_imm_64 a0, a0, 1; jump loop", {.metering = Metering::async});
  const auto executor = executor_of(program);
  CpuState state;
  state.gas = 99'999;
  const Event event = executor->execute(state, Entry{0, false}, {});
  EXPECT_EQ(event.kind, Event::Kind::out_of_gas);
  EXPECT_EQ(state.gas, -1);
  EXPECT_EQ(state.regs[reg_a0], 49'999u);
}

TEST(Control, a_block_of_any_cost) {
  for (const u32 memory_cost : {1u, 25u, 0xffffffffu}) {
    const auto base = program_of("fallthrough; load_u8 a0, 0x20000; add_imm_64 a0, a0, 1; trap", {.gas_model = GasModel::pipeline_1});
    Program dear = *base;
    dear.config.memory_cost = memory_cost;
    const auto program = std::make_shared<const Program>(std::move(dear));
    const auto machine = machine_of(program);
    const i64 cost = block_cost(*program, 0) + block_cost(*program, 1);
    machine->set_gas(cost + 5);
    machine->set_pc(0);
    const auto exit = machine->run();
    EXPECT_EQ(exit->status, Status::trap);
    EXPECT_EQ(machine->gas(), 5);
    machine->set_gas(cost - 1);
    machine->set_pc(0);
    EXPECT_EQ(machine->run()->status, Status::out_of_gas);
    EXPECT_EQ(machine->gas(), cost - 1 - block_cost(*program, 0));
  }
}

// The second block of each of these traps or goes on in a way of its own. [flow.fall_through] [jump.branch]
TEST(Control, ends_of_code) {
  constexpr std::string_view texts[] = {
      "fallthrough",
      "fallthrough; .unmarked 00*3",
      "load_imm a0, 1; .unmarked 00*40; fallthrough; trap",
      "fallthrough; .unmarked 00*40; fallthrough; trap",
      "branch_eq a0, a0, 0",
      "branch_not_eq a0, a0, 0",
      "fallthrough; branch_eq a0, a0, 0; .unmarked 00*40; trap",
      "fallthrough; branch_eq a0, a0, 1",
      "fallthrough; branch_not_eq a0, a0, 300; trap",
      "fallthrough; branch_eq a0, a0, 300; trap",
      "fallthrough; jump 300",
      "fallthrough; load_imm_and_jump a1, 5, 300",
      "fallthrough; load_imm_and_jump a1, 5, 0",
      "ecalli 5",
      "ecalli 5; .unmarked 00*40; trap",
      "ecalli -1; load_imm a0, 1; trap",
      ".raw ff; load_imm a0, 1; trap",
      "load_imm a0, 1; .raw ff; load_imm a0, 2; ecalli 1; trap",
      ".unmarked 00*3; load_imm a0, 1; trap; load_imm a0, 2; trap",
      "jump 3; .raw ff; fallthrough",
  };
  for (const Semantics semantics : all_semantics) {
    if (semantics == Semantics::jam_1) continue;  // refuses most of them at load
    for (const std::string_view text : texts) {
      for (const i64 gas : {0, 1, 2, 3, 50}) {
        for (u32 pc = 0; pc < 12; ++pc) {
          Twins twins = Twins::of(text, Choices::of(semantics));
          twins.set_gas(gas);
          twins.set_pc(pc);
          run_to_end(twins, std::string(text) + ", pc " + std::to_string(pc));
          ASSERT_FALSE(HasFailure()) << name_of(semantics);
        }
      }
    }
  }
}

TEST(Control, tables_of_all_widths) {
  for (const Semantics semantics : all_semantics) {
    for (const std::string_view size : {"1", "2", "3", "4", "0", "8"}) {
      if (!is_graypaper(semantics) && size == "8") continue;
      // Entries of no bytes are all 0, which is where the program begins: it goes on until gas ends.
      const std::string text = "jump_indirect a0, 0; fallthrough; here:; ecalli 1; trap; .entry_size " + std::string(size) +
                               (size == "0" ? "" : "; .table here, 1, 100");
      for (u64 address = 0; address < 12; ++address) {
        Twins twins = Twins::of(text, Choices::of(semantics));
        twins.set_reg(reg_a0, address);
        twins.set_gas(10);
        twins.set_pc(0);
        run_to_end(twins, text, 5);
      }
    }
  }
}

// Code that makes sense now and then: opcodes of the version, registers, small numbers.
builder::CodeBlob arbitrary_code(std::mt19937& random, Semantics semantics, bool has_gaps) {
  builder::Code code(static_cast<ref::Semantics>(semantics));
  const auto below = [&](u32 limit) { return static_cast<u32>(random() % limit); };
  const auto number = [&] {
    constexpr i64 numbers[] = {0, 1, 2, 4, 6, 8, -1, -8, 127, 0x20000, 0x20ffe, 0x21ffc, 0x22000, 0x7fffffff, -0x80000000ll};
    return numbers[below(std::size(numbers))];
  };
  const u32 length = 1 + below(24);
  std::vector<builder::Label> labels;
  for (u32 index = 0; index <= length; ++index) labels.push_back(code.new_label());
  for (u32 index = 0; index < length; ++index) {
    code.bind(labels[index]);
    if (has_gaps && below(20) == 0) code.unmarked(builder::Bytes(1 + below(30), 0));
    if (has_gaps && below(30) == 0) code.raw({static_cast<u8>(random()), static_cast<u8>(random()), static_cast<u8>(random())});
    isa::Op op = static_cast<isa::Op>(below(isa::op_count));
    // Half of them from the instructions that lead somewhere.
    if (below(2) == 0) op = static_cast<isa::Op>(1 + below(static_cast<u32>(isa::Op::load_imm64)));
    if (isa::row_of(op).opcode[static_cast<std::size_t>(semantics)] < 0) continue;
    if (op == isa::Op::sbrk || op == isa::Op::load_imm64) continue;
    const auto nibble = [&] { return static_cast<u8>(7 + below(6)); };
    const bool has_target = isa::row_of(op).operands.target != isa::Field::none;
    const auto target = below(8) == 0 ? std::nullopt : std::optional(labels[below(length)]);
    builder::Operands operands{.d = nibble(), .a = nibble(), .b = nibble(), .i = number(), .j = number(), .target = below(200)};
    code.instruction(op, operands, {}, has_target ? target : std::nullopt);
  }
  code.bind(labels[length]);
  code.instruction(isa::Op::trap, {});
  for (u32 entry = 0; entry < 4; ++entry) code.table_entry(labels[below(length)]);
  auto blob = code.build();
  return std::holds_alternative<std::string>(blob) ? builder::CodeBlob{} : std::get<builder::CodeBlob>(std::move(blob));
}

void run_arbitrary_code(Semantics semantics, const Choices& choices, u32 seed, int programs) {
  std::mt19937 random(seed);
  for (int index = 0; index < programs; ++index) {
    const builder::CodeBlob blob = arbitrary_code(random, semantics, semantics != Semantics::jam_1);
    if (blob.code.empty()) continue;
    const std::string what = std::string(name_of(semantics)) + " " + std::to_string(seed) + ", program " + std::to_string(index);
    Twins twins(blob, choices);
    if (twins.program().is_paged()) twins.map(data_address, data_size, random() % 4 != 0);
    for (u32 pc = 0; pc < blob.code.size(); ++pc) {
      for (u32 number = 0; number < register_count; ++number) {
        constexpr u64 values[] = {0, 1, 2, 4, 0x20000, 0x20ffe, 0x21ff9, 0xffff0000, ~u64{0}};
        twins.set_reg(number, values[random() % std::size(values)]);
      }
      twins.set_gas(static_cast<i64>(random() % 300));
      twins.set_pc(pc);
      run_to_end(twins, what + ", pc " + std::to_string(pc), 6);
    }
    twins.compare_memory(what);
    ASSERT_FALSE(::testing::Test::HasFailure()) << what;
  }
}

class ArbitraryCode : public ::testing::TestWithParam<Semantics> {};

TEST_P(ArbitraryCode, flat) {
  run_arbitrary_code(GetParam(), Choices::of(GetParam()), 1, 400);
}
TEST_P(ArbitraryCode, paged) {
  Choices choices = Choices::of(GetParam());
  choices.dynamic_paging = !is_graypaper(GetParam());
  run_arbitrary_code(GetParam(), choices, 2, 200);
}
INSTANTIATE_TEST_SUITE_P(Versions, ArbitraryCode, ::testing::ValuesIn(all_semantics), [](const auto& version) {
  std::string name(name_of(version.param));
  for (char& c : name) c = c == '-' || c == '.' ? '_' : c;
  return name;
});

TEST(ArbitraryPolkavmCode, async) {
  for (const Semantics semantics : polkavm_semantics) run_arbitrary_code(semantics, Choices::of(semantics, Metering::async), 3, 200);
}
TEST(ArbitraryPolkavmCode, pipeline) {
  for (const Semantics semantics : {Semantics::rv32_1, Semantics::rv64_1, Semantics::jam_1}) {
    run_arbitrary_code(semantics, Choices::of(semantics, Metering::sync, GasModel::pipeline_1), 4, 200);
  }
}

// Each pair that has a handler of its own, whole and entered at its second instruction.
TEST(Pairs, do_what_their_instructions_do) {
  struct Pair {
    isa::Op first, second;
  };
  constexpr Pair pairs[] = {
#define X(first, second) {isa::Op::first, isa::Op::second},
      PVM_INTERP_PAIRS(X)
#undef X
  };
  for (const Semantics semantics : polkavm_semantics) {
    for (const Pair& pair : pairs) {
      if (isa::row_of(pair.first).opcode[static_cast<std::size_t>(semantics)] < 0) continue;
      if (isa::row_of(pair.second).opcode[static_cast<std::size_t>(semantics)] < 0) continue;
      for (const u64 value : {u64{0}, u64{1}, u64{data_address}, u64{data_address + data_size - 4}, ~u64{0}}) {
        builder::Code code(static_cast<ref::Semantics>(semantics));
        const auto target = code.new_label();
        code.instruction(isa::Op::fallthrough, {});
        const auto instruction = [&](isa::Op op, const builder::Operands& operands) {
          const bool has_target = isa::row_of(op).operands.target != isa::Field::none;
          code.instruction(op, operands, {}, has_target ? std::optional(target) : std::nullopt);
        };
        instruction(pair.first, {.d = 7, .a = 8, .b = 9, .i = 1});
        instruction(pair.second, {.d = 8, .a = 7, .b = 7, .i = -1});
        code.instruction(isa::Op::ecalli, {.i = 1});
        code.instruction(isa::Op::trap, {});
        code.bind(target);
        code.instruction(isa::Op::ecalli, {.i = 2});
        code.instruction(isa::Op::trap, {});
        auto blob = code.build();
        Twins twins(std::get<builder::CodeBlob>(blob), Choices::of(semantics));
        for (u32 pc = 0; pc < twins.program().code_size; ++pc) {
          for (const i64 gas : {0, 3, 100}) {
            for (u32 number = 0; number < register_count; ++number) twins.set_reg(number, value + number);
            twins.set_gas(gas);
            twins.set_pc(pc);
            run_to_end(twins, std::string(isa::row_of(pair.first).name) + ", " + std::string(isa::row_of(pair.second).name), 4);
          }
        }
      }
    }
  }
}

}  // namespace
}  // namespace pvm::engine::interp::testing
