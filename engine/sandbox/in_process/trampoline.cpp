// SPDX-License-Identifier: Apache-2.0 OR MIT
// The way into guest code and out of it. The calling convention is that of the System V ABI for amd64; the registers are those of the
// compiler's plan.
#include "sandbox/in_process/frame.hpp"

// Guest registers in order: rbx rbp r12 r13 r14 r8 r9 rdi rax rsi r10 r11 r15, at [rsp + 8 * number].
asm(R"(
  .pushsection .text
  .intel_syntax noprefix
  .globl pvm_in_process_enter, pvm_in_process_enter_begin, pvm_in_process_enter_end
  .globl pvm_in_process_abandon, pvm_in_process_exit_stub, pvm_in_process_leave
  .hidden pvm_in_process_enter, pvm_in_process_enter_begin, pvm_in_process_enter_end
  .hidden pvm_in_process_abandon, pvm_in_process_exit_stub, pvm_in_process_leave
  .p2align 6
  .type pvm_in_process_enter, @function
pvm_in_process_enter:
  push rbp
  push rbx
  push r12
  push r13
  push r14
  push r15
  mov [rdi + 128], rsp
  mov rsp, rdi
pvm_in_process_enter_begin:
  cmp dword ptr [rsp + 144], 0
  jne pvm_in_process_abandon
  mov rbx, [rsp]
  mov rbp, [rsp + 8]
  mov r12, [rsp + 16]
  mov r13, [rsp + 24]
  mov r14, [rsp + 32]
  mov r8, [rsp + 40]
  mov r9, [rsp + 48]
  mov rdi, [rsp + 56]
  mov rax, [rsp + 64]
  mov rsi, [rsp + 72]
  mov r10, [rsp + 80]
  mov r11, [rsp + 88]
  mov r15, [rsp + 96]
  jmp [rsp + 136]
pvm_in_process_enter_end:

pvm_in_process_abandon:
  mov dword ptr [rsp + 148], 3
  jmp pvm_in_process_leave

  .p2align 6
pvm_in_process_exit_stub:
  mov [rsp], rbx
  mov [rsp + 8], rbp
  mov [rsp + 16], r12
  mov [rsp + 24], r13
  mov [rsp + 32], r14
  mov [rsp + 40], r8
  mov [rsp + 48], r9
  mov [rsp + 56], rdi
  mov [rsp + 64], rax
  mov [rsp + 72], rsi
  mov [rsp + 80], r10
  mov [rsp + 88], r11
  mov [rsp + 96], r15
  mov ecx, ecx
  mov [rsp + 112], rcx
pvm_in_process_leave:
  mov rsp, [rsp + 128]
  pop r15
  pop r14
  pop r13
  pop r12
  pop rbx
  pop rbp
  ret
  .size pvm_in_process_enter, . - pvm_in_process_enter
  .att_syntax prefix
  .popsection
)");
