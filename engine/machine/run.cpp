// SPDX-License-Identifier: Apache-2.0 OR MIT
// Runs: how they begin, what an executor's events come to, and the instructions that the machine does itself.
#include <algorithm>
#include <cstring>
#include <utility>

#include "machine/access.hpp"
#include "machine/machine.hpp"
#include "program/gas.hpp"
#include "program/instruction.hpp"

namespace pvm::engine {
namespace {

Exit exit_at(Status status, std::optional<u32> pc, std::optional<u32> next_pc) {
  Exit exit;
  exit.status = status;
  exit.pc = pc;
  exit.next_pc = next_pc;
  return exit;
}

}  // namespace

// [entry.run]
Result<Exit> Machine::run(const RunLimits& limits) {
  if (is_lost()) return Error{ErrorCode::instance_lost, "an earlier failure has ended this instance", std::nullopt, std::nullopt};
  // [resume.after_end]
  if (!next_pc_) return Error{ErrorCode::no_pc, "the machine has nowhere to continue; set its pc", std::nullopt, std::nullopt};
  // [gas.negative]
  if (metering_ != Metering::none && cpu_.gas < 0) return out_of_gas_before_run();
  while (true) {
    const Beginning beginning = begin();
    if (beginning.exit) return *beginning.exit;
    const i64 gas_before = cpu_.gas;
    const Event event = executor_->execute(cpu_, beginning.entry, limits);
    if (event.kind == Event::Kind::failed) return lose(event.error);
    // Nothing that a guest does raises its gas. [gas.counter] [gas.none]
    if (cpu_.gas > gas_before || (metering_ == Metering::none && cpu_.gas != gas_before)) return inconsistent("the gas counter");
    if (auto outcome = handle(event, limits)) return *std::move(outcome);
  }
}

// ---- How a run begins ----

Machine::Beginning Machine::begin() {
  const u32 pc = *next_pc_;
  if (continuation_ == Continuation::interrupted) return {};
  if (graypaper_) return begin_instruction(pc);
  if (continuation_ == Continuation::entry) return begin_entry(pc);
  return {std::nullopt, Entry{pc, continuation_ == Continuation::paid}};
}

// [entry.pc]
Machine::Beginning Machine::begin_entry(u32 pc) {
  const EntryPoint& point = entry_point(pc);
  // [entry.bad_pc]
  if (!point.block) return {exit_at(Status::trap, pc, pc), std::nullopt};
  if (*point.block == pc) return {std::nullopt, Entry{pc, false}};
  // [entry.mid_block]
  if (metering_ != Metering::none) {
    if (cpu_.gas < point.cost) return {out_of_gas_before_run(), std::nullopt};
    cpu_.gas -= point.cost;
  }
  return {std::nullopt, Entry{pc, true}};
}

// graypaper-0.7.2 charges each instruction, wherever it is. [entry.unmarked] [gas.instruction]
Machine::Beginning Machine::begin_instruction(u32 pc) {
  if (program_->is_marked(pc)) return {std::nullopt, Entry{pc, false}};
  if (metering_ != Metering::none && --cpu_.gas < 0) return {exit_at(Status::out_of_gas, pc, pc), std::nullopt};
  return {end(Status::trap, pc), std::nullopt};
}

const Machine::EntryPoint& Machine::entry_point(u32 pc) {
  if (entry_point_.known && entry_point_.pc == pc) return entry_point_;
  entry_point_ = {pc, true, block_start(*program_, pc), 0};
  const auto& block = entry_point_.block;
  if (block && *block != pc && metering_ != Metering::none) entry_point_.cost = block_cost(*program_, *block);
  return entry_point_;
}

// The counter doesn't allow the run to begin: nothing changes, and the machine can be run again. [gas.negative] [entry.mid_block]
Exit Machine::out_of_gas_before_run() const {
  return exit_at(Status::out_of_gas, graypaper_ ? next_pc_ : std::nullopt, next_pc_);
}

// ---- What events come to ----

Machine::Outcome Machine::handle(const Event& event, const RunLimits& limits) {
  // No exit is served on credit. [exit.async]
  if (metering_ == Metering::async && cpu_.gas < 0) return out_of_gas_async();
  switch (event.kind) {
    case Event::Kind::halt: return end(Status::halt, std::nullopt);
    case Event::Kind::trap: return end(Status::trap, event.pc);
    case Event::Kind::host_call: return host_call(event);
    case Event::Kind::access: return access(event, limits);
    case Event::Kind::sbrk: return sbrk(event, limits);
    case Event::Kind::fill: return fill(event, limits);
    case Event::Kind::out_of_gas: return out_of_gas(event.pc);
    case Event::Kind::interrupted: return interrupted(event.pc, Continuation::interrupted);
    case Event::Kind::failed: break;
  }
  return lose(event.error);
}

// [exit.trap] [exit.halt] [exit.pc] [gas.no_refund]
Exit Machine::end(Status status, std::optional<u32> pc) {
  next_pc_.reset();
  continuation_ = Continuation::entry;
  if (graypaper_) pc = 0;
  return exit_at(status, pc, std::nullopt);
}

// [exit.host_call] [resume.host_call]
Exit Machine::host_call(const Event& event) {
  next_pc_ = event.next;
  continuation_ = Continuation::paid;
  const u64 number = graypaper_ ? static_cast<u64>(i64{static_cast<i32>(event.number)}) : event.number;
  Exit exit = exit_at(Status::host_call, event.pc, event.next);
  exit.host_call = number;
  return exit;
}

// [exit.out_of_gas] [resume.out_of_gas]
Machine::Outcome Machine::out_of_gas(u32 pc) {
  if (metering_ != Metering::sync) return inconsistent("out of gas");
  next_pc_ = pc;
  continuation_ = Continuation::block;
  return exit_at(Status::out_of_gas, pc, pc);
}

Exit Machine::out_of_gas_async() {
  next_pc_.reset();
  continuation_ = Continuation::entry;
  return exit_at(Status::out_of_gas, std::nullopt, std::nullopt);
}

Exit Machine::interrupted(u32 pc, Continuation continuation) {
  next_pc_ = pc;
  continuation_ = continuation;
  return exit_at(Status::interrupted, pc, pc);
}

// ---- Accesses ----

Machine::Outcome Machine::access(const Event& event, const RunLimits& limits) {
  const Instruction in = decode(*program_, event.pc);
  // Its registers say what is left of it, so that it can simply be done here.
  if (in.op == isa::Op::memset) return fill(Event{.kind = Event::Kind::fill, .pc = event.pc, .next = in.next}, limits);
  const auto access = access_of(in, cpu_.regs);
  if (!access) return inconsistent("an access by an instruction that makes none");
  const auto denial = memory_.rights().check(access->address, access->size, access->write);
  if (!denial) return inconsistent("an access refused against the guest's rights");
  return denied(event.pc, access->address, access->size, *denial);
}

// [access.range] [access.wrap] [paging.fault]
Exit Machine::denied(u32 pc, u32 address, u32 size, const Denial& denial) {
  if (!memory_.is_paged()) return end(Status::trap, pc);
  if (!graypaper_ && u64{address} + size > address_space) return end(Status::trap, pc);
  // [access.low] [paging.low] [paging.lowest]
  const u32 deciding = static_cast<u32>(denial.address);
  if (deciding < zone) return end(Status::trap, pc);
  // [resume.page_fault]
  next_pc_ = pc;
  continuation_ = Continuation::paid;
  Exit exit = exit_at(Status::page_fault, pc, pc);
  exit.fault_address = static_cast<u32>(round_down(deciding, memory_.page_size()));
  exit.write_protected = denial.present && !graypaper_;
  return exit;
}

// ---- Instructions that the machine does ----

// The instruction before `next` is done, and the run goes on there, in the same block.
Machine::Outcome Machine::go_on(u32 next, const RunLimits& limits) {
  if (limits.reached()) return interrupted(next, Continuation::paid);
  next_pc_ = next;
  continuation_ = Continuation::paid;
  return std::nullopt;
}

// [heap.grow] [heap.paged] [heap.allocate]
Machine::Outcome Machine::sbrk(const Event& event, const RunLimits& limits) {
  const Instruction in = decode(*program_, event.pc);
  if (in.op != isa::Op::sbrk) return inconsistent("sbrk where there is none");
  if (!graypaper_ && memory_.is_paged()) return end(Status::trap, event.pc);
  const u64 size = cpu_.regs[in.reg2] & register_mask_;
  auto result = graypaper_ ? memory_.allocate(size) : memory_.grow(size);
  if (!result) return lose(std::move(result.error()));
  cpu_.regs[in.reg1] = *result;
  return go_on(in.next, limits);
}

// [fill.order] [fill.registers] [fill.stop]
Machine::Outcome Machine::fill(const Event& event, const RunLimits& limits) {
  const Instruction in = decode(*program_, event.pc);
  if (in.op != isa::Op::memset) return inconsistent("memset where there is none");
  u32 count = static_cast<u32>(cpu_.regs[reg_a2]);
  Outcome stopped = fill_bytes(event.pc, count, limits);
  cpu_.regs[reg_a2] = count;
  if (metering_ == Metering::async && cpu_.gas < 0 && !is_lost()) return out_of_gas_async();
  return stopped ? std::move(stopped) : go_on(in.next, limits);
}

// As many bytes as may be written, in pieces; what has stopped it before `count` was 0. [gas.memset]
Machine::Outcome Machine::fill_bytes(u32 pc, u32& count, const RunLimits& limits) {
  constexpr u64 most_at_once = 0x10000;
  fill_buffer_.resize(most_at_once);
  std::memset(fill_buffer_.data(), static_cast<u8>(cpu_.regs[reg_a1]), std::min<u64>(count, most_at_once));
  while (count != 0) {
    if (metering_ == Metering::sync && cpu_.gas < 1) {
      auto stopped = out_of_gas(pc);
      continuation_ = Continuation::paid;
      return stopped;
    }
    const u32 address = static_cast<u32>(cpu_.regs[reg_a0]);
    if (const auto denial = memory_.rights().check(address, 1, true)) return denied(pc, address, 1, *denial);
    u64 size = std::min({u64{count}, most_at_once, memory_.rights().range_at(address)->end - address});
    if (metering_ == Metering::sync) size = std::min(size, static_cast<u64>(cpu_.gas));
    if (auto done = memory_.put(address, {fill_buffer_.data(), size}); !done) return lose(std::move(done.error()));
    cpu_.regs[reg_a0] = (cpu_.regs[reg_a0] + size) & register_mask_;
    count -= static_cast<u32>(size);
    if (metering_ != Metering::none) cpu_.gas -= static_cast<i64>(size);
    if (count != 0 && limits.reached()) return interrupted(pc, Continuation::paid);
  }
  return std::nullopt;
}

}  // namespace pvm::engine
