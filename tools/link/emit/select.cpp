// SPDX-License-Identifier: Apache-2.0 OR MIT
#include "emit/select.hpp"

#include <bit>

#include "emit/forms.hpp"
#include "optimize/facts.hpp"
#include "optimize/fold.hpp"

namespace pvm::link {

using builder::Operands;

namespace {

u8 number_of(Reg reg) {
  return static_cast<u8>(reg);
}

RegisterSet bit(u8 reg) {
  return RegisterSet{1} << reg;
}

i64 wrapped_sum(i64 a, i64 b) {
  return static_cast<i64>(static_cast<u64>(a) + static_cast<u64>(b));
}

// An address or an offset, of which only 32 bits count.
i64 low_word(i64 value) {
  return static_cast<std::int32_t>(static_cast<u32>(value));
}

}  // namespace

// ---- Pieces ----

Selector::Known Selector::known(const Operand& operand) const {
  if (operand.is_register) return {true, number_of(operand.reg), 0};
  return {false, 0, number(operand.value)};
}

// Of a number only the low half counts where the operation works on 32 bits.
Selector::Known Selector::known(const Operand& operand, bool word) const {
  Known value = known(operand);
  if (word) value.number = low_word(value.number);
  return value;
}

i64 Selector::number(const Value& value) const {
  return as_register(resolve_(value), resolve_.program.register_bits);
}

void Selector::put(isa::Op op, const Operands& operands, std::optional<BlockId> target) {
  out_->push_back({op, operands, target, source_, {}});
}

void Selector::load_number(u8 d, i64 value) {
  put(fits_i32(value) ? isa::Op::load_imm : isa::Op::load_imm64, {.d = d, .i = value});
}

void Selector::move(u8 d, const Known& a) {
  if (a.is_number()) return load_number(d, a.number);
  if (a.reg != d) put(isa::Op::move_reg, {.d = d, .a = a.reg});
}

// Keeps a register outside `used` in the spill slot.
u8 Selector::borrow(RegisterSet used) {
  has_spilled_ = true;
  u8 borrowed = number_of(Reg::t0);
  while ((used & bit(borrowed)) != 0) ++borrowed;
  put(is_64_bit_ ? isa::Op::store_u64 : isa::Op::store_u32, {.a = borrowed, .i = static_cast<i64>(resolve_.memory.spill_slot)});
  return borrowed;
}

void Selector::give_back(u8 borrowed) {
  put(is_64_bit_ ? isa::Op::load_u64 : isa::Op::load_i32, {.d = borrowed, .i = static_cast<i64>(resolve_.memory.spill_slot)});
}

// Makes `value` available in a register while `use` is put: in `preferred`, or in one outside `used`, which is dead or kept in the spill
// slot.
template <typename Use>
void Selector::with_temporary(i64 value, std::optional<u8> preferred, RegisterSet used, Use use) {
  const RegisterSet dead = dead_ & machine_registers & ~used;
  if (!preferred && dead != 0) preferred = static_cast<u8>(std::countr_zero(dead));
  if (preferred) {
    load_number(*preferred, value);
    return use(*preferred);
  }
  const u8 borrowed = borrow(used);
  load_number(borrowed, value);
  use(borrowed);
  give_back(borrowed);
}

std::optional<LinkError> Selector::missing(isa::Op op, const char* what, SourceId source) const {
  if (builder::opcode_of(semantics_, op)) return std::nullopt;
  LinkError error{.message = std::string(ref::name_of(semantics_)) + " has no " + what,
                  .remedy = "choose another instruction set, or don't use it in the program"};
  if (source != SourceId::none) {
    const Source& place = resolve_.program.sources[index_of(source)];
    error.path = resolve_.program.objects[place.object];
    error.offset = place.offset;
  }
  return error;
}

// ---- Instructions ----

std::optional<LinkError> Selector::select(const Instruction& in, RegisterSet dead, std::vector<MachineOp>& out) {
  out_ = &out;
  dead_ = dead;
  source_ = in.source;
  if (in.op == Op::nop) return std::nullopt;
  if (in.op == Op::move) return move(number_of(in.d), known(in.a)), std::nullopt;
  if (is_binary(in.op)) return binary(in), std::nullopt;
  if (is_unary(in.op)) return unary(in), std::nullopt;
  if (is_cmov(in.op)) return conditional_move(in), std::nullopt;
  if (is_load(in.op)) return load(in), std::nullopt;
  if (is_store(in.op)) return store(in), std::nullopt;
  switch (in.op) {
    case Op::host_call: put(isa::Op::ecalli, {.i = import_numbers_[index_of(in.import)]}); return std::nullopt;
    case Op::sbrk:
      if (auto error = missing(isa::Op::sbrk, "sbrk", in.source)) return error;
      put(isa::Op::sbrk, {.d = number_of(in.d), .a = number_of(in.a.reg)});
      return std::nullopt;
    case Op::memset:
      if (auto error = missing(isa::Op::memset, "memset", in.source)) return error;
      put(isa::Op::memset, {});
      return std::nullopt;
    default: return std::nullopt;
  }
}

void Selector::binary(const Instruction& in) {
  const Known a = known(in.a, in.word), b = known(in.b, in.word);
  const u8 d = number_of(in.d);
  const isa::Op by_registers = registers_form(in.op, wide(in));
  if (a.is_number() && b.is_number()) return load_number(d, fold(in.op, in.word, a.number, b.number, resolve_.program.register_bits));
  if (a.is_register && b.is_register) return put(by_registers, {.d = d, .a = a.reg, .b = b.reg});
  if (a.is_register) {
    if (by_immediate(in, a.reg, b.number)) return;
    const std::optional<u8> free = a.reg != d ? std::optional(d) : std::nullopt;
    return with_temporary(b.number, free, bit(a.reg) | bit(d), [&](u8 t) { put(by_registers, {.d = d, .a = a.reg, .b = t}); });
  }
  if (is_commutative(in.op) && by_immediate(in, b.reg, a.number)) return;
  if (with_immediate_first(in, a.number, b.reg)) return;
  const std::optional<u8> free = b.reg != d ? std::optional(d) : std::nullopt;
  with_temporary(a.number, free, bit(b.reg) | bit(d), [&](u8 t) { put(by_registers, {.d = d, .a = t, .b = b.reg}); });
}

// d = a op value in one instruction, where there is one.
bool Selector::by_immediate(const Instruction& in, u8 a, i64 value) {
  const i64 operand = immediate_operand(in.op, wide(in), value);
  const std::optional<isa::Op> form = immediate_form(in.op, wide(in));
  if (!form || !fits_i32(operand)) return false;
  put(*form, {.d = number_of(in.d), .a = a, .i = operand});
  return true;
}

// d = value op b.
bool Selector::with_immediate_first(const Instruction& in, i64 value, u8 b) {
  const u8 d = number_of(in.d);
  if (!fits_i32(value)) return false;
  if (const std::optional<isa::Op> form = immediate_first_form(in.op, wide(in))) {
    put(*form, {.d = d, .a = b, .i = value});
    return true;
  }
  if (in.op != Op::and_inverted && in.op != Op::or_inverted) return false;
  put(isa::Op::xor_imm, {.d = d, .a = b, .i = -1});
  put(in.op == Op::and_inverted ? isa::Op::and_imm : isa::Op::or_imm, {.d = d, .a = d, .i = value});
  return true;
}

void Selector::unary(const Instruction& in) {
  const Known a = known(in.a);
  const u8 d = number_of(in.d);
  if (a.is_number()) return load_number(d, fold(in.op, in.word, a.number, 0, resolve_.program.register_bits));
  put(unary_form(in.op, wide(in)), {.d = d, .a = a.reg});
}

void Selector::conditional_move(const Instruction& in) {
  const Known condition = known(in.a), value = known(in.b);
  const u8 d = number_of(in.d);
  const bool if_zero = in.op == Op::cmov_if_zero;
  if (condition.is_number()) {
    if ((condition.number == 0) == if_zero) move(d, value);
    return;
  }
  const isa::Op by_register = if_zero ? isa::Op::cmov_if_zero : isa::Op::cmov_if_not_zero;
  if (value.is_register) return put(by_register, {.d = d, .a = value.reg, .b = condition.reg});
  if (fits_i32(value.number)) {
    return put(if_zero ? isa::Op::cmov_if_zero_imm : isa::Op::cmov_if_not_zero_imm, {.d = d, .a = condition.reg, .i = value.number});
  }
  with_temporary(value.number, std::nullopt, bit(d) | bit(condition.reg),
                 [&](u8 t) { put(by_register, {.d = d, .a = t, .b = condition.reg}); });
}

void Selector::load(const Instruction& in) {
  const Known base = known(in.a);
  const i64 offset = number(in.offset);
  const AccessForms forms = access_forms(in.op, is_64_bit_);
  const u8 d = number_of(in.d);
  if (base.is_register) return put(forms.indirect, {.d = d, .a = base.reg, .i = low_word(offset)});
  put(forms.absolute, {.d = d, .i = low_word(wrapped_sum(base.number, offset))});
}

void Selector::store(const Instruction& in) {
  const Known base = known(in.a), value = known(in.b);
  const i64 offset = number(in.offset);
  const i64 place = low_word(base.is_register ? offset : wrapped_sum(base.number, offset));
  const AccessForms forms = access_forms(in.op, is_64_bit_);
  const auto put_register = [&](u8 reg) {
    if (base.is_register) return put(forms.indirect, {.a = reg, .b = base.reg, .i = place});
    put(forms.absolute, {.a = reg, .i = place});
  };
  if (value.is_register) return put_register(value.reg);
  const i64 stored = in.op == Op::store_u64 ? value.number : low_word(value.number);
  if (fits_i32(stored)) {
    if (base.is_register) return put(forms.imm_indirect, {.a = base.reg, .i = place, .j = stored});
    return put(forms.imm_absolute, {.i = place, .j = stored});
  }
  with_temporary(stored, std::nullopt, base.is_register ? bit(base.reg) : 0, put_register);
}

// ---- Ends of blocks ----

void Selector::select(const Terminator& end, std::optional<BlockId> next, bool next_is_target, std::vector<MachineOp>& out) {
  out_ = &out;
  source_ = end.source;
  const u8 d = number_of(end.d);
  switch (end.kind) {
    case Terminator::Kind::trap: put(isa::Op::trap, {}); break;
    case Terminator::Kind::jump: jump(end.target, next, next_is_target); break;
    case Terminator::Kind::branch: branch(end, next, next_is_target); break;
    case Terminator::Kind::call: put(isa::Op::load_imm_and_jump, {.d = d, .i = resolve_.code.of(end.otherwise)}, end.target); break;
    case Terminator::Kind::jump_indirect:
    case Terminator::Kind::call_indirect: jump_to_address(end, next, next_is_target); break;
  }
}

void Selector::jump(BlockId target, std::optional<BlockId> next, bool next_is_target) {
  if (target != next) return put(isa::Op::jump, {}, target);
  if (next_is_target) put(isa::Op::fallthrough, {});
}

void Selector::branch(const Terminator& end, std::optional<BlockId> next, bool next_is_target) {
  const Known a = known(end.a), b = known(end.b);
  if (a.is_number() && b.is_number()) {
    const bool taken = holds(end.condition, a.number, b.number, resolve_.program.register_bits);
    return jump(taken ? end.target : end.otherwise, next, next_is_target);
  }
  if (end.target == end.otherwise) return jump(end.target, next, next_is_target);
  const bool inverted = end.target == next;
  Operands operands;
  const auto op = compare(inverted ? negated(end.condition) : end.condition, a, b, operands);
  if (!op) return branch_by_long_number(end, a, b);
  put(*op, operands, inverted ? end.otherwise : end.target);
  // The place behind a branch begins a block in any case.
  if (!inverted && end.otherwise != next) put(isa::Op::jump, {}, end.otherwise);
}

// There is no liveness at the end of a block: the number's register is given back on either way.
void Selector::branch_by_long_number(const Terminator& end, const Known& a, const Known& b) {
  const u8 t = borrow(bit(a.is_register ? a.reg : b.reg));
  load_number(t, a.is_register ? b.number : a.number);
  const BlockId taken{static_cast<u32>(block_count())};
  ++label_count_;
  put(branch_form(end.condition), {.a = a.is_register ? a.reg : t, .b = a.is_register ? t : b.reg}, taken);
  give_back(t);
  put(isa::Op::jump, {}, end.otherwise);
  const std::size_t label = out_->size();
  give_back(t);
  (*out_)[label].label = taken;
  put(isa::Op::jump, {}, end.target);
}

std::optional<isa::Op> Selector::compare(Condition condition, const Known& a, const Known& b, Operands& operands) {
  if (a.is_register && b.is_register) {
    operands = {.a = a.reg, .b = b.reg};
    return branch_form(condition);
  }
  const Known& reg = a.is_register ? a : b;
  const i64 value = a.is_register ? b.number : a.number;
  if (!fits_i32(value)) return std::nullopt;
  operands = {.a = reg.reg, .i = value};
  return a.is_register ? branch_immediate_form(condition) : branch_immediate_first_form(condition);
}

// [jump.dynamic] An address that is no entry of the table traps, but for the one that returns to the host.
void Selector::jump_to_address(const Terminator& end, std::optional<BlockId> next, bool next_is_target) {
  const bool links = end.kind == Terminator::Kind::call_indirect;
  const u8 d = number_of(end.d);
  const i64 link = links ? resolve_.code.of(end.otherwise) : 0;
  const Known a = known(end.a);
  if (a.is_register) {
    if (links) return put(isa::Op::load_imm_and_jump_indirect, {.d = d, .a = a.reg, .i = link, .j = end.offset});
    return put(isa::Op::jump_indirect, {.a = a.reg, .i = end.offset});
  }
  const u32 address = static_cast<u32>(wrapped_sum(a.number, end.offset));
  constexpr u32 return_to_host = 0xffff0000;
  const std::vector<BlockId>& entries = resolve_.code.entries();
  if (address != 0 && address % 2 == 0 && address / 2 <= entries.size()) {
    const BlockId target = entries[address / 2 - 1];
    if (links) return put(isa::Op::load_imm_and_jump, {.d = d, .i = link}, target);
    return jump(target, next, next_is_target);
  }
  if (address != return_to_host) return put(isa::Op::trap, {});
  const u8 base = links ? d : number_of(Reg::ra);
  load_number(base, low_word(address));
  if (links) return put(isa::Op::load_imm_and_jump_indirect, {.d = d, .a = base, .i = link});
  put(isa::Op::jump_indirect, {.a = base});
}

}  // namespace pvm::link
