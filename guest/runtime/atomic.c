// SPDX-License-Identifier: Apache-2.0 OR MIT
// Atomic operations that are wider than the machine's, under the names that compilers call. A guest has one thread and no interrupts, so
// plain loads and stores are atomic.
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#if __riscv_xlen == 32
typedef uint64_t Wide;
#define SUFFIX "8"
#else
typedef unsigned __int128 Wide;
#define SUFFIX "16"
#endif
#define NAMED(name) __asm__("__atomic_" name "_" SUFFIX)

Wide load(const volatile Wide* from, int order) NAMED("load");
void store(volatile Wide* to, Wide value, int order) NAMED("store");
Wide exchange(volatile Wide* at, Wide value, int order) NAMED("exchange");
bool compare_exchange(volatile Wide* at, Wide* expected, Wide value, int success, int failure) NAMED("compare_exchange");

Wide load(const volatile Wide* from, int order) {
  (void)order;
  return *from;
}

void store(volatile Wide* to, Wide value, int order) {
  (void)order;
  *to = value;
}

Wide exchange(volatile Wide* at, Wide value, int order) {
  (void)order;
  const Wide old = *at;
  *at = value;
  return old;
}

bool compare_exchange(volatile Wide* at, Wide* expected, Wide value, int success, int failure) {
  (void)success, (void)failure;
  const Wide old = *at;
  if (old == *expected) {
    *at = value;
    return true;
  }
  *expected = old;
  return false;
}

#define FETCH(name, expression)                                                      \
  Wide fetch_##name(volatile Wide* at, Wide value, int order) NAMED("fetch_" #name); \
  Wide fetch_##name(volatile Wide* at, Wide value, int order) {                      \
    (void)order;                                                                     \
    const Wide old = *at;                                                            \
    *at = (expression);                                                              \
    return old;                                                                      \
  }
FETCH(add, old + value)
FETCH(sub, old - value)
FETCH(and, old& value)
FETCH(or, old | value)
FETCH(xor, old ^ value)
FETCH(nand, ~(old& value))

// Objects of any size, as those that may not be aligned.
void load_any(size_t size, const void* from, void* to, int order) __asm__("__atomic_load");
void store_any(size_t size, void* to, const void* from, int order) __asm__("__atomic_store");
void exchange_any(size_t size, void* at, const void* from, void* old, int order) __asm__("__atomic_exchange");
bool compare_exchange_any(size_t size, void* at, void* expected, const void* value, int success,
                          int failure) __asm__("__atomic_compare_exchange");

void load_any(size_t size, const void* from, void* to, int order) {
  (void)order;
  memcpy(to, from, size);
}

void store_any(size_t size, void* to, const void* from, int order) {
  (void)order;
  memcpy(to, from, size);
}

void exchange_any(size_t size, void* at, const void* from, void* old, int order) {
  (void)order;
  memcpy(old, at, size);
  memcpy(at, from, size);
}

bool compare_exchange_any(size_t size, void* at, void* expected, const void* value, int success, int failure) {
  (void)success, (void)failure;
  const bool is_equal = memcmp(at, expected, size) == 0;
  memcpy(is_equal ? at : expected, is_equal ? value : at, size);
  return is_equal;
}
