// SPDX-License-Identifier: Apache-2.0 OR MIT
#include "facts.hpp"

namespace pvm::link {
namespace {

RegisterSet register_of(const Operand& operand) {
  return operand.is_register ? set_of(operand.reg) : 0;
}

// What is farther from sp than an immediate of RISC-V reaches isn't taken for a slot of the frame.
constexpr i64 farthest_slot = 2048;

}  // namespace

bool is_commutative(Op op) {
  switch (op) {
    case Op::add:
    case Op::mul:
    case Op::mul_upper_signed_signed:
    case Op::mul_upper_unsigned_unsigned:
    case Op::and_:
    case Op::or_:
    case Op::xor_:
    case Op::xnor:
    case Op::max_signed:
    case Op::max_unsigned:
    case Op::min_signed:
    case Op::min_unsigned: return true;
    default: return false;
  }
}

u32 access_size(Op op) {
  switch (op) {
    case Op::load_u8:
    case Op::load_i8:
    case Op::store_u8: return 1;
    case Op::load_u16:
    case Op::load_i16:
    case Op::store_u16: return 2;
    case Op::load_u32:
    case Op::load_i32:
    case Op::store_u32: return 4;
    default: return 8;
  }
}

RegisterSet reads(const Program& program, const Instruction& instruction) {
  const Op op = instruction.op;
  if (op == Op::nop) return 0;
  if (op == Op::memset) return set_of(Reg::a0) | set_of(Reg::a1) | set_of(Reg::a2);
  if (op == Op::host_call) {
    RegisterSet set = set_of(Reg::sp);
    const u32 inputs = program.imports[static_cast<u32>(instruction.import)].inputs;
    for (u32 number = 0; number < inputs && number < std::size(argument_registers); ++number) set |= set_of(argument_registers[number]);
    return set;
  }
  RegisterSet set = register_of(instruction.a);
  if (is_binary(op) || is_cmov(op) || is_store(op)) set |= register_of(instruction.b);
  if (is_cmov(op)) set |= set_of(instruction.d);
  return set;
}

RegisterSet writes(const Instruction& instruction) {
  if (instruction.op == Op::nop || is_store(instruction.op)) return 0;
  if (instruction.op == Op::host_call) return host_clobbers;
  if (instruction.op == Op::memset) return set_of(Reg::a0) | set_of(Reg::a2);
  return set_of(instruction.d);
}

RegisterSet reads(const Terminator& end) {
  switch (end.kind) {
    case Terminator::Kind::branch: return register_of(end.a) | register_of(end.b);
    case Terminator::Kind::jump_indirect:
    case Terminator::Kind::call_indirect: return register_of(end.a);
    default: return 0;
  }
}

RegisterSet writes(const Terminator& end) {
  return end.kind == Terminator::Kind::call || end.kind == Terminator::Kind::call_indirect ? set_of(end.d) : 0;
}

std::optional<Value> known_address(const Instruction& access) {
  if (access.a.is_register) return std::nullopt;
  return sum(access.a.value, access.offset);
}

bool never_faults(const Program& program, const Instruction& load) {
  if (load.a.is_register) {
    return load.a.reg == Reg::sp && load.offset.is_number() && load.offset.number >= 0 && load.offset.number < farthest_slot;
  }
  const std::optional<Value> address = known_address(load);
  if (!address || address->kind != Value::Kind::data || address->number < 0) return false;
  const DataSection& section = program.section(address->section());
  const u64 offset = static_cast<u64>(address->number);
  return section.used && offset <= section.size && section.size - offset >= access_size(load.op);
}

std::optional<Value> sum(const Value& a, const Value& b) {
  if (!a.is_number() && !b.is_number()) return std::nullopt;
  Value result = a.is_number() ? b : a;
  const i64 addend = a.is_number() ? a.number : b.number;
  if (addend != 0 && result.kind != Value::Kind::number && result.kind != Value::Kind::data) return std::nullopt;
  result.number = static_cast<i64>(static_cast<u64>(result.number) + static_cast<u64>(addend));
  return result;
}

Condition negated(Condition condition) {
  switch (condition) {
    case Condition::equal: return Condition::not_equal;
    case Condition::not_equal: return Condition::equal;
    case Condition::less_unsigned: return Condition::greater_or_equal_unsigned;
    case Condition::less_signed: return Condition::greater_or_equal_signed;
    case Condition::greater_or_equal_unsigned: return Condition::less_unsigned;
    case Condition::greater_or_equal_signed: return Condition::less_signed;
  }
  return condition;
}

AddressTaken address_taken(const Program& program) {
  const std::size_t count = program.blocks.size();
  AddressTaken taken{std::vector<bool>(count), std::vector<bool>(count), std::vector<bool>(count)};
  const auto visit = [&](const Value& value) {
    if (value.kind == Value::Kind::code) taken.by_value[value.id] = true;
  };
  for (const BlockId id : program.layout) {
    const Block& block = program.block(id);
    for_each_value(block, visit);
    const bool is_call = block.end.kind == Terminator::Kind::call || block.end.kind == Terminator::Kind::call_indirect;
    if (is_call) taken.by_return[index_of(block.end.otherwise)] = true;
  }
  for (const DataSection& section : program.sections) {
    if (!section.used) continue;
    for (const DataRelocation& relocation : section.relocations) {
      visit(relocation.target);
      if (relocation.minus) visit(*relocation.minus);
    }
  }
  for (const Export& entry : program.exports) taken.by_export[index_of(entry.block)] = true;
  return taken;
}

}  // namespace pvm::link
