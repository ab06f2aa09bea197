// SPDX-License-Identifier: Apache-2.0 OR MIT
// A worker: set up by the forked process itself, then the slow half of serving orders; entry.S has the fast half.
#include "sandbox/process/worker/worker.hpp"

#include <linux/mman.h>
#include <linux/prctl.h>
#include <linux/resource.h>

#include "sandbox/process/worker/filter.hpp"

namespace pvm::engine::sandbox::process {
namespace {

constexpr u32 prot_read = 1, prot_write = 2, prot_exec = 4;
constexpr u64 rlimit_nofile = 7;

Control& control() {
  return *reinterpret_cast<Control*>(control_address);
}

[[noreturn]] void fail(Stage stage, long error) {
  control().stage = static_cast<u32>(stage);
  control().error = static_cast<u32>(-error);
  system_call(__NR_exit_group, 1);
  __builtin_unreachable();
}

long map(u64 address, u64 bytes, u32 protection, i32 descriptor, u64 offset) {
  return system_call(__NR_mmap, address, bytes, protection, MAP_SHARED | MAP_FIXED_NOREPLACE | MAP_NORESERVE, static_cast<u64>(descriptor),
                     offset);
}

// Code, jump table, halt page and read-only data, which lie one behind the other in the module's sealed file.
long map_module(const ForkRequest& request, i32 module) {
  u64 offset = 0;
  const auto map_next = [&](u64 address, u64 bytes, u32 protection) {
    if (bytes == 0) return 0L;
    const long result = map(address, bytes, protection, module, offset);
    offset += bytes;
    return result < 0 ? result : 0L;
  };
  if (const long e = map_next(native::code_address, whole_pages(request.code_bytes), prot_read | prot_exec); e < 0) return e;
  if (const long e = map_next(native::jump_table_address, request.jump_table_bytes, prot_read); e < 0) return e;
  if (const long e = map_next(halt_slot_address, page_bytes, prot_read); e < 0) return e;
  return map_next(guest_begin, request.read_only_bytes, 0);
}

// On the worker's own stack: nothing private to this process is writable from here on, and after the filter nothing can become so.
void finish(u64) {
  if (const long e = system_call(__NR_munmap, template_stack, template_stack_bytes); e < 0) fail(Stage::unmap_template, e);
  const sock_fprog program = {worker_filter.length(), const_cast<sock_filter*>(worker_filter.code())};
  if (const long e = system_call(__NR_seccomp, SECCOMP_SET_MODE_FILTER, 0, address_of(&program)); e < 0) fail(Stage::filter, e);
  report_and_serve(static_cast<u32>(Report::ready));
}

// Applies the first `count` changes; negative: errno.
long apply_changes(u32 count) {
  for (u32 i = 0; i < count && i < max_changes; ++i) {
    const Change change = control().changes[i];
    const u64 begin = u64{change.first_page} * page_bytes;
    const u64 bytes = u64{change.pages_and_access >> 2} * page_bytes;
    const u32 access = change.pages_and_access & 3;
    const u32 protection = access == 0 ? 0 : access == 1 ? prot_read : prot_read | prot_write;
    if (const long e = system_call(__NR_mprotect, begin, bytes, protection); e < 0) return e;
  }
  return 0;
}

}  // namespace

[[noreturn]] void become_worker(const ForkRequest& request, const ForkDescriptors& descriptors) {
  if (map(control_address, control_bytes, prot_read | prot_write, descriptors.control, 0) < 0) system_call(__NR_exit_group, 1);
  const u64 read_only_end = guest_begin + request.read_only_bytes;
  if (const long e = map(read_only_end, native::guest_end - read_only_end, 0, descriptors.guest, read_only_end); e < 0) {
    fail(Stage::map_guest, e);
  }
  if (const long e = map_module(request, descriptors.module); e < 0) fail(Stage::map_module, e);
  control().exit_handler = address_of(reinterpret_cast<const void*>(&exit_stub));
  if (const long e = system_call(__NR_close_range, 0, ~u32{0}, 0); e < 0) fail(Stage::close_descriptors, e);
  const u64 none[2] = {0, 0};
  system_call(__NR_prlimit64, 0, rlimit_nofile, address_of(none), 0);
  call_on_stack(stack_top, &finish, 0);
}

extern "C" u32 obey_slowly(u32 word) {
  const auto order = static_cast<Order>(word & kind_mask);
  if (order == Order::reset) {
    if (system_call(__NR_mprotect, guest_begin, native::guest_end - guest_begin, 0) < 0) return static_cast<u32>(Report::refused);
    forget_everything(changes_of(word) != 0);
  }
  if (const long e = apply_changes(changes_of(word)); e < 0) {
    control().error = static_cast<u32>(-e);
    return static_cast<u32>(Report::refused);
  }
  return order == Order::run ? 0 : static_cast<u32>(Report::done);
}

}  // namespace pvm::engine::sandbox::process
