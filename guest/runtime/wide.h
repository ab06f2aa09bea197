/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Integers of two registers: 64 bits where registers have 32, 128 bits where they have 64. Compilers call functions of such names for what
 * the machine can't do; the names end in di or ti after the size. */
#ifndef PVM_RUNTIME_WIDE_H
#define PVM_RUNTIME_WIDE_H
#include <stddef.h>
#include <stdint.h>

#if SIZE_MAX == UINT32_MAX
typedef uint32_t Half;
typedef int32_t SignedHalf;
typedef uint64_t Whole;
typedef int64_t SignedWhole;
#define PVM_WIDE(before, after) before##di##after
#else
typedef uint64_t Half;
typedef int64_t SignedHalf;
__extension__ typedef unsigned __int128 Whole;
__extension__ typedef __int128 SignedWhole;
#define PVM_WIDE(before, after) before##ti##after
#endif

enum { half_bits = 8 * sizeof(Half) };

static inline Half high_of(Whole value) {
  return (Half)(value >> half_bits);
}

static inline Half low_of(Whole value) {
  return (Half)value;
}

static inline Whole join(Half high, Half low) {
  return (Whole)high << half_bits | low;
}
#endif
