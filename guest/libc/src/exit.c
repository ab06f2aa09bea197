// SPDX-License-Identifier: Apache-2.0 OR MIT
// How programs end.
#include <assert.h>
#include <pvm/host.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct {
  void (*function)(void* argument);
  void* argument;
} Farewell;

// A block of farewells; full ones hang behind the last.
typedef struct Block Block;
struct Block {
  Farewell farewells[32];
  size_t count;
  Block* before;
};
static Block first_block;
static Block* last_block = &first_block;

// What C++ compilers call to register the destructors of global objects. `library` has no meaning here. Gives 0; -1: out of memory.
int __cxa_atexit(void (*function)(void*), void* argument, void* library);
void* __dso_handle;

int __cxa_atexit(void (*function)(void*), void* argument, void* library) {
  (void)library;
  if (last_block->count == sizeof last_block->farewells / sizeof *last_block->farewells) {
    Block* block = calloc(1, sizeof *block);
    if (block == NULL) return -1;
    block->before = last_block;
    last_block = block;
  }
  last_block->farewells[last_block->count++] = (Farewell){function, argument};
  return 0;
}

static void call_plain(void* function) {
  ((void (*)(void))function)();
}

int atexit(void (*function)(void)) {
  return __cxa_atexit(call_plain, (void*)function, NULL);
}

// A farewell may register further ones: they are run as well.
static void run_farewells(void) {
  for (;;) {
    if (last_block->count > 0) {
      const Farewell farewell = last_block->farewells[--last_block->count];
      farewell.function(farewell.argument);
    } else if (last_block->before == NULL) {
      return;
    } else {
      last_block = last_block->before;
    }
  }
}

void exit(int code) {
  run_farewells();
  fflush(NULL);
  pvm_exit(code);
}

void _Exit(int code) {
  pvm_exit(code);
}

void abort(void) {
  fflush(NULL);
  pvm_trap();
}

void pvm_libc_assert_failed(const char* condition, const char* file, int line, const char* function) {
  fprintf(stderr, "%s:%d: %s: assertion failed: %s\n", file, line, function, condition);
  abort();
}

char* getenv(const char* name) {
  (void)name;
  return NULL;
}
