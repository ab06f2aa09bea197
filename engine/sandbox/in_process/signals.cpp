// SPDX-License-Identifier: Apache-2.0 OR MIT
// The handlers. They touch a run's frame and the interrupted thread's registers only, and are safe at any instruction of this process.
#include "sandbox/in_process/signals.hpp"

#include <sched.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <mutex>
#include <utility>

#include "sandbox/in_process/gs_base.hpp"
#include "sandbox/in_process/in_process.hpp"
#include "sandbox/in_process/raw_sigaction.hpp"

namespace pvm::engine::sandbox {

thread_local constinit ThreadState this_thread [[gnu::tls_model("initial-exec")]];

namespace {

constexpr std::array faults = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP};
struct sigaction previous_actions[faults.size()];
std::atomic<int> pause_signal = 0;

constexpr greg_t trap_flag = 0x100;
// Where the kernel's frame keeps the 13 guest registers, by number.
constexpr int guest_registers[] = {REG_RBX, REG_RBP, REG_R12, REG_R13, REG_R14, REG_R8, REG_R9,
                                   REG_RDI, REG_RAX, REG_RSI, REG_R10, REG_R11, REG_R15};

u64 unsigned_of(greg_t value) {
  return static_cast<u64>(value);
}
greg_t address_of(const u8* label) {
  return static_cast<greg_t>(reinterpret_cast<u64>(label));
}

// Makes the thread go on at the end of the way out, as if the guest had left by itself.
void leave_guest(Run& run, greg_t* registers, Left how) {
  Frame& frame = *run.frame;
  for (std::size_t i = 0; i < std::size(guest_registers); ++i) frame.registers[i] = unsigned_of(registers[guest_registers[i]]);
  frame.left = how;
  frame.rip = unsigned_of(registers[REG_RIP]);
  frame.rcx = unsigned_of(registers[REG_RCX]);
  frame.rdx = unsigned_of(registers[REG_RDX]);
  run.stepping = false;
  registers[REG_EFL] &= ~trap_flag;
  registers[REG_RSP] = static_cast<greg_t>(reinterpret_cast<u64>(&frame));
  registers[REG_RIP] = address_of(pvm_in_process_leave);
}

// Guest code at `rip`: pauses it there, or has the processor stop after one more instruction.
void pause_at_boundary(Run& run, greg_t* registers) {
  const u64 offset = unsigned_of(registers[REG_RIP]) - run.code->begin();
  if (run.code->is_boundary(static_cast<u32>(offset))) {
    leave_guest(run, registers, Left::paused);
  } else {
    run.stepping = true;
    registers[REG_EFL] |= trap_flag;
  }
}

// A fault that isn't a guest's, or a signal that somebody has sent: as if these handlers weren't there.
void pass_on(int signal, siginfo_t* info, void* context) {
  const auto index = static_cast<std::size_t>(std::find(faults.begin(), faults.end(), signal) - faults.begin());
  const struct sigaction& previous = previous_actions[index];
  const bool sent = info->si_code <= 0;
  if ((previous.sa_flags & SA_SIGINFO) != 0) {
    previous.sa_sigaction(signal, info, context);
  } else if (previous.sa_handler == SIG_IGN && sent) {
    return;
  } else if (previous.sa_handler == SIG_IGN || previous.sa_handler == SIG_DFL) {
    // Faults can't be ignored. Most happen again as soon as this handler returns.
    struct sigaction action {};
    action.sa_handler = SIG_DFL;
    sigaction(signal, &action, nullptr);
    if (sent || signal == SIGTRAP) static_cast<void>(raise(signal));
  } else {
    previous.sa_handler(signal);
  }
}

void on_fault(int signal, siginfo_t* info, void* context) {
  Run* const run = this_thread.run;
  if (run != nullptr && info->si_code > 0) {
    greg_t* const registers = static_cast<ucontext_t*>(context)->uc_mcontext.gregs;
    const bool in_guest = run->code->holds(unsigned_of(registers[REG_RIP]));
    if (signal == SIGTRAP && run->stepping) {
      if (in_guest) return pause_at_boundary(*run, registers);
      run->stepping = false;  // It has left by itself meanwhile.
      registers[REG_EFL] &= ~trap_flag;
      return;
    }
    if (in_guest) return leave_guest(*run, registers, Left::by_fault);
  }
  pass_on(signal, info, context);
}

// The thread is in the engine, which looks at `pause_wanted` before it enters the guest; or in a handler of the host's that has interrupted
// the guest, which would not be seen when that returns. So the signal is sent again, but blocked: the return from such a handler restores
// the guest's mask, and so does the engine.
void hold_back(Run& run, int signal, ucontext_t& interrupted) {
  run.held_back = true;
  sigaddset(&interrupted.uc_sigmask, signal);
  static_cast<void>(syscall(SYS_tgkill, getpid(), this_thread.id, signal));
}

void on_interrupt(int signal, siginfo_t*, void* context) {
  Run* const run = this_thread.run;
  if (run == nullptr) return;
  auto& interrupted = *static_cast<ucontext_t*>(context);
  greg_t* const registers = interrupted.uc_mcontext.gregs;
  run->frame->pause_wanted.store(1, std::memory_order_relaxed);
  const greg_t rip = registers[REG_RIP];
  if (run->code->holds(unsigned_of(rip))) return pause_at_boundary(*run, registers);
  if (rip >= address_of(pvm_in_process_enter_begin) && rip < address_of(pvm_in_process_enter_end)) {
    registers[REG_RIP] = address_of(pvm_in_process_abandon);
    return;
  }
  hold_back(*run, signal, interrupted);
}

// The highest real-time signal whose action is the default one, that is, which nobody uses.
int free_signal() {
  for (int signal = SIGRTMAX; signal >= SIGRTMIN; --signal) {
    struct sigaction action {};
    if (sigaction(signal, nullptr, &action) == 0 && (action.sa_flags & SA_SIGINFO) == 0 && action.sa_handler == SIG_DFL) return signal;
  }
  return 0;
}

bool install_fault_handler(int signal, struct sigaction& previous) {
  if (sigaction(signal, nullptr, &previous) != 0) return false;
  struct sigaction action {};
  action.sa_sigaction = on_fault;
  // The mask and the flags that the handler before asked for, so that it finds what it expects when a signal is passed on to it. The
  // alternate stack, where a thread has one: overflows of the host's stack come here first.
  action.sa_mask = previous.sa_mask;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK | (previous.sa_flags & (SA_NODEFER | SA_RESTART));
  return sigaction(signal, &action, nullptr) == 0;
}

Result<void> install() {
  const int signal = free_signal();
  if (signal == 0) return Error{ErrorCode::unsupported, "no real-time signal is free to interrupt guests with", {}, {}};
  struct sigaction action {};
  action.sa_sigaction = on_interrupt;
  sigfillset(&action.sa_mask);
  for (const int fault : faults) sigdelset(&action.sa_mask, fault);
  action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_RESTART;
  bool installed = raw_sigaction(signal, action);
  for (std::size_t i = 0; i < faults.size(); ++i) installed = install_fault_handler(faults[i], previous_actions[i]) && installed;
  if (!installed) return Error{ErrorCode::unsupported, "the system refuses signal handlers", {}, {}};
  pause_signal.store(signal);
  return {};
}

}  // namespace

Result<void> install_handlers() {
  static const Result<void> installed = install();
  return installed;
}

void prepare_thread() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int fault : faults) sigaddset(&signals, fault);
  sigaddset(&signals, interrupt_signal());
  pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);
  this_thread.left_gs_base = GuestBase::inherited();
  this_thread.id = static_cast<pid_t>(syscall(SYS_gettid));
}

void send_interrupt(pid_t thread) {
  // The queue of real-time signals may be full for a moment.
  while (syscall(SYS_tgkill, getpid(), thread, interrupt_signal()) != 0 && errno == EAGAIN) sched_yield();
}

void let_interrupt_come(Run& run) {
  if (!run.held_back) return;
  // It comes here and finds no run: the caller looks for what has sent it.
  Run* const present = std::exchange(this_thread.run, nullptr);
  std::atomic_signal_fence(std::memory_order_seq_cst);
  run.held_back = false;
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, interrupt_signal());
  pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);
  std::atomic_signal_fence(std::memory_order_seq_cst);
  this_thread.run = present;
}

int interrupt_signal() {
  return pause_signal.load(std::memory_order_relaxed);
}

}  // namespace pvm::engine::sandbox
