/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What the example programs share. Each exports one function, `uint64_t bench(uint32_t n)`: it works in proportion to n, keeps nothing
 * from one call to the next, and returns a checksum that is the same on every machine. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* BENCH(n) { ... } defines and exports it. */
#if defined(__wasm__)
#define BENCH_EXPORT __attribute__((export_name("bench")))
#elif defined(__riscv)
#include <pvm/guest.h>
#define BENCH_EXPORT
#else
#define BENCH_EXPORT __attribute__((visibility("default")))
#endif

#ifdef __cplusplus
#define BENCH_LINKAGE extern "C"
#else
#define BENCH_LINKAGE
#endif

#if defined(__riscv)
#define BENCH(n) PVM_EXPORT(uint64_t, bench, uint32_t n)
#else
#define BENCH(n)                                         \
  BENCH_LINKAGE BENCH_EXPORT uint64_t bench(uint32_t n); \
  BENCH_LINKAGE uint64_t bench(uint32_t n)
#endif

#ifdef __cplusplus
extern "C" {
#endif
/* The C library's; freestanding.c has them where there is none. */
void* memcpy(void* restrict_to, const void* restrict_from, size_t size);
void* memmove(void* to, const void* from, size_t size);
void* memset(void* to, int value, size_t size);
int memcmp(const void* a, const void* b, size_t size);
#ifdef __cplusplus
}
#endif

/* Adds a value to a checksum: order matters. */
static inline uint64_t mixed(uint64_t checksum, uint64_t value) {
  checksum = (checksum ^ value) * 0x9e3779b97f4a7c15U;
  return checksum ^ (checksum >> 29);
}

/* Pseudo-random numbers: a 64-bit linear congruential generator, whose upper half is good enough for test data. */
static inline uint32_t random_next(uint64_t* state) {
  *state = *state * 6364136223846793005U + 1442695040888963407U;
  return (uint32_t)(*state >> 32);
}
