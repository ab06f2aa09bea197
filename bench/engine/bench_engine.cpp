// SPDX-License-Identifier: Apache-2.0 OR MIT
// The engine's benchmark: everything that docs/benchmarks.md quotes, measured side by side in one run. bench/engine/table.py makes a
// table of its JSON output.
#include <benchmark/benchmark.h>
#include <sched.h>

#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>

#include "guests.hpp"
#include "kernels.hpp"
#include "memory_use.hpp"
#include "pvm/pvm.hpp"
#include "samples.hpp"

namespace pvm::bench {
namespace {

constexpr u32 reg_a0 = 7;
constexpr i64 ample_gas = i64{1} << 60;

template <typename T>
T need(Result<T> result, const char* what) {
  if (result) return std::move(result).value();
  std::fprintf(stderr, "bench-engine: %s: %s\n", what, result.error().message.c_str());
  std::exit(1);
}
void need(const Result<void>& result, const char* what) {
  if (result) return;
  std::fprintf(stderr, "bench-engine: %s: %s\n", what, result.error().message.c_str());
  std::exit(1);
}

Engine engine_of(Isolation isolation, u32 idle_workers = 2) {
  EngineConfig config;
  config.isolation = isolation;
  config.idle_workers = idle_workers;
  config.cache = false;
  return need(Engine::create(config), "engine");
}

ProgramConfig metered(Metering metering, GasModel model = GasModel::flat_1) {
  ProgramConfig config;
  config.metering = metering;
  config.gas_model = model;
  return config;
}

// ---- Kernels ----

void native_kernel(benchmark::State& state, const Kernel& kernel) {
  std::vector<u8> memory(memory_bytes);
  for (auto _ : state) benchmark::DoNotOptimize(kernel.native(memory.data(), kernel.argument));
}

void guest_kernel(benchmark::State& state, const Kernel& kernel, Isolation isolation, Metering metering) {
  const Engine engine = engine_of(isolation);
  const Module module = need(engine.compile(assembled(kernel.guest), metered(metering)), "compile");
  Instance instance = need(module.instantiate(), "instantiate");
  std::vector<u8> memory(memory_bytes);
  const u64 expected = kernel.native(memory.data(), kernel.argument);
  for (auto _ : state) {
    need(instance.set_gas(ample_gas), "gas");
    const Exit exit = need(instance.call(u32{0}, {kernel.argument}), "call");
    if (exit.status != Status::halt || need(instance.reg(reg_a0), "result") != expected) state.SkipWithError("wrong result");
  }
}

// ---- Compilation ----

void compile(benchmark::State& state, Isolation isolation, Metering metering, GasModel model) {
  static const Large large = large_program(400);
  const Engine engine = engine_of(isolation);
  const ProgramConfig config = metered(metering, model);
  u64 native_bytes = 0;
  for (auto _ : state) native_bytes = need(engine.compile(large.container, config), "compile").native_code().size();
  const auto times = static_cast<double>(state.iterations());
  state.counters["instructions"] = benchmark::Counter(static_cast<double>(large.instructions) * times, benchmark::Counter::kIsRate);
  state.counters["native_bytes"] = benchmark::Counter(static_cast<double>(native_bytes) * times, benchmark::Counter::kIsRate);
  state.counters["bytes_per_instruction"] = static_cast<double>(native_bytes) / static_cast<double>(large.instructions);
}

// ---- Calls ----

// Everything that has this process as its ancestor may use only one processor while this lives.
class OneProcessor {
 public:
  OneProcessor() {
    sched_getaffinity(0, sizeof(before_), &before_);
    cpu_set_t one;
    CPU_ZERO(&one);
    int first = 0;
    while (first < CPU_SETSIZE && !CPU_ISSET(first, &before_)) ++first;
    CPU_SET(first, &one);
    sched_setaffinity(0, sizeof(one), &one);
  }
  OneProcessor(const OneProcessor&) = delete;
  OneProcessor& operator=(const OneProcessor&) = delete;
  ~OneProcessor() { sched_setaffinity(0, sizeof(before_), &before_); }

