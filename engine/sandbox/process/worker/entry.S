/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Where guest code is entered and left, and how a worker waits for orders: in registers alone, without a stack. */
#include "sandbox/process/worker/numbers.h"

#define SYS_FUTEX 202
#define FUTEX_WAIT 0
#define FUTEX_WAKE 1

        .text

/* ecx := how often to look before sleeping: not at all where the host runs on this very processor, and can't act while this does. */
.macro CHOOSE_SPINS control
        mov     $PVM_CPU_SEGMENT, %eax
        mov     $-2, %ecx
        lsl     %eax, %ecx
        cmp     %ecx, PVM_WORKER_CPU(%\control)
        je      8f
        mov     %ecx, PVM_WORKER_CPU(%\control)
8:      cmp     %ecx, PVM_HOST_CPU(%\control)
        mov     PVM_SPINS(%\control), %ecx
        jne     9f
        xor     %ecx, %ecx
9:
.endm

/* The kernel's first jump: hands the initial stack to C++. */
        .globl _start
_start:
        xor     %ebp, %ebp
        mov     %rsp, %rdi
        and     $-16, %rsp
        call    template_start
        ud2

/* [[noreturn]] void call_on_stack(void* stack_top, void (*function)(u64), u64 argument) */
        .globl call_on_stack
call_on_stack:
        mov     %rdi, %rsp
        mov     %rdx, %rdi
        call    *%rsi
        ud2

/* What sigaction calls the restorer: rt_sigreturn. */
        .globl return_from_signal
return_from_signal:
        mov     $15, %eax
        syscall
        ud2

/* [[noreturn]] void return_to(const void* signal_frame): the same with a frame made by hand. */
        .globl return_to
return_to:
        mov     %rdi, %rsp
        jmp     return_from_signal

/* void* memset(void* to, int byte, size_t count): what compilers may call though there is no C library. */
        .globl memset
memset:
        mov     %rdi, %r8
        mov     %esi, %eax
        mov     %rdx, %rcx
        rep stosb
        mov     %r8, %rax
        ret

/* Guest code jumps here: 13 registers of the guest, its gas in rsp, ecx the exit code, rdx free. */
        .balign 64
        .globl exit_stub
exit_stub:
        movabs  $PVM_CONTROL_ADDRESS, %rdx
        mov     %ecx, PVM_CODE(%rdx)
        cmp     %rbx, 0(%rdx)           /* The first line, if anything differs: see slot_of(). */
        jne     5f
        cmp     %rbp, 8(%rdx)
        jne     5f
        cmp     %r12, 16(%rdx)
        jne     5f
        cmp     %r13, 24(%rdx)
        jne     5f
        cmp     %r14, 32(%rdx)
        jne     5f
        cmp     %r8, 40(%rdx)
        jne     5f
        cmp     %r9, 48(%rdx)
        jne     5f
        cmp     %r15, 56(%rdx)
        jne     5f
6:      mov     %rdi, 64(%rdx)
        mov     %rax, 72(%rdx)
        mov     %rsi, 80(%rdx)
        mov     %r10, 88(%rdx)
        mov     %r11, 96(%rdx)
        mov     %rsp, PVM_GAS(%rdx)
        mov     $PVM_REPORT_LEFT, %eax
        jmp     report
5:      mov     %rbx, 0(%rdx)
        mov     %rbp, 8(%rdx)
        mov     %r12, 16(%rdx)
        mov     %r13, 24(%rdx)
        mov     %r14, 32(%rdx)
        mov     %r8, 40(%rdx)
        mov     %r9, 48(%rdx)
        mov     %r15, 56(%rdx)
        jmp     6b

/* Reports eax, waits for an order, and obeys. Needs nothing but rdx, the control page. */
report:
        xchg    %eax, PVM_TURN(%rdx)
        test    %eax, %eax
        jns     wait
        lea     PVM_TURN(%rdx), %rdi
        mov     $FUTEX_WAKE, %esi
        mov     $1, %edx
        mov     $SYS_FUTEX, %eax
        syscall
        movabs  $PVM_CONTROL_ADDRESS, %rdx
wait:
        CHOOSE_SPINS rdx
0:      mov     PVM_TURN(%rdx), %eax
        test    $PVM_ORDER_BIT, %al
        jnz     obey
        sub     $1, %ecx
        jb      sleep
        pause
        jmp     0b
