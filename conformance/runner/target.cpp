// SPDX-License-Identifier: Apache-2.0 OR MIT
// Targets by name, and the reference interpreter as one.
#include "target.hpp"

#include <filesystem>

#include "command_line.hpp"
#include "engine_target.hpp"
#include "pvm/conformance/ref_target.hpp"
#include "suite.hpp"

namespace pvm::runner {
namespace {

class RefTarget final : public Target {
 public:
  std::variant<conformance::Hello, std::string> start() override { return conformance::ref_hello(); }
  Answer run(const conformance::Case& c) override { return {conformance::run_on_ref(c), std::nullopt}; }
  std::optional<std::vector<conformance::TraceEntry>> trace(const conformance::Case&, conformance::u64) override { return std::nullopt; }
  std::optional<std::string> finish() override { return std::nullopt; }
};

TargetFactory process_factory(std::vector<std::string> argv, const Patience& patience, const std::atomic<bool>* interrupt) {
  return [argv = std::move(argv), patience, interrupt] { return make_process_target(argv, patience, interrupt); };
}

}  // namespace

std::unique_ptr<Target> make_ref_target() {
  return std::make_unique<RefTarget>();
}

std::variant<TargetFactory, std::string> target_named(const std::string& text, const Patience& patience,
                                                      const std::atomic<bool>* interrupt) {
  if (text == "ref") return TargetFactory(make_ref_target);
  if (text.starts_with("engine:")) return engine_target(std::string_view(text).substr(7), patience, interrupt);
  if (text.starts_with("cmd:")) {
    auto argv = split_command(std::string_view(text).substr(4));
    if (auto* problem = std::get_if<std::string>(&argv)) return std::move(*problem);
    return process_factory(std::get<std::vector<std::string>>(std::move(argv)), patience, interrupt);
  }
  if (text.starts_with("lib:") && text.size() > 4) {
    const std::string path = std::filesystem::absolute(text.substr(4)).string();
    return process_factory({this_program().string(), "host-lib", path}, patience, interrupt);
  }
  return "'" + text + "' is none of ref, engine:jit, engine:jit-in-process, engine:interp, cmd:\"COMMAND ...\" and lib:PATH";
}

}  // namespace pvm::runner
