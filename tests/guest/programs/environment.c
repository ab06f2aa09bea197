// SPDX-License-Identifier: Apache-2.0 OR MIT
// Prints its arguments and its input in capitals. The first argument may say how to end.
#include <assert.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int constructed;

__attribute__((constructor)) static void construct(void) {
  constructed = 1;
}

__attribute__((destructor)) static void destruct(void) {
  printf(", destructed");
}

static void say_farewell(void) {
  printf("farewell");
}

int main(int argc, char** argv) {
  assert(constructed);
  atexit(say_farewell);
  for (int i = 1; i < argc; ++i) printf("argument %d: '%s'\n", i, argv[i]);
  printf("then %s\n", argv[argc] == NULL ? "NULL" : "something");
  for (int character; (character = getchar()) != EOF;) putchar(toupper(character));
  fprintf(stderr, "errors go here");
  if (argc > 1 && strcmp(argv[1], "exit") == 0) exit(atoi(argv[2]));
  if (argc > 1 && strcmp(argv[1], "abort") == 0) abort();
  assert(argc < 5);
  return argc;
}
