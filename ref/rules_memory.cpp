// SPDX-License-Identifier: Apache-2.0 OR MIT
// The rules of the memory group: loads, stores, sbrk and memset. Chapters "Instructions" and "Memory".
#include "addresses.hpp"
#include "arithmetic.hpp"
#include "executor.hpp"

namespace pvm::ref {
namespace {

constexpr u8 fill_address = 7, fill_value = 8, fill_count = 9;  // a0, a1, a2

}  // namespace

// [paging.fault] [paging.lowest] [paging.write_protected]
Step Executor::fault(const Denial& denial, u64 address, u64 size) const {
  if (!program.is_paged()) return trap();
  // [access.wrap]
  if (!is_graypaper(program.config.semantics) && address + size > address_space) return trap();
  const u32 index = low32(denial.address);
  // [access.low] [paging.low]
  if (index < zone) return trap();
  const u32 page_size = machine.memory_.page_size();
  return {.kind = Step::Kind::page_fault, .fault_address = index / page_size * page_size, .write_protected = denial.present};
}

// [access.atomic]
Step Executor::load(u8 d, u32 address, u32 size) {
  if (const auto denial = machine.memory_.check(address, size, false)) return fault(*denial, address, size);
  return set(d, machine.memory_.load(address, size));
}

Step Executor::load_signed(u8 d, u32 address, u32 size) {
  if (const auto denial = machine.memory_.check(address, size, false)) return fault(*denial, address, size);
  const u32 unused_bits = 64 - 8 * size;
  return set(d, static_cast<u64>(static_cast<i64>(machine.memory_.load(address, size) << unused_bits) >> unused_bits));
}

// [access.atomic]
Step Executor::store(u32 address, u32 size, u64 value) {
  if (const auto denial = machine.memory_.check(address, size, true)) return fault(*denial, address, size);
  machine.memory_.store(address, size, value);
  return next();
}

// [heap.paged]
Step Executor::grow(u8 d, u64 size) {
  return program.is_paged() ? trap() : set(d, machine.memory_.grow(size));
}

Step Executor::allocate(u8 d, u64 size) {
  return set(d, machine.memory_.allocate(size));
}

// [fill.order] [fill.registers] [fill.stop] [gas.memset]
Step Executor::fill() {
  const Metering metering = program.config.metering;
  const u8 value = static_cast<u8>(get(fill_value));
  u32 count = low32(get(fill_count));
  Step step = next();
  while (count != 0 && step.kind == Step::Kind::next) {
    if (metering == Metering::sync && machine.gas_ < 1) {
      step = {.kind = Step::Kind::out_of_gas};
      break;
    }
    step = store(low32(get(fill_address)), 1, value);
    if (step.kind != Step::Kind::next) break;
    set(fill_address, get(fill_address) + 1);
    --count;
    if (metering != Metering::none) --machine.gas_;
  }
  set(fill_count, count);
  if (metering == Metering::async && machine.gas_ < 0) return {.kind = Step::Kind::out_of_gas};
  return step;
}

Step execute_memory(Executor& x, const Instruction& in) {
  const Operands o(x, in);
  const u8 d = o.d;
  const u64 i = static_cast<u64>(o.i), j = static_cast<u64>(o.j);
  // [access.address]
  const u32 direct = low32(i), a_plus_i = low32(o.a + i), b_plus_i = low32(o.b + i);
  switch (in.op) {
    // [memory.memset]
    case isa::Op::memset: return x.fill();
    // [memory.sbrk]
    case isa::Op::sbrk: return is_graypaper(x.program.config.semantics) ? x.allocate(d, o.a) : x.grow(d, o.a);
    // [memory.store_imm_u8]
    case isa::Op::store_imm_u8: return x.store(direct, 1, j);
    // [memory.store_imm_u16]
    case isa::Op::store_imm_u16: return x.store(direct, 2, j);
    // [memory.store_imm_u32]
    case isa::Op::store_imm_u32: return x.store(direct, 4, j);
    // [memory.store_imm_u64]
    case isa::Op::store_imm_u64: return x.store(direct, 8, j);
    // [memory.load_u8]
    case isa::Op::load_u8: return x.load(d, direct, 1);
    // [memory.load_i8]
    case isa::Op::load_i8: return x.load_signed(d, direct, 1);
    // [memory.load_u16]
    case isa::Op::load_u16: return x.load(d, direct, 2);
    // [memory.load_i16]
    case isa::Op::load_i16: return x.load_signed(d, direct, 2);
    // [memory.load_u32]
    case isa::Op::load_u32: return x.load(d, direct, 4);
    // [memory.load_i32]
    case isa::Op::load_i32: return x.load_signed(d, direct, 4);
    // [memory.load_u64]
    case isa::Op::load_u64: return x.load(d, direct, 8);
    // [memory.store_u8]
    case isa::Op::store_u8: return x.store(direct, 1, o.a);
    // [memory.store_u16]
    case isa::Op::store_u16: return x.store(direct, 2, o.a);
    // [memory.store_u32]
    case isa::Op::store_u32: return x.store(direct, 4, o.a);
    // [memory.store_u64]
    case isa::Op::store_u64: return x.store(direct, 8, o.a);
    // [memory.store_imm_indirect_u8]
    case isa::Op::store_imm_indirect_u8: return x.store(a_plus_i, 1, j);
    // [memory.store_imm_indirect_u16]
    case isa::Op::store_imm_indirect_u16: return x.store(a_plus_i, 2, j);
    // [memory.store_imm_indirect_u32]
    case isa::Op::store_imm_indirect_u32: return x.store(a_plus_i, 4, j);
    // [memory.store_imm_indirect_u64]
    case isa::Op::store_imm_indirect_u64: return x.store(a_plus_i, 8, j);
    // [memory.store_indirect_u8]
    case isa::Op::store_indirect_u8: return x.store(b_plus_i, 1, o.a);
    // [memory.store_indirect_u16]
    case isa::Op::store_indirect_u16: return x.store(b_plus_i, 2, o.a);
    // [memory.store_indirect_u32]
    case isa::Op::store_indirect_u32: return x.store(b_plus_i, 4, o.a);
    // [memory.store_indirect_u64]
    case isa::Op::store_indirect_u64: return x.store(b_plus_i, 8, o.a);
    // [memory.load_indirect_u8]
    case isa::Op::load_indirect_u8: return x.load(d, a_plus_i, 1);
    // [memory.load_indirect_i8]
    case isa::Op::load_indirect_i8: return x.load_signed(d, a_plus_i, 1);
    // [memory.load_indirect_u16]
    case isa::Op::load_indirect_u16: return x.load(d, a_plus_i, 2);
    // [memory.load_indirect_i16]
    case isa::Op::load_indirect_i16: return x.load_signed(d, a_plus_i, 2);
    // [memory.load_indirect_u32]
    case isa::Op::load_indirect_u32: return x.load(d, a_plus_i, 4);
    // [memory.load_indirect_i32]
    case isa::Op::load_indirect_i32: return x.load_signed(d, a_plus_i, 4);
    // [memory.load_indirect_u64]
    case isa::Op::load_indirect_u64: return x.load(d, a_plus_i, 8);
    default: return x.trap();
  }
}

}  // namespace pvm::ref
