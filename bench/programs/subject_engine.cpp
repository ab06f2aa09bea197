// SPDX-License-Identifier: Apache-2.0 OR MIT
// Programs on the engine.
#include <optional>

#include "pvm/pvm.hpp"
#include "subject.hpp"

namespace pvm::bench {
namespace {

constexpr u32 reg_a0 = 7, reg_a1 = 8;

class EngineSubject : public Subject {
 public:
  EngineSubject(Engine engine, const SubjectOptions& options) : engine_(std::move(engine)) {
    config_.metering = options.metering;
    config_.gas_model = options.gas_model;
  }

  std::variant<Loaded, Failure> load(const std::string& path, u32 times) override {
    const auto bytes = bytes_of(path);
    if (const auto* failure = std::get_if<Failure>(&bytes)) return *failure;
    Loaded loaded;
    std::optional<Module> module;
    for (u32 turn = 0; turn < times; ++turn) {
      module.reset();
      const u64 start = now();
      Result<Module> compiled = engine_.compile(std::get<std::vector<u8>>(bytes), config_);
      loaded.nanoseconds.push_back(now() - start);
      if (!compiled) return Failure{path + ": " + compiled.error().message};
      module = std::move(compiled).value();
    }
    // One entry for each instruction, and one for the end.
    const u64 positions = module->native_positions().size();
    loaded.instructions = positions == 0 ? 0 : positions - 1;
    loaded.native_bytes = module->native_code().size();
    const Result<u32> entry = module->find_export("bench");
    if (!entry) return Failure{path + ": " + entry.error().message};
    entry_ = *entry;
    Result<Instance> instance = module->instantiate();
    if (!instance) return Failure{path + ": " + instance.error().message};
    instance_.emplace(std::move(instance).value());
    return loaded;
  }

  std::variant<Call, Failure> call(u32 n) override {
    if (!instance_) return Failure{"nothing is loaded"};
    if (const auto set = instance_->set_gas(ample_gas); !set) return Failure{set.error().message};
    const u64 start = now();
    const Result<Exit> exit = instance_->call(entry_, {n});
    const u64 end = now();
    if (!exit) return Failure{exit.error().message};
    if (exit->status != Status::halt) return Failure{"ended by " + std::string(name_of(exit->status))};
    const Result<u64> low = instance_->reg(reg_a0), high = instance_->reg(reg_a1);
    if (!low || !high) return Failure{"the result can't be read"};
    const bool is_32_bit = register_bits(instance_->module().semantics()) == 32;
    return Call{is_32_bit ? *high << 32 | *low : *low, end - start};
  }

 private:
  Engine engine_;
  ProgramConfig config_;
  std::optional<Instance> instance_;
  u32 entry_ = 0;
};

}  // namespace

std::variant<std::unique_ptr<Subject>, Failure> make_engine_subject(const std::string& level, const SubjectOptions& options) {
  EngineConfig config;
  config.isolation = level == "process" ? Isolation::process : level == "in-process" ? Isolation::in_process : Isolation::interpreter;
  config.idle_workers = 1;
  config.cache = false;
  Result<Engine> engine = Engine::create(config);
  if (!engine) return Failure{engine.error().message};
  return std::make_unique<EngineSubject>(std::move(engine).value(), options);
}

}  // namespace pvm::bench
