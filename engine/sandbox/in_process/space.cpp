// SPDX-License-Identifier: Apache-2.0 OR MIT
// A guest in this process: enters native code on the calling thread, and says how it was left.
#include <utility>

#include "sandbox/in_process/gs_base.hpp"
#include "sandbox/in_process/in_process.hpp"
#include "sandbox/in_process/signals.hpp"
#include "sandbox/in_process/watchdog.hpp"
#include "sandbox/in_process/window.hpp"

namespace pvm::engine::sandbox {
namespace {

using native::NativeExit;

class InProcessSpace final : public native::Space {
 public:
  InProcessSpace(std::shared_ptr<const LoadedCode> code, std::unique_ptr<Window> window);
  ~InProcessSpace() override;

  NativeExit enter(CpuState& state, native::Start start, const RunLimits& limits, bool stop_when_gas_negative) override;
  void kick() override { watch_.interrupt(); }
  Result<void> set_access(u64 begin, u64 end, Access access) override { return window_->set_access(begin, end, access); }
  Result<void> discard(u64 begin, u64 end) override { return window_->discard(begin, end); }
  Result<void> read(u32 address, std::span<u8> out) override { return window_->read(address, out); }
  Result<void> write(u32 address, std::span<const u8> bytes) override { return window_->write(address, bytes); }
  Result<void> clear() override { return window_->clear(); }
  Result<std::shared_ptr<const SavedMemory>> save() override { return window_->save(); }
  Result<void> restore(const SavedMemory& saved) override { return window_->restore(saved); }

 private:
  void adopt_thread();
  Result<void> begin_watch(const RunLimits& limits, bool gas_counts);
  void end_watch();
  void run_guest(CpuState& state);
  u32 offset_of(u64 rip) const { return static_cast<u32>(rip - code_->begin()); }

  std::shared_ptr<const LoadedCode> code_;
  std::unique_ptr<Window> window_;
  Frame& frame_;
  Run run_;
  std::optional<u32> next_;  // Where a run goes on; nullopt: nowhere.
  Watch watch_;
  bool watched_ = false;
};

InProcessSpace::InProcessSpace(std::shared_ptr<const LoadedCode> code, std::unique_ptr<Window> window)
    : code_(std::move(code)), window_(std::move(window)), frame_(*window_->frame()) {
  run_.frame = &frame_;
  run_.code = code_.get();
  frame_.context.exit_handler = reinterpret_cast<u64>(pvm_in_process_exit_stub);
  watch_.gas = &frame_.context.gas;
}

InProcessSpace::~InProcessSpace() {
  if (watched_) Watchdog::get().remove(watch_);
}

void InProcessSpace::adopt_thread() {
  if (this_thread.id == 0) prepare_thread();
  if (watch_.thread.load(std::memory_order_relaxed) != this_thread.id) {
    watch_.thread.store(this_thread.id);
    watch_.sent.exchange(false);
  }
}

Result<void> InProcessSpace::begin_watch(const RunLimits& limits, bool gas_counts) {
  Watchdog& watchdog = Watchdog::get();
  if (!watched_) {
    if (auto added = watchdog.add(watch_); !added) return added;
    watched_ = true;
  }
  if (limits.deadline) {
    const SteadyTime deadline = steady_time(*limits.deadline);
    watch_.deadline.store(deadline);
    watchdog.expect(deadline);
  }
  if (gas_counts) {
    watch_.gas_counts.store(true);
    watchdog.expect_gas();
  }
  return {};
}

void InProcessSpace::end_watch() {
  watch_.deadline.store(never, std::memory_order_relaxed);
  watch_.gas_counts.store(false, std::memory_order_relaxed);
}

void InProcessSpace::run_guest(CpuState& state) {
  frame_.registers = state.regs.data();
  frame_.left = Left::by_stub;
  const GuestBase base(window_->guest_base());
  pvm_in_process_enter(&frame_);
}

NativeExit InProcessSpace::enter(CpuState& state, native::Start start, const RunLimits& limits, bool stop_when_gas_negative) {
  if (start.native) next_ = start.native;
  if (!next_ || *next_ >= code_->size()) return native::BrokenExit{{ErrorCode::worker_failed, "nothing to go on with", {}, {}}};
  adopt_thread();
  const bool watch = limits.deadline || stop_when_gas_negative;
  std::atomic_ref gas(frame_.context.gas);
  gas.store(state.gas, std::memory_order_relaxed);
  if (watch) {
    if (auto begun = begin_watch(limits, stop_when_gas_negative); !begun) return native::BrokenExit{std::move(begun.error())};
  }
  this_thread.run = &run_;
  for (;;) {
    // From here on a signal keeps guest code from being entered; one that came earlier is seen by what it was sent for.
    frame_.pause_wanted.store(0, std::memory_order_relaxed);
    if (watch_.sent.load(std::memory_order_relaxed)) watch_.sent.exchange(false);
    std::atomic_signal_fence(std::memory_order_seq_cst);
    if (limits.reached() || (stop_when_gas_negative && gas.load(std::memory_order_relaxed) < 0)) {
      frame_.left = Left::paused;
      break;
    }
    frame_.entry = code_->begin() + *next_;
    run_guest(state);
    let_interrupt_come(run_);
    if (frame_.left == Left::paused) {
      next_ = offset_of(frame_.rip);
    } else if (frame_.left != Left::not_started) {
      break;
    }
  }
  this_thread.run = nullptr;
  let_interrupt_come(run_);
  if (watch) end_watch();
  state.gas = gas.load(std::memory_order_relaxed);

  if (frame_.left == Left::paused) return native::PausedExit{*next_};
  next_.reset();
  if (frame_.left == Left::by_fault) return native::FaultExit{offset_of(frame_.rip), frame_.rcx, frame_.rdx};
  const auto code = static_cast<u32>(frame_.context.exit_code);
  return native::StubExit{code >> 28, code & 0xfffffff};
}

}  // namespace

Result<std::unique_ptr<native::Space>> make_in_process_space(std::shared_ptr<const LoadedCode> code) {
  if (auto installed = install_handlers(); !installed) return installed.error();
  auto window = Window::create();
  if (!window) return std::move(window.error());
  return std::unique_ptr<native::Space>(std::make_unique<InProcessSpace>(std::move(code), std::move(*window)));
}

}  // namespace pvm::engine::sandbox
