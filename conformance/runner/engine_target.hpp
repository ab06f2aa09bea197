// SPDX-License-Identifier: Apache-2.0 OR MIT
// The engine's back ends as built-in targets.
#pragma once

#include <optional>
#include <string_view>

#include "pvm/module.hpp"
#include "target.hpp"

namespace pvm::runner {

/// The isolation level behind engine:NAME: "jit" (native code in a worker process), "jit-in-process", "interp".
std::optional<Isolation> engine_level(std::string_view name);

/// A factory for engine:NAME, or what is wrong with the name. The engine is a child process (this program with the hidden command
/// host-engine), so that a crash costs one case only.
std::variant<TargetFactory, std::string> engine_target(std::string_view name, const Patience& patience, const std::atomic<bool>* interrupt);

}  // namespace pvm::runner
