// SPDX-License-Identifier: Apache-2.0 OR MIT
// A program outside the project: runs a guest by the installed engine, at the strongest level that this machine has.
#include <iostream>
#include <pvm/pvm.hpp>

namespace {

// "add": add_64 a0, a0, a1; jump_indirect ra, 0
constexpr pvm::u8 program[] = {'P', 'V', 'M', 0,   2, 33, 0, 0, 0, 0,    0,    0, 0,    5, 6,    1, 0,
                               3,   'a', 'd', 'd', 6, 9,  0, 0, 5, 0xc8, 0x87, 7, 0x32, 0, 0x09, 0};

pvm::Result<pvm::u64> add(pvm::u64 a, pvm::u64 b) {
  auto engine = pvm::Engine::create({.fallbacks = {pvm::Isolation::interpreter}});
  if (!engine) return engine.error();
  std::cout << "engine " << pvm::version() << ", isolation " << pvm::name_of(engine->isolation()) << "\n";
  auto module = engine->compile(program);
  if (!module) return module.error();
  auto linked = pvm::Linker().link(*module);
  if (!linked) return linked.error();
  auto instance = linked->instantiate();
  if (!instance) return instance.error();
  if (auto done = instance->instance().set_gas(100); !done) return done.error();
  auto result = instance->call("add", {a, b});
  if (!result) return result.error();
  return result->value;
}

}  // namespace

int main() {
  const auto sum = add(40, 2);
  if (!sum) std::cerr << "consumer: " << sum.error().message << "\n";
  return sum && *sum == 42 ? 0 : 1;
}
