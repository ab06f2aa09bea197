// SPDX-License-Identifier: Apache-2.0 OR MIT
#include "evaluate.hpp"

#include <algorithm>
#include <bit>
#include <stdexcept>

namespace pvm::link::test {
namespace {

__extension__ typedef __int128 i128;
__extension__ typedef unsigned __int128 u128;

u64 truncated(i64 value, u32 bits) {
  return bits == 64 ? static_cast<u64>(value) : static_cast<std::uint32_t>(value);
}

i64 extended(u64 value, u32 bits) {
  return bits == 64 ? static_cast<i64>(value) : i64{static_cast<std::int32_t>(value)};
}

u64 divide(Op op, i64 a, i64 b, u64 ua, u64 ub) {
  switch (op) {
    case Op::div_unsigned: return ub == 0 ? ~u64{0} : ua / ub;
    case Op::rem_unsigned: return ub == 0 ? ua : ua % ub;
    case Op::div_signed: return b == 0 ? ~u64{0} : static_cast<u64>(static_cast<i128>(a) / b);
    default: return b == 0 ? static_cast<u64>(a) : static_cast<u64>(static_cast<i128>(a) % b);
  }
}

/// `bits`: of the operation.
u64 binary(Op op, u32 bits, i64 a, i64 b) {
  const u64 ua = truncated(a, bits);
  const u64 ub = truncated(b, bits);
  const u32 amount = static_cast<u32>(ub) % bits;
  switch (op) {
    case Op::add: return ua + ub;
    case Op::sub: return ua - ub;
    case Op::mul: return ua * ub;
    case Op::mul_upper_signed_signed: return static_cast<u64>(static_cast<u128>(static_cast<i128>(a) * b) >> bits);
    case Op::mul_upper_unsigned_unsigned: return static_cast<u64>(static_cast<u128>(ua) * ub >> bits);
    case Op::mul_upper_signed_unsigned: return static_cast<u64>(static_cast<u128>(static_cast<i128>(a) * static_cast<i128>(ub)) >> bits);
    case Op::div_unsigned:
    case Op::div_signed:
    case Op::rem_unsigned:
    case Op::rem_signed: return divide(op, extended(ua, bits), extended(ub, bits), ua, ub);
    case Op::and_: return ua & ub;
    case Op::or_: return ua | ub;
    case Op::xor_: return ua ^ ub;
    case Op::and_inverted: return ua & ~ub;
    case Op::or_inverted: return ua | ~ub;
    case Op::xnor: return ~(ua ^ ub);
    case Op::shift_left: return ua << amount;
    case Op::shift_right_logical: return ua >> amount;
    case Op::shift_right_arithmetic: return static_cast<u64>(extended(ua, bits) >> amount);
    case Op::rotate_left: return amount == 0 ? ua : ua << amount | ua >> (bits - amount);
    case Op::rotate_right: return amount == 0 ? ua : ua >> amount | ua << (bits - amount);
    case Op::set_less_unsigned: return ua < ub ? 1 : 0;
    case Op::set_less_signed: return a < b ? 1 : 0;
    case Op::max_signed: return static_cast<u64>(std::max(a, b));
    case Op::min_signed: return static_cast<u64>(std::min(a, b));
    case Op::max_unsigned: return std::max(ua, ub);
    case Op::min_unsigned: return std::min(ua, ub);
    default: throw std::runtime_error("not a binary operation");
  }
}

u64 reversed(u64 value, u32 bits) {
  u64 result = 0;
  for (u32 byte = 0; byte < bits / 8; ++byte) result = result << 8 | (value >> 8 * byte & 0xff);
  return result;
}

u64 unary(Op op, u32 bits, i64 a) {
  const u64 ua = truncated(a, bits);
  switch (op) {
    case Op::count_leading_zeros: return static_cast<u64>(std::countl_zero(ua)) - (64 - bits);
    case Op::count_trailing_zeros: return std::min<u64>(static_cast<u64>(std::countr_zero(ua)), bits);
    case Op::count_set_bits: return static_cast<u64>(std::popcount(ua));
    case Op::sign_extend_8: return static_cast<u64>(i64{static_cast<std::int8_t>(ua)});
    case Op::sign_extend_16: return static_cast<u64>(i64{static_cast<std::int16_t>(ua)});
    case Op::zero_extend_16: return ua & 0xffff;
    case Op::reverse_bytes: return reversed(ua, bits);
    default: throw std::runtime_error("not a unary operation");
  }
}

struct Access {
  u32 bytes;
  bool is_signed;
};

Access access_of(Op op) {
  switch (op) {
    case Op::load_u8: return {1, false};
    case Op::load_i8: return {1, true};
    case Op::load_u16: return {2, false};
    case Op::load_i16: return {2, true};
    case Op::load_u32: return {4, false};
    case Op::load_i32: return {4, true};
    case Op::store_u8: return {1, false};
    case Op::store_u16: return {2, false};
    case Op::store_u32: return {4, false};
    default: return {8, false};
  }
}

i64 value_of(const State& state, const Operand& operand) {
  return operand.is_register ? state.registers[static_cast<std::size_t>(operand.reg)] : operand.value.number;
}

void load(const Instruction& instruction, u64 address, State& state) {
  const Access access = access_of(instruction.op);
  u64 value = state.load(address, access.bytes);
  const u32 unused = 64 - 8 * access.bytes;
  if (access.is_signed) value = static_cast<u64>(static_cast<i64>(value << unused) >> unused);
  state[instruction.d] = extended(value, state.bits);
}

void step(const Instruction& instruction, State& state) {
  const i64 a = value_of(state, instruction.a);
  const i64 b = value_of(state, instruction.b);
  const u32 bits = instruction.word ? 32 : state.bits;
  const Op op = instruction.op;
  if (op == Op::nop) return;
  if (op >= Op::load_u8 && op <= Op::store_u64) {
    const u64 address = static_cast<std::uint32_t>(a + instruction.offset.number);
    if (op <= Op::load_u64) return load(instruction, address, state);
    return state.store(address, static_cast<u64>(b), access_of(op).bytes);
  }
  if (op == Op::cmov_if_zero || op == Op::cmov_if_not_zero) {
    if ((a == 0) == (op == Op::cmov_if_zero)) state[instruction.d] = extended(static_cast<u64>(b), state.bits);
    return;
  }
  u64 result = 0;
  if (op == Op::move) {
    result = static_cast<u64>(a);
  } else if (op >= Op::count_leading_zeros && op <= Op::reverse_bytes) {
    result = unary(op, bits, a);
  } else {
    result = binary(op, bits, a, b);
  }
  state[instruction.d] = extended(result, bits);
}

}  // namespace

u64 State::load(u64 address, u32 bytes) const {
  u64 value = 0;
  for (u32 index = 0; index < bytes; ++index) {
    const auto found = memory.find(address + index);
    if (found != memory.end()) value |= u64{found->second} << 8 * index;
  }
  return value;
}

void State::store(u64 address, u64 value, u32 bytes) {
  for (u32 index = 0; index < bytes; ++index) memory[address + index] = static_cast<u8>(value >> 8 * index);
}

void evaluate(std::span<const Instruction> instructions, State& state) {
  for (const Instruction& instruction : instructions) step(instruction, state);
}

}  // namespace pvm::link::test
