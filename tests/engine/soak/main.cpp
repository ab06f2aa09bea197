// SPDX-License-Identifier: Apache-2.0 OR MIT
// Makes instances by the thousand, one after another and many at once, kills workers at random, and counts what stays behind: processes,
// descriptors, mappings, bytes. Prints the figures; exit code 1 if anything has leaked or a run has ended in a way that isn't allowed.
#include <malloc.h>
#include <signal.h>

#include <atomic>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>
#include <string_view>
#include <thread>

#include "guests.hpp"
#include "memory_use.hpp"
#include "pvm/pvm.hpp"

namespace pvm::soak {
namespace {

using Clock = std::chrono::steady_clock;

constexpr i64 ample_gas = i64{1} << 40;
/// Calls the host again and again, and touches memory meanwhile.
constexpr std::string_view guest =
    "load_imm t0, 0x20000; fallthrough; loop:; store_indirect_u64 a0, t0, 0; add_imm_64 a0, a0, 1; ecalli 1; jump loop";

/// What a process holds.
struct Holdings {
  std::size_t processes = 0, descriptors = 0, mappings = 0;
  u64 heap_bytes = 0, memory_bytes = 0;
};

std::size_t descriptors() {
  std::size_t count = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) ++count;
  return count;
}

std::size_t mappings() {
  std::ifstream file("/proc/self/maps");
  std::size_t count = 0;
  for (std::string line; std::getline(file, line);) ++count;
  return count;
}

Holdings holdings() {
  malloc_trim(0);
  const auto heap = mallinfo2();
  return {bench::descendants().size(), descriptors(), mappings(), heap.uordblks + heap.hblkhd, bench::own_pss_bytes()};
}

// Workers end in the background: gives them some time.
Holdings settled(std::size_t processes) {
  Holdings now = holdings();
  for (int attempt = 0; attempt < 100 && now.processes > processes; ++attempt) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    now = holdings();
  }
  return now;
}

void print(const char* when, const Holdings& held) {
  std::printf("%-36s %4zu processes %5zu descriptors %6zu mappings %9llu bytes of heap %8llu KiB in all\n", when, held.processes,
              held.descriptors, held.mappings, static_cast<unsigned long long>(held.heap_bytes),
              static_cast<unsigned long long>(held.memory_bytes / 1024));
}

[[noreturn]] void give_up(const std::string& what, const Error& error) {
  std::fprintf(stderr, "engine-soak: %s: %s\n", what.c_str(), error.message.c_str());
  std::exit(1);
}

template <typename T>
T need(Result<T> result, const char* what) {
  if (!result) give_up(what, result.error());
  return std::move(result).value();
}

/// Some host calls; false where the worker has died meanwhile. Anything else ends the program.
bool work(Instance& instance, int host_calls) {
  for (int call = 0; call < host_calls; ++call) {
    const auto exit = instance.run(RunLimits::within(std::chrono::seconds(30)));
    if (!exit) {
      const ErrorCode code = exit.error().code;
      if (code == ErrorCode::worker_failed || code == ErrorCode::instance_lost) return false;
      give_up("run", exit.error());
    }
    if (exit->status != Status::host_call) {
      std::fprintf(stderr, "engine-soak: a run ended with %s\n", std::string(name_of(exit->status)).c_str());
      std::exit(1);
    }
  }
  return true;
}

// With `deaths`, a worker may die before it is ready: that is counted, and another is made.
Instance started(const Module& module, std::atomic<int>* deaths = nullptr) {
  auto made = module.instantiate();
  while (!made && deaths != nullptr && made.error().code == ErrorCode::worker_failed) {
    ++*deaths;
    made = module.instantiate();
  }
  Instance instance = need(std::move(made), "instantiate");
  if (auto set = instance.set_gas(ample_gas); !set) give_up("gas", set.error());
  if (auto set = instance.set_pc(0); !set) give_up("pc", set.error());
  return instance;
}

void in_turn(const Module& module, int count) {
  for (int number = 0; number < count; ++number) {
    Instance instance = started(module);
    if (!work(instance, 3)) std::exit(1);  // Nobody kills here.
  }
}

/// What came of many at once.
struct Tally {
  std::atomic<int> finished = 0, died = 0;
};

