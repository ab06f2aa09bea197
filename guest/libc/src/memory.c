// SPDX-License-Identifier: Apache-2.0 OR MIT
// Memory: copied, filled and compared. Compilers call these by themselves, so they must not be compiled into calls of themselves.
#include <stdint.h>
#include <string.h>

// A machine word anywhere: the machine loads and stores words at any address.
typedef size_t __attribute__((aligned(1), may_alias)) Word;
enum { word = sizeof(Word) };

void* memcpy(void* restrict to, const void* restrict from, size_t size) {
  unsigned char* t = to;
  const unsigned char* f = from;
  for (; size >= 4 * word; size -= 4 * word, t += 4 * word, f += 4 * word) {
    const Word a = ((const Word*)f)[0], b = ((const Word*)f)[1], c = ((const Word*)f)[2], d = ((const Word*)f)[3];
    ((Word*)t)[0] = a;
    ((Word*)t)[1] = b;
    ((Word*)t)[2] = c;
    ((Word*)t)[3] = d;
  }
  for (; size >= word; size -= word, t += word, f += word) *(Word*)t = *(const Word*)f;
  for (; size > 0; --size) *t++ = *f++;
  return to;
}

void* memmove(void* to, const void* from, size_t size) {
  unsigned char* t = to;
  const unsigned char* f = from;
  // Forwards unless the target begins inside of the source. Loads of a step come before its stores: any overlap from above is harmless.
  if ((uintptr_t)t - (uintptr_t)f >= size) {
    for (; size >= word; size -= word, t += word, f += word) *(Word*)t = *(const Word*)f;
    for (; size > 0; --size) *t++ = *f++;
    return to;
  }
  t += size;
  f += size;
  for (; size >= word; size -= word) {
    t -= word;
    f -= word;
    *(Word*)t = *(const Word*)f;
  }
  for (; size > 0; --size) *--t = *--f;
  return to;
}

void* memset(void* to, int value, size_t size) {
  unsigned char* t = to;
  const size_t all = (unsigned char)value * (~(size_t)0 / 255);
  for (; size >= 4 * word; size -= 4 * word, t += 4 * word) {
    ((Word*)t)[0] = all;
    ((Word*)t)[1] = all;
    ((Word*)t)[2] = all;
    ((Word*)t)[3] = all;
  }
  for (; size >= word; size -= word, t += word) *(Word*)t = all;
  for (; size > 0; --size) *t++ = (unsigned char)value;
  return to;
}

int memcmp(const void* a, const void* b, size_t size) {
  const unsigned char *p = a, *q = b;
  for (; size >= word && *(const Word*)p == *(const Word*)q; size -= word) {
    p += word;
    q += word;
  }
  for (; size > 0; --size, ++p, ++q) {
    if (*p != *q) return *p < *q ? -1 : 1;
  }
  return 0;
}

int bcmp(const void* a, const void* b, size_t size) {
  return memcmp(a, b, size);
}

void* memchr(const void* in, int value, size_t size) {
  const unsigned char* p = in;
  for (; size > 0; --size, ++p) {
    if (*p == (unsigned char)value) return (void*)p;
  }
  return NULL;
}

void* memrchr(const void* in, int value, size_t size) {
  for (const unsigned char* p = in; size > 0; --size) {
    if (p[size - 1] == (unsigned char)value) return (void*)(p + size - 1);
  }
  return NULL;
}
