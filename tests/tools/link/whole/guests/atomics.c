// SPDX-License-Identifier: Apache-2.0 OR MIT
// Atomic operations of each kind and width.
#include "records.h"

static i32 narrow;
static word wide;

#define ALL(type, place, x)                                                                           \
  do {                                                                                                \
    type* const p = &place;                                                                           \
    *p = (type)(x >> 3);                                                                              \
    sum = sum * 31 + (u64)__atomic_fetch_add(p, (type)x, __ATOMIC_SEQ_CST);                           \
    sum = sum * 31 + (u64)__atomic_fetch_sub(p, (type)(x >> 7), __ATOMIC_RELAXED);                    \
    sum = sum * 31 + (u64)__atomic_fetch_xor(p, (type)(x << 2), __ATOMIC_ACQUIRE);                    \
    sum = sum * 31 + (u64)__atomic_fetch_or(p, (type)(x & 0x55), __ATOMIC_RELEASE);                   \
    sum = sum * 31 + (u64)__atomic_fetch_and(p, (type)(x | 0xf0f0), __ATOMIC_ACQ_REL);                \
    sum = sum * 31 + (u64)__atomic_exchange_n(p, (type)(x * 5), __ATOMIC_SEQ_CST);                    \
    type expected = (type)(x * 5);                                                                    \
    sum = sum * 31 + (u64)__atomic_compare_exchange_n(p, &expected, (type)x, 0, __ATOMIC_SEQ_CST, 0); \
    expected = (type)~x;                                                                              \
    sum = sum * 31 + (u64)__atomic_compare_exchange_n(p, &expected, 7, 1, __ATOMIC_SEQ_CST, 0);       \
    sum = sum * 31 + (u64)expected + (u64)__atomic_load_n(p, __ATOMIC_SEQ_CST);                       \
    __atomic_store_n(p, (type)(x + 1), __ATOMIC_SEQ_CST);                                             \
    __atomic_thread_fence(__ATOMIC_SEQ_CST);                                                          \
    sum = sum * 31 + (u64)*p;                                                                         \
  } while (0)

u64 atomics(u32 what, u64 x) {
  u64 sum = what;
  ALL(i32, narrow, x);
  if (what == 0) return sum;
  ALL(word, wide, x);
  return sum + (u64)wide;
}
EXPORT_TEST(atomics)
