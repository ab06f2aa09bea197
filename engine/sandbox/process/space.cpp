// SPDX-License-Identifier: Apache-2.0 OR MIT
// A Space whose guest lives in a worker: orders and reports become entries and exits; memory is a file that both sides share.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "jit/compile.hpp"
#include "sandbox/process/access_map.hpp"
#include "sandbox/process/pool.hpp"
#include "sandbox/process/snapshot.hpp"

namespace pvm::engine::sandbox {

using namespace process;

namespace {

using native::NativeExit;

Error invalid(const char* what) {
  return {ErrorCode::invalid_argument, what, {}, {}};
}

class ProcessSpace final : public native::Space {
 public:
  ProcessSpace(std::shared_ptr<WorkerPool> pool, std::shared_ptr<const SealedCode> code, std::unique_ptr<WorkerProcess> worker)
      : pool_(std::move(pool)), code_(std::move(code)), worker_(std::move(worker)) {}
  ProcessSpace(const ProcessSpace&) = delete;
  ProcessSpace& operator=(const ProcessSpace&) = delete;
  ~ProcessSpace() override {
    if (!broken_ && worker_->is_ours()) pool_->give_back(*code_, std::move(worker_));
  }

  NativeExit enter(CpuState& state, native::Start start, const RunLimits& limits, bool stop_when_gas_negative) override;
  void kick() override { worker_->kick(); }
  Result<void> set_access(u64 begin, u64 end, Access access) override;
  Result<void> discard(u64 begin, u64 end) override;
  bool holds_read_only_data() const override { return code_->layout().read_only_bytes != 0; }
  Result<void> read(u32 address, std::span<u8> out) override;
  Result<void> write(u32 address, std::span<const u8> bytes) override;
  Result<void> clear() override;
  Result<std::shared_ptr<const SavedMemory>> save() override;
  Result<void> restore(const SavedMemory& saved) override;

 private:
  Result<u32> changes_for_entry();
  NativeExit broken(ErrorCode code, std::string why);
  void give_registers(const CpuState& state);
  void take_registers(CpuState& state);
  NativeExit exit_of(const Waited& waited);
  NativeExit run_to_exit(CpuState& state, const RunLimits& limits, bool stop_when_gas_negative);

