// SPDX-License-Identifier: Apache-2.0 OR MIT
// Linkers, and the loop that serves host calls.
#include "pvm/linker.hpp"

#include <functional>
#include <map>
#include <string>
#include <utility>

#include "api/caller_access.hpp"
#include "api/impl.hpp"

namespace pvm {

struct Linker::Impl {
  std::map<std::string, HostFunction, std::less<>> functions;
  UntypedHostFunction fallback;
};

struct LinkedModule::Impl {
  Module module;
  std::vector<UntypedHostFunction> functions;  ///< By host call number; empty ones have none.
  UntypedHostFunction fallback;

  const UntypedHostFunction& function(u64 number) const {
    return number < functions.size() && functions[number] ? functions[number] : fallback;
  }
};

struct LinkedInstance::Impl {
  std::shared_ptr<const LinkedModule::Impl> linked;
  Instance instance;
};

namespace {

Error host_function_failed(std::string message) {
  return engine::error(ErrorCode::host_function, std::move(message));
}

Result<void> serve(const UntypedHostFunction& function, Caller& caller, u64 number) {
  CallerAccess::set_number(caller, number);
  if (auto done = function(caller); !done) return host_function_failed(std::move(done.error().message));
  if (auto& message = CallerAccess::aborted(caller)) return host_function_failed(*std::move(message));
  return {};
}

CallResult result_of(const Exit& exit, const Instance::Impl& instance) {
  CallResult result{exit, 0};
  if (exit.status != Status::halt) return result;
  result.value = instance.machine->reg(engine::reg_a0);
  if (!instance.machine->program().is_64_bit()) result.value |= instance.machine->reg(engine::reg_a1) << 32;
  return result;
}

// The instance is held by the caller.
Result<CallResult> run_and_serve(const LinkedModule::Impl& linked, Instance::Impl& instance, const RunLimits& limits) {
  Caller caller = CallerAccess::make(instance);
  while (true) {
    auto exit = instance.run(limits);
    if (!exit) return std::move(exit.error());
    if (exit->status != Status::host_call) return result_of(*exit, instance);
    const UntypedHostFunction& function = linked.function(exit->host_call);
    if (!function) return result_of(*exit, instance);
    if (auto done = serve(function, caller, exit->host_call); !done) return std::move(done.error());
  }
}

}  // namespace

// ---- Linker ----

Linker::Linker() : impl_(std::make_unique<Impl>()) {}
Linker::Linker(Linker&&) noexcept = default;
Linker& Linker::operator=(Linker&&) noexcept = default;
Linker::Linker(const Linker& other) : impl_(other.impl_ ? std::make_unique<Impl>(*other.impl_) : nullptr) {}
Linker& Linker::operator=(const Linker& other) {
  if (this != &other) impl_ = other.impl_ ? std::make_unique<Impl>(*other.impl_) : nullptr;
  return *this;
}
Linker::~Linker() = default;

Result<void> Linker::define_untyped(std::string_view name, UntypedHostFunction function) {
  return define_host_function(name, {std::move(function), 0, 0});
}

Result<void> Linker::define_host_function(std::string_view name, HostFunction function) {
  if (!impl_) return engine::moved_from();
  if (!function.function) return engine::error(ErrorCode::invalid_argument, "the function for '" + std::string(name) + "' is empty");
  const auto [at, added] = impl_->functions.try_emplace(std::string(name));
  if (!added) {
    return engine::error(ErrorCode::already_defined, "there is a function '" + std::string(name) + "' already");
  }
  at->second = std::move(function);
  return {};
}

Result<void> Linker::define_fallback(UntypedHostFunction function) {
  if (!impl_) return engine::moved_from();
  if (!function) return engine::error(ErrorCode::invalid_argument, "the fallback is empty");
  if (impl_->fallback) return engine::error(ErrorCode::already_defined, "there is a fallback already");
  impl_->fallback = std::move(function);
  return {};
}

Result<LinkedModule> Linker::link(const Module& module, MissingImports missing) const {
  if (!impl_ || !module.impl()) return engine::moved_from();
  auto linked = std::make_shared<LinkedModule::Impl>(LinkedModule::Impl{module, {}, impl_->fallback});
  const bool is_32_bit = register_bits(module.semantics()) == 32;
  std::string absent;
  for (const ImportInfo& import : module.imports()) {
    const auto found = import.name ? impl_->functions.find(*import.name) : impl_->functions.end();
    linked->functions.emplace_back();
    if (found == impl_->functions.end()) {
      absent += (absent.empty() ? "" : ", ") + (import.name ? "'" + std::string(*import.name) + "'" : std::to_string(import.number));
      continue;
    }
    const u32 registers = is_32_bit ? found->second.registers_32_bit : found->second.registers_64_bit;
    if (registers > engine::argument_registers.size()) {
      return engine::error(ErrorCode::invalid_argument,
                           "the arguments of '" + found->first + "' take " + std::to_string(registers) + " registers; there are 9");
    }
    linked->functions.back() = found->second.function;
  }
  if (!absent.empty() && !linked->fallback && missing == MissingImports::error) {
    return engine::error(ErrorCode::not_found, "no host function for the imports " + absent);
  }
  return LinkedModule(std::move(linked));
}

// ---- What it has linked ----

LinkedModule::LinkedModule(std::shared_ptr<const Impl> impl) : impl_(std::move(impl)) {}

const Module& LinkedModule::module() const {
  static const Module none(nullptr);
  return impl_ ? impl_->module : none;
}

Result<LinkedInstance> LinkedModule::instantiate() const {
  if (!impl_) return engine::moved_from();
  auto instance = impl_->module.instantiate();
  if (!instance) return std::move(instance.error());
  return LinkedInstance(std::make_unique<LinkedInstance::Impl>(LinkedInstance::Impl{impl_, *std::move(instance)}));
}

LinkedInstance::LinkedInstance(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
LinkedInstance::LinkedInstance(LinkedInstance&&) noexcept = default;
LinkedInstance& LinkedInstance::operator=(LinkedInstance&&) noexcept = default;
LinkedInstance::~LinkedInstance() = default;

Result<CallResult> LinkedInstance::call(std::string_view name, std::initializer_list<Value> arguments, const CallOptions& options) {
  const auto pc = instance().module().find_export(name);
  if (!pc) return pc.error();
  return call(*pc, std::span<const Value>(arguments), options);
}

Result<CallResult> LinkedInstance::call(u32 pc, std::initializer_list<Value> arguments, const CallOptions& options) {
  return call(pc, std::span<const Value>(arguments), options);
}

Result<CallResult> LinkedInstance::call(u32 pc, std::span<const Value> arguments, const CallOptions& options) {
  Instance::Impl* inside = instance().impl();
  const engine::InstanceLock lock(inside);
  if (!lock) return lock.error();
  if (auto ready = inside->prepare_call(pc, arguments, options.stack_pointer); !ready) return std::move(ready.error());
  return run_and_serve(*impl_->linked, *inside, options.limits);
}

Result<CallResult> LinkedInstance::run(const RunLimits& limits) {
  Instance::Impl* inside = instance().impl();
  const engine::InstanceLock lock(inside);
  if (!lock) return lock.error();
  return run_and_serve(*impl_->linked, *inside, limits);
}

Instance& LinkedInstance::instance() {
  static thread_local Instance none{nullptr};
  return impl_ ? impl_->instance : none;
}

const Instance& LinkedInstance::instance() const {
  return const_cast<LinkedInstance*>(this)->instance();
}

}  // namespace pvm
