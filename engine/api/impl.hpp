// SPDX-License-Identifier: Apache-2.0 OR MIT
// What is behind the handles.
#pragma once

#include <any>
#include <array>
#include <atomic>
#include <memory>
#include <mutex>
#include <string_view>
#include <unordered_map>

#include "api/backend.hpp"
#include "api/errors.hpp"
#include "api/module_cache.hpp"
#include "machine/machine.hpp"
#include "pvm/engine.hpp"
#include "pvm/instance.hpp"

namespace pvm {

struct Engine::Impl {
  EngineConfig config;
  Isolation isolation;
  std::shared_ptr<const engine::Backend> backend;
  std::shared_ptr<engine::ModuleCache> cache;  ///< nullptr: none.
};

struct Module::Impl {
  Isolation isolation;
  std::shared_ptr<const engine::Program> program;
  std::shared_ptr<const engine::Code> code;
  std::unordered_map<std::string_view, u32> exports;  ///< Keys live in `program`.
};

struct Interrupt::Impl {
  std::atomic<bool> raised{false};
  std::mutex mutex;  ///< Guards `executor`, which goes with its instance.
  engine::Executor* executor = nullptr;
};

struct Snapshot::Impl {
  Module module;  ///< Keeps what the snapshot's memory may need.
  std::shared_ptr<const engine::Snapshot> state;
};

struct Instance::Impl {
  Impl(Module of, std::unique_ptr<engine::Machine> with);
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;
  ~Impl();

  Registers registers() const;
  void set_registers(const Registers& values);
  Result<Exit> run(const RunLimits& limits) { return machine->run({&interrupt->raised, limits.deadline}); }
  Result<void> prepare_call(u32 pc, std::span<const Value> arguments, std::optional<u32> stack_pointer);

  Module module;
  std::unique_ptr<engine::Machine> machine;
  Registers initial_registers;
  std::shared_ptr<Interrupt::Impl> interrupt;
  std::any user_data;
  std::atomic<bool> busy{false};
};

namespace engine {

/// Holds an instance for one call, if nobody else has it.
class InstanceLock {
 public:
  explicit InstanceLock(Instance::Impl* instance)
      : instance_(instance != nullptr && !instance->busy.exchange(true, std::memory_order_acquire) ? instance : nullptr),
        absent_(instance == nullptr) {}
  InstanceLock(const InstanceLock&) = delete;
  InstanceLock& operator=(const InstanceLock&) = delete;
  ~InstanceLock() {
    if (instance_ != nullptr) instance_->busy.store(false, std::memory_order_release);
  }
  /// The instance is this lock's, and alive.
  explicit operator bool() const { return instance_ != nullptr && !instance_->machine->is_lost(); }
  /// Why it isn't.
  Error error() const;

 private:
  Instance::Impl* instance_;
  bool absent_;
};

/// Registers of the calling convention, in the order of arguments. [entry.convention]
inline constexpr std::array<u32, 9> argument_registers = {7, 8, 9, 10, 11, 12, 2, 3, 4};

Result<std::shared_ptr<const Module::Impl>> compile_module(const Engine::Impl& engine, std::span<const u8> bytes,
                                                           const ProgramConfig& config);

}  // namespace engine
}  // namespace pvm
