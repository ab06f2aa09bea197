// SPDX-License-Identifier: Apache-2.0 OR MIT
// Marks what the shared library exports.
#pragma once

#if defined(__GNUC__)
#define PVM_API __attribute__((visibility("default")))
#else
#define PVM_API
#endif
