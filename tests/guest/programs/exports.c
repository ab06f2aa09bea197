// SPDX-License-Identifier: Apache-2.0 OR MIT
// Exports of all shapes, in C and in C++. No main, no start code.
#include <pvm/guest.h>
#include <pvm/host.h>

PVM_MIN_STACK_SIZE(40000);

PVM_EXPORT(uint32_t, add, uint32_t a, uint32_t b) {
  return a + b;
}

PVM_EXPORT(uint32_t, weigh, uint32_t a, uint32_t b, uint32_t c, uint32_t d, uint32_t e, uint8_t f) {
  return a + 2 * b + 3 * c + 4 * d + 5 * e + 6 * f;
}

PVM_EXPORT(uint64_t, square, uint32_t a) {
  return (uint64_t)a * a;
}

PVM_EXPORT_AS("a name: not one of C", uint32_t, odd_name) {
  return 7;
}

PVM_EXPORT(void, greet) {
  pvm_write(1, "greetings\n", 10);
}

PVM_EXPORT(uint32_t, grow, uint32_t size) {
  char* base = (char*)pvm_heap_base();
  char* end = (char*)pvm_sbrk(size);
  if (end == NULL) return 0;
  pvm_memset(base, 0x5a, size);
  uint32_t sum = 0;
  for (const char* at = base; at < end; ++at) sum += (uint32_t)*at;
  return sum / 0x5a;
}
