// SPDX-License-Identifier: Apache-2.0 OR MIT
// Runs the vectors with one fault switched on, in a process of its own.
#include "gauntlet.hpp"

#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <new>

#include "pvm/conformance/compare.hpp"
#include "pvm/conformance/ref_target.hpp"

namespace pvm::mutants {
namespace {

using conformance::Case;

// No case of the suite comes near these: a case that does has met a fault.
constexpr rlim_t max_memory_bytes = rlim_t{4} << 30;
constexpr int max_case_seconds = 2;  // of processor time

constexpr int exit_survived = 0, exit_killed = 1;

// What a child leaves for its parent, even if it dies.
struct Progress {
  std::atomic<std::size_t> cases_begun = 0;
};

bool passes(const Case& c) {
  return compare(c, conformance::run_on_ref(c)).verdict == conformance::Verdict::pass;
}

[[noreturn]] void run_child(const ref::Mutant& mutant, const std::vector<const Case*>& order, Progress& progress) {
  const rlimit memory = {max_memory_bytes, max_memory_bytes};
  setrlimit(RLIMIT_AS, &memory);
  const rlimit no_core = {0, 0};
  setrlimit(RLIMIT_CORE, &no_core);
  // A fault may make a library complain; only the verdict counts.
  if (std::freopen("/dev/null", "w", stderr) == nullptr) _exit(exit_survived);
  ref::active_mutant = mutant.number;
  for (const Case* c : order) {
    progress.cases_begun.fetch_add(1);
    const itimerval limit = {{0, 0}, {max_case_seconds, 0}};
    setitimer(ITIMER_VIRTUAL, &limit, nullptr);  // ends the process with SIGVTALRM
    if (!passes(*c)) _exit(exit_killed);
  }
  _exit(exit_survived);
}

struct Child {
  std::size_t index;  // of the result
  std::vector<const Case*> order;
  std::chrono::steady_clock::time_point begin;
  Progress* progress;
};

Result judge(const ref::Mutant& mutant, const Child& child, int status) {
  Result result;
  result.mutant = &mutant;
  result.cases_run = child.progress->cases_begun.load();
  result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - child.begin).count();
  if (WIFEXITED(status) && WEXITSTATUS(status) == exit_survived) return result;
  if (WIFEXITED(status) && WEXITSTATUS(status) == exit_killed) {
    result.fate = Fate::differs;
  } else {
    result.fate = WIFSIGNALED(status) && WTERMSIG(status) == SIGVTALRM ? Fate::hang : Fate::crash;
  }
  result.killer = child.order[result.cases_run - 1];
  const auto& clauses = result.killer->clauses;
  result.by_own_clause = std::find(clauses.begin(), clauses.end(), mutant.clause) != clauses.end();
  return result;
}

}  // namespace

std::string_view name_of(Fate fate) {
  switch (fate) {
    case Fate::survived: return "survived";
    case Fate::differs: return "differs";
    case Fate::crash: return "crash";
    case Fate::hang: return "hang";
  }
  return "";
}

std::vector<const Case*> in_order_for(std::string_view clause, const Cases& cases) {
  const std::string_view group = clause.substr(0, clause.find('.') + 1);
  std::vector<const Case*> order[4];
  for (const Case& c : cases) {
    const auto names = [&](const std::string& one) { return one == clause; };
    const auto is_near = [&](const std::string& one) { return one.starts_with(group); };
    std::size_t rank = 3;
    if (!c.clauses.empty() && c.clauses.front() == clause) {
      rank = 0;
    } else if (std::any_of(c.clauses.begin(), c.clauses.end(), names)) {
      rank = 1;
    } else if (std::any_of(c.clauses.begin(), c.clauses.end(), is_near)) {
      rank = 2;
    }
    order[rank].push_back(&c);
  }
  for (std::size_t rank = 1; rank < 4; ++rank) order[0].insert(order[0].end(), order[rank].begin(), order[rank].end());
  return std::move(order[0]);
}

std::vector<const Case*> failing_without_fault(const Cases& cases) {
  std::vector<const Case*> failing;
  for (const Case& c : cases) {
    if (!passes(c)) failing.push_back(&c);
  }
  return failing;
}

std::vector<Result> run_gauntlet(const std::vector<const ref::Mutant*>& mutants, const Cases& cases, unsigned jobs,
                                 const std::function<void(const Result&)>& done) {
  std::vector<Result> results(mutants.size());
  std::map<pid_t, Child> children;
  std::size_t next = 0;
  while (next < mutants.size() || !children.empty()) {
    while (next < mutants.size() && children.size() < jobs) {
      void* shared = mmap(nullptr, sizeof(Progress), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
      if (shared == MAP_FAILED) throw std::bad_alloc();
      Child child{next, in_order_for(mutants[next]->clause, cases), std::chrono::steady_clock::now(), new (shared) Progress};
      const pid_t pid = fork();
      if (pid == 0) run_child(*mutants[next], child.order, *child.progress);
      if (pid < 0) throw std::bad_alloc();
      children.emplace(pid, std::move(child));
      ++next;
    }
    int status = 0;
    const pid_t pid = wait(&status);
    const auto child = children.find(pid);
    if (child == children.end()) continue;
    Result& result = results[child->second.index];
    result = judge(*mutants[child->second.index], child->second, status);
    munmap(child->second.progress, sizeof(Progress));
    children.erase(child);
    done(result);
  }
  return results;
}

}  // namespace pvm::mutants
