// SPDX-License-Identifier: Apache-2.0 OR MIT
// The functions of a C library that compilers call by themselves, for targets that have none. To be compiled with -fno-builtin, so that
// they don't call themselves.
#include <stddef.h>
#include <stdint.h>
#if defined(__riscv)
#include <pvm/guest.h>
#endif

// Unaligned words: all targets of the examples load and store them.
typedef uint64_t __attribute__((aligned(1), may_alias)) Word;

void* memcpy(void* to, const void* from, size_t size) {
  uint8_t* t = to;
  const uint8_t* f = from;
  for (; size >= 32; size -= 32, t += 32, f += 32) {
    const Word a = ((const Word*)f)[0], b = ((const Word*)f)[1], c = ((const Word*)f)[2], d = ((const Word*)f)[3];
    ((Word*)t)[0] = a;
    ((Word*)t)[1] = b;
    ((Word*)t)[2] = c;
    ((Word*)t)[3] = d;
  }
  for (; size >= 8; size -= 8, t += 8, f += 8) *(Word*)t = *(const Word*)f;
  for (; size > 0; --size) *t++ = *f++;
  return to;
}

void* memmove(void* to, const void* from, size_t size) {
  uint8_t* t = to;
  const uint8_t* f = from;
  if ((uintptr_t)t - (uintptr_t)f >= size) return memcpy(to, from, size);
  t += size;
  f += size;
  for (; size >= 16; size -= 16) {
    t -= 16;
    f -= 16;
    const Word a = ((const Word*)f)[0], b = ((const Word*)f)[1];
    ((Word*)t)[0] = a;
    ((Word*)t)[1] = b;
  }
  for (; size > 0; --size) *--t = *--f;
  return to;
}

void* memset(void* to, int value, size_t size) {
  uint8_t* t = to;
  const uint64_t word = (uint8_t)value * 0x0101010101010101U;
#if defined(__riscv)
  // The machine's own instruction begins slowly and then is far faster.
  if (size >= 512) return pvm_memset(to, value, size), to;
#endif
  for (; size >= 32; size -= 32, t += 32) {
    ((Word*)t)[0] = word;
    ((Word*)t)[1] = word;
    ((Word*)t)[2] = word;
    ((Word*)t)[3] = word;
  }
  for (; size > 0; --size) *t++ = (uint8_t)value;
  return to;
}

int memcmp(const void* a, const void* b, size_t size) {
  const uint8_t *p = a, *q = b;
  for (; size >= 8 && *(const Word*)p == *(const Word*)q; size -= 8) {
    p += 8;
    q += 8;
  }
  for (; size > 0; --size, ++p, ++q) {
    if (*p != *q) return *p < *q ? -1 : 1;
  }
  return 0;
}

#if defined(__riscv) && __riscv_xlen == 32
// Division of 64-bit numbers, which a 32-bit machine lacks.

// (high, low) / divisor, high being below the divisor: two digits of 16 bits, each estimated by the divisor's upper half and corrected.
static uint32_t divide_wide(uint32_t high, uint32_t low, uint32_t divisor, uint32_t* rest) {
  const unsigned shift = (unsigned)__builtin_clz(divisor);
  const uint64_t value = ((uint64_t)high << 32 | low) << shift;
  const uint32_t by = divisor << shift;
  uint32_t left = (uint32_t)(value >> 32), quotient = 0;
  for (int place = 16; place >= 0; place -= 16) {
    const uint32_t next = (uint32_t)value >> place & 0xffff;
    uint32_t digit = left / (by >> 16), over = left % (by >> 16);
    while (digit > 0xffff || digit * (by & 0xffff) > (over << 16 | next)) {
      --digit;
      over += by >> 16;
      if (over > 0xffff) break;
    }
    left = (left << 16 | next) - digit * by;
    quotient = quotient << 16 | digit;
  }
  *rest = left >> shift;
  return quotient;
}

static uint64_t divide(uint64_t a, uint64_t b, uint64_t* rest) {
  const uint32_t divisor = (uint32_t)b, high = (uint32_t)(a >> 32);
  if (b >> 32 == 0) {
    uint32_t left = divisor == 0 ? high : high % divisor;
    const uint32_t upper = divisor == 0 ? ~0U : high / divisor;
    const uint32_t lower = divisor == 0 ? ~0U : divide_wide(left, (uint32_t)a, divisor, &left);
    *rest = left;
    return (uint64_t)upper << 32 | lower;
  }
  // The quotient has at most 32 bits: one bit at a time.
  uint64_t quotient = 0;
  const int first = __builtin_clz((uint32_t)(b >> 32));
  b <<= first;
  for (int place = first; place >= 0; --place, b >>= 1) {
    quotient <<= 1;
    if (a < b) continue;
    a -= b;
    quotient |= 1;
  }
  *rest = a;
  return quotient;
}

uint64_t __udivdi3(uint64_t a, uint64_t b);
uint64_t __udivdi3(uint64_t a, uint64_t b) {
  uint64_t rest;
  return divide(a, b, &rest);
}

uint64_t __umoddi3(uint64_t a, uint64_t b);
uint64_t __umoddi3(uint64_t a, uint64_t b) {
  uint64_t rest;
  divide(a, b, &rest);
  return rest;
}
#endif
