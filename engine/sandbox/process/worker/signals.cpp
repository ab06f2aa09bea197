// SPDX-License-Identifier: Apache-2.0 OR MIT
// Faults and interrupts of guest code: the handler reports them, and obeys orders until one of them goes on with the guest.
#include <asm/prctl.h>
#include <asm/sigcontext.h>
#include <asm/siginfo.h>
#include <asm/signal.h>
#include <asm/ucontext.h>
#include <asm/unistd.h>
#include <linux/futex.h>

#include <initializer_list>

#include "sandbox/process/worker/worker.hpp"

namespace pvm::engine::sandbox::process {
namespace {

constexpr i32 sig_ill = 4, sig_trap = 5, sig_bus = 7, sig_fpe = 8, sig_segv = 11, sig_chld = 17;
constexpr i32 trap_of_step = 2;  // TRAP_TRACE
constexpr u64 trap_flag = 0x100;
constexpr u64 disarm_while_handling = u64{1} << 31;  // SS_AUTODISARM: no value of the guest's rsp matters.

Control& control() {
  return *reinterpret_cast<Control*>(control_address);
}

// By slot_of().
void store_guest(const sigcontext& from) {
  const u64 regs[13] = {from.rbx, from.rbp, from.r12, from.r13, from.r14, from.r8, from.r9,
                        from.r15, from.rdi, from.rax, from.rsi, from.r10, from.r11};
  for (u32 i = 0; i < 13; ++i) control().regs[i] = regs[i];
  control().gas = static_cast<i64>(from.rsp);
}

void load_guest(sigcontext& to) {
  const auto& regs = control().regs;
  to.rbx = regs[0], to.rbp = regs[1], to.r12 = regs[2], to.r13 = regs[3], to.r14 = regs[4], to.r8 = regs[5], to.r9 = regs[6];
  to.r15 = regs[7], to.rdi = regs[8], to.rax = regs[9], to.rsi = regs[10], to.r10 = regs[11], to.r11 = regs[12];
  to.rsp = static_cast<u64>(control().gas);
}

void publish(u32 report) {
  const u32 before = __atomic_exchange_n(&control().turn, report, __ATOMIC_SEQ_CST);
  if ((before & sleep_bit) != 0) system_call(__NR_futex, turn_address, FUTEX_WAKE, 1);
}

// Obeys until the guest is to go on.
void serve_until_entry(sigcontext& context) {
  for (;;) {
    const u32 word = await_order();
    const auto order = static_cast<Order>(word & kind_mask);
    const u32 report = obey_slowly(order == Order::reset ? word : (word & ~kind_mask) | static_cast<u32>(Order::protect));
    const bool refused = report == static_cast<u32>(Report::refused);
    if (!refused && order != Order::protect) {
      load_guest(context);
      if (order == Order::run) context.rip = native::code_address + control().code;
      if (order == Order::step) context.eflags |= trap_flag;
      return;
    }
    publish(report);
  }
}

// Whether an interrupt finds the guest where, and as, it should be paused.
bool should_pause(const sigcontext& context) {
  const auto when = static_cast<PauseWhen>(__atomic_load_n(&control().pause_when, __ATOMIC_RELAXED));
  __atomic_store_n(&control().beats, control().beats + 1, __ATOMIC_RELAXED);
  return when == PauseWhen::always || (when == PauseWhen::gas_negative && static_cast<i64>(context.rsp) < 0);
}

void on_signal(i32 number, siginfo_t* info, void* raw) {
  sigcontext& context = static_cast<ucontext*>(raw)->uc_mcontext;
  const u64 offset = context.rip - native::code_address;
  const bool in_guest = offset < control().code_bytes;
  const bool stepped = number == sig_trap && info->si_code == trap_of_step;
  context.eflags &= ~trap_flag;
  if (number == interrupt_signal && !(should_pause(context) && in_guest)) return;
  if (!in_guest) {
    if (stepped) return;              // It has just left.
    system_call(__NR_exit_group, 2);  // A fault of the worker itself, or guest code that has got lost.
  }
  store_guest(context);
  control().native = static_cast<u32>(offset);
  control().rcx = context.rcx;
  control().rdx = context.rdx;
  publish(static_cast<u32>(number == interrupt_signal || stepped ? Report::paused : Report::fault));
  serve_until_entry(context);
}

// The kernel's form of the action; the C library's differs.
struct Action {
  void* handler;
  u64 flags;
  void (*restorer)();
  u64 mask;
};

stack_t alternate_stack() {
  stack_t stack = {};
  stack.ss_sp = reinterpret_cast<void*>(signal_stack);
  stack.ss_flags = static_cast<i32>(disarm_while_handling);
  stack.ss_size = signal_stack_bytes;
  return stack;
}

}  // namespace

long set_up_signals() {
  const Action action = {reinterpret_cast<void*>(&on_signal), SA_SIGINFO | SA_ONSTACK | SA_RESTORER, &return_from_signal, ~u64{0}};
  for (const i32 number : {sig_ill, sig_trap, sig_bus, sig_fpe, sig_segv, interrupt_signal}) {
    if (const long e = system_call(__NR_rt_sigaction, static_cast<u64>(number), address_of(&action), 0, sizeof(u64)); e < 0) return e;
  }
  // SIG_IGN: children that end leave nothing behind.
  const Action ignore = {reinterpret_cast<void*>(1), SA_RESTORER, &return_from_signal, 0};
  if (const long e = system_call(__NR_rt_sigaction, sig_chld, address_of(&ignore), 0, sizeof(u64)); e < 0) return e;
  const stack_t stack = alternate_stack();
  if (const long e = system_call(__NR_sigaltstack, address_of(&stack), 0); e < 0) return e;
  return system_call(__NR_arch_prctl, ARCH_SET_GS, native::jump_table_address);
}

// By the frame of a signal that never came: it replaces all registers, those of vectors too, the mask of blocked signals and the alternate
// stack. rsp is 0, as no stack may be in use while the alternate one is replaced.
void forget_everything(bool can_write_bases) {
  constexpr u16 user_code = 0x33, user_stack = 0x2b;
  ucontext fresh = {};
  fresh.uc_stack = alternate_stack();
  fresh.uc_mcontext.cs = user_code;
  fresh.uc_mcontext.ss = user_stack;
  fresh.uc_mcontext.rdi = can_write_bases ? 1 : 0;
  fresh.uc_mcontext.rip = address_of(reinterpret_cast<const void*>(&begin_anew));
  return_to(&fresh);
}

}  // namespace pvm::engine::sandbox::process
