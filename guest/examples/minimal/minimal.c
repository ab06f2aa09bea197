// SPDX-License-Identifier: Apache-2.0 OR MIT
// The smallest program: what remains is the cost of having a program at all.
#include "../bench.h"

BENCH(n) {
  return (uint64_t)n + 1;
}
