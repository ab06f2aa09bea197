// SPDX-License-Identifier: Apache-2.0 OR MIT
// The choice of a back end, and the one that every platform has.
#include "api/backend.hpp"

#include <utility>

#include "api/errors.hpp"
#include "interp/interpreter.hpp"

namespace pvm::engine {
namespace {

class InterpretedCode final : public Code {
 public:
  explicit InterpretedCode(std::shared_ptr<const interp::DecodedProgram> program) : program_(std::move(program)) {}
  Result<std::unique_ptr<Executor>> make_executor() const override { return interp::make_interpreter(program_); }

 private:
  std::shared_ptr<const interp::DecodedProgram> program_;
};

class InterpreterBackend final : public Backend {
 public:
  Result<std::shared_ptr<const Code>> compile(std::shared_ptr<const Program> program) const override {
    auto decoded = interp::predecode(std::move(program));
    if (!decoded) return std::move(decoded.error());
    return std::shared_ptr<const Code>(std::make_shared<InterpretedCode>(*std::move(decoded)));
  }
};

#if !PVM_ENGINE_NATIVE
Error no_native_code(Isolation isolation) {
  return error(ErrorCode::isolation_unavailable,
               "the level " + std::string(name_of(isolation)) + " needs Linux on amd64; here there is Isolation::interpreter");
}
#endif

}  // namespace

Result<std::shared_ptr<const Backend>> make_backend(Isolation isolation, [[maybe_unused]] const EngineConfig& config) {
  switch (isolation) {
    case Isolation::interpreter: return std::shared_ptr<const Backend>(std::make_shared<InterpreterBackend>());
#if PVM_ENGINE_NATIVE
    case Isolation::in_process: return make_in_process_backend();
    case Isolation::process: return make_process_backend(config);
#else
    case Isolation::in_process:
    case Isolation::process: return no_native_code(isolation);
#endif
  }
  return error(ErrorCode::invalid_argument, "there is no such isolation level");
}

}  // namespace pvm::engine
