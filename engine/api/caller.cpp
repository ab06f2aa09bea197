// SPDX-License-Identifier: Apache-2.0 OR MIT
// Callers: the instance, held by the run that the host function is part of.
#include "pvm/caller.hpp"

#include <utility>

#include "api/caller_access.hpp"
#include "api/impl.hpp"
#include "api/memory_access.hpp"

namespace pvm {

Caller::Caller(Instance::Impl& instance) : instance_(instance), is_32_bit_(!instance.machine->program().is_64_bit()) {}

const Module& Caller::module() const {
  return instance_.module;
}

std::any& Caller::user_data() const {
  return instance_.user_data;
}

u64 Caller::reg(u32 number) const {
  return number < engine::register_count ? instance_.machine->reg(number) : 0;
}

void Caller::set_reg(u32 number, u64 value) {
  if (number < engine::register_count) instance_.machine->set_reg(number, value);
}

u64 Caller::argument(u32 n) const {
  return n < engine::argument_registers.size() ? instance_.machine->reg(engine::argument_registers[n]) : 0;
}

i64 Caller::gas() const {
  return instance_.machine->gas();
}

void Caller::set_gas(i64 gas) {
  instance_.machine->set_gas(gas);
}

bool Caller::charge(i64 amount) {
  if (instance_.machine->program().config.metering == Metering::none) return true;
  const i64 left = instance_.machine->gas();
  if (amount < 0 || amount > left) return false;
  instance_.machine->set_gas(left - amount);
  return true;
}

Result<void> Caller::read(u64 address, std::span<u8> out) const {
  return engine::read_bytes(*instance_.machine, address, out);
}
Result<void> Caller::write(u64 address, std::span<const u8> bytes) {
  return engine::write_bytes(*instance_.machine, address, bytes);
}
Result<u8> Caller::read_u8(u64 address) const {
  return engine::read_number<u8>(*this, address);
}
Result<u16> Caller::read_u16(u64 address) const {
  return engine::read_number<u16>(*this, address);
}
Result<u32> Caller::read_u32(u64 address) const {
  return engine::read_number<u32>(*this, address);
}
Result<u64> Caller::read_u64(u64 address) const {
  return engine::read_number<u64>(*this, address);
}
Result<void> Caller::write_u8(u64 address, u8 value) {
  return engine::write_number(*this, address, value);
}
Result<void> Caller::write_u16(u64 address, u16 value) {
  return engine::write_number(*this, address, value);
}
Result<void> Caller::write_u32(u64 address, u32 value) {
  return engine::write_number(*this, address, value);
}
Result<void> Caller::write_u64(u64 address, u64 value) {
  return engine::write_number(*this, address, value);
}
Result<void> Caller::map(u64 address, u64 length, bool writable) {
  return instance_.machine->map(address, length, writable);
}
Result<void> Caller::protect(u64 address, u64 length, bool writable) {
  return instance_.machine->protect(address, length, writable);
}
Result<void> Caller::unmap(u64 address, u64 length) {
  return instance_.machine->unmap(address, length);
}
Result<u64> Caller::sbrk(u64 size) {
  return instance_.machine->sbrk(size);
}

void Caller::abort(std::string message) {
  abort_ = std::move(message);
}

}  // namespace pvm
