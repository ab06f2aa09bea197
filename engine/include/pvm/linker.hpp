// SPDX-License-Identifier: Apache-2.0 OR MIT
// Host functions by name: a linker binds them to a module's imports, and linked instances call them while they run.
#pragma once

#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "pvm/caller.hpp"
#include "pvm/host_function.hpp"
#include "pvm/instance.hpp"
#include "pvm/module.hpp"
#include "pvm/result.hpp"
#include "pvm/types.hpp"

namespace pvm {

/// What a call of a guest's function came to.
struct CallResult {
  /// Status::halt: the function has returned. Other exits: see LinkedInstance::run.
  Exit exit;
  /// After halt: register a0; in a 32-bit version a1:a0, of which the low half counts if the function returns no more than 32 bits.
  u64 value = 0;
  bool halted() const { return exit.status == Status::halt; }
};

/// An instance whose host calls are served by host functions. Rules as Instance, which it contains.
class PVM_API LinkedInstance {
 public:
  LinkedInstance(LinkedInstance&&) noexcept;
  LinkedInstance& operator=(LinkedInstance&&) noexcept;
  ~LinkedInstance();

  /// Calls a function as Instance::call does and runs as run() does. Errors: as these.
  Result<CallResult> call(std::string_view name, std::initializer_list<Value> arguments = {}, const CallOptions& options = {});
  Result<CallResult> call(u32 pc, std::initializer_list<Value> arguments = {}, const CallOptions& options = {});
  Result<CallResult> call(u32 pc, std::span<const Value> arguments, const CallOptions& options = {});
  /// Runs on, serving host calls, to the first exit that no host function serves: halt, trap, page_fault, out_of_gas, interrupted, or a
  /// host_call that has no function; all but the first two can be continued by another run(). Errors: those of Instance::run, and
  /// host_function, where a host function failed; the text is its own. The interrupt is also looked at between host calls. Exceptions of
  /// host functions pass through, and leave the instance behind the host call.
  Result<CallResult> run(const RunLimits& limits = {});

  /// The instance inside: registers, memory, gas, user data. During a host function it is busy: use the Caller.
  Instance& instance();
  const Instance& instance() const;

  /// Implementation.
  struct Impl;
  explicit LinkedInstance(std::unique_ptr<Impl> impl);

 private:
  std::unique_ptr<Impl> impl_;
};

/// A module whose imports are bound to host functions. A copy is another handle. Immutable, for any threads.
class PVM_API LinkedModule {
 public:
  const Module& module() const;
  /// Errors: as Module::instantiate.
  Result<LinkedInstance> instantiate() const;

  /// Implementation.
  struct Impl;
  explicit LinkedModule(std::shared_ptr<const Impl> impl);

 private:
  std::shared_ptr<const Impl> impl_;
};

/// What Linker::link does with an import for which there is no function.
enum class MissingImports : u8 {
  error,    ///< Refuse to link.
  at_call,  ///< Link; the host call will be an exit for the host to serve.
};

/// A set of host functions by name. Not for several threads at a time; link() may be called by several while nobody changes it. What it
/// has linked does not depend on it any more.
class PVM_API Linker {
 public:
  Linker();
  Linker(Linker&&) noexcept;
  Linker& operator=(Linker&&) noexcept;
  Linker(const Linker&);
  Linker& operator=(const Linker&);
  ~Linker();

  /// Binds `name` to a C++ callable that takes 0 to 9 integers of 32 or 64 bits, before them if it likes a Caller&, and returns void, such
  /// an integer, or a Result of these; an error ends the guest's call. It must have one call operator, and no state that isn't safe
  /// if several instances run at a time. Errors: already_defined; invalid_argument for null function pointers and empty std::functions.
  template <typename F>
  Result<void> define(std::string_view name, F&& function) {
    return define_host_function(name, make_host_function(std::forward<F>(function)));
  }
  /// Binds `name` to a function that reads and writes registers itself. Errors: already_defined; invalid_argument if it is empty.
  Result<void> define_untyped(std::string_view name, UntypedHostFunction function);
  Result<void> define_host_function(std::string_view name, HostFunction function);
  /// Serves every host call that has no function of its own, also numbers that are no import; Caller::number tells which. Errors as
  /// define_untyped.
  Result<void> define_fallback(UntypedHostFunction function);

  /// Looks up each import of the module once. Errors: not_found, naming the imports for which there is neither function nor fallback,
  /// unless `missing` allows that; invalid_argument for a function whose arguments take more than 9 registers in the module's version.
  Result<LinkedModule> link(const Module& module, MissingImports missing = MissingImports::error) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace pvm
