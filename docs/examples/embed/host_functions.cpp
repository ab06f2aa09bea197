// SPDX-License-Identifier: Apache-2.0 OR MIT
// Host functions: a guest that calls two functions of its host.
#include "programs.hpp"

using example::must;

int main() {
  auto engine = must(pvm::Engine::create());
  auto module = must(engine.compile(example::square_and_print));

  pvm::Linker linker;
  // A typed function: its argument comes from a0, its result goes there.
  must(linker.define("square", [](pvm::u32 x) -> pvm::u32 { return x * x; }));
  // One that sees its caller, makes the guest pay, and may refuse.
  must(linker.define("print", [](pvm::Caller& caller, pvm::u32 x) -> pvm::Result<void> {
    if (!caller.charge(10)) return pvm::Error{pvm::ErrorCode::host_function, "printing costs 10"};
    ++*std::any_cast<int*>(caller.user_data());
    std::printf("the guest says %u\n", x);
    return {};
  }));
  auto linked = must(linker.link(module));  // Names are looked up here, once.

  int lines = 0;
  auto instance = must(linked.instantiate());
  instance.instance().user_data() = &lines;
  must(instance.instance().set_gas(100));
  auto result = must(instance.call("main", {7}));
  std::printf("halted: %s; lines printed: %d\n", result.halted() ? "yes" : "no", lines);

  // Without gas for it the function ends the call with an error.
  must(instance.instance().set_gas(9));
  auto refused = instance.call("main", {8});
  std::printf("then: %s\n", refused ? "unexpected" : refused.error().message.c_str());
}
