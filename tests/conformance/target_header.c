/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The header compiles as C11. */
#include "pvm_target.h"

const struct pvm_target* pvm_target_get(uint32_t abi_version) {
  (void)abi_version;
  return NULL;
}
