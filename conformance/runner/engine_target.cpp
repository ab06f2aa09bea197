// SPDX-License-Identifier: Apache-2.0 OR MIT
// Names of the engine's back ends, and how each is started.
#include "engine_target.hpp"

#include <algorithm>

#include "suite.hpp"

namespace pvm::runner {

std::optional<Isolation> engine_level(std::string_view name) {
  if (name == "jit") return Isolation::process;
  if (name == "jit-in-process") return Isolation::in_process;
  if (name == "interp") return Isolation::interpreter;
  return std::nullopt;
}

std::variant<TargetFactory, std::string> engine_target(std::string_view name, const Patience& patience,
                                                       const std::atomic<bool>* interrupt) {
  if (!engine_level(name)) return "'engine:" + std::string(name) + "' is none of engine:jit, engine:jit-in-process and engine:interp";
  // The engine is to stop a guest by its own deadline, before the runner stops the engine.
  const auto run_time = std::max<std::chrono::milliseconds>(patience.per_case / 4 * 3, std::chrono::milliseconds(1));
  std::vector<std::string> argv = {this_program().string(), "host-engine", std::string(name), "--run-ms", std::to_string(run_time.count())};
  return TargetFactory([argv = std::move(argv), patience, interrupt] { return make_process_target(argv, patience, interrupt); });
}

}  // namespace pvm::runner
