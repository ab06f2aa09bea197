// SPDX-License-Identifier: Apache-2.0 OR MIT
// Many instances of one module, in several threads.
#include <atomic>
#include <thread>
#include <vector>

#include "programs.hpp"

using example::must;

int main() {
  auto engine = must(pvm::Engine::create());
  const pvm::Module module = must(engine.compile(example::count));
  std::atomic<int> halted{0};
  {
    // Modules are shared by all threads; an instance belongs to one of them at a time.
    std::vector<std::jthread> threads;
    threads.reserve(4);
    for (int thread = 0; thread < 4; ++thread) {
      threads.emplace_back([&] {
        for (int round = 0; round < 25; ++round) {
          auto instance = must(module.instantiate());
          must(instance.set_gas(1'000'000));
          if (must(instance.call("count", {0, 1000})).status == pvm::Status::halt) ++halted;
        }
      });
    }
  }
  std::printf("%d instances have halted\n", halted.load());
}
