// SPDX-License-Identifier: Apache-2.0 OR MIT
// What C++ without exceptions and run-time types needs of its runtime. There is nothing to throw: no memory ends the program.
#include <new>

#include <stdio.h>
#include <stdlib.h>

void* operator new(size_t size) {
  void* block = malloc(size);
  if (block == nullptr) {
    fputs("operator new: out of memory\n", stderr);
    abort();
  }
  return block;
}

void* operator new[](size_t size) {
  return operator new(size);
}

void operator delete(void* block) noexcept {
  free(block);
}

void operator delete[](void* block) noexcept {
  free(block);
}

void operator delete(void* block, size_t) noexcept {
  free(block);
}

void operator delete[](void* block, size_t) noexcept {
  free(block);
}

extern "C" [[noreturn]] void __cxa_pure_virtual() {
  fputs("pure virtual function called\n", stderr);
  abort();
}