 private:
  cpu_set_t before_{};
};

// Times single operations; in this process some together, as one alone takes no longer than looking at the clock.
template <typename Operation>
void sample(benchmark::State& state, Isolation isolation, Operation operation) {
  const int batch = isolation == Isolation::process ? 1 : 100;
  Samples samples;
  for (auto _ : state) {
    const auto start = Samples::Clock::now();
    for (int number = 0; number < batch; ++number) operation();
    samples.add((Samples::Clock::now() - start) / batch);
  }
  samples.report(state);
}

// An instance of a program without data, ready to run with ample gas.
Instance small_instance(const Engine& engine, std::string_view text) {
  const Module module = need(engine.compile(assembled(text, 4096, 4096), metered(Metering::sync)), "compile");
  Instance instance = need(module.instantiate(), "instantiate");
  need(instance.set_gas(ample_gas), "gas");
  return instance;
}

// An exported function that returns at once.
void call(benchmark::State& state, Isolation isolation, bool one_processor) {
  std::optional<OneProcessor> one;
  if (one_processor) one.emplace();
  const Engine engine = engine_of(isolation);
  Instance instance = small_instance(engine, "ret");
  sample(state, isolation, [&] {
    if (need(instance.call(u32{0}, {}), "call").status != Status::halt) state.SkipWithError("no halt");
  });
}

// From one host call to the next.
void host_call(benchmark::State& state, Isolation isolation, bool one_processor) {
  std::optional<OneProcessor> one;
  if (one_processor) one.emplace();
  const Engine engine = engine_of(isolation);
  Instance instance = small_instance(engine, "loop:; ecalli 7; jump loop");
  need(instance.set_pc(0), "pc");
  sample(state, isolation, [&] {
    const Exit exit = need(instance.run(), "run");
    if (exit.status != Status::host_call || exit.host_call != 7) state.SkipWithError("no host call");
  });
}

// ---- Instances ----

Module small_module(const Engine& engine) {
  return need(engine.compile(assembled("ret", 4096, 4096), metered(Metering::sync)), "compile");
}

// The time to make an instance; it is then called once and dropped. With `warm` some workers are idle; else each is new.
void instantiate(benchmark::State& state, Isolation isolation, bool warm) {
  constexpr u32 idle_workers = 4;
  const Engine engine = engine_of(isolation, warm ? idle_workers : 0);
  const Module module = small_module(engine);
  if (warm) {
    std::vector<Instance> together;
    for (u32 number = 0; number < idle_workers; ++number) together.push_back(need(module.instantiate(), "instantiate"));
  }
  Samples samples;
  for (auto _ : state) {
    const auto start = Samples::Clock::now();
    Instance instance = need(module.instantiate(), "instantiate");
    const auto time = Samples::Clock::now() - start;
    samples.add(time);
    state.SetIterationTime(std::chrono::duration<double>(time).count());
    need(instance.set_gas(ample_gas), "gas");
    benchmark::DoNotOptimize(need(instance.call(u32{0}, {}), "call"));
  }
  samples.report(state);
}

// Instances that have run once and now wait. Counters are bytes for each.
void idle_memory(benchmark::State& state, Isolation isolation) {
  constexpr int count = 100;
  for (auto _ : state) {
    const Engine engine = engine_of(isolation);
    const Module module = small_module(engine);
    Instance first = need(module.instantiate(), "instantiate");
    const u64 host_before = own_pss_bytes();
    u64 workers_before = 0;
    for (const int process : descendants()) workers_before += pss_bytes(process);
    std::vector<Instance> instances;
    instances.reserve(count);
    for (int number = 0; number < count; ++number) {
      instances.push_back(need(module.instantiate(), "instantiate"));
      need(instances.back().set_gas(ample_gas), "gas");
      benchmark::DoNotOptimize(need(instances.back().call(u32{0}, {}), "call"));
    }
    u64 workers = 0;
    for (const int process : descendants()) workers += pss_bytes(process);
    state.counters["worker_bytes"] = (static_cast<double>(workers) - static_cast<double>(workers_before)) / count;
    state.counters["host_bytes"] = (static_cast<double>(own_pss_bytes()) - static_cast<double>(host_before)) / count;
  }
}

// ---- What is measured ----

struct Level {
  Isolation isolation;
  std::string name;
};

void register_kernels(const std::vector<Level>& levels) {
  for (const Kernel& kernel : kernels()) {
    const std::string name = "kernel/" + std::string(kernel.name) + "/";
    benchmark::RegisterBenchmark((name + "native").c_str(), native_kernel, kernel)->Unit(benchmark::kMillisecond);
    for (const Level& level : levels) {
      for (const Metering metering : {Metering::none, Metering::sync, Metering::async}) {
        const std::string full = name + level.name + "/" + std::string(name_of(metering));
        benchmark::RegisterBenchmark(full.c_str(), guest_kernel, kernel, level.isolation, metering)
            ->Unit(benchmark::kMillisecond)
            ->UseRealTime();
      }
    }
  }
}

void register_rest(const Level& level) {
  const auto add = [&](const std::string& name, auto function, auto... arguments) {
    return benchmark::RegisterBenchmark((name + "/" + level.name).c_str(), function, level.isolation, arguments...);
  };
  add("compile/none", compile, Metering::none, GasModel::flat_1)->Unit(benchmark::kMillisecond);
  add("compile/flat", compile, Metering::sync, GasModel::flat_1)->Unit(benchmark::kMillisecond);
  add("compile/pipeline", compile, Metering::sync, GasModel::pipeline_1)->Unit(benchmark::kMillisecond);
  add("call", call, false)->UseRealTime();
  add("host_call", host_call, false)->UseRealTime();
  add("instantiate/warm", instantiate, true)->UseManualTime()->Unit(benchmark::kMicrosecond);
  add("memory", idle_memory)->Iterations(1)->UseRealTime()->Unit(benchmark::kMillisecond);
  if (level.isolation != Isolation::process) return;
  add("call/one_processor", call, true)->UseRealTime();
  add("host_call/one_processor", host_call, true)->UseRealTime();
  add("instantiate/new", instantiate, false)->UseManualTime()->Unit(benchmark::kMicrosecond)->Iterations(300);
}

}  // namespace
}  // namespace pvm::bench

int main(int argc, char** argv) {
  using pvm::Isolation;
  const std::vector<pvm::bench::Level> levels = {
      {Isolation::process, "jit"}, {Isolation::in_process, "jit_in_process"}, {Isolation::interpreter, "interp"}};
  pvm::bench::register_kernels(levels);
  for (const auto& level : levels) pvm::bench::register_rest(level);
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return 0;
}
