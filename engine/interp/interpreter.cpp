// SPDX-License-Identifier: Apache-2.0 OR MIT
// The interpreter as an Executor.
#include "interp/interpreter.hpp"

#include "interp/loop.hpp"
#include "program/gas.hpp"

namespace pvm::engine::interp {
namespace {

Event::Kind kind_of(Flow flow) {
  switch (flow) {
    case Flow::halt: return Event::Kind::halt;
    case Flow::trap: return Event::Kind::trap;
    case Flow::host_call: return Event::Kind::host_call;
    case Flow::access: return Event::Kind::access;
    case Flow::sbrk: return Event::Kind::sbrk;
    case Flow::fill: return Event::Kind::fill;
    case Flow::out_of_gas: return Event::Kind::out_of_gas;
    case Flow::interrupted: return Event::Kind::interrupted;
    case Flow::next:
    case Flow::jump:
    case Flow::enter: break;
  }
  return Event::Kind::failed;
}

class Interpreter final : public Executor {
 public:
  explicit Interpreter(std::shared_ptr<const DecodedProgram> program) : program_(std::move(program)), memory_(program_->read_only_data()) {}

  Event execute(CpuState& state, std::optional<Entry> entry, const RunLimits& limits) override;
  void kick() override {}  // The loop looks at the interrupt by itself, often enough.

  Result<void> set_access(u64 begin, u64 end, Access access) override {
    memory_.set_access(begin, end, access);
    return {};
  }
  Result<void> discard(u64 begin, u64 end) override {
    memory_.discard(begin, end);
    return {};
  }
  bool holds_read_only_data() const override { return !program_->read_only_data().pages.empty(); }
  Result<void> read(u32 address, std::span<u8> out) override {
    memory_.read(address, out);
    return {};
  }
  Result<void> write(u32 address, std::span<const u8> bytes) override {
    memory_.write(address, bytes);
    return {};
  }
  Result<void> clear() override {
    memory_.clear();
    return {};
  }
  Result<std::shared_ptr<const SavedMemory>> save() override { return std::shared_ptr<const SavedMemory>(memory_.save()); }
  Result<void> restore(const SavedMemory& saved) override;

 private:
  const Operation* find(u32 pc) const { return expected_ != nullptr && expected_->pc == pc ? expected_ : program_->find(pc); }
  Event trap_outside(CpuState& state, const Entry& entry, Budget& budget) const;
  Event event_of(const Stop& stop);

  std::shared_ptr<const DecodedProgram> program_;
  Memory memory_;
  std::optional<Entry> interrupted_at_;
  const Operation* expected_ = nullptr;  ///< Where the next entry is likely to be.
};

Event Interpreter::execute(CpuState& state, std::optional<Entry> entry, const RunLimits& limits) {
  if (!entry) entry = interrupted_at_;
  if (!entry) {
    return {.error = {ErrorCode::invalid_argument, "there is no interrupted run to go on with", {}, {}}};
  }
  interrupted_at_.reset();
  const Program& program = program_->program();
  const Metering metering = program.config.metering;
  Budget budget(metering, program_->mode() == Mode::instructions, state.gas, limits);
  if (budget.is_interrupted()) {
    interrupted_at_ = entry;
    return {.kind = Event::Kind::interrupted, .pc = entry->pc};
  }
  const Operation* at = find(entry->pc);
  if (at == nullptr) return trap_outside(state, *entry, budget);
  RunState run_state{state.regs.data(), memory_, *program_, budget};
  const Stop stop = run(run_state, at, !entry->paid);
  if (metering != Metering::none) state.gas = budget.gas();
  return event_of(stop);
}

// No operation is there: an invalid instruction, in a block of its own if it isn't paid. [decode.implicit_trap] [entry.unmarked]
Event Interpreter::trap_outside(CpuState& state, const Entry& entry, Budget& budget) const {
  Flow flow = Flow::trap;
  if (!entry.paid && program_->program().config.metering != Metering::none) {
    const i64 cost = program_->mode() == Mode::instructions ? 1 : block_cost(program_->program(), entry.pc);
    budget.fuel -= cost;
    if (budget.fuel < 0 && budget.refill(cost) == Flow::out_of_gas) flow = Flow::out_of_gas;
    state.gas = budget.gas();
  }
  return {.kind = kind_of(flow), .pc = entry.pc};
}

Event Interpreter::event_of(const Stop& stop) {
  Event event{.kind = kind_of(stop.flow), .pc = stop.at->pc};
  switch (stop.flow) {
    case Flow::interrupted: interrupted_at_ = Entry{stop.at->pc, stop.paid}; break;
    case Flow::host_call:
    case Flow::sbrk:
    case Flow::fill:
      // These fall through, so that there is an operation behind them.
      expected_ = stop.at + 1;
      event.next = expected_->pc;
      event.number = static_cast<u32>(stop.at->imm);
      break;
    case Flow::access: expected_ = stop.at; break;
    default: break;
  }
  return event;
}

Result<void> Interpreter::restore(const SavedMemory& saved) {
  const auto* state = dynamic_cast<const MemoryState*>(&saved);
  if (state == nullptr) return Error{ErrorCode::invalid_argument, "saved by another kind of executor", {}, {}};
  memory_.restore(*state);
  return {};
}

}  // namespace

std::unique_ptr<Executor> make_interpreter(std::shared_ptr<const DecodedProgram> program) {
  return std::make_unique<Interpreter>(std::move(program));
}

}  // namespace pvm::engine::interp
