// SPDX-License-Identifier: Apache-2.0 OR MIT
// Where a program starts: the host calls the export `main`, which is this.
#include <pvm/guest.h>
#include <pvm/host.h>
#include <stdlib.h>
#include <string.h>

// The objects' constructors; the linker provides both ends of the list.
typedef void Constructor(void);
extern Constructor* __init_array_start[];
extern Constructor* __init_array_end[];

int main(int argc, char** argv);

static void run_constructors(void) {
  // Two arrays as far as the compiler knows: it might take them for different.
  const size_t count = ((uintptr_t)__init_array_end - (uintptr_t)__init_array_start) / sizeof(Constructor*);
  for (size_t i = 0; i < count; ++i) __init_array_start[i]();
}

// Gives the arguments, with a NULL behind the last, and how many they are. Ends the program if there is no room for them.
static char** fetch_arguments(int* count) {
  const size_t size = pvm_args_size();
  char* text = malloc(size + 1);
  if (text == NULL || pvm_args(text, size) != size) abort();
  // A host may give a last argument without its NUL.
  text[size] = 0;
  *count = 0;
  for (size_t at = 0; at < size; at += strlen(text + at) + 1) ++*count;
  char** arguments = calloc((size_t)*count + 1, sizeof *arguments);
  if (arguments == NULL) abort();
  char* at = text;
  for (int i = 0; i < *count; ++i, at += strlen(at) + 1) arguments[i] = at;
  return arguments;
}

PVM_EXPORT_AS("main", int32_t, pvm_start) {
  int argc;
  char** argv = fetch_arguments(&argc);
  run_constructors();
  exit(main(argc, argv));
}
