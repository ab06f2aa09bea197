// SPDX-License-Identifier: Apache-2.0 OR MIT
// The template: pid 1 of its own namespaces, without files, rights or anything to say; forks workers when the host asks.
#include <asm/unistd.h>
#include <linux/capability.h>
#include <linux/mman.h>
#include <linux/mount.h>
#include <linux/prctl.h>
#include <linux/sched.h>
#include <linux/securebits.h>

#include <initializer_list>

#include "sandbox/process/worker/worker.hpp"

namespace pvm::engine::sandbox::process {
namespace {

// The C library's structures for sockets, which the kernel's headers lack.
struct IoVector {
  void* base;
  u64 length;
};
struct MessageHeader {
  void* name;
  u32 name_length;
  IoVector* vectors;
  u64 vector_count;
  void* control;
  u64 control_length;
  u32 flags;
};
struct ControlHeader {
  u64 length;
  i32 level, type;
};
template <u32 count>
struct DescriptorMessage {
  ControlHeader header;
  i32 descriptors[count];
};
constexpr u32 level_socket = 1, descriptors_type = 1, no_signal = 0x4000, close_on_exec = 0x40000000;

struct PollEntry {
  i32 descriptor;
  u16 events, happened;
};
constexpr u16 poll_in = 1;

constexpr i32 socket_descriptor = 0, host_descriptor = 1;
constexpr u32 first_free_descriptor = 2;

void reply(u64 id, Stage stage, long error, i32 pidfd) {
  TemplateReply reply = {id, static_cast<i32>(-error), static_cast<u32>(stage)};
  IoVector vector = {&reply, sizeof reply};
  DescriptorMessage<1> rights = {{sizeof(ControlHeader) + sizeof(i32), level_socket, descriptors_type}, {pidfd}};
  MessageHeader message = {};
  message.vectors = &vector;
  message.vector_count = 1;
  if (pidfd >= 0) {
    message.control = &rights;
    message.control_length = sizeof rights;
  }
  system_call(__NR_sendmsg, socket_descriptor, address_of(&message), no_signal);
}

[[noreturn]] void end() {
  system_call(__NR_exit_group, 0);
  __builtin_unreachable();
}

void require(Stage stage, long result) {
  if (result >= 0) return;
  reply(0, stage, result, -1);
  end();
}

// An empty, read-only root, from which nothing leads out. "/.." is the mount on top of "/".
void give_up_files() {
  require(Stage::make_mounts_private, system_call(__NR_mount, 0, address_of("/"), 0, MS_REC | MS_PRIVATE));
  require(Stage::mount_root, system_call(__NR_mount, address_of("none"), address_of("/"), address_of("tmpfs"),
                                         MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC, address_of("size=4k,nr_inodes=1,mode=555")));
  require(Stage::enter_root, system_call(__NR_chdir, address_of("/..")));
  if (system_call(__NR_pivot_root, address_of("."), address_of(".")) >= 0) {
    constexpr u64 detach = 2;
    require(Stage::enter_root, system_call(__NR_umount2, address_of("."), detach));
  } else {  // Where the root is the initial file system, which can't be replaced.
    require(Stage::enter_root, system_call(__NR_chroot, address_of(".")));
  }
  require(Stage::enter_root, system_call(__NR_chdir, address_of("/")));
}

void limit(u64 resource, u64 value) {
  const u64 limits[2] = {value, value};
  require(Stage::limits, system_call(__NR_prlimit64, 0, resource, address_of(limits), 0));
}

void give_up_resources() {
  constexpr u64 file_size = 1, core = 4, open_files = 7, locked_memory = 8, locks = 10, message_queue = 12;
  for (const u64 resource : {file_size, core, locked_memory, locks, message_queue}) limit(resource, 0);
  limit(open_files, 16);
}

void give_up_rights() {
  for (u64 capability = 0; capability <= CAP_LAST_CAP + 24; ++capability) system_call(__NR_prctl, PR_CAPBSET_DROP, capability);
  system_call(__NR_prctl, PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL);
  system_call(__NR_prctl, PR_SET_SECUREBITS, (SECURE_ALL_BITS | SECURE_ALL_LOCKS) & ~issecure_mask(SECURE_KEEP_CAPS));
  __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  const __user_cap_data_struct none[2] = {};
  require(Stage::drop_rights, system_call(__NR_capset, address_of(&header), address_of(none)));
  require(Stage::drop_rights, system_call(__NR_prctl, PR_SET_NO_NEW_PRIVS, 1));
  require(Stage::drop_rights, system_call(__NR_prctl, PR_SET_DUMPABLE, 0));
  // Second lines, where the kernel has them: memory never becomes executable later; branches of the guest don't train predictors for
  // others.
  constexpr u64 set_mdwe = 65, refuse_exec_gain = 1;
  system_call(__NR_prctl, set_mdwe, refuse_exec_gain);
  system_call(__NR_prctl, PR_SET_SPECULATION_CTRL, PR_SPEC_INDIRECT_BRANCH, PR_SPEC_FORCE_DISABLE);
}

// Only the program itself and the stack in use stay: the first stack, with the random bytes and addresses on it, and the vdso go.
void unmap_all_else(u64 vdso) {
  const u64 begin = address_of(image_begin), end = address_of(image_end);
  const u64 stack_end = template_stack + template_stack_bytes;
  system_call(__NR_munmap, 0, begin);
  system_call(__NR_munmap, end, template_stack - end);
  if (system_call(__NR_munmap, stack_end, address_space_end - stack_end) >= 0) return;
  constexpr u64 around = 0x10000;  // A kernel that seals the vdso: all but it.
  system_call(__NR_munmap, stack_end, vdso - around - stack_end);
  system_call(__NR_munmap, vdso + around, address_space_end - vdso - around);
}

void fork_worker() {
  ForkRequest request = {};
  IoVector vector = {&request, sizeof request};
  DescriptorMessage<3> rights = {};
  MessageHeader message = {};
  message.vectors = &vector;
  message.vector_count = 1;
  message.control = &rights;
  message.control_length = sizeof rights;
  const long received = system_call(__NR_recvmsg, socket_descriptor, address_of(&message), close_on_exec);
  if (received <= 0) end();
  if (received == sizeof request && rights.header.length == sizeof(ControlHeader) + sizeof rights.descriptors) {
    i32 pidfd = -1;
    const ForkDescriptors descriptors = {rights.descriptors[0], rights.descriptors[1], rights.descriptors[2]};
    constexpr u64 sigchld = 17;  // Ignored, so that children are reaped.
    const long child = system_call(__NR_clone, CLONE_PIDFD | sigchld, 0, address_of(&pidfd));
    if (child == 0) become_worker(request, descriptors);
    reply(request.id, Stage::fork, child < 0 ? child : 0, child < 0 ? -1 : pidfd);
  } else {
    reply(request.id, Stage::start, -22, -1);
  }
  system_call(__NR_close_range, first_free_descriptor, ~u32{0}, 0);
}

[[noreturn]] void serve_host() {
  reply(0, Stage::none, 0, -1);
  for (;;) {
    PollEntry entries[2] = {{socket_descriptor, poll_in, 0}, {host_descriptor, poll_in, 0}};
    if (system_call(__NR_poll, address_of(entries), 2, ~u64{0}) < 0) continue;
    if (entries[1].happened != 0) end();  // The host has ended.
    if (entries[0].happened != 0) fork_worker();
  }
}

void run_template(u64 vdso) {
  unmap_all_else(vdso);
  give_up_files();
  give_up_resources();
  give_up_rights();
  require(Stage::signals, set_up_signals());
  serve_host();
}

// argv[1] and argv[2]: the descriptors of the socket and of the host's pidfd, in decimal digits.
i32 number_of(const char* digits) {
  i32 number = 0;
  for (; *digits >= '0' && *digits <= '9'; ++digits) number = number * 10 + (*digits - '0');
  return number;
}

// Socket and pidfd to their places, everything else closed. They may stand in each other's place.
void arrange_descriptors(i32 socket, i32 host) {
  constexpr u64 duplicate_from = 0, far = 2;
  const long moved_socket = system_call(__NR_fcntl, static_cast<u64>(socket), duplicate_from, far);
  const long moved_host = system_call(__NR_fcntl, static_cast<u64>(host), duplicate_from, far);
  if (moved_socket < 0 || moved_host < 0) end();
  system_call(__NR_dup2, static_cast<u64>(moved_socket), socket_descriptor);
  system_call(__NR_dup2, static_cast<u64>(moved_host), host_descriptor);
  require(Stage::close_descriptors, system_call(__NR_close_range, first_free_descriptor, ~u32{0}, 0));
}

u64 auxiliary_value(const u64* entries, u64 type) {
  for (; entries[0] != 0; entries += 2) {
    if (entries[0] == type) return entries[1];
  }
  return 0;
}

}  // namespace

extern "C" void template_start(const u64* initial_stack) {
  const u64 argument_count = initial_stack[0];
  if (argument_count != 3) end();
  const auto* const* arguments = reinterpret_cast<const char* const*>(initial_stack + 1);
  arrange_descriptors(number_of(arguments[1]), number_of(arguments[2]));
  const u64* rest = initial_stack + 1 + argument_count + 1;
  while (*rest != 0) ++rest;  // The environment.
  constexpr u64 vdso_entry = 33;
  const u64 vdso = auxiliary_value(rest + 1, vdso_entry);
  const long stack =
      system_call(__NR_mmap, template_stack, template_stack_bytes, 3, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, ~u64{0}, 0);
  require(Stage::own_stack, stack);
  const u64 unblocked = 0;
  constexpr u64 set_mask = 2;
  system_call(__NR_setsid);  // Out of reach of the terminal's signals.
  system_call(__NR_rt_sigprocmask, set_mask, address_of(&unblocked), 0, sizeof unblocked);
  call_on_stack(template_stack + template_stack_bytes, &run_template, vdso);
}

}  // namespace pvm::engine::sandbox::process
