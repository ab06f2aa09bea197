// SPDX-License-Identifier: Apache-2.0 OR MIT
// Fuzzes the engine's loader and compilers with any bytes. Input: version, container, flags, cost of memory; then the container's bytes.
// Both loaders must take or refuse a program alike, and what is taken must compile, within the bounds promised.
#include "check.hpp"
#include "input.hpp"
#include "interp/interpreter.hpp"
#include "jit/compile.hpp"
#include "program/gas.hpp"
#include "pvm/ref/gas.hpp"

using namespace pvm;

namespace {

ref::Config config_of(fuzz::Input& input) {
  ref::Config config;
  config.semantics = static_cast<ref::Semantics>(input.below(5));
  config.container = static_cast<ref::Container>(input.below(3));
  const u8 flags = input.byte();
  config.strict = (flags & 1) != 0;
  config.dynamic_paging = (flags & 2) != 0;
  if ((flags & 4) != 0) config.page_size = 65536;
  if ((flags & 8) != 0) config.aux_size = 5000;
  if ((flags & 16) != 0) config.gas_model = ref::GasModel::pipeline_1;
  if ((flags & 32) != 0) config.metering = ref::Metering::none;
  if ((flags & 64) != 0) config.metering = ref::Metering::async;
  if (config.gas_model) config.memory_cost = 1 + input.byte();
  if (config.container == ref::Container::standard) config.arguments = {1, 2, 3};
  return config;
}

void check_native(const engine::Program& program, engine::jit::Target target, bool plain) {
  const auto features = plain ? engine::jit::CpuFeatures{} : engine::jit::CpuFeatures::detect();
  const auto code = engine::jit::compile(program, {target, features});
  if (!code) fuzz::fail("not compiled: " + code.error().message);
  const auto& positions = code->positions;
  for (std::size_t index = 1; index < positions.size(); ++index) {
    if (positions[index].pc <= positions[index - 1].pc || positions[index].native < positions[index - 1].native) {
      fuzz::fail("positions out of order");
    }
  }
  if (code->bytes.size() > 4096 + std::size_t{engine::jit::max_bytes_per_instruction} * (positions.size() + 1)) fuzz::fail("too much code");
}

void check_costs(const ref::Program& expected, const engine::Program& actual) {
  if (*expected.config.gas_model == ref::GasModel::instruction_1) return;
  for (u32 pc = 0; pc < expected.code_size(); ++pc) {
    if (!expected.is_marked(pc)) continue;
    const auto start = block_start(expected, pc);
    if (start != engine::block_start(actual, pc)) fuzz::fail("start of the block of " + std::to_string(pc));
    if (start == pc && block_cost(expected, pc) != engine::block_cost(actual, pc)) fuzz::fail("cost of block " + std::to_string(pc));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const u8* data, std::size_t size) {  // NOLINT(readability-identifier-naming): libFuzzer's name
  fuzz::Input input(data, size);
  const ref::Config config = config_of(input);
  const auto expected = ref::load(input.rest(), config);
  auto actual = engine::load(input.rest(), differential::engine_config(config));
  if (const auto* rejection = std::get_if<ref::Rejection>(&expected)) {
    if (actual) fuzz::fail("taken, should be refused: " + std::string(name_of(rejection->reason)));
    const Error& error = actual.error();
    if (error.code != ErrorCode::program_rejected || !error.reason || name_of(*error.reason) != name_of(rejection->reason)) {
      fuzz::fail("should be refused for " + std::string(name_of(rejection->reason)) + ": " + error.message);
    }
    if (error.offset != rejection->offset) fuzz::fail("refused at another place: " + error.message);
    return 0;
  }
  if (!actual) fuzz::fail("refused: " + actual.error().message);
  check_costs(std::get<ref::Program>(expected), *actual);
  const bool plain = !input.rest().empty() && (input.rest().back() & 1) != 0;
  check_native(*actual, engine::jit::Target::in_process, plain);
  check_native(*actual, engine::jit::Target::worker, plain);
  if (!engine::interp::predecode(std::make_shared<const engine::Program>(*std::move(actual)))) fuzz::fail("not decoded");
  return 0;
}
