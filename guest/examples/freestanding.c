// SPDX-License-Identifier: Apache-2.0 OR MIT
// The functions of a C library that compilers call by themselves, for targets that have none. To be compiled with -fno-builtin, so that
// they don't call themselves.
#include <stddef.h>
#include <stdint.h>

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
