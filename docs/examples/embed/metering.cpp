// SPDX-License-Identifier: Apache-2.0 OR MIT
// Three ways to stop an endless guest: gas, a deadline, another thread.
#include <thread>

#include "programs.hpp"

using example::must;
using std::chrono::milliseconds;

int main() {
  auto engine = must(pvm::Engine::create());
  auto instance = must(must(engine.compile(example::endless)).instantiate());

  // Gas: exact, and the same on every machine. A round of this loop costs 2.
  must(instance.set_gas(1000));
  auto exit = must(instance.call("count", {0}));
  std::printf("%s after %d rounds\n", std::string(name_of(exit.status)).c_str(), static_cast<int>(must(instance.reg(7))));
  // It goes on where it was as soon as there is more.
  must(instance.set_gas(500));
  exit = must(instance.run());
  std::printf("%s after %d rounds\n", std::string(name_of(exit.status)).c_str(), static_cast<int>(must(instance.reg(7))));

  // A deadline: for guests that aren't metered, too.
  auto unmetered = must(must(engine.compile(example::endless, {.metering = pvm::Metering::none})).instantiate());
  exit = must(unmetered.call("count", {0}, {.limits = pvm::RunLimits::within(milliseconds(20))}));
  std::printf("%s by the deadline\n", std::string(name_of(exit.status)).c_str());

  // Another thread. The guest stays stopped until clear().
  const pvm::Interrupt interrupt = unmetered.interrupt();
  std::jthread other([&] {
    std::this_thread::sleep_for(milliseconds(20));
    interrupt.raise();
  });
  exit = must(unmetered.run());
  std::printf("%s by another thread\n", std::string(name_of(exit.status)).c_str());
}
