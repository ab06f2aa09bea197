// SPDX-License-Identifier: Apache-2.0 OR MIT
#include "emit/memory.hpp"

#include <algorithm>

#include "pvm/ref/memory.hpp"
#include "pvm/ref/program.hpp"

namespace pvm::link {
namespace {

constexpr u64 page_size = 4096, segment = 0x10000, address_space = u64{1} << 32;

u64 up(u64 value, u64 granularity) {
  return (value + granularity - 1) / granularity * granularity;
}

// Places sections one after another; the address space bounds every sum.
class Placer {
 public:
  explicit Placer(u64 start) : at_(start), start_(start) {}
  u64 place(u64 size, u64 alignment) {
    at_ = up(at_, std::max<u64>(alignment, 1));
    const u64 place = at_;
    at_ = std::min(at_ + std::min(size, address_space), 2 * address_space);
    return place;
  }
  u64 size() const { return at_ - start_; }
  u64 end() const { return at_; }

 private:
  u64 at_, start_;
};

LinkError too_large(const std::string& what) {
  return {.message = what, .remedy = "the guest has 4 GiB for code addresses, data, heap and stack"};
}

void place_all(const Program& program, SectionKind kind, Placer& placer, MemoryPlan& plan) {
  for (std::size_t index = 0; index < program.sections.size(); ++index) {
    const DataSection& section = program.sections[index];
    if (section.used && section.kind == kind) plan.address[index] = placer.place(section.size, section.alignment);
  }
}

u64 read_write_start(u64 ro_size, ref::Semantics semantics) {
  if (ref::is_graypaper(semantics)) return 2 * segment + up(ro_size, segment);
  const auto map = ref::map_memory(page_size, static_cast<u32>(ro_size), 0, 0, 0);
  return map ? map->rw_start : address_space;
}

}  // namespace

Outcome<MemoryPlan> plan_memory(const Program& program, const LinkOptions& options, ref::Semantics semantics, bool spill_slot) {
  MemoryPlan plan;
  plan.address.resize(program.sections.size());
  plan.ro_start = segment;
  Placer ro(plan.ro_start);
  place_all(program, SectionKind::read_only, ro, plan);
  if (ro.end() >= address_space) return too_large("the read-only data has " + std::to_string(ro.size()) + " bytes");
  plan.ro_size = static_cast<u32>(ro.size());

  plan.rw_start = read_write_start(plan.ro_size, semantics);
  Placer rw(plan.rw_start);
  if (spill_slot) plan.spill_slot = rw.place(8, 8);
  place_all(program, SectionKind::read_write, rw, plan);
  const u64 given = rw.size();
  place_all(program, SectionKind::zero, rw, plan);
  plan.zero_bytes = rw.size() - given;
  const u64 stack = up(std::max<u64>(options.min_stack_size, program.stack_size), page_size);
  if (rw.end() >= address_space || stack >= address_space) {
    return too_large("the data has " + std::to_string(rw.size()) + " bytes, the stack " + std::to_string(stack));
  }
  plan.rw_size = static_cast<u32>(rw.size());
  plan.stack_size = static_cast<u32>(stack);
  if (ref::is_graypaper(semantics)) {
    plan.heap_base = up(rw.end(), page_size);
  } else {
    const auto map = ref::map_memory(page_size, plan.ro_size, plan.rw_size, plan.stack_size, 0);
    if (!map)
      return too_large("data and stack don't fit: read-only data, data and stack have " + std::to_string(plan.ro_size) + ", " +
                       std::to_string(plan.rw_size) + " and " + std::to_string(plan.stack_size) + " bytes");
    plan.heap_base = map->heap_base;
  }
  return plan;
}

CodeAddresses::CodeAddresses(const Program& program) : addresses_(program.blocks.size()) {
  std::vector<bool> taken(program.blocks.size());
  const auto take = [&](const Value& value) {
    if (value.kind == Value::Kind::code) taken[value.id] = true;
  };
  const auto take_operand = [&](const Operand& operand) {
    if (!operand.is_register) take(operand.value);
  };
  for (const BlockId id : program.layout) {
    const Block& block = program.block(id);
    for (const Instruction& instruction : block.body) {
      take_operand(instruction.a);
      take_operand(instruction.b);
      take(instruction.offset);
    }
    const Terminator& end = block.end;
    take_operand(end.a);
    take_operand(end.b);
    if (end.kind == Terminator::Kind::call || end.kind == Terminator::Kind::call_indirect) taken[index_of(end.otherwise)] = true;
  }
  for (const DataSection& section : program.sections) {
    if (!section.used) continue;
    for (const DataRelocation& relocation : section.relocations) {
      take(relocation.target);
      if (relocation.minus) take(*relocation.minus);
    }
  }
  for (const BlockId id : program.layout) {
    if (!taken[index_of(id)]) continue;
    entries_.push_back(id);
    addresses_[index_of(id)] = static_cast<u32>(2 * entries_.size());
  }
}

i64 Resolver::operator()(const Value& value) const {
  const auto address = [](u64 wide) { return i64{static_cast<std::int32_t>(static_cast<u32>(wide))}; };
  switch (value.kind) {
    case Value::Kind::number: return value.number;
    case Value::Kind::data: return address(memory.address[value.id] + static_cast<u64>(value.number));
    case Value::Kind::code: return code.of(value.block());
    case Value::Kind::heap_base: return address(memory.heap_base);
  }
  return 0;
}

}  // namespace pvm::link
