// SPDX-License-Identifier: Apache-2.0 OR MIT
// How fast the reference interpreter loads, runs and prices: to notice what becomes slow, not to compete.
#include <benchmark/benchmark.h>

#include <cstdlib>
#include <string>

#include "pvm/builder/assemble.hpp"
#include "pvm/ref/machine.hpp"

namespace {

using namespace pvm;
using ref::Semantics;
using ref::u64;

builder::CodeBlob assembled(Semantics version, std::string_view text) {
  auto blob = builder::assemble(version, text);
  if (std::holds_alternative<std::string>(blob)) std::abort();
  return std::get<builder::CodeBlob>(std::move(blob));
}

ref::Program loaded(const builder::Bytes& bytes, const ref::Config& config) {
  auto program = ref::load(bytes, config);
  if (std::holds_alternative<ref::Rejection>(program)) std::abort();
  return std::get<ref::Program>(std::move(program));
}

ref::Program loaded_text(std::string_view text, ref::Config config) {
  builder::ProgramParts parts;
  parts.blob = assembled(config.semantics, text);
  parts.rw_size = 65536;
  config.container = ref::Container::polkavm;
  return loaded(polkavm_container(polkavm_parts(config.semantics, parts)), config);
}

// Runs to the end; the counter of items is that of instructions.
void run(benchmark::State& state, const ref::Program& program) {
  u64 steps = 0;
  ref::Machine probe(program);
  probe.set_gas(1'000'000'000);
  probe.set_pc(0);
  probe.run([&](const ref::TraceStep&) { ++steps; });
  while (state.KeepRunning()) {
    ref::Machine machine(program);
    machine.set_gas(1'000'000'000);
    machine.set_pc(0);
    benchmark::DoNotOptimize(machine.run());
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(steps));
}

constexpr std::string_view arithmetic_loop =
    "load_imm a0, 1000; fallthrough; loop:; add_64 a1, a1, a0; xor a2, a2, a1; shift_logical_left_imm_64 a3, a1, 3; mul_32 a4, a3, a2; "
    "add_imm_64 a0, "
    "a0, -1; branch_not_eq_imm a0, 0, loop; trap";
constexpr std::string_view memory_loop =
    "load_imm a0, 1000; load_imm t0, 0x20000; fallthrough; loop:; store_indirect_u64 a1, t0, 8; load_indirect_u64 a1, t0, 0; "
    "load_indirect_u8 a2, t0, "
    "3; add_imm_64 t0, t0, 8; add_imm_64 a0, a0, -1; "
    "branch_not_eq_imm a0, 0, loop; trap";
constexpr std::string_view fill = "load_imm a0, 0x20000; load_imm a1, 7; load_imm a2, 60000; memset; trap";

void run_arithmetic(benchmark::State& state) {
  run(state, loaded_text(arithmetic_loop, {}));
}
BENCHMARK(run_arithmetic);

void run_arithmetic_pipeline(benchmark::State& state) {
  ref::Config config;
  config.gas_model = ref::GasModel::pipeline_1;
  run(state, loaded_text(arithmetic_loop, config));
}
BENCHMARK(run_arithmetic_pipeline);

void run_memory(benchmark::State& state) {
  run(state, loaded_text(memory_loop, {}));
}
BENCHMARK(run_memory);

void run_fill(benchmark::State& state) {
  run(state, loaded_text(fill, {}));
  state.SetBytesProcessed(state.iterations() * 60000);
}
BENCHMARK(run_fill);

builder::Bytes large_blob(Semantics version, int blocks) {
  std::string text;
  for (int block = 0; block < blocks; ++block) text += "add_imm_32 a0, a0, 1000; load_indirect_u32 a1, a0, 4; branch_eq a0, a1, 0\n";
  builder::ProgramParts parts;
  parts.blob = assembled(version, text + "trap");
  return polkavm_container(polkavm_parts(version, parts));
}

// jam-1 walks over all of the code.
void load_and_validate(benchmark::State& state) {
  const builder::Bytes bytes = large_blob(Semantics::jam_1, 10000);
  ref::Config config;
  config.semantics = Semantics::jam_1;
  while (state.KeepRunning()) benchmark::DoNotOptimize(ref::load(bytes, config));
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(bytes.size()));
}
BENCHMARK(load_and_validate);

void price_blocks(benchmark::State& state) {
  ref::Config config;
  config.gas_model = ref::GasModel::pipeline_1;
  const ref::Program program = loaded(large_blob(Semantics::rv64_1, 100), config);
  ref::u32 pc = 0;
  while (state.KeepRunning()) {
    benchmark::DoNotOptimize(block_cost(program, pc));
    pc = block_at(program, pc).back().next;
    if (pc >= program.code_size() - 1) pc = 0;
  }
}
BENCHMARK(price_blocks);

}  // namespace
