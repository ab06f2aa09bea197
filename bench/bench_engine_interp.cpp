// SPDX-License-Identifier: Apache-2.0 OR MIT
// The interpreter alone: dispatch, memory accesses, decoding, and what an instance takes.
#include <benchmark/benchmark.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "interp/interpreter.hpp"
#include "machine/machine.hpp"
#include "pvm/builder/assemble.hpp"

namespace {

using namespace pvm;

std::shared_ptr<const engine::Program> loaded(std::string_view text, Metering metering, GasModel model = GasModel::flat_1) {
  auto blob = builder::assemble(ref::Semantics::rv64_1, text);
  if (std::holds_alternative<std::string>(blob)) std::abort();
  builder::ProgramParts parts;
  parts.blob = std::get<builder::CodeBlob>(std::move(blob));
  parts.rw_size = 1 << 20;
  parts.stack_size = 65536;
  ProgramConfig config;
  config.metering = metering;
  config.gas_model = model;
  auto program = engine::load(polkavm_container(polkavm_parts(ref::Semantics::rv64_1, parts)), config);
  if (!program) std::abort();
  return std::make_shared<const engine::Program>(*std::move(program));
}

std::unique_ptr<engine::Machine> machine_of(const std::shared_ptr<const engine::Program>& program) {
  auto decoded = engine::interp::predecode(program);
  if (!decoded) std::abort();
  auto machine = engine::Machine::create(program, engine::interp::make_interpreter(*decoded));
  if (!machine) std::abort();
  return *std::move(machine);
}

// Runs `text` to its end; `steps`: the instructions that it executes.
void run(benchmark::State& state, std::string_view text, double steps, GasModel model = GasModel::flat_1) {
  const auto program = loaded(text, static_cast<Metering>(state.range(0)), model);
  const auto machine = machine_of(program);
  while (state.KeepRunning()) {
    machine->set_gas(std::int64_t{1} << 60);
    machine->set_pc(0);
    if (!machine->run()) std::abort();
  }
  state.counters["instructions"] = benchmark::Counter(steps, benchmark::Counter::kIsIterationInvariantRate);
}

void every_metering(benchmark::internal::Benchmark* it) {
  it->ArgName("metering")->Arg(0)->Arg(1)->Arg(2)->Unit(benchmark::kMillisecond);
}

// 1e8 times (add, add, branch).
void add_add_branch(benchmark::State& state) {
  run(state,
      "load_imm a0, 100000000; load_imm a1, 0; load_imm a2, 3; fallthrough;"
      "loop:; add_64 a1, a1, a2; add_imm_64 a0, a0, -1; branch_not_eq_imm a0, 0, loop; trap",
      3e8);
}
BENCHMARK(add_add_branch)->Apply(every_metering);

// The same without a pair that has a handler of its own.
void sub_xor_branch(benchmark::State& state) {
  run(state,
      "load_imm a0, 100000000; load_imm a1, 0; load_imm a2, 3; load_imm a3, 1; fallthrough;"
      "loop:; xor a1, a1, a2; sub_64 a0, a0, a3; branch_not_eq_imm a0, 0, loop; trap",
      3e8);
}
BENCHMARK(sub_xor_branch)->Apply(every_metering);

void loads_and_stores(benchmark::State& state) {
  run(state,
      "load_imm a0, 10000000; load_imm t0, 0x20000; fallthrough;"
      "loop:; load_indirect_u64 a1, t0, 8; load_indirect_u8 a2, t0, 17; store_indirect_u64 a1, t0, 16; store_indirect_u32 a2, t0, 24;"
      "add_imm_64 a0, a0, -1; branch_not_eq_imm a0, 0, loop; trap",
      6e7);
}
BENCHMARK(loads_and_stores)->Apply(every_metering);

// One load in each page of a megabyte, again and again: translations are seldom there.
void loads_from_many_pages(benchmark::State& state) {
  run(state,
      "load_imm a0, 10000000; load_imm t0, 0; load_imm t1, 0xff000; fallthrough;"
      "loop:; load_indirect_u64 a1, t0, 0x20000; add_imm_64 t0, t0, 4096; and t0, t0, t1;"
      "add_imm_64 a0, a0, -1; branch_not_eq_imm a0, 0, loop; trap",
      5e7);
}
BENCHMARK(loads_from_many_pages)->Apply(every_metering);

void small_memsets(benchmark::State& state) {
  run(state,
      "load_imm t0, 1000000; fallthrough;"
      "loop:; load_imm a0, 0x20100; load_imm a1, 7; load_imm a2, 32; memset; add_imm_64 t0, t0, -1; branch_not_eq_imm t0, 0, loop; trap",
      6e6);
}
BENCHMARK(small_memsets)->Apply(every_metering);

// What a call of the host costs, there and back.
void host_calls(benchmark::State& state) {
  const auto program = loaded("loop:; ecalli 1; jump loop", Metering::sync);
  const auto machine = machine_of(program);
  machine->set_gas(std::int64_t{1} << 60);
  machine->set_pc(0);
  while (state.KeepRunning()) {
    if (!machine->run()) std::abort();
  }
}
BENCHMARK(host_calls);

std::unique_ptr<engine::Machine> instance_of(const std::shared_ptr<const engine::Program>& program,
                                             const std::shared_ptr<const engine::interp::DecodedProgram>& decoded, bool has_run) {
  auto machine = engine::Machine::create(program, engine::interp::make_interpreter(decoded));
  (*machine)->set_reg(engine::reg_sp, (*machine)->stack_top());
  (*machine)->set_gas(1000);
  (*machine)->set_pc(0);
  if (has_run && !(*machine)->run()) std::abort();
  return *std::move(machine);
}

// Making and ending an instance, also one that has written a page of data and one of stack; and the bytes that one of many takes beyond
// the shared code.
void instances(benchmark::State& state) {
  const auto program = loaded("store_u32 a0, 0x20000; store_indirect_u32 a0, sp, -4; ecalli 1; trap", Metering::sync);
  const auto decoded = *engine::interp::predecode(program);
  const bool has_run = state.range(0) != 0;
#ifdef __GLIBC__
  constexpr std::size_t many = 1000;
  std::vector<std::unique_ptr<engine::Machine>> machines(many);
  const std::size_t before = mallinfo2().uordblks;
  for (auto& machine : machines) machine = instance_of(program, decoded, has_run);
  state.counters["bytes"] = static_cast<double>(mallinfo2().uordblks - before) / many;
  machines.clear();
#endif
  while (state.KeepRunning()) benchmark::DoNotOptimize(instance_of(program, decoded, has_run));
}
BENCHMARK(instances)->ArgName("has_run")->Arg(0)->Arg(1);

void predecode(benchmark::State& state) {
  constexpr int blocks = 100000;
  std::string text;
  for (int block = 0; block < blocks; ++block) text += "add_imm_32 a0, a0, 1000; load_indirect_u32 a1, a0, 4; branch_eq a0, a1, 0\n";
  const auto program = loaded(text + "trap", Metering::sync, static_cast<GasModel>(state.range(0)));
  while (state.KeepRunning()) benchmark::DoNotOptimize(engine::interp::predecode(program));
  state.SetItemsProcessed(state.iterations() * (3 * blocks + 1));
}
BENCHMARK(predecode)->ArgName("gas_model")->Arg(0)->Arg(1)->Unit(benchmark::kMillisecond);

}  // namespace
