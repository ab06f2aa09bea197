// SPDX-License-Identifier: Apache-2.0 OR MIT
// Starts the template in new namespaces, from a sealed anonymous file, and speaks with it.
#include "sandbox/process/template_process.hpp"

#include <fcntl.h>
#include <linux/capability.h>
#include <poll.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <optional>
#include <system_error>

#include "sandbox/process/image.hpp"
#include "sandbox/process/worker/system.hpp"

#define PVM_UNINSTRUMENTED __attribute__((no_sanitize("address", "thread", "undefined")))

namespace pvm::engine::sandbox::process {
namespace {

constexpr u64 namespaces = CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP | CLONE_NEWPID;
constexpr int reply_timeout_ms = 10'000;

Error unavailable(std::string what, int error, const char* remedy) {
  if (error == EMFILE || error == ENFILE || error == ENOMEM || error == EAGAIN) return system_error(std::move(what), error);
  std::string message = "worker processes can't be isolated here: " + std::move(what) + ": " + std::generic_category().message(error);
  if (remedy[0] != '\0') message.append("; ").append(remedy);
  return {ErrorCode::isolation_unavailable, std::move(message), {}, {}};
}

constexpr const char* namespaces_remedy =
    "allow unprivileged user namespaces: the sysctls user.max_user_namespaces (and max_pid_namespaces, max_mnt_namespaces, "
    "max_net_namespaces, max_ipc_namespaces, max_uts_namespaces, max_cgroup_namespaces) greater than 0, "
    "kernel.unprivileged_userns_clone=1 (Debian, older), kernel.apparmor_restrict_unprivileged_userns=0 (Ubuntu); in a container, a "
    "seccomp "
    "profile that allows clone with CLONE_NEWUSER; not in a chroot";
constexpr const char* mounts_remedy =
    "allow mounts in user namespaces: kernel.apparmor_restrict_unprivileged_userns=0 or an AppArmor profile with `userns` (Ubuntu); in a "
    "container, a seccomp and AppArmor profile that allows mount, umount2 and pivot_root";

// All that the child needs between clone and exec. It shares this process's memory, and this thread waits for it.
struct Launch {
  int image = -1, socket = -1, host = -1;
  char socket_digits[12] = {}, host_digits[12] = {};
  char name[16] = "pvm-template";
  char* arguments[4] = {name, socket_digits, host_digits, nullptr};
  char* environment[1] = {nullptr};
  int error = 0;

