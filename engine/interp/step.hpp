// SPDX-License-Identifier: Apache-2.0 OR MIT
// One operation: operands in, rule, result out, and where control goes. All of it is meant to be inlined into the loop.
#pragma once

#include "interp/fill.hpp"
#include "interp/loop.hpp"
#include "interp/rules_alu.hpp"
#include "interp/rules_bits.hpp"
#include "interp/rules_control.hpp"
#include "interp/rules_memory.hpp"

namespace pvm::engine::interp {

constexpr u32 halt_address = 0xffff0000;  // [jump.halt]

constexpr u32 width_of(Mode mode) {
  return mode == Mode::blocks_32 ? 32 : 64;
}

/// A value of W bits as a register holds it, and as a signed number.
template <u32 W>
constexpr u64 in_register(u64 value) {
  if constexpr (W == 32) return low32(value);
  return value;
}
template <u32 W>
constexpr i64 as_signed(u64 value) {
  if constexpr (W == 32) return i64{signed32(value)};
  return static_cast<i64>(value);
}

/// All operands that the operation may have; those that the rule doesn't use cost nothing.
template <Op op, u32 W>
inline Inputs<W> inputs_of(const Operation& at, const u64* registers) {
  Inputs<W> x;
  x.d = registers[at.d];
  x.a = registers[at.a];
  x.b = registers[at.b];
  x.si = at.imm;
  if constexpr (op == Op::load_imm64) x.si = static_cast<i64>(u64{static_cast<u32>(at.extra)} << 32 | static_cast<u32>(at.imm));
  x.i = in_register<W>(static_cast<u64>(x.si));
  x.sa = as_signed<W>(x.a);
  x.sb = as_signed<W>(x.b);
  return x;
}

template <Op op, u32 W>
inline Flow step_value(const Operation*& at, const RunState& state) {
  state.registers[at->d] = in_register<W>(value<op>(inputs_of<op, W>(*at, state.registers)));
  ++at;
  return Flow::next;
}

// [jump.branch]
template <Op op, u32 W>
inline Flow step_branch(const Operation*& at, const RunState& state) {
  if (condition<op>(inputs_of<op, W>(*at, state.registers))) {
    at += at->extra;
    return Flow::jump;
  }
  ++at;
  return Flow::enter;
}

// [access.address] [access.range]
template <Op op, u32 W>
inline Flow step_access(const Operation*& at, const RunState& state) {
  constexpr auto rule = access<op>;
  using Number = typename decltype(rule)::Number;
  u32 address = static_cast<u32>(at->imm);
  if constexpr (rule.base == Base::a) address += low32(state.registers[at->a]);
  if constexpr (rule.base == Base::b) address += low32(state.registers[at->b]);
  if constexpr (rule.is_load) {
    const auto loaded = state.memory.load<std::make_unsigned_t<Number>>(address);
    if (!loaded.ok) [[unlikely]]
      return Flow::access;
    state.registers[at->d] = in_register<W>(static_cast<u64>(static_cast<Number>(loaded.value)));
  } else {
    const u64 number = rule.source == Source::a ? state.registers[at->a] : static_cast<u64>(i64{at->extra});
    if (!state.memory.store<Number>(address, static_cast<Number>(number))) [[unlikely]]
      return Flow::access;
  }
  ++at;
  return Flow::next;
}

// [jump.dynamic]
inline Flow jump_to(const Operation*& at, const RunState& state, u32 address) {
  if (address == halt_address) return Flow::halt;
  const Operation* target = state.program.dynamic_target(address);
  if (target == nullptr) return Flow::trap;
  at = target;
  return Flow::jump;
}

template <Op op, u32 W>
inline Flow step_control(const Operation*& at, const RunState& state) {
  u64* registers = state.registers;
  // [control.fallthrough]
  if constexpr (op == Op::fallthrough) {
    ++at;
    return Flow::enter;
    // [control.unlikely]
  } else if constexpr (op == Op::unlikely) {
    ++at;
    return Flow::next;
    // [control.ecalli]
  } else if constexpr (op == Op::ecalli) {
    return Flow::host_call;
    // [control.jump]
  } else if constexpr (op == Op::jump) {
    at += at->extra;
    return Flow::jump;
    // [control.jump_indirect]
  } else if constexpr (op == Op::jump_indirect) {
    return jump_to(at, state, low32(registers[at->a]) + static_cast<u32>(at->imm));
    // [control.load_imm_and_jump]
  } else if constexpr (op == Op::load_imm_and_jump) {
    registers[at->d] = in_register<W>(static_cast<u64>(i64{at->imm}));
    at += at->extra;
    return Flow::jump;
    // [control.load_imm_and_jump_indirect]
  } else if constexpr (op == Op::load_imm_and_jump_indirect) {
    const u32 address = low32(registers[at->a]) + static_cast<u32>(at->extra);
    registers[at->d] = in_register<W>(static_cast<u64>(i64{at->imm}));
    return jump_to(at, state, address);
    // [control.trap]
  } else {
    static_assert(op == Op::trap);
    return Flow::trap;
  }
}

// [memory.memset] The fill takes its gas by itself.
inline Flow step_fill(const Operation*& at, const RunState& state, i64& fuel) {
  state.budget.fuel = fuel;
  const Flow flow = fill(state);
  fuel = state.budget.fuel;
  if (flow == Flow::next) ++at;
  return flow;
}

/// Executes the instruction `at`, whose operation is `op`, and moves `at` to where control goes.
template <Op op, u32 W>
inline Flow step(const Operation*& at, const RunState& state, [[maybe_unused]] i64& fuel) {
  constexpr isa::Group group = isa::row_of(op).group;
  if constexpr (group == isa::Group::control) return step_control<op, W>(at, state);
  if constexpr (group == isa::Group::branch) return step_branch<op, W>(at, state);
  if constexpr (group == isa::Group::move || group == isa::Group::alu || group == isa::Group::bits) return step_value<op, W>(at, state);
  if constexpr (op == Op::sbrk) return Flow::sbrk;
  if constexpr (op == Op::memset) return step_fill(at, state, fuel);
  if constexpr (group == isa::Group::memory && op != Op::sbrk && op != Op::memset) return step_access<op, W>(at, state);
  return Flow::trap;  // [decode.opcode]
}

}  // namespace pvm::engine::interp
