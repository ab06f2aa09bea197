/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The host's functions for the library on this machine: the tests define them. */
#ifndef PVM_TESTS_GUEST_HOST_H
#define PVM_TESTS_GUEST_HOST_H
#include <stddef.h>
#include <stdint.h>

intptr_t pvm_write(uint32_t descriptor, const void* data, size_t size);
intptr_t pvm_read(uint32_t descriptor, void* data, size_t size);
__attribute__((noreturn)) void pvm_exit(int32_t code);
__attribute__((noreturn)) void pvm_trap(void);
#endif
