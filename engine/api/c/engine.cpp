// SPDX-License-Identifier: Apache-2.0 OR MIT
// The C API: engines and compilation.
#include <algorithm>

#include "api/c/handles.hpp"

namespace pvm::c {
namespace {

Error bad_field(const char* name) {
  return engine::error(ErrorCode::invalid_argument, std::string("the field ") + name + " has a value that means nothing");
}

// The enumerators of pvm.h and of the C++ API have the same numbers.
static_assert(static_cast<uint32_t>(Isolation::interpreter) == PVM_ISOLATION_INTERPRETER);
static_assert(static_cast<uint32_t>(Semantics::graypaper_0_7_2) == PVM_GRAYPAPER_0_7_2);
static_assert(static_cast<uint32_t>(Container::standard) == PVM_CONTAINER_STANDARD);
static_assert(static_cast<uint32_t>(GasModel::instruction_1) == PVM_INSTRUCTION_1);
static_assert(static_cast<uint32_t>(Metering::async) == PVM_METERING_ASYNC);

Result<EngineConfig> read_config(const pvm_engine_config* given) {
  EngineConfig config;
  if (given == nullptr) return config;
  const auto read = read_struct(given);
  if (!read) return read.error();
  if (read->isolation > PVM_ISOLATION_INTERPRETER) return bad_field("isolation");
  if (read->fallback_count > std::size(read->fallbacks)) return bad_field("fallback_count");
  config.isolation = static_cast<Isolation>(read->isolation);
  for (uint32_t index = 0; index < read->fallback_count; ++index) {
    if (read->fallbacks[index] > PVM_ISOLATION_INTERPRETER) return bad_field("fallbacks");
    config.fallbacks.push_back(static_cast<Isolation>(read->fallbacks[index]));
  }
  if (read->reuse_workers > 1) return bad_field("reuse_workers");
  if (read->cache > 1) return bad_field("cache");
  if (read->reserved[0] != 0 || read->reserved[1] != 0) return bad_field("reserved");
  config.idle_workers = read->idle_workers;
  config.reuse_workers = read->reuse_workers == 1;
  config.compile_threads = read->compile_threads;
  config.cache = read->cache == 1;
  config.cached_modules = read->cached_modules;
  return config;
}

Result<ProgramConfig> read_config(const pvm_program_config* given) {
  ProgramConfig config;
  if (given == nullptr) return config;
  const auto read = read_struct(given);
  if (!read) return read.error();
  if (read->semantics > PVM_GRAYPAPER_0_7_2 && read->semantics != PVM_SEMANTICS_FROM_PROGRAM) return bad_field("semantics");
  if (read->container > PVM_CONTAINER_STANDARD) return bad_field("container");
  if (read->gas_model > PVM_INSTRUCTION_1 && read->gas_model != PVM_GAS_MODEL_OF_VERSION) return bad_field("gas_model");
  if (read->metering > PVM_METERING_ASYNC) return bad_field("metering");
  if (read->dynamic_paging > 1) return bad_field("dynamic_paging");
  if (read->strict > 1) return bad_field("strict");
  if (read->reserved[0] != 0 || read->reserved[1] != 0) return bad_field("reserved");
  if (read->arguments == nullptr && read->argument_bytes != 0) return engine::null_span();
  if (read->semantics != PVM_SEMANTICS_FROM_PROGRAM) config.semantics = static_cast<Semantics>(read->semantics);
  config.container = static_cast<Container>(read->container);
  if (read->gas_model != PVM_GAS_MODEL_OF_VERSION) config.gas_model = static_cast<GasModel>(read->gas_model);
  config.memory_cost = read->memory_cost;
  config.metering = static_cast<Metering>(read->metering);
  config.page_size = read->page_size;
  config.aux_size = read->aux_size;
  config.dynamic_paging = read->dynamic_paging == 1;
  config.strict = read->strict == 1;
  if (read->argument_bytes != 0) config.arguments.assign(read->arguments, read->arguments + read->argument_bytes);
  return config;
}

Result<void> compile_one(const pvm_engine& engine, std::span<const u8> bytes, const pvm_program_config* given, pvm_module** module) {
  const auto config = read_config(given);
  if (!config) return config.error();
  return deliver(engine.engine.compile(bytes, *config), [&](Module made) { *module = new pvm_module{std::move(made)}; });
}

// The jobs, whose size may be that of a later version.
Result<std::vector<CompileJob>> read_jobs(const pvm_compile_job* jobs, std::size_t count) {
  std::vector<CompileJob> all;
  const auto* at = reinterpret_cast<const unsigned char*>(jobs);
  for (std::size_t index = 0; index < count; ++index, at += jobs->struct_size) {
    const auto job = read_struct(reinterpret_cast<const pvm_compile_job*>(at));
    if (!job) return job.error();
    if (job->struct_size != jobs->struct_size || job->struct_size % alignof(pvm_compile_job) != 0) return bad_field("struct_size");
    auto config = read_config(job->config);
    if (!config) return std::move(config.error());
    all.push_back({bytes_of(job->program, job->program_bytes), *std::move(config)});
  }
  return all;
}

// Gives every job its module or error; the first failure is returned.
pvm_code deliver_all(std::vector<Result<Module>> results, pvm_module** modules, pvm_error** errors) {
  pvm_code first = PVM_OK;
  for (std::size_t index = 0; index < results.size(); ++index) {
    pvm_error** const error = errors != nullptr ? &errors[index] : nullptr;
    const pvm_code code = guarded(
        error, [&] { return deliver(std::move(results[index]), [&](Module made) { modules[index] = new pvm_module{std::move(made)}; }); });
    if (first == PVM_OK) first = code;
  }
  return first;
}

}  // namespace
}  // namespace pvm::c

