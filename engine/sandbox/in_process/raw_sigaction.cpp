// SPDX-License-Identifier: Apache-2.0 OR MIT
// sigaction without a sanitizer in between: the kernel's own structure, and the return from a handler that it wants.
#include "sandbox/in_process/raw_sigaction.hpp"

#include <sys/syscall.h>
#include <unistd.h>

#include <cstdint>
#include <cstring>

#if defined(__SANITIZE_THREAD__)
#define PVM_THREAD_SANITIZER 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define PVM_THREAD_SANITIZER 1
#endif
#endif

namespace pvm::engine::sandbox {

#ifdef PVM_THREAD_SANITIZER

extern "C" void pvm_signal_return();
asm(R"(
  .pushsection .text
  .hidden pvm_signal_return
  .globl pvm_signal_return
  .type pvm_signal_return, @function
pvm_signal_return:
  mov $15, %rax
  syscall
  .size pvm_signal_return, . - pvm_signal_return
  .popsection
)");

bool raw_sigaction(int signal, const struct sigaction& action) {
  // struct sigaction of the kernel's asm/signal.h, and its SA_RESTORER.
  struct KernelAction {
    void (*handler)(int, siginfo_t*, void*);
    unsigned long flags;
    void (*restorer)();
    std::uint64_t mask;
  } kernel_action{};
  constexpr unsigned long sa_restorer = 0x04000000;
  kernel_action.handler = action.sa_sigaction;
  kernel_action.flags = static_cast<unsigned long>(action.sa_flags) | sa_restorer;
  kernel_action.restorer = pvm_signal_return;
  std::memcpy(&kernel_action.mask, &action.sa_mask, sizeof kernel_action.mask);
  return syscall(SYS_rt_sigaction, signal, &kernel_action, nullptr, sizeof kernel_action.mask) == 0;
}

#else

bool raw_sigaction(int signal, const struct sigaction& action) {
  return sigaction(signal, &action, nullptr) == 0;
}

#endif

}  // namespace pvm::engine::sandbox
