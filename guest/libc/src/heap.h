/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Where malloc gets its memory: heap.c asks the machine, a test may do otherwise. */
#ifndef PVM_LIBC_HEAP_H
#define PVM_LIBC_HEAP_H
#include <stddef.h>

/* The next `size` bytes, aligned to 16, size being a multiple of 16; they are adjacent to those of the call before. NULL: no more. */
void* pvm_libc_more_heap(size_t size);
#endif