using namespace pvm::c;

extern "C" {

void pvm_engine_config_init(pvm_engine_config* config, size_t struct_size) {
  const pvm::EngineConfig defaults;
  pvm_engine_config values{};
  values.idle_workers = defaults.idle_workers;
  values.reuse_workers = defaults.reuse_workers;
  values.cache = defaults.cache;
  init_struct(config, struct_size, values);
}

void pvm_program_config_init(pvm_program_config* config, size_t struct_size) {
  const pvm::ProgramConfig defaults;
  pvm_program_config values{};
  values.semantics = PVM_SEMANTICS_FROM_PROGRAM;
  values.gas_model = PVM_GAS_MODEL_OF_VERSION;
  values.memory_cost = defaults.memory_cost;
  values.metering = static_cast<pvm_metering>(defaults.metering);
  values.page_size = defaults.page_size;
  init_struct(config, struct_size, values);
}

pvm_code pvm_engine_create(const pvm_engine_config* config, pvm_engine** engine, pvm_error** error) {
  const auto body = [&]() -> pvm::Result<void> {
    const auto read = read_config(config);
    if (!read) return read.error();
    return deliver(pvm::Engine::create(*read), [&](pvm::Engine made) { *engine = new pvm_engine{std::move(made)}; });
  };
  return guarded_on(error, body, engine);
}

pvm_isolation pvm_engine_isolation(const pvm_engine* engine) {
  return engine != nullptr ? static_cast<pvm_isolation>(engine->engine.isolation()) : 0;
}

void pvm_engine_free(pvm_engine* engine) {
  delete engine;
}

pvm_code pvm_engine_compile(const pvm_engine* engine, const uint8_t* program, size_t program_bytes, const pvm_program_config* config,
                            pvm_module** module, pvm_error** error) {
  return guarded_on(
      error, [&] { return compile_one(*engine, bytes_of(program, program_bytes), config, module); }, engine, module);
}

pvm_code pvm_engine_compile_all(const pvm_engine* engine, const pvm_compile_job* jobs, size_t count, pvm_module** modules,
                                pvm_error** errors) {
  if (count == 0) return engine != nullptr ? PVM_OK : PVM_INVALID_ARGUMENT;
  if (engine == nullptr || jobs == nullptr || modules == nullptr) return PVM_INVALID_ARGUMENT;
  std::fill_n(modules, count, nullptr);
  if (errors != nullptr) std::fill_n(errors, count, nullptr);
  pvm_code first = PVM_OK;
  const pvm_code code = guarded(errors, [&]() -> pvm::Result<void> {
    const auto read = read_jobs(jobs, count);
    if (!read) return read.error();
    first = deliver_all(engine->engine.compile_all(*read), modules, errors);
    return {};
  });
  return code != PVM_OK ? code : first;
}

}  // extern "C"
