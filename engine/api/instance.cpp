// SPDX-License-Identifier: Apache-2.0 OR MIT
// Instances: each function takes the lock, checks what it was given, and asks the machine.
#include "pvm/instance.hpp"

#include <utility>

#include "api/impl.hpp"
#include "api/memory_access.hpp"

namespace pvm {
namespace engine {

Error InstanceLock::error() const {
  if (absent_) return moved_from();
  if (instance_ != nullptr) return engine::error(ErrorCode::instance_lost, "an earlier failure has ended this instance");
  return engine::error(ErrorCode::instance_busy, "the instance is in use by another thread or by the call that this one is part of");
}

}  // namespace engine

using engine::InstanceLock;

// ---- What is behind the handle ----

Instance::Impl::Impl(Module of, std::unique_ptr<engine::Machine> with)
    : module(std::move(of)), machine(std::move(with)), initial_registers(registers()), interrupt(std::make_shared<Interrupt::Impl>()) {
  interrupt->executor = &machine->executor();
}

Instance::Impl::~Impl() {
  const std::lock_guard lock(interrupt->mutex);
  interrupt->executor = nullptr;
}

Registers Instance::Impl::registers() const {
  Registers values{};
  for (u32 number = 0; number < values.size(); ++number) values[number] = machine->reg(number);
  return values;
}

void Instance::Impl::set_registers(const Registers& values) {
  for (u32 number = 0; number < values.size(); ++number) machine->set_reg(number, values[number]);
}

// [entry.convention]
Result<void> Instance::Impl::prepare_call(u32 pc, std::span<const Value> arguments, std::optional<u32> stack_pointer) {
  constexpr u64 return_to_host = 0xffff0000;
  if (arguments.data() == nullptr && !arguments.empty()) return engine::null_span();
  Registers values{};
  values[engine::reg_ra] = return_to_host;
  values[engine::reg_sp] = stack_pointer.value_or(machine->stack_top());
  const bool is_64_bit = machine->program().is_64_bit();
  std::size_t used = 0;
  const auto put = [&](u64 bits) {
    if (used < engine::argument_registers.size()) values[engine::argument_registers[used]] = bits;
    ++used;
  };
  for (const Value& argument : arguments) {
    put(argument.bits());
    if (argument.is_wide() && !is_64_bit) put(argument.bits() >> 32);
  }
  if (used > engine::argument_registers.size()) {
    return engine::error(ErrorCode::invalid_argument, "the arguments take " + std::to_string(used) + " registers; there are 9");
  }
  set_registers(values);
  machine->set_pc(pc);
  return {};
}

// ---- Runs ----

Instance::Instance(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Instance::Instance(Instance&&) noexcept = default;
Instance& Instance::operator=(Instance&&) noexcept = default;
Instance::~Instance() = default;

const Module& Instance::module() const {
  static const Module none(nullptr);
  return impl_ ? impl_->module : none;
}

Isolation Instance::isolation() const {
  return module().isolation();
}

Interrupt Instance::interrupt() const {
  return Interrupt(impl_ ? impl_->interrupt : nullptr);
}

Result<Exit> Instance::run(const RunLimits& limits) {
  const InstanceLock lock(impl_.get());
  if (!lock) return lock.error();
  return impl_->run(limits);
}

Result<Exit> Instance::call(std::string_view name, std::initializer_list<Value> arguments, const CallOptions& options) {
  const auto pc = module().find_export(name);
  if (!pc) return pc.error();
  return call(*pc, std::span<const Value>(arguments), options);
}

Result<Exit> Instance::call(u32 pc, std::initializer_list<Value> arguments, const CallOptions& options) {
  return call(pc, std::span<const Value>(arguments), options);
}

Result<Exit> Instance::call(u32 pc, std::span<const Value> arguments, const CallOptions& options) {
  const InstanceLock lock(impl_.get());
  if (!lock) return lock.error();
  if (auto ready = impl_->prepare_call(pc, arguments, options.stack_pointer); !ready) return std::move(ready.error());
  return impl_->run(options.limits);
}

Result<void> Instance::prepare_call(u32 pc, std::span<const Value> arguments, std::optional<u32> stack_pointer) {
  const InstanceLock lock(impl_.get());
  if (!lock) return lock.error();
  return impl_->prepare_call(pc, arguments, stack_pointer);
}

// ---- Registers ----

Result<std::optional<u32>> Instance::next_pc() const {
  const InstanceLock lock(impl_.get());
  if (!lock) return lock.error();
  return impl_->machine->next_pc();
}

Result<void> Instance::set_pc(u32 pc) {
  const InstanceLock lock(impl_.get());
  if (!lock) return lock.error();
  impl_->machine->set_pc(pc);
  return {};
}

Result<u64> Instance::reg(u32 number) const {
  const InstanceLock lock(impl_.get());
  if (!lock) return lock.error();
  if (number >= engine::register_count) return engine::no_such_register(number);
  return impl_->machine->reg(number);
}

Result<void> Instance::set_reg(u32 number, u64 value) {
  const InstanceLock lock(impl_.get());
  if (!lock) return lock.error();
  if (number >= engine::register_count) return engine::no_such_register(number);
  impl_->machine->set_reg(number, value);
  return {};
}

Result<Registers> Instance::regs() const {
  const InstanceLock lock(impl_.get());
  if (!lock) return lock.error();
  return impl_->registers();
}

Result<void> Instance::set_regs(const Registers& values) {
  const InstanceLock lock(impl_.get());
  if (!lock) return lock.error();
  impl_->set_registers(values);
  return {};
}

Result<i64> Instance::gas() const {
  const InstanceLock lock(impl_.get());
  if (!lock) return lock.error();
  return impl_->machine->gas();
}

Result<void> Instance::set_gas(i64 gas) {
  const InstanceLock lock(impl_.get());
  if (!lock) return lock.error();
  impl_->machine->set_gas(gas);
  return {};
}

// ---- Memory ----

Result<void> Instance::read(u64 address, std::span<u8> out) const {
  const InstanceLock lock(impl_.get());
  if (!lock) return lock.error();
  return engine::read_bytes(*impl_->machine, address, out);
}

Result<void> Instance::write(u64 address, std::span<const u8> bytes) {
  const InstanceLock lock(impl_.get());
  if (!lock) return lock.error();
  return engine::write_bytes(*impl_->machine, address, bytes);
}

Result<u8> Instance::read_u8(u64 address) const {
  return engine::read_number<u8>(*this, address);
}
Result<u16> Instance::read_u16(u64 address) const {
  return engine::read_number<u16>(*this, address);
}
Result<u32> Instance::read_u32(u64 address) const {
  return engine::read_number<u32>(*this, address);
}
Result<u64> Instance::read_u64(u64 address) const {
  return engine::read_number<u64>(*this, address);
}
Result<void> Instance::write_u8(u64 address, u8 value) {
  return engine::write_number(*this, address, value);
}
Result<void> Instance::write_u16(u64 address, u16 value) {
  return engine::write_number(*this, address, value);
}
Result<void> Instance::write_u32(u64 address, u32 value) {
  return engine::write_number(*this, address, value);
}
Result<void> Instance::write_u64(u64 address, u64 value) {
  return engine::write_number(*this, address, value);
}

Result<void> Instance::map(u64 address, u64 length, bool writable) {
  const InstanceLock lock(impl_.get());
  if (!lock) return lock.error();
  return impl_->machine->map(address, length, writable);
}

Result<void> Instance::protect(u64 address, u64 length, bool writable) {
  const InstanceLock lock(impl_.get());
  if (!lock) return lock.error();
  return impl_->machine->protect(address, length, writable);
}

Result<void> Instance::unmap(u64 address, u64 length) {
  const InstanceLock lock(impl_.get());
  if (!lock) return lock.error();
  return impl_->machine->unmap(address, length);
}

Result<u64> Instance::sbrk(u64 size) {
  const InstanceLock lock(impl_.get());
  if (!lock) return lock.error();
  return impl_->machine->sbrk(size);
}

Result<std::vector<MemoryRange>> Instance::memory_ranges() const {
  const InstanceLock lock(impl_.get());
  if (!lock) return lock.error();
  std::vector<MemoryRange> all;
  for (const auto& range : impl_->machine->ranges()) {
    if (range.access != engine::Access::none) all.push_back({range.begin, range.end, range.access == engine::Access::write});
  }
  return all;
}

// ---- The whole state ----

Result<void> Instance::reset() {
  const InstanceLock lock(impl_.get());
  if (!lock) return lock.error();
  if (auto done = impl_->machine->reset_memory(); !done) return done;
  impl_->set_registers(impl_->initial_registers);
  impl_->machine->set_gas(0);
  impl_->machine->clear_pc();
  return {};
}

Result<void> Instance::reset_memory() {
  const InstanceLock lock(impl_.get());
  if (!lock) return lock.error();
  return impl_->machine->reset_memory();
}

Snapshot::Snapshot(std::shared_ptr<const Impl> impl) : impl_(std::move(impl)) {}

Result<Snapshot> Instance::snapshot() {
  const InstanceLock lock(impl_.get());
  if (!lock) return lock.error();
  auto state = impl_->machine->snapshot();
  if (!state) return std::move(state.error());
  return Snapshot(std::make_shared<Snapshot::Impl>(Snapshot::Impl{impl_->module, *std::move(state)}));
}

Result<void> Instance::restore(const Snapshot& snapshot) {
  const InstanceLock lock(impl_.get());
  if (!lock) return lock.error();
  if (!snapshot.impl()) return engine::moved_from();
  if (snapshot.impl()->module != impl_->module) {
    return engine::error(ErrorCode::invalid_argument, "the snapshot is one of another module");
  }
  return impl_->machine->restore(*snapshot.impl()->state);
}

std::any& Instance::user_data() {
  static thread_local std::any none;
  return impl_ ? impl_->user_data : none;
}

// ---- Interrupts ----

Interrupt::Interrupt(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}

void Interrupt::raise() const {
  if (!impl_) return;
  impl_->raised.store(true);
  const std::lock_guard lock(impl_->mutex);
  if (impl_->executor != nullptr) impl_->executor->kick();
}

void Interrupt::clear() const {
  if (impl_) impl_->raised.store(false);
}

bool Interrupt::raised() const {
  return impl_ && impl_->raised.load();
}

}  // namespace pvm
