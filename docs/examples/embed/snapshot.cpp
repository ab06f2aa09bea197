// SPDX-License-Identifier: Apache-2.0 OR MIT
// Snapshots: start a guest once, and go on from there as often as you like.
#include "programs.hpp"

using example::must;

int main() {
  auto engine = must(pvm::Engine::create());
  auto module = must(engine.compile(example::bump));
  auto instance = must(module.instantiate());
  const auto bump = [](pvm::Instance& guest) {
    must(guest.set_gas(100));
    must(guest.call("bump"));
    return static_cast<int>(must(guest.reg(7)));
  };
  std::printf("%d", bump(instance));
  const pvm::Snapshot started = must(instance.snapshot());
  std::printf(" %d", bump(instance));
  std::printf(" %d", bump(instance));
  must(instance.restore(started));
  std::printf(", again %d", bump(instance));
  // Also into another instance of the same module.
  auto other = must(module.instantiate());
  must(other.restore(started));
  std::printf(", elsewhere %d\n", bump(other));
}
