// SPDX-License-Identifier: Apache-2.0 OR MIT
// The base of the segment gs, which addresses guest memory in process.
#pragma once

#include <asm/prctl.h>
#include <sys/auxv.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "pvm/types.hpp"

namespace pvm::engine::sandbox {

/// Sets the base while it lives, and restores the host's.
class GsBase {
 public:
  explicit GsBase(u64 base) : host_(read()) { write(base); }
  ~GsBase() { write(host_); }
  GsBase(const GsBase&) = delete;
  GsBase& operator=(const GsBase&) = delete;

 private:
  // The kernel says so if user code may use the instructions (HWCAP2_FSGSBASE); otherwise it takes system calls.
  inline static const bool has_instructions_ = (getauxval(AT_HWCAP2) & 2) != 0;

  static u64 read() {
    u64 base = 0;
    if (has_instructions_) {
      asm volatile("rdgsbase %0" : "=r"(base));
    } else {
      syscall(SYS_arch_prctl, ARCH_GET_GS, &base);
    }
    return base;
  }
  static void write(u64 base) {
    if (has_instructions_) {
      asm volatile("wrgsbase %0" : : "r"(base) : "memory");
    } else {
      syscall(SYS_arch_prctl, ARCH_SET_GS, base);
    }
  }

  u64 host_;
};

}  // namespace pvm::engine::sandbox
