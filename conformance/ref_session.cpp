// SPDX-License-Identifier: Apache-2.0 OR MIT
// One job on the reference interpreter, step by step.
#include "ref_session.hpp"

#include <algorithm>

namespace pvm::conformance {
namespace {

TargetError refused(const std::string& what, std::size_t index) {
  return {"pre." + what + "[" + std::to_string(index) + "] is refused by the host's rules"};
}

// The instruction's operand under a letter of its clause, as a 64-bit number; absent letters are 0.
u64 operand(const ref::Instruction& in, isa::Field field, const Registers& registers) {
  switch (field) {
    case isa::Field::reg1: return registers[in.reg1];
    case isa::Field::reg2: return registers[in.reg2];
    case isa::Field::reg3: return registers[in.reg3];
    case isa::Field::imm1: return static_cast<u64>(in.imm1);
    case isa::Field::imm2: return static_cast<u64>(in.imm2);
    case isa::Field::offset: return in.target;
    case isa::Field::none: break;
  }
  return 0;
}

// The width at the end of a load's or store's name: "load_indirect_u16" -> 2 bytes.
u32 access_bytes(std::string_view name) {
  if (name.ends_with("8")) return 1;
  if (name.ends_with("16")) return 2;
  return name.ends_with("32") ? 4 : 8;
}

constexpr u8 a0 = 7, a1 = 8, a2 = 9;  // address, value and count of memset

}  // namespace

Accesses accesses_of(const ref::Instruction& in, const Registers& registers, const ref::Memory& memory) {
  const isa::Row& row = isa::row_of(in.op);
  if (in.op == isa::Op::memset) {
    if (static_cast<u32>(registers[a2]) == 0) return {};
    return {std::nullopt, MemoryAccess{static_cast<u32>(registers[a0]), 1, registers[a1] & 0xff}};
  }
  if (!row.clause.starts_with("memory.") || in.op == isa::Op::sbrk) return {};
  const auto value_of = [&](isa::Field field) { return operand(in, field, registers); };
  const bool is_store = row.name.starts_with("store");
  const bool has_register_value = is_store && row.operands.j == isa::Field::none;
  // The base register is the operand beside the stored one; the direct forms have none.
  const isa::Field base = has_register_value ? row.operands.b : row.operands.a;
  MemoryAccess access{static_cast<u32>(value_of(base) + value_of(row.operands.i)), access_bytes(row.name), 0};
  if (!is_store) {
    if (!memory.check(access.address, access.size, false)) access.value = memory.load(access.address, access.size);
    return {access, std::nullopt};
  }
  access.value = value_of(has_register_value ? row.operands.a : row.operands.j);
  if (access.size < 8) access.value &= (u64{1} << (8 * access.size)) - 1;
  return {std::nullopt, access};
}

RefSession::RefSession(ref::Program program, u64 max_steps)
    : program_(std::make_unique<const ref::Program>(std::move(program))), machine_(*program_), steps_left_(max_steps) {}

std::variant<RefSession, Rejected, TargetError> RefSession::start(const Job& job, u64 max_steps) {
  auto program = ref::load(job.program, job.config);
  if (const auto* rejection = std::get_if<ref::Rejection>(&program)) {
    return Rejected{ref::phase_of(rejection->reason), rejection->reason};
  }
  RefSession session(std::get<ref::Program>(std::move(program)), max_steps);
  if (auto error = session.prepare(job.pre)) return *std::move(error);
  return session;
}

std::optional<TargetError> RefSession::prepare(const Pre& pre) {
  for (std::size_t index = 0; index < pre.pages.size(); ++index) {
    const Page& page = pre.pages[index];
    if (!machine_.memory().map(page.address, page.length, page.writable)) return refused("pages", index);
  }
  for (std::size_t index = 0; index < pre.memory.size(); ++index) {
    const MemoryBytes& range = pre.memory[index];
    const bool done = program_->is_paged() ? machine_.memory().place(range.address, range.bytes)
                                           : machine_.memory().host_write(range.address, range.bytes);
    if (!done) return refused("memory", index);
  }
  for (u32 reg = 0; pre.regs && reg < pre.regs->size(); ++reg) machine_.set_reg(reg, (*pre.regs)[reg]);
  if (pre.pc) machine_.set_pc(*pre.pc);
  machine_.set_gas(pre.gas.value_or(ample_gas));
  return std::nullopt;
}

// A memset counts as many steps as it may fill bytes: nothing of a hostile program takes longer than the limit allows.
bool RefSession::spend_steps() {
  u64 steps = 1;
  const auto pc = machine_.next_pc();
  if (pc && ref::decode(*program_, *pc).op == isa::Op::memset) steps += static_cast<u32>(machine_.reg(a2));
  if (program_->config.metering == ref::Metering::sync && machine_.gas() >= 0) {
    steps = std::min(steps, static_cast<u64>(machine_.gas()) + 1);
  }
  if (steps > steps_left_) return false;
  steps_left_ -= steps;
  return true;
}

std::variant<ref::Exit, TargetError> RefSession::run(const Observer& observer) {
  bool go_on = true;
  std::function<void(const ref::TraceStep&)> hook;
  if (observer) hook = [&](const ref::TraceStep& step) { go_on = observer(step, machine_.memory()); };
  while (go_on) {
    if (!spend_steps()) return TargetError{"stopped after the allowed number of steps"};
    if (const auto exit = machine_.run_at_most(1, hook)) {
      if (exit->status == ref::Status::no_pc) return TargetError{"run without a pc: the machine has nowhere to continue"};
      return *exit;
    }
  }
  return TargetError{"stopped by the observer"};
}

Observation RefSession::observe(const std::vector<ReadRange>& ranges) const {
  Observation seen;
  if (last_exit_) {
    seen.status = last_exit_->status;
    seen.pc = Position(last_exit_->pc);
    seen.next_pc = Position(last_exit_->next_pc);
    if (seen.status == ref::Status::host_call) seen.host_call = last_exit_->host_call;
    if (seen.status == ref::Status::page_fault) {
      seen.fault = Fault{last_exit_->fault_address, std::nullopt};
      if (!ref::is_graypaper(program_->config.semantics)) seen.fault->write_protected = last_exit_->write_protected;
    }
  }
  seen.regs = machine_.registers();
  seen.gas = machine_.gas();
  for (const ReadRange& range : ranges) {
    if (range.length > max_read_bytes) continue;
    Bytes bytes(range.length);
    if (machine_.memory().host_read(range.address, bytes)) seen.memory.push_back({range.address, std::move(bytes)});
  }
  return seen;
}

namespace {

struct HostStepRunner {
  ref::Machine& machine;