// Each thread has its share of the instances, all alive at the same time, and gives those whose worker has died a new one.
void at_once(const Module& module, int count, int threads, Tally& tally) {
  std::vector<std::thread> team;
  for (int thread = 0; thread < threads; ++thread) {
    team.emplace_back([&, share = count / threads] {
      std::vector<Instance> instances;
      for (int number = 0; number < share; ++number) instances.push_back(started(module, &tally.died));
      for (int round = 0; round < 20; ++round) {
        for (Instance& instance : instances) {
          if (work(instance, 5)) continue;
          ++tally.died;
          instance = started(module, &tally.died);
        }
      }
      tally.finished += share;
    });
  }
  for (std::thread& thread : team) thread.join();
}

// Kills a random worker every now and then, but never the template: its children are the workers.
void kill_at_random(const std::atomic<bool>& stop, int template_process, std::atomic<int>& kills) {
  std::mt19937 random(20260101);
  while (!stop) {
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
    std::vector<int> workers;
    for (const int process : bench::descendants()) {
      if (process != template_process) workers.push_back(process);
    }
    if (workers.empty()) continue;
    if (kill(workers[random() % workers.size()], SIGKILL) == 0) ++kills;
  }
}

int leaks(const Holdings& before, const Holdings& after) {
  int found = 0;
  const auto complain = [&](const char* what, u64 now, u64 then) {
    std::fprintf(stderr, "engine-soak: leaked %s: %llu, before %llu\n", what, static_cast<unsigned long long>(now),
                 static_cast<unsigned long long>(then));
    ++found;
  };
  // Allocators and thread stacks keep some memory: a leak for each instance would be more.
  constexpr u64 heap_slack = 64 << 10, memory_slack = 4 << 20;
  constexpr std::size_t mapping_slack = 40;
  if (after.processes > before.processes) complain("processes", after.processes, before.processes);
  if (after.descriptors > before.descriptors) complain("descriptors", after.descriptors, before.descriptors);
  if (after.mappings > before.mappings + mapping_slack) complain("mappings", after.mappings, before.mappings);
  if (after.heap_bytes > before.heap_bytes + heap_slack) complain("bytes of heap", after.heap_bytes, before.heap_bytes);
  if (after.memory_bytes > before.memory_bytes + memory_slack) complain("bytes", after.memory_bytes, before.memory_bytes);
  return found;
}

int soak(int count) {
  constexpr int many = 100, threads = 4;
  EngineConfig config;
  config.idle_workers = 0;  // Nothing is to stay: everything that does is a leak.
  const Engine engine = need(Engine::create(config), "engine");
  const int template_process = bench::descendants().at(0);
  const Module module = need(engine.compile(bench::assembled(guest, 4096, 4096)), "compile");
  in_turn(module, 20);
  {
    Tally warm_up;
    at_once(module, threads, threads, warm_up);
  }
  const Holdings before = settled(1);
  print("before", before);

  const auto start = Clock::now();
  in_turn(module, count);
  const std::chrono::duration<double, std::micro> time = Clock::now() - start;
  const Holdings after_turns = settled(before.processes);
  print((std::to_string(count) + " in turn").c_str(), after_turns);
  std::printf("%36s %.0f us each: made, three host calls, ended\n", "", time.count() / count);

  Tally tally;
  std::atomic<bool> stop = false;
  std::atomic<int> kills = 0;
  std::thread killer([&] { kill_at_random(stop, template_process, kills); });
  at_once(module, many, threads, tally);
  stop = true;
  killer.join();
  const Holdings after_kills = settled(before.processes);
  print((std::to_string(many) + " at once, with kills").c_str(), after_kills);
  std::printf("%36s %d workers killed, %d deaths noticed, %d instances finished\n", "", kills.load(), tally.died.load(),
              tally.finished.load());
  // A worker may be killed after its last run, but not more often noticed than killed.
  const bool sound = tally.finished == many && tally.died <= kills && kills > 0;
  if (!sound) std::fprintf(stderr, "engine-soak: the numbers of kills, deaths and finished instances don't fit\n");
  return leaks(before, after_turns) + leaks(before, after_kills) == 0 && sound ? 0 : 1;
}

}  // namespace
}  // namespace pvm::soak

int main(int argc, char** argv) {
  int count = 1000;
  if (argc == 2) {
    const std::string_view text = argv[1];
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), count);
    if (text == "--help" || text == "-h") {
      std::puts(
          "usage: engine-soak [COUNT]\n\nMakes COUNT (default: 1000) instances in turn, then 100 at once whose workers are killed at "
          "random.\n"
          "Prints what the process holds before and after; exit code 1 if something has leaked.");
      return 0;
    }
    if (parsed.ptr != text.data() + text.size() || count < 1) argc = 3;
  }
  if (argc > 2) {
    std::fputs("usage: engine-soak [COUNT]\n", stderr);
    return 2;
  }
  return pvm::soak::soak(count);
}
