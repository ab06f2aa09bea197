// SPDX-License-Identifier: Apache-2.0 OR MIT
// Systems that don't allow worker processes, and users without rights: an error that names the remedy, or it works.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <functional>
#include <string>

#include "guests.hpp"

namespace pvm::engine::sandbox::test {
namespace {

constexpr int works = 10, wrong_result = 11, cannot_set_up = 12;

// Makes a pool and runs a guest.
std::string try_it(ErrorCode& code) {
  auto pool = make_worker_pool({});
  if (!pool) {
    code = pool.error().code;
    return pool.error().message;
  }
  auto sealed = seal_code(code_of([](Assembler& as) { leave(as, native::ExitReason::host_call, 1); }), {});
  auto space = make_process_space(*pool, *sealed);
  if (!space) {
    code = space.error().code;
    return space.error().message;
  }
  CpuState state;
  return std::holds_alternative<native::StubExit>(enter(**space, state)) ? "" : "it doesn't run";
}

// In a child process, as `prepare` leaves it: `works`, 0 if all of `words` are in the error's text, or something else.
int in_child(const std::function<bool()>& prepare, std::initializer_list<const char*> words, ErrorCode wanted) {
  const pid_t child = ::fork();
  if (child == 0) {
    if (!prepare()) ::_exit(cannot_set_up);
    ErrorCode code = ErrorCode::unsupported;
    const std::string text = try_it(code);
    if (text.empty()) ::_exit(works);
    bool as_wanted = code == wanted;
    for (const char* word : words) as_wanted = as_wanted && text.find(word) != std::string::npos;
    if (!as_wanted) fprintf(stderr, "%s\n", text.c_str());
    ::_exit(as_wanted ? 0 : wrong_result);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 100 + WTERMSIG(status);
}

bool write_file(const char* path, const std::string& text) {
  const int file = ::open(path, O_WRONLY | O_CLOEXEC);
  if (file < 0) return false;
  const bool written = ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  ::close(file);
  return written;
}

// A filter of the kind that containers have: this system call gives EPERM.
bool forbid(u32 number) {
  sock_filter code[] = {{BPF_LD | BPF_W | BPF_ABS, 0, 0, offsetof(seccomp_data, nr)},
                        {BPF_JMP | BPF_JEQ | BPF_K, 0, 1, number},
                        {BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ERRNO | EPERM},
                        {BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW}};
  const sock_fprog program = {4, code};
  return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

// Sanitizers' threads, or a system that forbids more than a test wants, may stand in the way.
#define SKIP_IF_NOT_SET_UP(result) \
  if ((result) == cannot_set_up) GTEST_SKIP() << "this system can't be made so"

TEST(Unavailable, an_unprivileged_user_needs_nothing) {
  if (::geteuid() != 0) GTEST_SKIP() << "the other tests show it";
  const int result = in_child([] { return ::setgid(65534) == 0 && ::setuid(65534) == 0; }, {}, ErrorCode::isolation_unavailable);
  SKIP_IF_NOT_SET_UP(result);
  EXPECT_EQ(result, works);
}

TEST(Unavailable, in_a_user_namespace_of_its_own) {
  const std::string users = "0 " + std::to_string(::geteuid()) + " 1", groups = "0 " + std::to_string(::getegid()) + " 1";
  const int result = in_child(
      [&] {
        return ::unshare(CLONE_NEWUSER) == 0 && write_file("/proc/self/setgroups", "deny") && write_file("/proc/self/uid_map", users) &&
               write_file("/proc/self/gid_map", groups);
      },
      {}, ErrorCode::isolation_unavailable);
  SKIP_IF_NOT_SET_UP(result);
  EXPECT_EQ(result, works);
}

TEST(Unavailable, no_user_namespaces_left) {
  const int result =
      in_child([] { return ::unshare(CLONE_NEWUSER) == 0 && write_file("/proc/sys/user/max_user_namespaces", "0"); },
               {"user.max_user_namespaces", "kernel.unprivileged_userns_clone", "kernel.apparmor_restrict_unprivileged_userns"},
               ErrorCode::isolation_unavailable);
  SKIP_IF_NOT_SET_UP(result);
  EXPECT_EQ(result, 0);
}

TEST(Unavailable, no_network_namespaces_left) {
  const int result = in_child([] { return ::unshare(CLONE_NEWUSER) == 0 && write_file("/proc/sys/user/max_net_namespaces", "0"); },
                              {"max_net_namespaces"}, ErrorCode::isolation_unavailable);
  SKIP_IF_NOT_SET_UP(result);
  EXPECT_EQ(result, 0);
}

TEST(Unavailable, in_a_chroot) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root";
  const int result = in_child([] { return ::chroot("/tmp") == 0 && ::chdir("/") == 0; }, {"chroot"}, ErrorCode::isolation_unavailable);
  SKIP_IF_NOT_SET_UP(result);
  EXPECT_EQ(result, 0);
}

TEST(Unavailable, filters_of_containers) {
  const auto in_filter = [](u32 number, std::initializer_list<const char*> words) {
    return in_child([=] { return forbid(number); }, words, ErrorCode::isolation_unavailable);
  };
  EXPECT_EQ(in_filter(SYS_clone, {"seccomp", "CLONE_NEWUSER"}), 0);
  EXPECT_EQ(in_filter(SYS_mount, {"mount", "seccomp", "AppArmor"}), 0);
  EXPECT_EQ(in_filter(SYS_umount2, {"mount", "seccomp"}), 0);
  EXPECT_EQ(in_filter(SYS_execveat, {"execveat"}), 0);
  EXPECT_EQ(in_filter(SYS_close_range, {"close_range"}), 0);
  EXPECT_EQ(in_filter(SYS_pidfd_open, {"pidfd_open"}), 0);
  EXPECT_EQ(in_filter(SYS_seccomp, {"seccomp"}), 0);
  EXPECT_EQ(in_filter(SYS_memfd_create, {"anonymous file"}), 0);
  // Not needed, or replaced by something else.
  EXPECT_EQ(in_filter(SYS_clone3, {}), works);
  EXPECT_EQ(in_filter(SYS_pivot_root, {}), works);
  EXPECT_EQ(in_filter(SYS_userfaultfd, {}), works);
  EXPECT_EQ(in_filter(SYS_ptrace, {}), works);
  EXPECT_EQ(in_filter(SYS_process_vm_readv, {}), works);
}

TEST(Unavailable, anonymous_files_can_not_be_executed) {
  const int result = in_child(
      [] {
        if (::unshare(CLONE_NEWUSER | CLONE_NEWPID) != 0) return false;
        const pid_t child = ::fork();
        if (child == 0) return write_file("/proc/sys/vm/memfd_noexec", "2");
        int status = 0;
        ::waitpid(child, &status, 0);
        ::_exit(WIFEXITED(status) ? WEXITSTATUS(status) : wrong_result);
      },
      {"vm.memfd_noexec"}, ErrorCode::isolation_unavailable);
  SKIP_IF_NOT_SET_UP(result);
  EXPECT_EQ(result, 0);
}

TEST(Unavailable, too_few_descriptors) {
  const int result = in_child(
      [] {
        const rlimit few = {6, 6};
        return ::setrlimit(RLIMIT_NOFILE, &few) == 0;
      },
      {"RLIMIT_NOFILE"}, ErrorCode::resource_exhausted);
  SKIP_IF_NOT_SET_UP(result);
  EXPECT_EQ(result, 0);
}

}  // namespace
}  // namespace pvm::engine::sandbox::test
