// SPDX-License-Identifier: Apache-2.0 OR MIT
// Blocks, jumps, charges and the ends of code, against the reference: by hand, and with random bytes for code.
#include <random>

#include "pair.hpp"
#include "pvm/builder/assemble.hpp"

namespace pvm::engine::jit {
namespace {

constexpr Semantics versions[] = {Semantics::revive_1, Semantics::rv32_1, Semantics::rv64_1, Semantics::jam_1, Semantics::graypaper_0_7_2};
constexpr Semantics lenient_versions[] = {Semantics::revive_1, Semantics::rv32_1, Semantics::rv64_1, Semantics::graypaper_0_7_2};

builder::CodeBlob assembled(Semantics version, std::string_view text) {
  auto blob = builder::assemble(static_cast<ref::Semantics>(version), text);
  if (const auto* error = std::get_if<std::string>(&blob)) {
    ADD_FAILURE() << *error;
    return {};
  }
  return std::get<builder::CodeBlob>(std::move(blob));
}

Registers counting_registers() {
  Registers registers{};
  for (u32 reg = 0; reg < register_count; ++reg) registers[reg] = memory_start + 8 * reg;
  return registers;
}

/// Enters at every position, also where no instruction is, with several amounts of gas.
void check_everywhere(const Setting& setting, const builder::CodeBlob& blob) {
  Pair pair(setting, blob);
  ASSERT_TRUE(pair.ok());
  const u32 size = static_cast<u32>(blob.code.size());
  for (u32 pc = 0; pc < size + 2; ++pc) {
    for (const i64 gas : {0, 1, 2, 3, 5, 30, 200}) {
      ASSERT_TRUE(pair.run(pc, counting_registers(), gas, 4)) << name_of(setting.version) << " at " << pc << " with gas " << gas;
    }
  }
}

void check_text(std::span<const Semantics> where, std::string_view text) {
  for (const Semantics version : where) check_everywhere({.version = version}, assembled(version, text));
}

TEST(Flow, endsOfCode) {
  check_text(lenient_versions, "load_imm a0, 1");
  check_text(lenient_versions, "load_imm a0, 1; fallthrough");
  check_text(lenient_versions, "load_imm a0, 1; ecalli 7");
  check_text(lenient_versions, "load_imm a0, 1; branch_eq a0, a0, 0");
  check_text(lenient_versions, "load_imm a0, 1; branch_not_eq a0, a0, 0");
  check_text(lenient_versions, "fallthrough; jump 0");
  check_text(lenient_versions, "load_u8 a0, 0x20000; .unmarked 00*3");
}

TEST(Flow, gaps) {
  for (const std::string_view first : {"load_imm a0, 1", "fallthrough", "ecalli 3", "branch_eq a0, a0, 0", "branch_not_eq a0, a0, 0",
                                       "jump 0", "trap", ".raw ff", "store_u8 a0, 0x20000"}) {
    for (const std::string_view gap : {"00*3", "00*23", "00*24", "00*25", "00*26", "01*40"}) {
      std::string text(first);
      text += "; .unmarked " + std::string(gap) + "; load_imm a1, 2; fallthrough; load_imm a2, 3; trap";
      check_text(lenient_versions, text);
    }
  }
}

TEST(Flow, codeThatBeginsUnmarked) {
  check_text(lenient_versions, ".unmarked 33; load_imm a0, 1; fallthrough; jump 0");
}

TEST(Flow, jumps) {
  check_text(versions, "jump 5; trap; trap; back:; load_imm a0, 1; trap; jump back");
  check_text(versions, "load_imm_and_jump ra, 8, on; trap; on:; load_imm a0, 1; branch_not_eq_imm a0, 0, on; trap");
  check_text(versions, "load_imm a0, 3; fallthrough; again:; add_imm_32 a0, a0, -1; branch_not_eq_imm a0, 0, again; trap");
  check_text(lenient_versions, "branch_eq a0, a0, 4; .raw ff; load_imm a0, 1; trap");  // Behind an invalid instruction.
  check_text(lenient_versions, "branch_not_eq a0, a0, 4; .raw ff; load_imm a0, 1; trap");
  check_text(lenient_versions, "load_imm_and_jump a0, 77, 900; trap");                             // Beyond the code.
  check_text(lenient_versions, "fallthrough; load_imm a1, 1; load_imm_and_jump a0, 77, 4; trap");  // Backwards, not to a block.
  check_text(lenient_versions, "fallthrough; load_imm a1, 1; branch_not_eq a1, a1, 4; trap");
  check_text(lenient_versions, "branch_eq a0, a0, on; trap; on:; .raw ff; trap");  // To an invalid instruction.
  check_text(versions, "self:; jump self; trap");
}

TEST(Flow, dynamicJumps) {
  const std::string_view text =
      "load_imm a0, &one; jump_indirect a0, 0; one:; load_imm a0, &two; jump_indirect a0, 0; two:; load_imm a1, 0xffff0000; "
      "jump_indirect a1, 0; load_imm a0, -0x10001; jump_indirect a0, 1; load_imm_and_jump_indirect a0, a0, 4, 2; "
      "load_imm a0, &one; load_imm_and_jump_indirect a0, a0, 4, 0; load_imm a2, 6; jump_indirect a2, 0; load_imm a3, 1; "
      "jump_indirect a3, 0; load_imm a3, 0; jump_indirect a3, 0; load_imm a3, 9; jump_indirect a3, -1; load_imm a3, 2; jump_indirect "
      "a3, 0x7fffffff; load_imm a3, -1; jump_indirect a3, 0; .table 1, 9999";
  check_text(versions, text);
}

TEST(Flow, hostCallsAndHeap) {
  check_text(versions, "load_imm a0, 1; ecalli 0; ecalli -1; add_imm_32 a0, a0, 1; ecalli 0x12345678; fallthrough; ecalli 5; trap");
  const Semantics with_sbrk[] = {Semantics::rv32_1, Semantics::rv64_1, Semantics::graypaper_0_7_2};
  check_text(with_sbrk, "load_imm a0, 0; sbrk a1, a0; load_imm a2, 100; sbrk a2, a2; store_indirect_u8 a0, a1, 5; trap");
}

TEST(Flow, fills) {
  const Semantics with_memset[] = {Semantics::rv32_1, Semantics::rv64_1};
  check_text(with_memset, "load_imm a0, 0x20010; load_imm a1, 0x1ab; load_imm a2, 40; memset; add_imm_32 a0, a0, 1; trap");
  check_text(with_memset, "load_imm a0, 0x21ffe; load_imm a1, 0x1ab; load_imm a2, 40; memset; trap");
  check_text(with_memset, "load_imm a0, 0; load_imm a2, 0; memset; trap");
}

/// Opcodes of the version with random operands, whose offsets are small; some bytes are just random. Marks are where they should be,
/// mostly.
builder::CodeBlob random_code(Semantics version, std::mt19937& random) {
  std::vector<u8> opcodes;
  for (const isa::Row& row : isa::rows) {
    const int opcode = row.opcode[static_cast<std::size_t>(version)];
    if (opcode < 0) continue;
    const bool flows = row.group == isa::Group::control || row.group == isa::Group::branch;
    opcodes.insert(opcodes.end(), flows ? 4 : 1, static_cast<u8>(opcode));
  }
  builder::CodeBlob blob;
  const auto count = 1 + random() % 12;
  for (auto index = count; index > 0; --index) {
    const std::size_t at = blob.code.size();
    blob.code.push_back(random() % 12 == 0 ? static_cast<u8>(random()) : opcodes[random() % opcodes.size()]);
    for (auto operand = random() % 5; operand > 0; --operand) {
      blob.code.push_back(random() % 3 == 0 ? static_cast<u8>(random()) : static_cast<u8>(static_cast<i8>(random() % 24) - 8));
    }
    if (random() % 20 == 0) blob.code.resize(blob.code.size() + 20 + random() % 8, 1);
    blob.bitmask.resize((blob.code.size() + 7) / 8);
    if (random() % 25 != 0) blob.bitmask[at / 8] = static_cast<u8>(blob.bitmask[at / 8] | 1U << (at % 8));
  }
  for (auto entry = random() % 4; entry > 0; --entry) blob.jump_table.push_back(random() % (blob.code.size() + 1));
  blob.entry_size = 1;
  return blob;
}

void check_random(const Setting& setting, int programs) {
  std::mt19937 random(17);
  for (int index = 0; index < programs; ++index) {
    check_everywhere(setting, random_code(setting.version, random));
    if (testing::Test::HasFatalFailure()) FAIL() << "program " << index;
  }
}

constexpr int some_programs = 150;

TEST(RandomCode, flatGas) {
  for (const Semantics version : lenient_versions) check_random({.version = version}, some_programs);
}

TEST(RandomCode, pipelineGas) {
  check_random({.version = Semantics::rv32_1, .gas_model = GasModel::pipeline_1}, some_programs);
  check_random({.version = Semantics::rv64_1, .gas_model = GasModel::pipeline_1}, some_programs);
}

TEST(RandomCode, costsBeyond31Bits) {
  check_random({.version = Semantics::rv64_1, .gas_model = GasModel::pipeline_1, .memory_cost = 0xffffffff}, some_programs);
}

TEST(RandomCode, pagedMemory) {
  check_random({.version = Semantics::rv64_1, .dynamic_paging = true}, some_programs);
}

// One load costs more than 31 bits can hold.
TEST(Charges, areExactBeyond31Bits) {
  Pair pair({.version = Semantics::rv64_1, .gas_model = GasModel::pipeline_1, .memory_cost = 0xfffffff0},
            assembled(Semantics::rv64_1, "load_u8 a0, 0x20000; add_imm_64 a0, a0, 1; fallthrough; trap"));
  ASSERT_TRUE(pair.ok());
  for (const i64 gas : {0LL, 0xffffffe0LL, 0xffffffefLL, 0xfffffff0LL, 0xfffffff1LL, 0xfffffff2LL, 0xfffffff3LL, 0x1ffffffffLL}) {
    EXPECT_TRUE(pair.run(0, counting_registers(), gas)) << gas;
  }
}

constexpr std::string_view loop_that_ends =
    "load_imm a0, 100; fallthrough; again:; add_imm_32 a0, a0, -1; store_u32 a0, 0x20000; ecalli 3; branch_not_eq_imm a0, 0, again; trap";

TEST(Charges, none) {
  for (const Semantics version : versions) {
    Pair pair({.version = version, .metering = Metering::none}, assembled(version, loop_that_ends));
    ASSERT_TRUE(pair.ok());
    EXPECT_TRUE(pair.run(0, counting_registers(), 0, 200));
    EXPECT_TRUE(pair.run(0, counting_registers(), -5, 200));
  }
}

TEST(Charges, async) {
  for (const Semantics version : {Semantics::revive_1, Semantics::rv32_1, Semantics::rv64_1, Semantics::jam_1}) {
    Pair pair({.version = version, .metering = Metering::async}, assembled(version, loop_that_ends));
    ASSERT_TRUE(pair.ok());
    for (const i64 gas : {0, 1, 2, 3, 6, 7, 400, 402, 403, 10000}) EXPECT_TRUE(pair.run(0, counting_registers(), gas));
  }
}

TEST(Charges, syncAtEveryAmount) {
  for (const Semantics version : versions) {
    Pair pair({.version = version}, assembled(version, loop_that_ends));
    ASSERT_TRUE(pair.ok());
    for (i64 gas = 0; gas < 30; ++gas) EXPECT_TRUE(pair.run(0, counting_registers(), gas, 300));
  }
}

}  // namespace
}  // namespace pvm::engine::jit
