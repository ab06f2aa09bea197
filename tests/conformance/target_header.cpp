// SPDX-License-Identifier: Apache-2.0 OR MIT
// The header compiles as C++11.
#include "pvm_target.h"

static_assert(PVM_TARGET_ABI_VERSION == 1, "the version that the header documents");
