// SPDX-License-Identifier: Apache-2.0 OR MIT
// Numbers and addresses that a register holds, or nearly: shorter code than an immediate, and no slower.
#include <cstdlib>

#include "facts.hpp"
#include "fold.hpp"
#include "passes.hpp"
#include "propagation.hpp"

namespace pvm::link {
namespace {

// Bytes of an immediate.
u32 encoded_size(const Value& value) {
  if (!value.is_number()) return value.kind == Value::Kind::code ? 2 : 3;
  const i64 n = value.number;
  if (n == 0) return 0;
  if (n == static_cast<std::int8_t>(n)) return 1;
  if (n == static_cast<std::int16_t>(n)) return 2;
  if (n >= -(1 << 23) && n < 1 << 23) return 3;
  return fits_i32(n) ? 4 : 8;
}

class Sharing {
 public:
  Sharing(Program& program, const Propagation& propagation) : program_(program), propagation_(propagation) {}

  bool run(BlockId id) {
    if (!propagation_.is_reached(id)) return false;
    Block& block = program_.block(id);
    RegisterFile registers = propagation_.at_begin(id);
    bool changed = false;
    for (Instruction& instruction : block.body) {
      changed |= instruction.op == Op::move ? share_move(instruction, registers) : share_operand(instruction, registers);
      propagation_.rules().step(instruction, registers);
    }
    if (block.end.kind == Terminator::Kind::branch && block.end.a.is_register) changed |= replace(block.end.b, registers, 2);
    return changed;
  }

 private:
  // A register that holds value - distance, where |distance| is below 128 and as small as possible.
  static std::optional<Reg> holder(const Value& value, const RegisterFile& registers, i64& distance) {
    std::optional<Reg> best;
    for (u32 number = 0; number < machine_register_count; ++number) {
      const Known& known = registers[number];
      if (!known.is_exact() || known.value.kind != value.kind || known.value.id != value.id) continue;
      const i64 d = static_cast<i64>(static_cast<u64>(value.number) - static_cast<u64>(known.value.number));
      if (d < -128 || d > 127 || (best && std::abs(d) >= std::abs(distance))) continue;
      best = static_cast<Reg>(number);
      distance = d;
    }
    return best;
  }

  static bool replace(Operand& operand, const RegisterFile& registers, u32 least_size) {
    if (operand.is_register || operand.value.kind == Value::Kind::code || encoded_size(operand.value) < least_size) return false;
    i64 distance = 0;
    const std::optional<Reg> reg = holder(operand.value, registers, distance);
    if (!reg || distance != 0) return false;
    operand = Operand::of(*reg);
    return true;
  }

  static bool share_move(Instruction& move, const RegisterFile& registers) {
    if (move.a.is_register || move.a.value.kind == Value::Kind::code) return false;
    i64 distance = 0;
    const std::optional<Reg> reg = holder(move.a.value, registers, distance);
    if (!reg || encoded_size(move.a.value) < (distance == 0 ? 1u : 3u)) return false;
    move.a = Operand::of(*reg);
    if (distance == 0) return true;
    move.op = Op::add;
    move.b = Operand::of(distance);
    return true;
  }

  static bool share_operand(Instruction& instruction, const RegisterFile& registers) {
    switch (instruction.op) {
      case Op::add:
      case Op::mul:
      case Op::and_:
      case Op::or_:
      case Op::xor_:
      case Op::set_less_unsigned:
      case Op::set_less_signed: return instruction.a.is_register && replace(instruction.b, registers, 2);
      case Op::store_u8:
      case Op::store_u16:
      case Op::store_u32:
      case Op::store_u64: return replace(instruction.b, registers, 1);
      default: return false;
    }
  }

  Program& program_;
  const Propagation& propagation_;
};

}  // namespace

bool share_constants(Program& program) {
  const Propagation propagation(program);
  Sharing sharing(program, propagation);
  bool changed = false;
  for (const BlockId id : program.layout) changed |= sharing.run(id);
  return changed;
}

}  // namespace pvm::link
