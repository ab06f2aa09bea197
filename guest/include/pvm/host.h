/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The host of command-line programs: what `pvm run` offers. docs/guest-environment.md says all about it. Programs in C rarely need this:
 * the library's stdio.h and stdlib.h are built on it. */
#ifndef PVM_HOST_H
#define PVM_HOST_H

#include <pvm/guest.h>

/* Writes to standard output (descriptor 1) or standard error (2). Gives how many bytes were written, maybe fewer than wanted; -1: none. */
PVM_IMPORT(intptr_t, pvm_write, uint32_t descriptor, const void* data, size_t size)

/* Reads from standard input (descriptor 0). Gives how many bytes were read, maybe fewer than wanted; 0: the input has ended; -1: none. */
PVM_IMPORT(intptr_t, pvm_read, uint32_t descriptor, void* data, size_t size)

/* Bytes of all arguments, each with its NUL. The first is the program's name. */
PVM_IMPORT(size_t, pvm_args_size)

/* Copies the first `size` bytes of the arguments. Gives how many were copied. */
PVM_IMPORT(size_t, pvm_args, char* out, size_t size)

/* Ends the program; the low 8 bits of `code` are its exit code. */
__attribute__((noreturn)) static void pvm_exit(int32_t code);
PVM_IMPORT(void, pvm_exit, int32_t code)

/* Nanoseconds since the program's start; always 0 if the user hasn't allowed a clock. */
PVM_IMPORT(uint64_t, pvm_clock)

#endif