  Launch() = default;
  Launch(const Launch&) = delete;
  Launch& operator=(const Launch&) = delete;
};

// From here to the exec only raw system calls: the child shares this process's memory, and must not change any of the C library's state.

// An exec drops the capabilities of one who isn't root in its namespace, and no ids are mapped here (that would need /proc): keep those
// for the set-up as ambient ones. Negative: errno.
PVM_UNINSTRUMENTED long keep_capabilities() {
  __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct data[2];
  if (const long e = system_call(SYS_capget, address_of(&header), address_of(data)); e < 0) return e;
  data[0].inheritable = data[0].permitted;
  data[1].inheritable = data[1].permitted;
  if (const long e = system_call(SYS_capset, address_of(&header), address_of(data)); e < 0) return e;
  long result = 0;
  const auto raise = [&](u64 capability) PVM_UNINSTRUMENTED {
    if (result >= 0) result = system_call(SYS_prctl, PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability);
  };
  raise(CAP_SYS_ADMIN);
  raise(CAP_SYS_CHROOT);
  raise(CAP_SETPCAP);
  return result;
}

extern "C" [[gnu::used]] PVM_UNINSTRUMENTED void pvm_launch_in_child(Launch* launch) {
  system_call(SYS_fcntl, static_cast<u64>(launch->socket), F_SETFD, 0);
  system_call(SYS_fcntl, static_cast<u64>(launch->host), F_SETFD, 0);
  long result = keep_capabilities();
  if (result >= 0) {
    result = system_call(SYS_execveat, static_cast<u64>(launch->image), address_of(""), address_of(launch->arguments),
                         address_of(launch->environment), AT_EMPTY_PATH);
  }
  launch->error = static_cast<int>(-result);
  system_call(SYS_exit_group, 1);
}

// clone(2) with a stack for the child, which runs pvm_launch_in_child(launch). Not by the C library's clone(), whose interceptors in
// sanitizers would take the child for a thread or a copy of this process. Negative: errno.
// NOLINTNEXTLINE(readability-non-const-parameter): the kernel writes *pidfd
PVM_UNINSTRUMENTED long clone_with_stack(u64 flags, void* stack_end, int* pidfd, Launch* launch) {
  register Launch* argument asm("r12") = launch;
  register u64 child_id asm("r10") = 0;
  register u64 thread_storage asm("r8") = 0;
  long result = SYS_clone;
  asm volatile(
      "syscall\n\t"
      "test %%rax, %%rax\n\t"
      "jnz 1f\n\t"
      "xor %%ebp, %%ebp\n\t"
      "mov %%r12, %%rdi\n\t"
      "call pvm_launch_in_child\n\t"
      "ud2\n"
      "1:"
      : "+a"(result)
      : "D"(flags), "S"(stack_end), "d"(pidfd), "r"(child_id), "r"(thread_storage), "r"(argument)
      : "rcx", "r11", "memory", "cc");
  return result;
}

// As vfork: this thread sleeps until the child has its own memory. Signals are blocked meanwhile, so that no handler of the host runs in
// the child. Exit signal 0: the host's SIGCHLD handling sees nothing of it.
Result<Descriptor> clone_and_exec(Launch& launch) {
  constexpr std::size_t stack_bytes = 0x10000;
  void* stack = ::mmap(nullptr, stack_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
  if (stack == MAP_FAILED) return system_error("starting the template", errno);
  sigset_t all, before;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_BLOCK, &all, &before);
  int pidfd = -1;
  const long child =
      clone_with_stack(namespaces | CLONE_VM | CLONE_VFORK | CLONE_PIDFD, static_cast<u8*>(stack) + stack_bytes, &pidfd, &launch);
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  ::munmap(stack, stack_bytes);
  if (child < 0) return unavailable("creating namespaces", static_cast<int>(-child), namespaces_remedy);
  return Descriptor(pidfd);
}

void wait_for_end(const Descriptor& pidfd) {
  siginfo_t info;
  while (::waitid(P_PIDFD, static_cast<id_t>(pidfd.get()), &info, WEXITED | __WALL) != 0 && errno == EINTR) {
  }
}

Result<Descriptor> make_image_file() {
  auto file = make_file("pvm-worker", 0, FileUse::program);
  if (!file) return file;
  if (auto written = write_all(*file, 0, worker_image()); !written) return std::move(written.error());
  if (auto sealed = seal(*file); !sealed) return std::move(sealed.error());
  return file;
}

// One message: nullopt if there is none any more.
std::pair<std::optional<TemplateReply>, Descriptor> receive_one(const Descriptor& socket) {
  TemplateReply reply = {};
  iovec part = {&reply, sizeof reply};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> rights = {};
  msghdr message = {};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = rights.data();
  message.msg_controllen = rights.size();
  ssize_t received = 0;
  while ((received = ::recvmsg(socket.get(), &message, MSG_CMSG_CLOEXEC)) < 0 && errno == EINTR) {
  }
  Descriptor descriptor;
  const cmsghdr* header = CMSG_FIRSTHDR(&message);
  if (header != nullptr && header->cmsg_type == SCM_RIGHTS && header->cmsg_len == CMSG_LEN(sizeof(int))) {
    int number = -1;
    std::memcpy(&number, CMSG_DATA(header), sizeof number);
    descriptor = Descriptor(number);
  }
  if (received != sizeof reply) return {};
  return {reply, std::move(descriptor)};
}

}  // namespace

Result<TemplateProcess> TemplateProcess::start() {
  auto image = make_image_file();
  if (!image) return std::move(image.error());
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) return system_error("making a socket pair", errno);
  Descriptor ours(ends[0]), theirs(ends[1]);
  // The template ends when this process does: it watches its pidfd. (The socket alone wouldn't tell: forked children hold it too.)
  Descriptor self(static_cast<int>(::syscall(SYS_pidfd_open, ::getpid(), 0)));
  if (!self.valid()) return unavailable("opening a pidfd", errno, "Linux 5.9 or later is needed, with pidfd_open allowed by seccomp");

  Launch launch;
  launch.image = image->get(), launch.socket = theirs.get(), launch.host = self.get();
  static_cast<void>(std::snprintf(launch.socket_digits, sizeof launch.socket_digits, "%d", launch.socket));
  static_cast<void>(std::snprintf(launch.host_digits, sizeof launch.host_digits, "%d", launch.host));
  auto pidfd = clone_and_exec(launch);
  if (!pidfd) return std::move(pidfd.error());
  TemplateProcess made(std::move(ours), *std::move(pidfd));
  theirs.close();
  if (launch.error != 0) return unavailable("starting the template", launch.error, "execveat of an anonymous file must be allowed");
  if (auto hello = made.receive(0); !hello) return std::move(hello.error());
  return made;
}

