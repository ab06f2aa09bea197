// SPDX-License-Identifier: Apache-2.0 OR MIT
// Engines: the choice of an isolation level, and compilation.
#include "pvm/engine.hpp"

#include <algorithm>
#include <atomic>
#include <new>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>

#include "api/impl.hpp"

namespace pvm {
namespace engine {
namespace {

Result<ModulePtr> compile_once(const Engine::Impl& engine, std::span<const u8> bytes, const ProgramConfig& config) {
  auto loaded = load(bytes, config);
  if (!loaded) return std::move(loaded.error());
  auto module = std::make_shared<Module::Impl>();
  module->isolation = engine.isolation;
  module->program = std::make_shared<const Program>(*std::move(loaded));
  auto code = engine.backend->compile(module->program);
  if (!code) return std::move(code.error());
  module->code = *std::move(code);
  for (const Export& item : module->program->exports) module->exports.emplace(item.symbol, item.code_offset);
  return ModulePtr(std::move(module));
}

// Those who wait for a compilation must hear of its end.
Result<ModulePtr> compile_without_exceptions(const Engine::Impl& engine, std::span<const u8> bytes, const ProgramConfig& config) {
  try {
    return compile_once(engine, bytes, config);
  } catch (const std::bad_alloc&) {
    return out_of_memory();
  }
}

template <typename Enum>
bool known(Enum value, Enum last) {
  return value <= last;
}

// Enumerators that nothing names; what the document forbids is found when the program is loaded.
bool makes_sense(const ProgramConfig& config) {
  return known(config.semantics.value_or(Semantics::revive_1), Semantics::graypaper_0_7_2) &&
         known(config.container, Container::standard) && known(config.gas_model.value_or(GasModel::flat_1), GasModel::instruction_1) &&
         known(config.metering, Metering::async);
}

}  // namespace

Result<ModulePtr> compile_module(const Engine::Impl& engine, std::span<const u8> bytes, const ProgramConfig& config) {
  if (bytes.data() == nullptr && !bytes.empty()) return null_span();
  if (!makes_sense(config)) return error(ErrorCode::invalid_argument, "the program's configuration holds a number that means nothing");
  if (!engine.cache) return compile_without_exceptions(engine, bytes, config);
  return engine.cache->get(bytes, config, [&] { return compile_without_exceptions(engine, bytes, config); });
}

}  // namespace engine

Engine::Engine(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}

Result<Engine> Engine::create(const EngineConfig& config) {
  std::vector<Isolation> levels = {config.isolation};
  levels.insert(levels.end(), config.fallbacks.begin(), config.fallbacks.end());
  std::optional<Error> first;
  for (const Isolation level : levels) {
    auto backend = engine::make_backend(level, config);
    if (backend) {
      auto cache = config.cache ? std::make_shared<engine::ModuleCache>(config.cached_modules) : nullptr;
      return Engine(std::make_shared<Impl>(Impl{config, level, *std::move(backend), std::move(cache)}));
    }
    // A machine that has no memory left doesn't lack the level.
    if (backend.error().code != ErrorCode::isolation_unavailable) return std::move(backend.error());
    if (!first) first = std::move(backend.error());
  }
  return *std::move(first);
}

Isolation Engine::isolation() const {
  return impl_ ? impl_->isolation : Isolation::interpreter;
}

const EngineConfig& Engine::config() const {
  static const EngineConfig none;
  return impl_ ? impl_->config : none;
}

Result<Module> Engine::compile(std::span<const u8> program, const ProgramConfig& config) const {
  if (!impl_) return engine::moved_from();
  auto module = engine::compile_module(*impl_, program, config);
  if (!module) return std::move(module.error());
  return Module(*std::move(module));
}

std::vector<Result<Module>> Engine::compile_all(std::span<const CompileJob> jobs) const {
  std::vector<std::optional<Result<Module>>> results(jobs.size());
  std::atomic<std::size_t> next{0};
  const auto work = [&] {
    for (std::size_t job = next++; job < jobs.size(); job = next++) {
      try {
        results[job] = compile(jobs[job].program, jobs[job].config);
      } catch (const std::bad_alloc&) {
        results[job] = engine::out_of_memory();
      }
    }
  };
  const std::size_t wanted = config().compile_threads != 0 ? config().compile_threads : std::thread::hardware_concurrency();
  {
    std::vector<std::jthread> helpers;
    // This thread works as well; and alone, where the system gives no more.
    try {
      while (helpers.size() + 1 < std::min(wanted, jobs.size())) helpers.emplace_back(work);
    } catch (const std::system_error&) {
    }
    work();
  }
  std::vector<Result<Module>> all;
  all.reserve(jobs.size());
  for (auto& result : results) all.push_back(*std::move(result));
  return all;
}

std::string_view version() {
  return PVM_ENGINE_VERSION;
}

}  // namespace pvm
