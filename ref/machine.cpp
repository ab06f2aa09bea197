// SPDX-License-Identifier: Apache-2.0 OR MIT
// Entry, the step loop, gas charges and exits. Chapter "Execution".
#include "pvm/ref/machine.hpp"

#include <limits>

#include "addresses.hpp"
#include "executor.hpp"

namespace pvm::ref {
namespace {

Step execute(Executor& x, const Instruction& in) {
  switch (isa::row_of(in.op).group) {
    case isa::Group::control: return execute_control(x, in);
    case isa::Group::branch: return execute_branch(x, in);
    case isa::Group::move: return execute_move(x, in);
    case isa::Group::alu: return execute_alu(x, in);
    case isa::Group::bits: return execute_bits(x, in);
    case isa::Group::memory: return execute_memory(x, in);
    case isa::Group::none: break;  // Op::invalid [decode.opcode]
  }
  return x.trap();
}

}  // namespace

std::string_view name_of(Status status) {
  constexpr std::array<std::string_view, 6> names = {"halt", "trap", "host_call", "page_fault", "out_of_gas", "no_pc"};
  return names[static_cast<std::size_t>(status)];
}

// [entry.state]
Machine::Machine(const Program& program) : program_(&program), memory_(program) {
  if (program.config.container != Container::standard) return;
  // [standard.registers]
  registers_[0] = address_space - zone;
  registers_[1] = address_space - 2 * zone - max_arguments;
  registers_[7] = address_space - zone - max_arguments;
  registers_[8] = program.config.arguments.size();
}

// [host.registers]
void Machine::set_reg(u32 number, u64 value) {
  registers_[number] = register_bits(program_->config.semantics) == 32 ? static_cast<u32>(value) : value;
}

// [resume.set_pc]
void Machine::set_pc(u32 pc) {
  next_pc_ = pc;
  resume_ = Resume::host_entry;
}

Exit Machine::run(const Trace& trace) {
  return *run_at_most(std::numeric_limits<u64>::max(), trace);
}

std::optional<Exit> Machine::run_at_most(u64 max_steps, const Trace& trace) {
  // [resume.after_end]
  if (!next_pc_) return Exit{.status = Status::no_pc};
  // [gas.negative]
  if (program_->config.metering != Metering::none && gas_ < 0) return out_of_gas_at_entry();
  for (u64 steps = 0; steps < max_steps; ++steps) {
    if (const auto exit = step(trace)) return exit;
  }
  return std::nullopt;
}

std::optional<Exit> Machine::step(const Trace& trace) {
  const u32 pc = *next_pc_;
  if (is_graypaper(program_->config.semantics)) {
    const Instruction in = decode(*program_, pc);  // [entry.unmarked] Op::invalid where none is marked
    if (trace) trace({pc, in, gas_, registers_});
    if (!charge_instruction()) return Exit{.status = Status::out_of_gas, .pc = pc, .next_pc = pc};
    return execute_and_continue(in);
  }
  // [entry.pc] [entry.bad_pc]
  const auto start = resume_ == Resume::host_entry ? block_start(*program_, pc) : std::optional<u32>(pc);
  if (!start) return Exit{.status = Status::trap, .pc = pc, .next_pc = pc};
  const Instruction in = decode(*program_, pc);
  // [trace.step]
  if (trace) trace({pc, in, gas_, registers_});
  // [entry.mid_block] [gas.entry]
  if (*start != pc && program_->config.metering != Metering::none) {
    const i64 cost = block_cost(*program_, *start);
    if (gas_ < cost) return out_of_gas_at_entry();
    gas_ -= cost;
  } else if (*start == pc && resume_ != Resume::paid) {
    resume_ = Resume::block_start;
    if (!charge_block(pc)) return out_of_gas(pc);
  }
  resume_ = Resume::paid;
  return execute_and_continue(in);
}

// [gas.sync] [gas.async] [gas.exact]
bool Machine::charge_block(u32 start) {
  const Metering metering = program_->config.metering;
  if (metering == Metering::none) return true;
  const i64 cost = block_cost(*program_, start);
  if (metering == Metering::sync && gas_ < cost) return false;
  gas_ -= cost;
  return gas_ >= 0;
}

// [gas.instruction] [gas.fault]
bool Machine::charge_instruction() {
  if (program_->config.metering == Metering::none) return true;
  --gas_;
  return gas_ >= 0;
}

// [exit.out_of_gas] [exit.async]
Exit Machine::out_of_gas(u32 pc) {
  if (program_->config.metering != Metering::async) return {.status = Status::out_of_gas, .pc = pc, .next_pc = pc};
  next_pc_.reset();
  return {.status = Status::out_of_gas};
}

// The counter doesn't allow the run to begin: nothing changes, and the machine can be run again. [gas.negative] [gas.entry]
Exit Machine::out_of_gas_at_entry() const {
  if (is_graypaper(program_->config.semantics)) return {.status = Status::out_of_gas, .pc = next_pc_, .next_pc = next_pc_};
  return {.status = Status::out_of_gas, .next_pc = next_pc_};
}

std::optional<Exit> Machine::execute_and_continue(const Instruction& in) {
  Executor executor{*program_, *this};
  const Step step = execute(executor, in);
  switch (step.kind) {
    case Step::Kind::next: return fall_through(in);
    case Step::Kind::jump:
      next_pc_ = step.target;
      resume_ = Resume::block_start;
      return std::nullopt;
    case Step::Kind::trap: return end(Status::trap, in.pc);
    case Step::Kind::halt: return end(Status::halt, std::nullopt);
    // [exit.host_call] [resume.host_call]
    case Step::Kind::host_call:
      next_pc_ = in.next;
      return Exit{.status = Status::host_call, .pc = in.pc, .next_pc = in.next, .host_call = step.number};
    // [exit.page_fault] [resume.page_fault]
    case Step::Kind::page_fault:
      return Exit{.status = Status::page_fault,
                  .pc = in.pc,
                  .next_pc = in.pc,
                  .fault_address = step.fault_address,
                  .write_protected = step.write_protected};
    // [resume.out_of_gas] Only memset stops inside an instruction; its block stays paid.
    case Step::Kind::out_of_gas: return out_of_gas(in.pc);
  }
  return std::nullopt;
}

// [flow.fall_through]
std::optional<Exit> Machine::fall_through(const Instruction& in) {
  if (!is_graypaper(program_->config.semantics) && ends_block(in.op)) {
    if (in.next >= program_->code_size()) return end(Status::trap, in.pc);
    resume_ = Resume::block_start;
  }
  next_pc_ = in.next;
  return std::nullopt;
}

// [exit.trap] [exit.halt] [exit.pc] [gas.no_refund] The counter stays as it is.
Exit Machine::end(Status status, std::optional<u32> pc) {
  next_pc_.reset();
  if (is_graypaper(program_->config.semantics)) pc = 0;
  return {.status = status, .pc = pc};
}

}  // namespace pvm::ref
