// SPDX-License-Identifier: Apache-2.0 OR MIT
// The back ends by name.
#include <utility>

#include "lockstep.hpp"

#ifdef __x86_64__
#include "jit/compile.hpp"
#include "native/native_executor.hpp"
#include "sandbox/in_process/in_process.hpp"
#endif

namespace pvm::differential {
namespace {

#ifdef __x86_64__

/// Native code as for a processor that has none of the optional features.
class PlainCode final : public engine::Code {
 public:
  PlainCode(std::shared_ptr<const engine::Program> program, std::shared_ptr<const engine::jit::NativeCode> native,
            std::shared_ptr<const engine::sandbox::LoadedCode> loaded)
      : program_(std::move(program)), native_(std::move(native)), loaded_(std::move(loaded)) {}

  Result<std::unique_ptr<engine::Executor>> make_executor() const override {
    auto space = engine::sandbox::make_in_process_space(loaded_);
    if (!space) return std::move(space.error());
    return engine::native::make_native_executor(program_, native_, *std::move(space));
  }
  const engine::jit::NativeCode* native() const override { return native_.get(); }

 private:
  std::shared_ptr<const engine::Program> program_;
  std::shared_ptr<const engine::jit::NativeCode> native_;
  std::shared_ptr<const engine::sandbox::LoadedCode> loaded_;
};

class PlainBackend final : public engine::Backend {
 public:
  Result<std::shared_ptr<const engine::Code>> compile(std::shared_ptr<const engine::Program> program) const override {
    auto native = engine::jit::compile(*program, {engine::jit::Target::in_process, {}});
    if (!native) return std::move(native.error());
    const auto shared = std::make_shared<const engine::jit::NativeCode>(*std::move(native));
    auto loaded = engine::sandbox::load_in_process(shared);
    if (!loaded) return std::move(loaded.error());
    return std::shared_ptr<const engine::Code>(std::make_shared<PlainCode>(std::move(program), shared, *std::move(loaded)));
  }
};

Result<std::shared_ptr<const engine::Backend>> make_plain_backend() {
  return std::shared_ptr<const engine::Backend>(std::make_shared<PlainBackend>());
}

#else

Result<std::shared_ptr<const engine::Backend>> make_plain_backend() {
  return Error{ErrorCode::unsupported, "there is no compiler for this processor", {}, {}};
}

#endif

Result<std::shared_ptr<const engine::Backend>> open(const std::string& name) {
  if (name == "in_process_plain") return make_plain_backend();
  EngineConfig config;
  config.idle_workers = 1;
  for (const Isolation level : {Isolation::process, Isolation::in_process, Isolation::interpreter}) {
    if (name_of(level) == name) return engine::make_backend(level, config);
  }
  return Error{ErrorCode::not_found, "there is no such back end", {}, {}};
}

}  // namespace

std::variant<std::vector<NamedBackend>, std::string> open_backends(const std::vector<std::string>& names) {
  std::vector<NamedBackend> backends;
  for (const std::string& name : names) {
    auto backend = open(name);
    if (!backend) return name + ": " + backend.error().message;
    backends.push_back({name, *std::move(backend)});
  }
  return backends;
}

}  // namespace pvm::differential
