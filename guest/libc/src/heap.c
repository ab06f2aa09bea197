// SPDX-License-Identifier: Apache-2.0 OR MIT
// The heap of the machine grows by one instruction, and never shrinks.
#include "heap.h"

#include <pvm/guest.h>

void* pvm_libc_more_heap(size_t size) {
  static char* next;
  if (next == NULL) {
    char* end = pvm_sbrk(0);
    const size_t padding = -(uintptr_t)end & 15;
    if (pvm_sbrk(padding) == NULL) return NULL;
    next = end + padding;
  }
  // The machine counts in 32 bits.
  if (size > UINT32_MAX || pvm_sbrk(size) == NULL) return NULL;
  char* block = next;
  next += size;
  return block;
}
