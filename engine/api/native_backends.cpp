// SPDX-License-Identifier: Apache-2.0 OR MIT
// The back ends that run native code: in this process, and in worker processes.
#include <utility>

#include "api/backend.hpp"
#include "api/errors.hpp"
#include "jit/compile.hpp"
#include "native/native_executor.hpp"
#include "sandbox/in_process/in_process.hpp"
#include "sandbox/process/process.hpp"

namespace pvm::engine {
namespace {

using NativeCodePtr = std::shared_ptr<const jit::NativeCode>;

Result<NativeCodePtr> compile_for(jit::Target target, const Program& program) {
  static const jit::CpuFeatures features = jit::CpuFeatures::detect();
  auto code = jit::compile(program, {target, features});
  if (!code) return std::move(code.error());
  return NativeCodePtr(std::make_shared<jit::NativeCode>(*std::move(code)));
}

// What both levels keep of a compiled program.
class CompiledCode : public Code {
 public:
  CompiledCode(std::shared_ptr<const Program> program, NativeCodePtr native) : program_(std::move(program)), native_(std::move(native)) {}
  const jit::NativeCode* native() const override { return native_.get(); }

 protected:
  Result<std::unique_ptr<Executor>> executor_in(Result<std::unique_ptr<native::Space>> space) const {
    if (!space) return std::move(space.error());
    return native::make_native_executor(program_, native_, *std::move(space));
  }

 private:
  std::shared_ptr<const Program> program_;
  NativeCodePtr native_;
};

class InProcessCode final : public CompiledCode {
 public:
  InProcessCode(std::shared_ptr<const Program> program, NativeCodePtr native, std::shared_ptr<const sandbox::LoadedCode> loaded)
      : CompiledCode(std::move(program), std::move(native)), loaded_(std::move(loaded)) {}
  Result<std::unique_ptr<Executor>> make_executor() const override { return executor_in(sandbox::make_in_process_space(loaded_)); }

 private:
  std::shared_ptr<const sandbox::LoadedCode> loaded_;
};

class InProcessBackend final : public Backend {
 public:
  Result<std::shared_ptr<const Code>> compile(std::shared_ptr<const Program> program) const override {
    auto native = compile_for(jit::Target::in_process, *program);
    if (!native) return std::move(native.error());
    auto loaded = sandbox::load_in_process(*native);
    if (!loaded) return std::move(loaded.error());
    return std::shared_ptr<const Code>(std::make_shared<InProcessCode>(std::move(program), *std::move(native), *std::move(loaded)));
  }
};

class WorkerCode final : public CompiledCode {
 public:
  WorkerCode(std::shared_ptr<const Program> program, NativeCodePtr native, std::shared_ptr<sandbox::WorkerPool> pool,
             std::shared_ptr<const sandbox::SealedCode> sealed)
      : CompiledCode(std::move(program), std::move(native)), pool_(std::move(pool)), sealed_(std::move(sealed)) {}
  Result<std::unique_ptr<Executor>> make_executor() const override { return executor_in(sandbox::make_process_space(pool_, sealed_)); }

 private:
  std::shared_ptr<sandbox::WorkerPool> pool_;
  std::shared_ptr<const sandbox::SealedCode> sealed_;
};

class ProcessBackend final : public Backend {
 public:
  explicit ProcessBackend(std::shared_ptr<sandbox::WorkerPool> pool) : pool_(std::move(pool)) {}
  Result<std::shared_ptr<const Code>> compile(std::shared_ptr<const Program> program) const override {
    auto native = compile_for(jit::Target::worker, *program);
    if (!native) return std::move(native.error());
    // In paged memory the host may change any page, so that nothing can be shared.
    auto sealed = sandbox::seal_code(**native, program->is_paged() ? std::span<const u8>() : std::span<const u8>(program->ro_data));
    if (!sealed) return std::move(sealed.error());
    return std::shared_ptr<const Code>(std::make_shared<WorkerCode>(std::move(program), *std::move(native), pool_, *std::move(sealed)));
  }

 private:
  std::shared_ptr<sandbox::WorkerPool> pool_;
};

}  // namespace

Result<std::shared_ptr<const Backend>> make_in_process_backend() {
  return std::shared_ptr<const Backend>(std::make_shared<InProcessBackend>());
}

Result<std::shared_ptr<const Backend>> make_process_backend(const EngineConfig& config) {
  auto pool = sandbox::make_worker_pool({config.idle_workers, config.reuse_workers});
  if (!pool) return std::move(pool.error());
  return std::shared_ptr<const Backend>(std::make_shared<ProcessBackend>(*std::move(pool)));
}

}  // namespace pvm::engine
