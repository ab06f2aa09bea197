// SPDX-License-Identifier: Apache-2.0 OR MIT
// What it takes to get into a guest and out of it: the round trip of a host call, and a call with its return, at each sandbox level.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "jit/compile.hpp"
#include "machine/machine.hpp"
#include "native/native_executor.hpp"
#include "pvm/builder/assemble.hpp"
#include "sandbox/in_process/in_process.hpp"
#include "sandbox/process/process.hpp"

namespace {

using namespace pvm;
using engine::Event;

using Code = std::shared_ptr<const engine::jit::NativeCode>;

// A sandbox level: whom code is compiled for, and where it runs.
struct Level {
  engine::jit::Target target;
  Result<std::unique_ptr<engine::native::Space>> (*make_space)(const Code& code);
};

Result<std::unique_ptr<engine::native::Space>> in_process_space(const Code& code) {
  auto loaded = engine::sandbox::load_in_process(code);
  if (!loaded) return loaded.error();
  return engine::sandbox::make_in_process_space(*std::move(loaded));
}

Result<std::unique_ptr<engine::native::Space>> process_space(const Code& code) {
  static const auto pool = engine::sandbox::make_worker_pool({});
  if (!pool) return pool.error();
  auto sealed = engine::sandbox::seal_code(*code, {});
  if (!sealed) return sealed.error();
  return engine::sandbox::make_process_space(*pool, *std::move(sealed));
}

constexpr Level in_process = {engine::jit::Target::in_process, in_process_space};
constexpr Level process = {engine::jit::Target::worker, process_space};

std::unique_ptr<engine::Executor> executor_of(const Level& level, std::string_view text) {
  auto blob = builder::assemble(ref::Semantics::rv64_1, text);
  if (std::holds_alternative<std::string>(blob)) std::abort();
  builder::ProgramParts parts;
  parts.blob = std::get<builder::CodeBlob>(std::move(blob));
  auto loaded = engine::load(polkavm_container(polkavm_parts(ref::Semantics::rv64_1, parts)), {});
  if (!loaded) std::abort();
  const auto program = std::make_shared<const engine::Program>(*std::move(loaded));
  auto compiled = engine::jit::compile(*program, {level.target, engine::jit::CpuFeatures::detect()});
  if (!compiled) std::abort();
  const auto code = std::make_shared<const engine::jit::NativeCode>(*std::move(compiled));
  auto space = level.make_space(code);
  return space ? engine::native::make_native_executor(program, code, *std::move(space)) : nullptr;
}

// Times batches of `call`, since a clock takes as long as a call does, and reports their quantiles in nanoseconds for each call.
template <typename Call>
void measure(benchmark::State& state, const Call& call) {
  constexpr int batch = 64;
  std::vector<double> samples;
  while (state.KeepRunning()) {
    const auto begin = std::chrono::steady_clock::now();
    for (int i = 0; i < batch; ++i) {
      if (!call()) return state.SkipWithError("an exit that wasn't expected");
    }
    const std::chrono::duration<double, std::nano> time = std::chrono::steady_clock::now() - begin;
    samples.push_back(time.count() / batch);
  }
  std::sort(samples.begin(), samples.end());
  state.counters["min_ns"] = samples.front();
  state.counters["median_ns"] = samples[samples.size() / 2];
  state.counters["p99_ns"] = samples[samples.size() * 99 / 100];
}

void host_call(benchmark::State& state, const Level& level) {
  const auto executor = executor_of(level, "fallthrough; loop:; ecalli 1; jump loop");
  if (executor == nullptr) return state.SkipWithError("this level isn't available here");
  engine::CpuState registers;
  registers.gas = std::int64_t{1} << 60;
  Event event = executor->execute(registers, engine::Entry{0, false}, {});
  measure(state, [&] {
    event = executor->execute(registers, engine::Entry{event.next, true}, {});
    return event.kind == Event::Kind::host_call;
  });
}

void call_and_return(benchmark::State& state, const Level& level) {
  const auto executor = executor_of(level, "ret");
  if (executor == nullptr) return state.SkipWithError("this level isn't available here");
  engine::CpuState registers;
  registers.regs[engine::reg_ra] = 0xffff0000;
  registers.gas = std::int64_t{1} << 60;
  measure(state, [&] { return executor->execute(registers, engine::Entry{0, false}, {}).kind == Event::Kind::halt; });
}

// 64 * 15,625 are a million calls.
BENCHMARK_CAPTURE(host_call, in_process, in_process)->Iterations(15625)->Repetitions(3);
BENCHMARK_CAPTURE(call_and_return, in_process, in_process)->Iterations(15625)->Repetitions(3);
BENCHMARK_CAPTURE(host_call, process, process)->Iterations(15625)->Repetitions(3);
BENCHMARK_CAPTURE(call_and_return, process, process)->Iterations(15625)->Repetitions(3);

}  // namespace
