// SPDX-License-Identifier: Apache-2.0 OR MIT
// Page faults: the host makes the guest's pages when they are needed, and fills them.
#include "programs.hpp"

using example::must;

int main() {
  auto engine = must(pvm::Engine::create());
  auto module = must(engine.compile(example::swap, {.dynamic_paging = true}));
  auto instance = must(module.instantiate());
  must(instance.set_gas(1000));

  // At first the page is read-only: the host sees what the guest is about to write to.
  auto exit = must(instance.call("swap", {0x123456, 99}));
  while (exit.status == pvm::Status::page_fault) {
    std::printf("page fault at 0x%x, %s\n", exit.fault_address, exit.write_protected ? "write-protected" : "absent");
    if (exit.write_protected) {
      must(instance.protect(exit.fault_address, 4096, true));
    } else {
      must(instance.map(exit.fault_address, 4096, true));
      must(instance.write_u64(0x123456, 77));
      must(instance.protect(exit.fault_address, 4096, false));
    }
    exit = must(instance.run());
  }
  std::printf("was %d, is %d\n", static_cast<int>(must(instance.reg(7))), static_cast<int>(must(instance.read_u64(0x123456))));
}