sleep:  /* eax: the turn word, no order. Mark it, and sleep while it stays as marked. */
        mov     %eax, %r8d
        or      $PVM_SLEEP_BIT, %r8d
        lock cmpxchg %r8d, PVM_TURN(%rdx)
        jne     1f
        lea     PVM_TURN(%rdx), %rdi
        mov     $FUTEX_WAIT, %esi
        mov     %r8d, %edx
        xor     %r10d, %r10d
        mov     $SYS_FUTEX, %eax
        syscall
        movabs  $PVM_CONTROL_ADDRESS, %rdx
        mov     $PVM_CPU_SEGMENT, %ecx
        lsl     %ecx, %ecx
        mov     %ecx, PVM_WORKER_CPU(%rdx)
1:      mov     PVM_TURN(%rdx), %eax
        test    $PVM_ORDER_BIT, %al
        jz      sleep
obey:
        cmp     $PVM_ORDER_RUN, %eax
        jne     slow
run:
        mov     PVM_CODE(%rdx), %ecx
        lea     (PVM_CODE_ADDRESS - PVM_CONTROL_ADDRESS)(%rdx, %rcx), %rcx
        mov     0(%rdx), %rbx
        mov     8(%rdx), %rbp
        mov     16(%rdx), %r12
        mov     24(%rdx), %r13
        mov     32(%rdx), %r14
        mov     40(%rdx), %r8
        mov     48(%rdx), %r9
        mov     56(%rdx), %r15
        mov     64(%rdx), %rdi
        mov     72(%rdx), %rax
        mov     80(%rdx), %rsi
        mov     88(%rdx), %r10
        mov     96(%rdx), %r11
        mov     PVM_GAS(%rdx), %rsp
        jmp     *%rcx
slow:   /* Rights to set, or something rare: C++ does it, and says what to report, or 0: run. */
        movabs  $PVM_STACK_TOP, %rcx
        mov     %rcx, %rsp
        mov     %eax, %edi
        cld
        call    obey_slowly
        movabs  $PVM_CONTROL_ADDRESS, %rdx
        test    %eax, %eax
        jz      run
        jmp     report

/* [[noreturn]] void report_and_serve(u32 report): where a worker begins. */
        .globl report_and_serve
report_and_serve:
        mov     %edi, %eax
        movabs  $PVM_CONTROL_ADDRESS, %rdx
        jmp     report

/* Where rt_sigreturn sends a worker that is reset, all registers 0: clears what rt_sigreturn doesn't, and is as new. edi: whether the
   bases of fs and gs can be written; where not, guest code can only have replaced that of gs by 0, and the load faults, which ends this. */
        .globl begin_anew
begin_anew:
        xor     %eax, %eax
        mov     %eax, %ds
        mov     %eax, %es
        mov     %eax, %fs
        test    %edi, %edi
        jz      1f
        mov     %eax, %gs
        wrfsbase %rax
        movabs  $PVM_JUMP_TABLE_ADDRESS, %rax
        wrgsbase %rax
1:      movabs  $PVM_HALT_SLOT, %rcx
        mov     %gs:(%rcx), %rax
        movabs  $PVM_STACK_TOP, %rsp
        push    $2                      /* The flags: none. */
        popfq
        xor     %ecx, %ecx
        xor     %edi, %edi
        mov     $PVM_REPORT_READY, %eax
        movabs  $PVM_CONTROL_ADDRESS, %rdx
        jmp     report

/* u32 await_order(): for handlers, which have a stack. */
        .globl await_order
await_order:
        movabs  $PVM_CONTROL_ADDRESS, %r9
        CHOOSE_SPINS r9
0:      mov     PVM_TURN(%r9), %eax
        test    $PVM_ORDER_BIT, %al
        jnz     2f
        sub     $1, %ecx
        jb      1f
        pause
        jmp     0b
1:      mov     %eax, %r8d
        or      $PVM_SLEEP_BIT, %r8d
        lock cmpxchg %r8d, PVM_TURN(%r9)
        jne     3f
        lea     PVM_TURN(%r9), %rdi
        mov     $FUTEX_WAIT, %esi
        mov     %r8d, %edx
        xor     %r10d, %r10d
        mov     $SYS_FUTEX, %eax
        syscall
3:      mov     PVM_TURN(%r9), %eax
        test    $PVM_ORDER_BIT, %al
        jz      1b
2:      ret

        .section .note.GNU-stack, "", @progbits