  std::shared_ptr<WorkerPool> pool_;
  std::shared_ptr<const SealedCode> code_;
  std::unique_ptr<WorkerProcess> worker_;
  WorkerRights rights_;
  std::optional<u32> not_begun_;  ///< Where the next entry without an offset begins, if a pause came before anything ran.
  u32 paused_at_ = 0;
  bool broken_ = false;
};

NativeExit ProcessSpace::broken(ErrorCode code, std::string why) {
  broken_ = true;
  worker_->kill();
  return native::BrokenExit{{code, std::move(why), {}, {}}};
}

void ProcessSpace::give_registers(const CpuState& state) {
  volatile Control& control = worker_->control();
  std::array<u64, register_count> slots;
  for (u32 i = 0; i < register_count; ++i) slots[slot_of(i)] = state.regs[i];
  bool differs = false;
  for (u32 i = 0; i < slots_of_first_line && !differs; ++i) differs = control.regs[i] != slots[i];
  for (u32 i = differs ? 0 : slots_of_first_line; i < register_count; ++i) control.regs[i] = slots[i];
  control.gas = state.gas;
}

void ProcessSpace::take_registers(CpuState& state) {
  const volatile Control& control = worker_->control();
  state.gas = control.gas;
  for (u32 i = 0; i < register_count; ++i) state.regs[i] = control.regs[slot_of(i)];
}

// The rights that don't fit into the entry's own order are sent before.
Result<u32> ProcessSpace::changes_for_entry() {
  if (rights_.up_to_date()) return 0;
  for (;;) {
    const u32 changes = rights_.take_changes(worker_->control().changes);
    if (rights_.up_to_date()) return changes;
    worker_->post(Order::protect, changes);
    const Waited waited = worker_->wait_for_answer();
    if (!waited.report) return Error{ErrorCode::worker_failed, waited.failure, {}, {}};
    if (*waited.report != Report::done) return std::get<native::BrokenExit>(exit_of(waited)).error;
  }
}

NativeExit ProcessSpace::exit_of(const Waited& waited) {
  if (!waited.report) return broken(ErrorCode::worker_failed, waited.failure);
  const volatile Control& control = worker_->control();
  switch (*waited.report) {
    case Report::left: {
      const u32 code = control.code;
      return native::StubExit{code >> 28, code & 0x0fffffff};
    }
    case Report::fault: return native::FaultExit{control.native, control.rcx, control.rdx};
    case Report::paused: return native::PausedExit{control.native};
    case Report::refused:
      return broken(ErrorCode::resource_exhausted,
                    "the worker can't set the rights of its memory (too many separate ranges: sysctl vm.max_map_count), error " +
                        std::to_string(control.error));
    default: return broken(ErrorCode::worker_failed, "the worker process doesn't keep to the protocol");
  }
}

NativeExit ProcessSpace::enter(CpuState& state, native::Start start, const RunLimits& limits, bool stop_when_gas_negative) {
  if (broken_) return native::BrokenExit{{ErrorCode::instance_lost, "the worker process was lost earlier", {}, {}}};
  if (!worker_->is_ours()) return native::BrokenExit{{ErrorCode::invalid_argument, "the instance is of the parent process", {}, {}}};
  if (!start.native) start.native = std::exchange(not_begun_, {});
  if (limits.reached()) {
    not_begun_ = start.native;
    return native::PausedExit{start.native.value_or(paused_at_)};
  }
  const auto changes = changes_for_entry();
  if (!changes) return broken(changes.error().code, changes.error().message);

  give_registers(state);
  if (start.native) worker_->control().code = *start.native;
  worker_->post(start.native ? Order::run : Order::resume, *changes);
  return run_to_exit(state, limits, stop_when_gas_negative);
}

// A guest that is to pause goes on by single steps to where an instruction begins. Within a memset it pauses all the same: it goes on
// exactly there, and may take long.
NativeExit ProcessSpace::run_to_exit(CpuState& state, const RunLimits& limits, bool stop_when_gas_negative) {
  constexpr u32 most_steps = jit::max_bytes_per_instruction;
  u32 steps = 0;
  for (;;) {
    // No interrupts while it steps: they would come before the step.
    NativeExit exit = exit_of(steps == 0 ? worker_->wait(limits, stop_when_gas_negative) : worker_->wait_for_answer());
    if (std::holds_alternative<native::BrokenExit>(exit)) return exit;
    take_registers(state);
    const auto* paused = std::get_if<native::PausedExit>(&exit);
    if (paused == nullptr) return exit;
    paused_at_ = paused->native;
    give_registers(state);
    if (!limits.reached() && !(stop_when_gas_negative && state.gas < 0)) {
      steps = 0;
      worker_->post(Order::resume);  // A signal for an earlier pause came late.
    } else if (!code_->is_boundary(paused_at_) && steps++ < most_steps) {
      worker_->post(Order::step);
    } else {
      return exit;
    }
  }
}

Result<void> ProcessSpace::set_access(u64 begin, u64 end, Access access) {
  if (begin < guest_begin || end > native::guest_end || begin > end || (begin | end) % page_bytes != 0) {
    return invalid("rights are for whole pages of guest memory");
  }
  rights_.want(begin, end, access);
  return {};
}

Result<void> ProcessSpace::discard(u64 begin, u64 end) {
  if (begin >= end) return {};
  constexpr int mode = FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE;
  while (::fallocate(worker_->guest_file().get(), mode, static_cast<off_t>(begin), static_cast<off_t>(end - begin)) != 0) {
    if (errno != EINTR) return system_error("giving back guest memory", errno);
  }
  return {};
}

// Read-only data lies in the module's file, all else in the instance's.
Result<void> ProcessSpace::read(u32 address, std::span<u8> out) {
  const u64 read_only_end = code_->read_only_end();
  if (address < read_only_end && address >= guest_begin) {
    const std::size_t part = static_cast<std::size_t>(std::min<u64>(out.size(), read_only_end - address));
    if (auto done = code_->read(address, out.first(part)); !done) return done;
    if (part == out.size()) return {};
    return read_all(worker_->guest_file(), address + part, out.subspan(part));
  }
  return read_all(worker_->guest_file(), address, out);
}

Result<void> ProcessSpace::write(u32 address, std::span<const u8> bytes) {
  if (address < code_->read_only_end() && !bytes.empty()) return invalid("read-only data can't be written");
  if (address + bytes.size() > native::guest_end) return invalid("beyond guest memory");
  return write_all(worker_->guest_file(), address, bytes);
}

Result<void> ProcessSpace::clear() {
  rights_.want(guest_begin, native::guest_end, Access::none);
  return discard(0, native::guest_end);
}

Result<std::shared_ptr<const SavedMemory>> ProcessSpace::save() {
  return save_memory(worker_->guest_file(), rights_.wanted());
}

Result<void> ProcessSpace::restore(const SavedMemory& saved) {
  if (auto cleared = clear(); !cleared) return cleared;
  return restore_memory(saved, worker_->guest_file(), rights_);
}

}  // namespace

Result<std::unique_ptr<native::Space>> make_process_space(const std::shared_ptr<WorkerPool>& pool, std::shared_ptr<const SealedCode> code) {
  auto worker = pool->take(*code);
  if (!worker) return std::move(worker.error());
  return std::unique_ptr<native::Space>(std::make_unique<ProcessSpace>(pool, std::move(code), *std::move(worker)));
}

}  // namespace pvm::engine::sandbox
