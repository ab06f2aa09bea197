// SPDX-License-Identifier: Apache-2.0 OR MIT
// A machine's beginning, the host's side of it, and its snapshots.
#include "machine/machine.hpp"

#include <utility>

namespace pvm::engine {

class Snapshot {
 public:
  std::shared_ptr<const Program> program;
  MemoryImage memory;
  CpuState cpu;
  std::optional<u32> next_pc;
  Continuation continuation = Continuation::entry;
};

namespace {

Error instance_lost() {
  return {ErrorCode::instance_lost, "an earlier failure has ended this instance", std::nullopt, std::nullopt};
}

Error invalid_argument(const char* why) {
  return {ErrorCode::invalid_argument, why, std::nullopt, std::nullopt};
}

}  // namespace

Machine::Machine(std::shared_ptr<const Program> program, std::unique_ptr<Executor> executor)
    : program_(std::move(program)),
      executor_(std::move(executor)),
      memory_(*program_, *executor_),
      graypaper_(is_graypaper(program_->semantics())),
      metering_(program_->config.metering),
      register_mask_(program_->is_64_bit() ? ~u64{0} : 0xffff'ffff) {
  if (program_->config.container != Container::standard) return;
  // [standard.registers]
  constexpr u64 halt_address = address_space - zone;
  cpu_.regs[reg_ra] = halt_address;
  cpu_.regs[reg_sp] = memory_.map().stack.end;
  cpu_.regs[reg_a0] = memory_.map().host_data.begin;
  cpu_.regs[reg_a1] = program_->config.arguments.size();
}

Result<std::unique_ptr<Machine>> Machine::create(std::shared_ptr<const Program> program, std::unique_ptr<Executor> executor) {
  std::unique_ptr<Machine> machine(new Machine(std::move(program), std::move(executor)));
  if (auto done = machine->memory_.set_up(); !done) return std::move(done.error());
  return machine;
}

// [resume.set_pc]
void Machine::set_pc(u32 pc) {
  next_pc_ = pc;
  continuation_ = Continuation::entry;
}

void Machine::clear_pc() {
  next_pc_.reset();
  continuation_ = Continuation::entry;
}

Error Machine::lose(Error error) {
  lost_ = true;
  return error;
}

Error Machine::inconsistent(const char* what) {
  return lose({ErrorCode::worker_failed, std::string("the back end reports what can't be: ") + what, std::nullopt, std::nullopt});
}

Result<void> Machine::read(u64 address, std::span<u8> out) const {
  if (is_lost()) return instance_lost();
  return memory_.read(address, out);
}

Result<void> Machine::write(u64 address, std::span<const u8> bytes) {
  if (is_lost()) return instance_lost();
  return memory_.write(address, bytes);
}

Result<void> Machine::map(u64 address, u64 length, bool writable) {
  if (is_lost()) return instance_lost();
  return memory_.map(address, length, writable);
}

Result<void> Machine::protect(u64 address, u64 length, bool writable) {
  if (is_lost()) return instance_lost();
  return memory_.protect(address, length, writable);
}

Result<void> Machine::unmap(u64 address, u64 length) {
  if (is_lost()) return instance_lost();
  return memory_.unmap(address, length);
}

Result<u64> Machine::sbrk(u64 size) {
  if (is_lost()) return instance_lost();
  if (memory_.is_paged()) return Error{ErrorCode::out_of_bounds, "paged memory has no heap", std::nullopt, std::nullopt};
  return memory_.grow(size);
}

Result<void> Machine::reset_memory() {
  if (is_lost()) return instance_lost();
  return memory_.reset();
}

Result<std::shared_ptr<const Snapshot>> Machine::snapshot() {
  if (is_lost()) return instance_lost();
  if (continuation_ == Continuation::interrupted) return invalid_argument("an interrupted run has no place that a snapshot could keep");
  auto memory = memory_.save();
  if (!memory) return std::move(memory.error());
  auto snapshot = std::make_shared<Snapshot>();
  snapshot->program = program_;
  snapshot->memory = *std::move(memory);
  snapshot->cpu = cpu_;
  snapshot->next_pc = next_pc_;
  snapshot->continuation = continuation_;
  return std::shared_ptr<const Snapshot>(std::move(snapshot));
}

Result<void> Machine::restore(const Snapshot& snapshot) {
  if (is_lost()) return instance_lost();
  if (snapshot.program != program_) return invalid_argument("the snapshot is one of another program");
  if (auto done = memory_.restore(snapshot.memory); !done) return done;
  cpu_ = snapshot.cpu;
  next_pc_ = snapshot.next_pc;
  continuation_ = snapshot.continuation;
  return {};
}

}  // namespace pvm::engine
