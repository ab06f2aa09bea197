// SPDX-License-Identifier: Apache-2.0 OR MIT
// How fast the engine loads, decodes and prices programs, in instructions a second: the front of every compilation.
#include <benchmark/benchmark.h>

#include <cstdlib>
#include <random>

#include "program/decoder.hpp"
#include "program/gas.hpp"
#include "pvm/builder/code.hpp"

namespace {

using namespace pvm;
using engine::Decoder;
using engine::Instruction;
using engine::Pipeline;

// Instructions roughly as often as compilers for the guest make them. The order of a kind's members is that of their frequency.
struct Kind {
  u32 share;  ///< In 1000.
  isa::Op op;
};
constexpr Kind mix[] = {
    {150, isa::Op::move_reg},
    {140, isa::Op::add_imm_64},
    {110, isa::Op::load_indirect_u64},
    {90, isa::Op::store_indirect_u64},
    {60, isa::Op::load_imm},
    {60, isa::Op::load_indirect_u32},
    {40, isa::Op::load_indirect_u8},
    {30, isa::Op::store_indirect_u8},
    {60, isa::Op::add_64},
    {20, isa::Op::sub_64},
    {40, isa::Op::and_imm},
    {30, isa::Op::shift_logical_left_imm_64},
    {20, isa::Op::shift_logical_right_imm_64},
    {20, isa::Op::xor_},
    {20, isa::Op::or_},
    {20, isa::Op::add_imm_32},
    {15, isa::Op::mul_64},
    {10, isa::Op::set_less_than_unsigned},
    {10, isa::Op::store_imm_indirect_u64},
    {10, isa::Op::load_u64},
    {5, isa::Op::ecalli},
    {5, isa::Op::load_imm64},
};
constexpr isa::Op ends[] = {isa::Op::branch_not_eq_imm, isa::Op::branch_eq_imm,     isa::Op::branch_less_unsigned, isa::Op::jump,
                            isa::Op::fallthrough,       isa::Op::load_imm_and_jump, isa::Op::jump_indirect};

isa::Op pick(std::mt19937& random) {
  u32 left = static_cast<u32>(random() % 1000);
  for (const Kind& kind : mix) {
    if (left < kind.share) return kind.op;
    left -= kind.share;
  }
  return isa::Op::move_reg;
}

// Blocks of 1 to 2 * `mean` - 1 instructions.
builder::Bytes typical_container(Semantics version, u32 instructions, u32 mean) {
  std::mt19937 random(1);
  const auto below = [&random](u32 limit) { return static_cast<u32>(random() % limit); };
  builder::Code code(static_cast<ref::Semantics>(version));
  const auto number = [&below] { return static_cast<u8>(below(13)); };
  u32 left_in_block = mean;
  for (u32 index = 0; index < instructions; ++index) {
    const bool is_last = --left_in_block == 0;
    const isa::Op op = is_last ? ends[below(std::size(ends))] : pick(random);
    const i64 immediate = below(4) == 0 ? static_cast<i32>(below(200000)) - 100000 : static_cast<i32>(below(128));
    code.instruction(op, {number(), number(), number(), immediate, 8, below(60000)});
    if (is_last) left_in_block = 1 + below(2 * mean - 1);
  }
  code.instruction(isa::Op::trap, {});
  builder::ProgramParts parts;
  parts.blob = std::get<builder::CodeBlob>(code.build());
  return polkavm_container(polkavm_parts(static_cast<ref::Semantics>(version), parts));
}

constexpr u32 instruction_count = 100'000;

engine::Program typical_program(u32 mean, u32 memory_cost = 25) {
  ProgramConfig config;
  config.semantics = Semantics::rv64_1;
  config.gas_model = GasModel::pipeline_1;
  config.memory_cost = memory_cost;
  auto program = engine::load(typical_container(Semantics::rv64_1, instruction_count, mean), config);
  if (!program) std::abort();
  return std::move(program).value();
}

// All of an instruction is looked at, as a compiler would.
u64 digest_of(const Instruction& in) {
  return static_cast<u64>(in.op) + in.reg1 + in.reg2 + in.reg3 + static_cast<u64>(in.imm1 ^ in.imm2) + in.target;
}

void count_instructions(benchmark::State& state) {
  state.SetItemsProcessed(state.iterations() * instruction_count);
}

void load(benchmark::State& state, Semantics version) {
  const builder::Bytes bytes = typical_container(version, instruction_count, 6);
  ProgramConfig config;
  config.semantics = version;
  if (!engine::load(bytes, config)) std::abort();
  while (state.KeepRunning()) benchmark::DoNotOptimize(engine::load(bytes, config));
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(bytes.size()));
  count_instructions(state);
}
BENCHMARK_CAPTURE(load, rv64_1, Semantics::rv64_1);
BENCHMARK_CAPTURE(load, jam_1_with_validation, Semantics::jam_1);

void decode(benchmark::State& state) {
  const engine::Program program = typical_program(6);
  while (state.KeepRunning()) {
    const Decoder decoder(program);
    u64 digest = 0;
    for (u32 pc = 0; pc < program.code_size;) {
      const Instruction instruction = decoder.decode(pc);
      digest += digest_of(instruction);
      pc = instruction.next;
    }
    benchmark::DoNotOptimize(digest);
  }
  count_instructions(state);
}
BENCHMARK(decode);

void jump_targets(benchmark::State& state) {
  const engine::Program program = typical_program(6);
  const Decoder decoder(program);
  while (state.KeepRunning()) {
    u32 valid = 0;
    for (u32 pc = 0; pc < instruction_count; ++pc) valid += decoder.is_valid_target(pc);
    benchmark::DoNotOptimize(valid);
  }
  count_instructions(state);
}
BENCHMARK(jump_targets);

// Arguments: mean length of a block, memory cost. Decoding isn't counted.
void pipeline(benchmark::State& state) {
  const engine::Program program = typical_program(static_cast<u32>(state.range(0)), static_cast<u32>(state.range(1)));
  const Decoder decoder(program);
  std::vector<Instruction> instructions;
  for (u32 pc = 0; pc < program.code_size; pc = instructions.back().next) instructions.push_back(decoder.decode(pc));
  Pipeline model(program);
  while (state.KeepRunning()) {
    i64 total = 0;
    for (const Instruction& instruction : instructions) {
      if (engine::ends_block(instruction.op)) {
        total += model.finish(instruction);
      } else {
        model.feed(instruction);
      }
    }
    benchmark::DoNotOptimize(total);
  }
  count_instructions(state);
}
BENCHMARK(pipeline)->Args({6, 25})->Args({6, 4})->Args({6, 1000})->Args({3, 25})->Args({20, 25})->Args({200, 25})->Args({200, 4});

void decode_and_pipeline(benchmark::State& state) {
  const engine::Program program = typical_program(6);
  Pipeline model(program);
  while (state.KeepRunning()) {
    const Decoder decoder(program);
    i64 total = 0;
    for (u32 pc = 0; pc < program.code_size;) {
      const Instruction instruction = decoder.decode(pc);
      if (engine::ends_block(instruction.op)) {
        total += model.finish(instruction);
      } else {
        model.feed(instruction);
      }
      pc = instruction.next;
    }
    benchmark::DoNotOptimize(total);
  }
  count_instructions(state);
}
BENCHMARK(decode_and_pipeline);

}  // namespace
