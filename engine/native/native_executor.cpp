// SPDX-License-Identifier: Apache-2.0 OR MIT
// Turns exits of native code into events. Nothing that a space says is believed before the compiler's maps and the program confirm it.
#include "native/native_executor.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "program/gas.hpp"
#include "program/instruction.hpp"

namespace pvm::engine::native {
namespace {

// A counter that comes out of a worker may be anything, so sums wrap.
i64 wrapping_add(i64 a, i64 b) {
  return static_cast<i64>(static_cast<u64>(a) + static_cast<u64>(b));
}

Event failed(std::string text) {
  Event event;
  event.error = Error{ErrorCode::worker_failed, std::move(text), {}, {}};
  return event;
}

Event stopped(Event::Kind kind, u32 pc) {
  Event event;
  event.kind = kind;
  event.pc = pc;
  return event;
}

class NativeExecutor final : public Executor {
 public:
  NativeExecutor(std::shared_ptr<const Program> program, std::shared_ptr<const jit::NativeCode> code, std::unique_ptr<Space> space)
      : program_(std::move(program)), code_(std::move(code)), space_(std::move(space)) {}

  Event execute(CpuState& state, std::optional<Entry> entry, const RunLimits& limits) override;
  void kick() override { space_->kick(); }
  Result<void> set_access(u64 begin, u64 end, Access access) override { return space_->set_access(begin, end, access); }
  Result<void> discard(u64 begin, u64 end) override { return space_->discard(begin, end); }
  bool holds_read_only_data() const override { return space_->holds_read_only_data(); }
  Result<void> read(u32 address, std::span<u8> out) override { return space_->read(address, out); }
  Result<void> write(u32 address, std::span<const u8> bytes) override { return space_->write(address, bytes); }
  Result<void> clear() override { return space_->clear(); }
  Result<std::shared_ptr<const SavedMemory>> save() override { return space_->save(); }
  Result<void> restore(const SavedMemory& saved) override { return space_->restore(saved); }

 private:
  std::optional<u32> native_offset(const Entry& entry) const;
  Event event_of(const StubExit& exit);
  Event event_of(const FaultExit& exit, CpuState& state) const;
  Event event_of(const PausedExit& exit, const CpuState& state) const;
  Event charge_failed(u32 pc, CpuState& state) const;
  Event refused_access(const jit::Position& at, const FaultExit& exit, CpuState& state) const;
  bool is_rep_stosb(u32 native) const;
  bool is_async() const { return program_->config.metering == Metering::async; }
  isa::Op op_at(u32 pc) const;

