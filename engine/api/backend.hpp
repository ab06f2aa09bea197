// SPDX-License-Identifier: Apache-2.0 OR MIT
// One isolation level behind one interface: how a program becomes code, and code an executor.
#pragma once

#include <memory>

#include "jit/native_code.hpp"
#include "machine/executor.hpp"
#include "program/program.hpp"
#include "pvm/engine.hpp"

namespace pvm::engine {

/// A program in the form that a back end executes. Immutable, shared by the instances of a module.
class Code {
 public:
  virtual ~Code() = default;
  virtual Result<std::unique_ptr<Executor>> make_executor() const = 0;
  /// nullptr: the back end interprets.
  virtual const jit::NativeCode* native() const { return nullptr; }
};

/// One per engine. Thread-safe.
class Backend {
 public:
  virtual ~Backend() = default;
  virtual Result<std::shared_ptr<const Code>> compile(std::shared_ptr<const Program> program) const = 0;
};

/// The back end of a level. Error: isolation_unavailable, with the remedy.
Result<std::shared_ptr<const Backend>> make_backend(Isolation isolation, const EngineConfig& config);

/// What make_backend gives for the two levels of native code. Only where the engine has a compiler.
Result<std::shared_ptr<const Backend>> make_in_process_backend();
Result<std::shared_ptr<const Backend>> make_process_backend(const EngineConfig& config);

}  // namespace pvm::engine
