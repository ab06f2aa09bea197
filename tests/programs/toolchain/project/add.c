// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <pvm/guest.h>

PVM_EXPORT(uint32_t, add, uint32_t a, uint32_t b) {
  return a + b;
}