  HostResult operator()(const SetRegStep& step) const { return machine.set_reg(step.reg, step.value), HostResult{}; }
  HostResult operator()(const SetPcStep& step) const { return machine.set_pc(step.pc), HostResult{}; }
  HostResult operator()(const SetGasStep& step) const { return machine.set_gas(step.gas), HostResult{}; }
  HostResult operator()(const WriteStep& step) const { return {machine.memory().host_write(step.address, step.bytes), std::nullopt}; }
  HostResult operator()(const ReadStep& step) const {
    if (step.length > RefSession::max_read_bytes) return {false, std::nullopt};
    Bytes bytes(step.length);
    if (!machine.memory().host_read(step.address, bytes)) return {false, std::nullopt};
    return {true, std::move(bytes)};
  }
  HostResult operator()(const MapStep& step) const {
    return {machine.memory().map(step.address, step.length, step.writable), std::nullopt};
  }
  HostResult operator()(const ProtectStep& step) const {
    return {machine.memory().protect(step.address, step.length, step.writable), std::nullopt};
  }
  HostResult operator()(const UnmapStep& step) const { return {machine.memory().unmap(step.address, step.length), std::nullopt}; }
  HostResult operator()(const RunJob&) const { return {}; }    // perform() has handled
  HostResult operator()(const CheckJob&) const { return {}; }  // these two
};

}  // namespace

HostResult RefSession::host_step(const JobStep& step) {
  return std::visit(HostStepRunner{machine_}, step);
}

std::variant<StepResult, TargetError> RefSession::perform(const JobStep& step, const Observer& observer) {
  if (const auto* check = std::get_if<CheckJob>(&step)) return StepResult(observe(check->read));
  const auto* job = std::get_if<RunJob>(&step);
  if (!job) return StepResult(host_step(step));
  auto exit = run(observer);
  if (auto* error = std::get_if<TargetError>(&exit)) return std::move(*error);
  last_exit_ = std::get<ref::Exit>(exit);
  return StepResult(observe(job->read));
}

std::variant<BlockCosts, TargetError> RefSession::block_costs(const std::vector<u32>& positions) const {
  if (program_->config.gas_model == ref::GasModel::instruction_1) return TargetError{"blocks have no cost under instruction-1"};
  BlockCosts costs;
  for (const u32 pc : positions) costs.push_back({pc, ref::block_cost(*program_, pc)});
  return costs;
}

}  // namespace pvm::conformance
