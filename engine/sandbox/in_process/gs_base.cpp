// SPDX-License-Identifier: Apache-2.0 OR MIT
// Reads and writes the base of gs, by instructions where the kernel allows them, otherwise by system calls.
#include "sandbox/in_process/gs_base.hpp"

#include <asm/prctl.h>
#include <sys/auxv.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <mutex>
#include <set>

#include "sandbox/in_process/signals.hpp"

namespace pvm::engine::sandbox {
namespace {

// HWCAP2_FSGSBASE, in the kernel's asm/hwcap2.h.
const bool has_instructions = (getauxval(AT_HWCAP2) & 2) != 0;

u64 read_base() {
  u64 base = 0;
  if (has_instructions) {
    asm volatile("rdgsbase %0" : "=r"(base));
  } else {
    syscall(SYS_arch_prctl, ARCH_GET_GS, &base);
  }
  return base;
}

void write_base(u64 base) {
  if (has_instructions) {
    asm volatile("wrgsbase %0" : : "r"(base) : "memory");
  } else {
    syscall(SYS_arch_prctl, ARCH_SET_GS, base);
  }
}

struct Windows {
  std::mutex mutex;
  std::set<u64> bases;
};
Windows& windows() {
  static Windows* const all = new Windows;  // Spaces may outlive any static object.
  return *all;
}

}  // namespace

GuestBase::GuestBase(u64 window) : window_(window) {
  const u64 base = read_base();
  host_ = base == this_thread.left_gs_base ? 0 : base;
  if (base != window) write_base(window);
}

GuestBase::~GuestBase() {
  if (host_ != 0) write_base(host_);
  this_thread.left_gs_base = host_ != 0 ? 0 : window_;
}

u64 GuestBase::inherited() {
  const u64 base = read_base();
  const std::lock_guard lock(windows().mutex);
  return windows().bases.contains(base) ? base : 0;
}

void GuestBase::add_window(u64 window) {
  const std::lock_guard lock(windows().mutex);
  windows().bases.insert(window);
}

void GuestBase::remove_window(u64 window) {
  if (this_thread.left_gs_base == window) {
    if (read_base() == window) write_base(0);
    this_thread.left_gs_base = 0;
  }
  const std::lock_guard lock(windows().mutex);
  windows().bases.erase(window);
}

}  // namespace pvm::engine::sandbox