  std::shared_ptr<const Program> program_;
  std::shared_ptr<const jit::NativeCode> code_;
  std::unique_ptr<Space> space_;
  const jit::Call* last_call_ = nullptr;  // Most entries go on behind it, and need no search then.
};

isa::Op NativeExecutor::op_at(u32 pc) const {
  if (!program_->is_marked(pc)) return isa::Op::invalid;
  return isa::ops_by_opcode[static_cast<std::size_t>(program_->semantics())][program_->code[pc]];
}

// The last element whose native offset isn't beyond `native`, or nullptr.
template <typename T>
const T* last_at(const std::vector<T>& map, u32 native) {
  auto after = std::upper_bound(map.begin(), map.end(), native, [](u32 offset, const T& element) { return offset < element.native; });
  return after == map.begin() ? nullptr : &*std::prev(after);
}

template <typename T>
std::optional<u32> native_of(const std::vector<T>& map, u32 pc) {
  auto at = std::lower_bound(map.begin(), map.end(), pc, [](const T& element, u32 wanted) { return element.pc < wanted; });
  if (at == map.end() || at->pc != pc) return std::nullopt;
  return at->native;
}

std::optional<u32> NativeExecutor::native_offset(const Entry& entry) const {
  if (!entry.paid) return native_of(code_->blocks, entry.pc);
  if (last_call_ != nullptr && last_call_->next == entry.pc) return last_call_->native;
  return native_of(code_->positions, entry.pc);
}

Event NativeExecutor::execute(CpuState& state, std::optional<Entry> entry, const RunLimits& limits) {
  Start start;
  if (entry) {
    start.native = native_offset(*entry);
    if (!start.native) return failed("no native code for an entry at pc " + std::to_string(entry->pc));
  }
  NativeExit exit = space_->enter(state, start, limits, is_async());
  // Correct code keeps the upper halves 0; a space that runs other code might not. [host.registers]
  if (!program_->is_64_bit()) {
    for (u64& value : state.regs) value = static_cast<u32>(value);
  }
  if (const auto* stub = std::get_if<StubExit>(&exit)) return event_of(*stub);
  if (const auto* fault = std::get_if<FaultExit>(&exit)) return event_of(*fault, state);
  if (const auto* paused = std::get_if<PausedExit>(&exit)) return event_of(*paused, state);
  Event event;
  event.error = std::move(std::get<BrokenExit>(exit).error);
  return event;
}

Event NativeExecutor::event_of(const StubExit& exit) {
  const auto reason = static_cast<ExitReason>(exit.reason);
  if (reason == ExitReason::halt && exit.index == 0) return stopped(Event::Kind::halt, 0);

  Event event;
  isa::Op expected = isa::Op::invalid;
  switch (reason) {
    case ExitReason::host_call: event.kind = Event::Kind::host_call, expected = isa::Op::ecalli; break;
    case ExitReason::sbrk: event.kind = Event::Kind::sbrk, expected = isa::Op::sbrk; break;
    case ExitReason::fill: event.kind = Event::Kind::fill, expected = isa::Op::memset; break;
    default: return failed("native code left for an unknown reason");
  }
  if (exit.index >= code_->calls.size()) return failed("native code left from an unknown place");
  const jit::Call& call = code_->calls[exit.index];
  if (op_at(call.pc) != expected) return failed("native code left from an instruction that can't do so");
  last_call_ = &call;
  event.pc = call.pc;
  event.next = call.next;
  event.number = call.number;
  return event;
}

// Between the start of a block and that of its first instruction lies its charge alone; elsewhere the instruction itself has faulted. An
// instruction without code begins where the next block does, so that only the guest's positions tell which is the later.
Event NativeExecutor::event_of(const FaultExit& exit, CpuState& state) const {
  const jit::Position* at = last_at(code_->positions, exit.native);
  const jit::Block* block = last_at(code_->blocks, exit.native);
  const bool in_charge = block != nullptr && (at == nullptr || block->pc > at->pc);
  if (in_charge) return charge_failed(block->pc, state);
  if (at == nullptr || exit.native >= code_->bytes.size()) return failed("a fault outside of all instructions");

  const isa::Op op = op_at(at->pc);
  switch (isa::row_of(op).group) {
    case isa::Group::memory:
      if (op != isa::Op::sbrk) return refused_access(*at, exit, state);
      [[fallthrough]];
    case isa::Group::none:
    case isa::Group::control:
    case isa::Group::branch: return stopped(Event::Kind::trap, at->pc);
    default: return failed("a fault at pc " + std::to_string(at->pc) + ", whose instruction can't fault");
  }
}

// [gas.block] [exit.out_of_gas]
Event NativeExecutor::charge_failed(u32 pc, CpuState& state) const {
  if (code_->charge_fault == 0 || state.gas >= 0) return failed("a charge failed that could be paid");
  if (program_->config.gas_model != GasModel::instruction_1) state.gas = wrapping_add(state.gas, block_cost(*program_, pc));
  return stopped(Event::Kind::out_of_gas, pc);
}

// Nothing of a load or store that is refused has happened. A memset, though, is found at its `rep stosb` in a worker: it has written some
// bytes, still holds its old count in a2, the remaining count in ecx and its old address in rdx, and all bytes have been paid. [fill.stop]
Event NativeExecutor::refused_access(const jit::Position& at, const FaultExit& exit, CpuState& state) const {
  if (op_at(at.pc) == isa::Op::memset) {
    const u64 left = exit.rcx;
    const u64 count = static_cast<u32>(state.regs[reg_a2]);
    if (!is_rep_stosb(exit.native) || left > count) return failed("memset stopped where it can't");
    const u64 mask = program_->is_64_bit() ? ~u64{0} : 0xffffffff;
    state.regs[reg_a0] = (exit.rdx + (count - left)) & mask;
    state.regs[reg_a2] = left;
    if (program_->config.metering != Metering::none) state.gas = wrapping_add(state.gas, static_cast<i64>(left));
  }
  return stopped(Event::Kind::access, at.pc);
}

bool NativeExecutor::is_rep_stosb(u32 native) const {
  constexpr std::array<u8, 3> bytes = {0x67, 0xf3, 0xaa};
  const std::span<const u8> rest = std::span(code_->bytes).subspan(native);
  return rest.size() >= bytes.size() && std::equal(bytes.begin(), bytes.end(), rest.begin());
}

Event NativeExecutor::event_of(const PausedExit& exit, const CpuState& state) const {
  const jit::Position* at = last_at(code_->positions, exit.native);
  const jit::Block* block = last_at(code_->blocks, exit.native);
  u32 pc = at != nullptr ? at->pc : 0;
  if (block != nullptr && (at == nullptr || block->pc > at->pc)) pc = block->pc;
  const bool out_of_gas = is_async() && state.gas < 0;
  return stopped(out_of_gas ? Event::Kind::out_of_gas : Event::Kind::interrupted, pc);
}

}  // namespace

std::unique_ptr<Executor> make_native_executor(std::shared_ptr<const Program> program, std::shared_ptr<const jit::NativeCode> code,
                                               std::unique_ptr<Space> space) {
  return std::make_unique<NativeExecutor>(std::move(program), std::move(code), std::move(space));
}

}  // namespace pvm::engine::native
