// SPDX-License-Identifier: Apache-2.0 OR MIT
// What the processor offers. Intel's volume 2, CPUID.
#include "jit/native_code.hpp"

#if defined(__x86_64__)
#include <cpuid.h>
#endif

namespace pvm::engine::jit {

CpuFeatures CpuFeatures::detect() {
  CpuFeatures features;
#if defined(__x86_64__)
  const auto bit = [](unsigned value, unsigned number) { return (value >> number & 1) != 0; };
  unsigned a = 0, b = 0, c = 0, d = 0;
  if (__get_cpuid(1, &a, &b, &c, &d) != 0) features.popcnt = bit(c, 23);
  if (__get_cpuid_count(7, 0, &a, &b, &c, &d) != 0) {
    features.bmi1 = bit(b, 3);
    features.bmi2 = bit(b, 8);
  }
  if (__get_cpuid(0x80000001, &a, &b, &c, &d) != 0) features.lzcnt = bit(c, 5);
#endif
  return features;
}

}  // namespace pvm::engine::jit
