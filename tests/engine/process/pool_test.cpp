// SPDX-License-Identifier: Apache-2.0 OR MIT
// The pool: what workers hold, what reuse leaves, and that nothing stays behind.
#include <dirent.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include "attack.hpp"
#include "sandbox/process/protocol.hpp"

namespace pvm::engine::sandbox::test {
namespace {

using namespace std::chrono_literals;
using native::StubExit;

jit::NativeCode store_and_call() {
  return code_of([](Assembler& as) {
    as.load_zx(8, host_a1, at(host_a0));
    as.store(8, at(host_a0), host_a2);
    leave(as, native::ExitReason::host_call, 1);
  });
}

std::size_t entries_of(const std::string& directory) {
  const std::filesystem::directory_iterator entries(directory);
  return static_cast<std::size_t>(std::distance(begin(entries), end(entries)));
}

// Mappings of this process that belong to the sandbox.
std::size_t sandbox_mappings() {
  std::ifstream file("/proc/self/maps");
  std::size_t count = 0;
  for (std::string line; std::getline(file, line);) count += line.find("memfd:pvm-") != std::string::npos ? 1 : 0;
  return count;
}

// Processes end a moment after they are killed.
template <typename Condition>
bool soon(Condition condition) {
  for (u32 i = 0; i < 500; ++i) {
    if (condition()) return true;
    std::this_thread::sleep_for(10ms);
  }
  return false;
}

bool runs(native::Space& space, u64 address = 0x20000, u64 value = 1) {
  CpuState state;
  state.regs[a0] = address;
  state.regs[a2] = value;
  if (!space.set_access(0x20000, 0x30000, Access::write).ok()) return false;
  return std::holds_alternative<StubExit>(enter(space, state)) && state.regs[a1] == 0;
}

TEST(Pool, a_worker_holds_nothing) {
  const auto space = space_of(store_and_call());
  ASSERT_NE(space, nullptr);
  ASSERT_TRUE(runs(*space));
  const auto all = workers();
  ASSERT_FALSE(all.empty());
  for (const pid_t worker : all) {
    const std::string proc = "/proc/" + std::to_string(worker);
    std::error_code error;
    const bool readable = !std::filesystem::is_empty(proc + "/task", error) && ::geteuid() == 0;
    if (!readable) GTEST_SKIP() << "only root may look at what can't be dumped";
    EXPECT_TRUE(std::filesystem::is_empty(proc + "/fd", error)) << error.message();
    std::ifstream status(proc + "/status");
    std::ostringstream text;
    text << status.rdbuf();
    for (const char* const line : {"NoNewPrivs:\t1", "Seccomp:\t2", "CapEff:\t0000000000000000", "CapPrm:\t0000000000000000",
                                   "CapBnd:\t0000000000000000", "CapAmb:\t0000000000000000"}) {
      EXPECT_NE(text.str().find(line), std::string::npos) << line << '\n' << text.str();
    }
    // No writable memory but guest memory and the control pages; nothing both writable and executable; no vdso, no first stack.
    std::ifstream maps(proc + "/maps");
    for (std::string line; std::getline(maps, line);) {
      const u64 begin = std::stoull(line, nullptr, 16);
      const std::string rights = line.substr(line.find(' ') + 1, 4);
      const bool is_shared_with_host = begin < native::guest_end || begin == process::control_address;
      if (rights[1] == 'w') {
        EXPECT_TRUE(is_shared_with_host && rights[2] == '-' && rights[3] == 's') << line;
      }
      EXPECT_TRUE(begin < u64{0x21} << 32 || line.find("[vsyscall]") != std::string::npos) << line;
    }
  }
}

TEST(Pool, reuse_leaves_no_byte) {
  auto pool = make_worker_pool({1, true});
  ASSERT_TRUE(pool.ok());
  auto sealed = seal_code(store_and_call(), {});
  ASSERT_TRUE(sealed.ok());
  pid_t first = 0;
  for (u32 i = 0; i < 50; ++i) {
    auto space = make_process_space(*pool, *sealed);
    ASSERT_TRUE(space.ok()) << space.error().message;
    const auto all = workers();
    if (i == 0) first = all.back();
    EXPECT_EQ(all.back(), first) << "the pool made a new worker";
    // Rights are gone.
    CpuState state;
    state.regs[a0] = 0x20000;
    EXPECT_TRUE(std::holds_alternative<native::FaultExit>(enter(**space, state)));
    // Memory is empty; runs() sees only zeros.
    EXPECT_TRUE(runs(**space, 0x20000 + i * 8, ~u64{0}));
    std::vector<u8> bytes(0x10000);
    ASSERT_TRUE((*space)->read(0x20000, bytes).ok());
    EXPECT_EQ(std::count(bytes.begin(), bytes.end(), 0xff), 8);
    ASSERT_TRUE((*space)->write(0x20000, std::vector<u8>(0x10000, 0xff)).ok());
    if (i % 2 == 0) {  // Leave it in the handler of a fault.
      state.regs[a0] = 0x8000;
      EXPECT_TRUE(std::holds_alternative<native::FaultExit>(enter(**space, state)));
    }
  }
}

// What an attacker leaves in registers and in the worker's own stacks isn't there for the next instance.
TEST(Pool, reuse_clears_registers_and_stacks) {
  const u64 stack = process::control_address + 0x8000;
  Attack attack;
  // First run: vector registers, and a mark on the stack. Second: what is there? (movq xmm5, rdi; movq rdi, xmm5; mov rax, [rcx])
  const jit::NativeCode mark = attack.bytes({0x66, 0x48, 0x0f, 0x6e, 0xef}).store64(stack, 0x1234).then_leave(1);
  const u32 second = static_cast<u32>(mark.bytes.size());
  std::vector<u8> bytes(mark.bytes.begin(), mark.bytes.end());
  const jit::NativeCode look = Attack().bytes({0x66, 0x48, 0x0f, 0x7e, 0xef}).load(R::rcx, stack).bytes({0x48, 0x8b, 0x01}).then_leave(2);
  bytes.insert(bytes.end(), look.bytes.begin(), look.bytes.end());
  jit::NativeCode code;
  code.bytes = bytes;

  auto pool = make_worker_pool({1, true});
  ASSERT_TRUE(pool.ok());
  auto sealed = seal_code(code, {});
  ASSERT_TRUE(sealed.ok());
  for (const bool by_fault : {false, true}) {
    CpuState state;
    {
      auto space = make_process_space(*pool, *sealed);
      ASSERT_TRUE(space.ok());
      state.regs[a0] = 77;
      ASSERT_TRUE(std::holds_alternative<StubExit>(enter(**space, state)));
      state.regs[a0] = 0;
      ASSERT_TRUE(std::holds_alternative<StubExit>(enter(**space, state, second)));
      EXPECT_EQ(state.regs[a0], 77U) << "the attack doesn't work, so this test shows nothing";
      EXPECT_EQ(state.regs[a1], 0x1234U) << "the attack doesn't work, so this test shows nothing";
      if (by_fault) {
        state.regs[a0] = 77;
        ASSERT_TRUE(std::holds_alternative<StubExit>(enter(**space, state)));
      }
    }
    auto space = make_process_space(*pool, *sealed);
    ASSERT_TRUE(space.ok());
    ASSERT_TRUE(std::holds_alternative<StubExit>(enter(**space, state, second)));
    EXPECT_EQ(state.regs[a0], 0U);
    EXPECT_EQ(state.regs[a1], 0U);
  }
}

TEST(Pool, a_worker_serves_one_module) {
  const auto before = templates();
  auto pool = make_worker_pool({4, true});
  ASSERT_TRUE(pool.ok());
  auto after = templates();
  std::erase_if(after, [&](pid_t process) { return std::find(before.begin(), before.end(), process) != before.end(); });
  ASSERT_EQ(after.size(), 1U);
  const auto has_workers = [&](std::size_t count) { return soon([&] { return children_of(after[0]).size() == count; }); };
  auto first = seal_code(store_and_call(), {});
  auto second = seal_code(store_and_call(), {});
  ASSERT_TRUE(first.ok() && second.ok());
  for (u32 i = 0; i < 4; ++i) {
    auto space = make_process_space(*pool, i % 2 == 0 ? *first : *second);
    ASSERT_TRUE(space.ok());
    EXPECT_TRUE(runs(**space));
  }
  EXPECT_TRUE(has_workers(2));
  *first = nullptr;
  EXPECT_TRUE(has_workers(1));
}

TEST(Pool, nothing_stays_behind) {
  const std::size_t files = entries_of("/proc/self/fd"), maps = sandbox_mappings(), threads = entries_of("/proc/self/task");
  const std::size_t processes = templates().size();
  {
    auto pool = make_worker_pool({3, true});
    ASSERT_TRUE(pool.ok());
    auto sealed = seal_code(store_and_call(), {});
    ASSERT_TRUE(sealed.ok());
    for (u32 i = 0; i < 1000; ++i) {
      auto space = make_process_space(*pool, *sealed);
      ASSERT_TRUE(space.ok()) << space.error().message;
      ASSERT_TRUE(runs(**space));
    }
    std::vector<std::unique_ptr<native::Space>> many;
    for (u32 i = 0; i < 100; ++i) {
      auto space = make_process_space(*pool, *sealed);
      ASSERT_TRUE(space.ok()) << space.error().message;
      ASSERT_TRUE(runs(**space));
      many.push_back(*std::move(space));
    }
    EXPECT_LT(entries_of("/proc/self/fd"), files + 250);
    EXPECT_GE(sandbox_mappings(), maps + 100);
  }
  EXPECT_EQ(entries_of("/proc/self/fd"), files);
  EXPECT_EQ(entries_of("/proc/self/task"), threads);
  EXPECT_EQ(sandbox_mappings(), maps);
  EXPECT_TRUE(soon([&] { return templates().size() == processes; }));
}

TEST(Pool, many_threads) {
  auto pool = make_worker_pool({2, true});
  ASSERT_TRUE(pool.ok());
  auto sealed = seal_code(store_and_call(), {});
  ASSERT_TRUE(sealed.ok());
  std::vector<std::thread> threads;
  std::atomic<u32> failures = 0;
  for (u32 t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (u32 i = 0; i < 50; ++i) {
        auto space = make_process_space(*pool, *sealed);
        if (!space || !runs(**space)) ++failures;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(failures, 0U);
}

// The thread that made the pool may end before it.
TEST(Pool, outlives_the_thread_that_made_it) {
  std::shared_ptr<WorkerPool> pool;
  std::thread([&] {
    auto made = make_worker_pool({});
    if (made) pool = *made;
  }).join();
  ASSERT_NE(pool, nullptr);
  std::this_thread::sleep_for(20ms);
  const auto space = space_of(store_and_call(), {}, pool);
  ASSERT_NE(space, nullptr);
  EXPECT_TRUE(runs(*space));
}

// Runs `body` in a child process: what it returned.
int in_child(const std::function<int()>& body) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(body());
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 100 + WTERMSIG(status);
}

TEST(Pool, one_processor) {
  EXPECT_EQ(in_child([] {
              cpu_set_t one;
              CPU_ZERO(&one);
              CPU_SET(0, &one);
              if (::sched_setaffinity(0, sizeof one, &one) != 0) return 1;
              auto pool = make_worker_pool({});
              if (!pool) return 2;
              auto sealed = seal_code(store_and_call(), {});
              auto space = make_process_space(*pool, *sealed);
              if (!space) return 3;
              if (!(*space)->set_access(0x20000, 0x30000, Access::write).ok()) return 4;
              CpuState state;
              state.regs[a0] = 0x20000;
              for (u32 i = 0; i < 2000; ++i) {
                state.regs[a2] = i + 1;
                if (!std::holds_alternative<StubExit>(enter(**space, state)) || state.regs[a1] != i) return 5;
              }
              return 0;
            }),
            0);
}

// A forked child has copies of everything, and does no harm by dropping them.
TEST(Pool, forked_children_leave_it_alone) {
  auto pool = make_worker_pool({});
  ASSERT_TRUE(pool.ok());
  auto space = space_of(store_and_call(), {}, *pool);
  ASSERT_NE(space, nullptr);
  EXPECT_EQ(in_child([&] {
              CpuState state;
              if (!std::holds_alternative<native::BrokenExit>(enter(*space, state))) return 1;
              if (make_process_space(*pool, *seal_code(store_and_call(), {})).ok()) return 2;
              space.reset();
              pool->reset();
              auto own = make_worker_pool({});
              if (!own) return 3;
              auto made = make_process_space(*own, *seal_code(store_and_call(), {}));
              return made.ok() && runs(**made) ? 0 : 4;
            }),
            0);
  EXPECT_TRUE(runs(*space));
}

// A host that is killed takes template and workers with it, though a forked child of it lives on.
TEST(Pool, dies_with_the_host) {
  int tell[2];
  ASSERT_EQ(::pipe(tell), 0);
  // What the host leaves behind becomes this process' to wait for: not every system has an init that does.
  ASSERT_EQ(::prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0), 0);
  const auto has_ended = [](pid_t process) { return ::waitpid(process, nullptr, WNOHANG | __WALL) == process || ::kill(process, 0) != 0; };
  const pid_t host = ::fork();
  if (host == 0) {
    auto pool = make_worker_pool({});
    auto space = space_of(store_and_call(), {}, *pool);
    if (space == nullptr || !runs(*space)) ::_exit(1);
    std::vector<pid_t> all = templates();
    for (const pid_t worker : workers()) all.push_back(worker);
    const pid_t survivor = ::fork();
    if (survivor == 0) {
      ::close(tell[0]);
      ::close(tell[1]);
      std::this_thread::sleep_for(20s);
      ::_exit(0);
    }
    all.push_back(survivor);
    if (::write(tell[1], all.data(), all.size() * sizeof(pid_t)) < 0) ::_exit(1);
    ::pause();
  }
  pid_t seen[16] = {};
  const ssize_t got = ::read(tell[0], seen, sizeof seen);
  ASSERT_EQ(got, static_cast<ssize_t>(3 * sizeof(pid_t)));
  ::kill(host, SIGKILL);
  ::waitpid(host, nullptr, 0);
  for (u32 i = 0; i < 2; ++i) {
    EXPECT_TRUE(soon([&] { return has_ended(seen[i]); })) << i;
  }
  EXPECT_EQ(::kill(seen[2], SIGKILL), 0);
  EXPECT_TRUE(soon([&] { return has_ended(seen[2]); }));
  ::prctl(PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0);
  ::close(tell[0]);
  ::close(tell[1]);
}

}  // namespace
}  // namespace pvm::engine::sandbox::test
