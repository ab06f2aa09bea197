// SPDX-License-Identifier: Apache-2.0 OR MIT
// Making, keeping and clearing workers.
#include "sandbox/process/pool.hpp"

#include <fcntl.h>
#include <immintrin.h>
#include <sys/auxv.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>

namespace pvm::engine::sandbox {

using namespace process;

namespace {

/// Both sides look for so long before they sleep: some times what sleeping and waking cost.
constexpr std::chrono::microseconds spin_time{40};
/// A worker that has not been cleared after so long is replaced by a new one.
constexpr std::chrono::milliseconds idle_patience{250};

// How many looks, each with a `pause`, take spin_time. The instruction takes between 10 and 150 cycles, depending on the processor.
u32 measure_spins() {
  constexpr u32 sample = 500;
  const auto begin = std::chrono::steady_clock::now();
  for (u32 i = 0; i < sample; ++i) _mm_pause();
  const std::chrono::nanoseconds time = std::chrono::steady_clock::now() - begin;
  const double looks =
      sample * std::chrono::duration<double>(spin_time).count() / std::max(std::chrono::duration<double>(time).count(), 1e-9);
  return static_cast<u32>(std::clamp(looks, 100.0, 20'000.0));
}

// Whether programs may write the bases of fs and gs.
bool can_write_bases() {
  constexpr u64 hwcap2_fsgsbase = 2;
  return (::getauxval(AT_HWCAP2) & hwcap2_fsgsbase) != 0;
}

Error lost(const std::string& why) {
  return {ErrorCode::worker_failed, "a new worker: " + why, {}, {}};
}

// Frees all guest memory. False: the system refuses.
bool clear_memory(const Descriptor& guest) {
  return ::fallocate(guest.get(), FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, static_cast<off_t>(native::guest_end)) == 0;
}

bool is_empty(const Descriptor& guest) {
  return ::lseek(guest.get(), 0, SEEK_DATA) < 0 && errno == ENXIO;
}

}  // namespace

WorkerPool::WorkerPool(const WorkerPoolConfig& config, TemplateProcess&& made)
    : config_(config), spins_(measure_spins()), template_(std::move(made)) {}

Result<std::unique_ptr<WorkerProcess>> WorkerPool::take(const SealedCode& code) {
  if (!template_.is_ours())
    return Error{ErrorCode::invalid_argument, "worker processes are of the process that made the pool, not of its children", {}, {}};
  code.note(shared_from_this());
  if (auto idle = take_idle(code)) return idle;
  return make(code);
}

std::unique_ptr<WorkerProcess> WorkerPool::take_idle(const SealedCode& code) {
  for (;;) {
    std::unique_ptr<WorkerProcess> worker;
    {
      const std::scoped_lock lock(mutex_);
      const auto of_module = idle_.find(&code);
      if (of_module == idle_.end() || of_module->second.empty()) return nullptr;
      // The one that has been idle longest has surely done with its reset.
      worker = std::move(of_module->second.front());
      of_module->second.erase(of_module->second.begin());
    }
    // Anything odd ends it: not yet ready, ended, or memory that was written meanwhile. A guest that has got hold of it mustn't keep the
    // next one waiting.
    const Waited waited = worker->wait_for_answer(idle_patience);
    if (waited.report == Report::ready && !worker->has_ended() && is_empty(worker->guest_file())) {
      worker->wipe();
      return worker;
    }
  }
}

Result<Descriptor> WorkerPool::fork(const SealedCode& code, const Descriptor& control, const Descriptor& guest) {
  const std::scoped_lock lock(template_mutex_);
  return template_.fork(code.layout(), control, guest, code.file());
}

Result<std::unique_ptr<WorkerProcess>> WorkerPool::make(const SealedCode& code) {
  auto control_file = make_file("pvm-control", control_bytes);
  if (!control_file) return std::move(control_file.error());
  auto guest = make_file("pvm-guest", native::guest_end);
  if (!guest) return std::move(guest.error());
  for (const Descriptor* file : {&*control_file, &*guest}) {
    if (auto fixed = fix_size(*file); !fixed) return std::move(fixed.error());
  }
  auto control = Mapping::map(*control_file, 0, control_bytes, true);
  if (!control) return std::move(control.error());
  auto& shared = *reinterpret_cast<volatile Control*>(control->data());
  shared.code_bytes = static_cast<u32>(code.layout().code_bytes);
  shared.spins = spins_;
  shared.turn = order_bit;  // "Set yourself up": the worker's turn.

  auto forked = fork(code, *control_file, *guest);
  if (!forked) return std::move(forked.error());
  auto worker = std::make_unique<WorkerProcess>(*std::move(forked), *std::move(guest), *std::move(control), spins_);
  const Waited waited = worker->wait_for_answer();
  if (!waited.report) {
    const u32 stage = worker->control().stage, error = worker->control().error;
    return error != 0 ? set_up_error(static_cast<Stage>(stage), static_cast<int>(error)) : lost(waited.failure);
  }
  if (*waited.report != Report::ready) return lost("it doesn't keep to the protocol");
  worker->keep_fixed_fields();
  return worker;
}

void WorkerPool::give_back(const SealedCode& code, std::unique_ptr<WorkerProcess> worker) {
  if (!config_.reuse) return;
  {
    const std::scoped_lock lock(mutex_);
    const auto of_module = idle_.find(&code);
    if (of_module != idle_.end() && of_module->second.size() >= config_.idle_workers) return;
  }
  if (!clear_memory(worker->guest_file())) return;
  worker->post(Order::reset, can_write_bases() ? 1 : 0);
  const std::scoped_lock lock(mutex_);
  Idle& idle = idle_[&code];
  if (idle.size() < config_.idle_workers) idle.push_back(std::move(worker));
}

void WorkerPool::forget(const SealedCode& code) {
  Idle ended;
  const std::scoped_lock lock(mutex_);
  if (const auto of_module = idle_.find(&code); of_module != idle_.end()) {
    ended = std::move(of_module->second);
    idle_.erase(of_module);
  }
}

// A worker to try it: what is missing shows now, not at the first instance.
Result<std::shared_ptr<WorkerPool>> make_worker_pool(const WorkerPoolConfig& config) {
  auto made = TemplateProcess::start();
  if (!made) return std::move(made.error());
  auto pool = std::make_shared<WorkerPool>(config, *std::move(made));
  jit::NativeCode trap;
  trap.bytes = std::vector<u8>{0x0f, 0x0b};  // ud2
  auto sealed = seal_code(trap, {});
  if (!sealed) return std::move(sealed.error());
  if (auto worker = pool->take(**sealed); !worker) return std::move(worker.error());
  return pool;
}

}  // namespace pvm::engine::sandbox
