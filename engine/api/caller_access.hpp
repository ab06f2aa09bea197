// SPDX-License-Identifier: Apache-2.0 OR MIT
// The side of Caller that is the engine's.
#pragma once

#include <optional>
#include <string>

#include "pvm/caller.hpp"

namespace pvm {

struct CallerAccess {
  static Caller make(Instance::Impl& instance) { return Caller(instance); }
  static void set_number(Caller& caller, u64 number) { caller.number_ = number; }
  /// What abort() was told, if it was called.
  static std::optional<std::string>& aborted(Caller& caller) { return caller.abort_; }
};

}  // namespace pvm
