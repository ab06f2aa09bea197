/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Memory, the end of the program, numbers from text, sorting: as in C11, without floating point, locales, wide characters, the environment.
 */
#ifndef PVM_LIBC_STDLIB_H
#define PVM_LIBC_STDLIB_H
#include <stddef.h>
#ifdef __cplusplus
extern "C" {
#endif
#define EXIT_SUCCESS 0
#define EXIT_FAILURE 1
#define RAND_MAX 0x7fffffff

typedef struct {
  int quot, rem;
} div_t;
typedef struct {
  long quot, rem;
} ldiv_t;
typedef struct {
  long long quot, rem;
} lldiv_t;

/* Aligned to 16 bytes. Large and small blocks alike come from lists of sizes, four for each power of two. */
void* malloc(size_t size);
void* calloc(size_t count, size_t size);
void* realloc(void* block, size_t size);
void free(void* block);

/* Runs the functions of atexit, the last one first, writes what is buffered, and ends the program. */
__attribute__((noreturn)) void exit(int code);
/* Ends the program at once. */
__attribute__((noreturn)) void _Exit(int code);
/* Writes what is buffered and traps: `pvm run` exits with 134. */
__attribute__((noreturn)) void abort(void);
int atexit(void (*function)(void));

int atoi(const char* text);
long atol(const char* text);
long long atoll(const char* text);
long strtol(const char* __restrict text, char** __restrict end, int base);
unsigned long strtoul(const char* __restrict text, char** __restrict end, int base);
long long strtoll(const char* __restrict text, char** __restrict end, int base);
unsigned long long strtoull(const char* __restrict text, char** __restrict end, int base);

int abs(int value);
long labs(long value);
long long llabs(long long value);
div_t div(int a, int b);
ldiv_t ldiv(long a, long b);
lldiv_t lldiv(long long a, long long b);

/* Not stable; never slower than in proportion to count * log(count). */
void qsort(void* items, size_t count, size_t size, int (*compare)(const void*, const void*));
void* bsearch(const void* key, const void* items, size_t count, size_t size, int (*compare)(const void*, const void*));

/* The same numbers in each run for the same seed. */
int rand(void);
void srand(unsigned seed);

/* There is no environment: NULL. */
char* getenv(const char* name);
#ifdef __cplusplus
}
#endif
#endif
