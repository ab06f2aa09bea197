// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <stdio.h>

extern "C" const char* greeting(void);

namespace {
struct Counter {
  int value = 41;
  Counter() { ++value; }
};
Counter counter;
}  // namespace

int main() {
  printf("%s: %d\n", greeting(), counter.value);
  return 3;
}
