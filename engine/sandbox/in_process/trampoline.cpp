// SPDX-License-Identifier: Apache-2.0 OR MIT
// The way into guest code and out of it. The calling convention is that of the System V ABI for amd64; the registers are those of the
// compiler's plan.
#include "sandbox/in_process/frame.hpp"

// Guest registers in order: rbx rbp r12 r13 r14 r8 r9 rdi rax rsi r10 r11 r15. Their home's address is in rdx, which is
// scratch for guest code.
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
  cmp dword ptr [rsp + 152], 0
  jne pvm_in_process_abandon
  mov rdx, [rsp + 144]
  mov rbx, [rdx]
  mov rbp, [rdx + 8]
  mov r12, [rdx + 16]
  mov r13, [rdx + 24]
  mov r14, [rdx + 32]
  mov r8, [rdx + 40]
  mov r9, [rdx + 48]
  mov rdi, [rdx + 56]
  mov rax, [rdx + 64]
  mov rsi, [rdx + 72]
  mov r10, [rdx + 80]
  mov r11, [rdx + 88]
  mov r15, [rdx + 96]
  jmp [rsp + 136]
pvm_in_process_enter_end:

pvm_in_process_abandon:
  mov dword ptr [rsp + 156], 3
  jmp pvm_in_process_leave

  .p2align 6
pvm_in_process_exit_stub:
  mov rdx, [rsp + 144]
  mov [rdx], rbx
  mov [rdx + 8], rbp
  mov [rdx + 16], r12
  mov [rdx + 24], r13
  mov [rdx + 32], r14
  mov [rdx + 40], r8
  mov [rdx + 48], r9
  mov [rdx + 56], rdi
  mov [rdx + 64], rax
  mov [rdx + 72], rsi
  mov [rdx + 80], r10
  mov [rdx + 88], r11
  mov [rdx + 96], r15
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
