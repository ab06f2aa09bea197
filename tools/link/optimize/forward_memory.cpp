// SPDX-License-Identifier: Apache-2.0 OR MIT
// Loads of what the same block has stored or loaded before, as code without register allocation is full of. What was accessed once can be
// accessed again, so no fault is lost. Nothing is known of memory after calls and host calls.
#include <algorithm>

#include "facts.hpp"
#include "fold.hpp"
#include "passes.hpp"

namespace pvm::link {
namespace {

constexpr std::size_t most_slots = 16;  // remembered at a time: the newest

// Bytes of memory whose value is known: `value`, as access `op` wrote or read it.
struct Slot {
  Op op = Op::store_u8;
  Operand base;
  Value offset;
  Operand value;
};

class Memory {
 public:
  explicit Memory(const Program& program) : program_(program) {}

  // Replaces a load, if it is known what it gives.
  bool forward(Instruction& load) const {
    for (std::size_t at = slots_.size(); at-- > 0;) {
      const Slot& slot = slots_[at];
      if (slot.base != load.a || slot.offset != load.offset) continue;
      if (slot.op == load.op) return become(load, Op::move, slot.value, {}, false);
      if (is_store(slot.op) && access_size(slot.op) == access_size(load.op)) return read_back(load, slot.value);
    }
    return false;
  }

  // What an instruction does to what is known.
  void step(const Instruction& instruction) {
    if (is_store(instruction.op)) {
      std::erase_if(slots_, [&](const Slot& slot) { return may_overlap(slot, instruction); });
      if (is_rememberable(instruction.b)) remember({instruction.op, instruction.a, instruction.offset, instruction.b});
      return;
    }
    if (instruction.op == Op::host_call || instruction.op == Op::memset || instruction.op == Op::sbrk) {
      slots_.clear();
      return;
    }
    const RegisterSet written = writes(instruction);
    const bool is_step =
        instruction.op == Op::add && !instruction.word && instruction.a == Operand::of(instruction.d) && instruction.b.is_number();
    if (is_step) move_base(instruction.d, instruction.b.value.number);
    std::erase_if(slots_, [&](const Slot& slot) {
      return (slot.base.is_register && !is_step && (set_of(slot.base.reg) & written)) ||
             (slot.value.is_register && (set_of(slot.value.reg) & written));
    });
    const bool is_new = is_load(instruction.op) && instruction.a != Operand::of(instruction.d) && (written & scratch_registers) == 0;
    if (is_new) remember({instruction.op, instruction.a, instruction.offset, Operand::of(instruction.d)});
  }

 private:
  // Scratch values live no longer than they have to, and addresses of code are better read than written.
  static bool is_rememberable(const Operand& operand) {
    if (operand.is_register) return (set_of(operand.reg) & scratch_registers) == 0;
    return operand.is_number();
  }

  void remember(const Slot& slot) {
    if (slots_.size() == most_slots) slots_.erase(slots_.begin());
    slots_.push_back(slot);
  }

  // The base has become larger by `distance`: the same place is at a smaller offset.
  void move_base(Reg base, i64 distance) {
    std::erase_if(slots_, [&](Slot& slot) {
      if (slot.base != Operand::of(base)) return false;
      const i64 offset = static_cast<i64>(static_cast<u64>(slot.offset.number) - static_cast<u64>(distance));
      slot.offset.number = offset;
      return !slot.offset.is_number() || !fits_i32(offset);
    });
  }

  static bool become(Instruction& load, Op op, const Operand& a, const Operand& b, bool word) {
    load.op = op;
    load.word = word;
    load.a = a;
    load.b = b;
    load.offset = {};
    return true;
  }

  // A load of what a store of the same size wrote.
  bool read_back(Instruction& load, const Operand& value) const {
    const u32 bits = program_.register_bits;
    if (!value.is_register && !value.is_number()) return false;
    switch (load.op) {
      case Op::load_u8: return become(load, Op::and_, value, Operand::of(0xff), false);
      case Op::load_i8: return become(load, Op::sign_extend_8, value, {}, false);
      case Op::load_u16: return become(load, Op::zero_extend_16, value, {}, false);
      case Op::load_i16: return become(load, Op::sign_extend_16, value, {}, false);
      case Op::load_i32: return bits == 32 ? become(load, Op::move, value, {}, false) : become(load, Op::add, value, Operand::of(0), true);
      case Op::load_u64: return become(load, Op::move, value, {}, false);
      default: return false;
    }
  }

  // Inside a data section whose address it names, and nowhere near the stack.
  bool is_in_section(const Operand& base, const Value& offset, u32 size) const {
    if (base.is_register || !base.is_number(0) || offset.kind != Value::Kind::data || offset.number < 0) return false;
    const u64 end = static_cast<u64>(offset.number) + size;
    return end <= program_.section(offset.section()).size;
  }

  bool may_overlap(const Slot& slot, const Instruction& store) const {
    const u32 slot_size = access_size(slot.op), size = access_size(store.op);
    if (slot.base == store.a && slot.offset.kind == store.offset.kind && slot.offset.id == store.offset.id) {
      // The same origin; addresses wrap at 32 bits, but a distance of that order is none between neighbours.
      const u32 distance = static_cast<u32>(static_cast<u64>(store.offset.number) - static_cast<u64>(slot.offset.number));
      return distance < slot_size || 0 - distance < size;
    }
    const bool one_in_section = is_in_section(slot.base, slot.offset, slot_size),
               other_in_section = is_in_section(store.a, store.offset, size);
    if (one_in_section && other_in_section) return false;  // two sections
    const auto is_frame = [](const Operand& base, const Value& offset) { return base == Operand::of(Reg::sp) && offset.is_number(); };
    return !((one_in_section && is_frame(store.a, store.offset)) || (other_in_section && is_frame(slot.base, slot.offset)));
  }

  const Program& program_;
  std::vector<Slot> slots_;
};

}  // namespace

bool forward_memory(Program& program) {
  bool changed = false;
  for (const BlockId id : program.layout) {
    Memory memory(program);
    for (Instruction& instruction : program.block(id).body) {
      if (is_load(instruction.op)) changed |= memory.forward(instruction);
      memory.step(instruction);
    }
  }
  return changed;
}

}  // namespace pvm::link
