// SPDX-License-Identifier: Apache-2.0 OR MIT
// Calls a function of a guest.
#include <cstdio>
#include <pvm/pvm.hpp>

// clang-format off
const pvm::u8 program[] = {
    'P', 'V', 'M', 0, 2,  33, 0, 0, 0, 0, 0, 0, 0,  // version rv64-1; 33 bytes
    5, 6,  1,  0, 3, 'a', 'd', 'd',                 // one export: "add" at 0
    6, 9,  0, 0, 5,                                 // no jump table, 5 bytes of code:
        0xc8, 0x87, 7,                              //   0: add_64 a0, a0, a1
        0x32, 0,                                    //   3: jump_indirect ra, 0
        0b01001,                                    // where instructions begin
    0};
// clang-format on

int main() {
  auto engine = pvm::Engine::create();
  if (!engine) return std::fprintf(stderr, "%s\n", engine.error().message.c_str()), 1;
  auto module = engine->compile(program);
  if (!module) return std::fprintf(stderr, "%s\n", module.error().message.c_str()), 1;
  auto instance = module->instantiate();
  if (!instance) return std::fprintf(stderr, "%s\n", instance.error().message.c_str()), 1;
  if (!instance->set_gas(1000)) return 1;
  auto exit = instance->call("add", {40, 2});
  if (!exit || exit->status != pvm::Status::halt) return 1;
  std::printf("40 + 2 = %d\n", static_cast<int>(*instance->reg(7)));
}
