// SPDX-License-Identifier: Apache-2.0 OR MIT
// The engine: how guests are isolated from the host, and where modules come from.
#pragma once

#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "pvm/module.hpp"
#include "pvm/result.hpp"
#include "pvm/types.hpp"

namespace pvm {

/// Settings of an Engine.
struct EngineConfig {
  /// How guests are run. Never replaced by a weaker level unless `fallbacks` allows it.
  Isolation isolation = Isolation::process;
  /// Levels to try, in this order, where `isolation` is unavailable on this machine. What holds: Engine::isolation().
  std::vector<Isolation> fallbacks = {};
  /// Isolation::process: idle workers kept for reuse, for each module. 0: every instance gets a new worker.
  u32 idle_workers = 2;
  /// Isolation::process: false ends a worker with its instance, instead of clearing it for the next one of the same module.
  bool reuse_workers = true;
  /// Threads that Engine::compile_all uses at most; 0: one per processor.
  u32 compile_threads = 0;
  /// Modules are shared between compilations of equal bytes and equal configuration, as long as one of them is alive.
  bool cache = true;
  /// With `cache`: so many modules are kept beyond their last use, the least recently dropped ones go first.
  u32 cached_modules = 0;
};

/// One of the programs given to Engine::compile_all. The bytes must stay as they are until it returns.
struct CompileJob {
  std::span<const u8> program = {};
  ProgramConfig config = {};
};

/// Compiles programs and gives their instances a home. A copy is another handle of the same engine; modules and instances keep what they
/// need of it alive. All functions may be called by any threads at the same time; one handle must not be assigned to while it is used.
/// Calls on a moved-from handle give invalid_argument.
class PVM_API Engine {
 public:
  /// Sets up the isolation level asked for, or, where that is unavailable, the first available one of `fallbacks`. Errors:
  /// isolation_unavailable, where no allowed level can be had, with the remedy; resource_exhausted.
  static Result<Engine> create(const EngineConfig& config = {});

  /// The level at which instances of this engine's modules run.
  Isolation isolation() const;
  /// The settings as given to create().
  const EngineConfig& config() const;

  /// Checks and compiles a program in time proportional to its size; the bytes are not needed afterwards. Compilations of the same
  /// content at the same time share one piece of work. Errors: program_rejected with the document's reason and offset [reject.order];
  /// program_too_large; invalid_argument for a null span with a length; resource_exhausted.
  Result<Module> compile(std::span<const u8> program, const ProgramConfig& config = {}) const;
  /// compile() for each job, on up to EngineConfig::compile_threads threads. One result for each job, in their order.
  std::vector<Result<Module>> compile_all(std::span<const CompileJob> jobs) const;

  /// Implementation.
  struct Impl;
  explicit Engine(std::shared_ptr<Impl> impl);

 private:
  std::shared_ptr<Impl> impl_;
};

/// The version of the engine: "1.0.0".
PVM_API std::string_view version();

}  // namespace pvm