TemplateProcess::~TemplateProcess() {
  if (!pidfd_.valid() || !is_ours()) return;
  ::syscall(SYS_pidfd_send_signal, pidfd_.get(), SIGKILL, nullptr, 0);
  wait_for_end(pidfd_);
}

Error set_up_error(Stage stage, int error) {
  switch (stage) {
    case Stage::make_mounts_private: return unavailable("making mounts private", error, mounts_remedy);
    case Stage::mount_root: return unavailable("mounting an empty root", error, mounts_remedy);
    case Stage::enter_root: return unavailable("entering the empty root", error, mounts_remedy);
    case Stage::close_descriptors:
      return unavailable("closing descriptors", error, "Linux 5.9 or later is needed, with close_range allowed by seccomp");
    case Stage::fork: return system_error("forking a worker", error);
    case Stage::filter:
      return unavailable(
          "filtering system calls", error,
          "the kernel must have seccomp filters (CONFIG_SECCOMP_FILTER), and a container's profile allow the system call seccomp");
    default: return unavailable("set-up step " + std::to_string(static_cast<u32>(stage)), error, "");
  }
}

// A forked child reads 0 from this page, whatever the parent has put there.
u64 this_process() {
  static u64* const page = [] {
    void* at = ::mmap(nullptr, page_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (at == MAP_FAILED) return static_cast<u64*>(nullptr);
    ::madvise(at, page_bytes, MADV_WIPEONFORK);
    return static_cast<u64*>(at);
  }();
  if (page == nullptr) return static_cast<u64>(::getpid());
  const std::atomic_ref<u64> process(*page);
  if (process.load(std::memory_order_relaxed) == 0) process.store(static_cast<u64>(::getpid()), std::memory_order_relaxed);
  return process.load(std::memory_order_relaxed);
}

// Answers to earlier requests, which came too late, are dropped, and their workers ended.
Result<Descriptor> TemplateProcess::receive(u64 id) {
  for (;;) {
    pollfd readable = {socket_.get(), POLLIN, 0};
    int ready = 0;
    while ((ready = ::poll(&readable, 1, reply_timeout_ms)) < 0 && errno == EINTR) {
    }
    if (ready == 0) return Error{ErrorCode::worker_failed, "the template process doesn't answer", {}, {}};
    auto [reply, descriptor] = receive_one(socket_);
    if (!reply) return Error{ErrorCode::worker_failed, "the template process has ended", {}, {}};
    if (reply->id == id)
      return reply->error == 0 ? Result<Descriptor>(std::move(descriptor)) : set_up_error(static_cast<Stage>(reply->stage), reply->error);
    if (descriptor.valid()) ::syscall(SYS_pidfd_send_signal, descriptor.get(), SIGKILL, nullptr, 0);
  }
}

Result<Descriptor> TemplateProcess::fork(const ForkRequest& request, const Descriptor& control, const Descriptor& guest,
                                         const Descriptor& module) {
  ForkRequest copy = request;
  copy.id = ++last_id_;
  iovec part = {&copy, sizeof copy};
  const std::array<int, 3> descriptors = {control.get(), guest.get(), module.get()};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof descriptors)> rights = {};
  msghdr message = {};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = rights.data();
  message.msg_controllen = rights.size();
  cmsghdr* header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(sizeof descriptors);
  std::memcpy(CMSG_DATA(header), descriptors.data(), sizeof descriptors);
  // The answer brings a descriptor. Without room for it the worker would be out of reach, so it isn't asked for.
  Descriptor room(::fcntl(socket_.get(), F_DUPFD_CLOEXEC, 0));
  if (!room.valid()) return system_error("asking for a worker", errno);
  ssize_t sent = 0;
  while ((sent = ::sendmsg(socket_.get(), &message, MSG_NOSIGNAL)) < 0 && errno == EINTR) {
  }
  if (sent < 0) return system_error("asking for a worker", errno);
  room = Descriptor();
  auto pidfd = receive(copy.id);
  if (pidfd && !pidfd->valid()) return system_error("receiving a worker", EMFILE);  // Another thread has taken the room.
  return pidfd;
}

}  // namespace pvm::engine::sandbox::process
