// SPDX-License-Identifier: Apache-2.0 OR MIT
// From one instruction and its operands to bytes.
#include "pvm/builder/encode.hpp"

#include <array>

namespace pvm::builder {

using isa::Field;
using isa::Format;

namespace {

i64 sign_extend(u32 value, u8 length) {
  if (length == 0) return 0;
  const u32 shift = 32U - 8U * length;
  return static_cast<ref::i32>(value << shift) >> shift;
}

// The values of an encoding's fields, collected from the operands of the clause.
struct Fields {
  std::array<u8, 3> reg{};
  std::array<i64, 2> imm{};
  u32 offset = 0;
};

Fields fields_of(const isa::Row& row, const Operands& operands, u32 pc) {
  Fields fields;
  const auto put = [&](Field field, i64 value) {
    switch (field) {
      case Field::none: break;
      case Field::reg1: fields.reg[0] = static_cast<u8>(value); break;
      case Field::reg2: fields.reg[1] = static_cast<u8>(value); break;
      case Field::reg3: fields.reg[2] = static_cast<u8>(value); break;
      case Field::imm1: fields.imm[0] = value; break;
      case Field::imm2: fields.imm[1] = value; break;
      case Field::offset: fields.offset = static_cast<u32>(value) - pc; break;
    }
  };
  put(row.operands.d, operands.d);
  put(row.operands.a, operands.a);
  put(row.operands.b, operands.b);
  put(row.operands.i, operands.i);
  put(row.operands.j, operands.j);
  put(row.operands.target, operands.target);
  return fields;
}

// Appends bytes; remembers the first value that didn't fit.
class Writer {
 public:
  explicit Writer(u8 opcode) : bytes_{opcode} {}

  void byte(u32 value) { bytes_.push_back(static_cast<u8>(value)); }

  void nibbles(u8 low, u8 high) {
    if (low > 15 || high > 15) failed_ = true;
    byte(static_cast<u32>(low) | static_cast<u32>(high) << 4);
  }

  // The length that a value will take, checked against the value.
  u8 length(i64 value, std::optional<u8> chosen) {
    if (value < -(i64{1} << 31) || value >= (i64{1} << 32)) failed_ = true;
    const u8 length = chosen.value_or(shortest_length(value));
    const u32 low = static_cast<u32>(value);
    if (length > 4 || sign_extend(low, length) != static_cast<ref::i32>(low)) failed_ = true;
    return length;
  }

  void immediate(i64 value, u8 length) {
    for (u32 index = 0; index < length; ++index) byte(static_cast<u32>(static_cast<u64>(value) >> (8 * index)));
  }

  void last_immediate(i64 value, std::optional<u8> chosen) { immediate(value, length(value, chosen)); }

  std::optional<Bytes> take() {
    if (failed_) return std::nullopt;
    return std::move(bytes_);
  }

 private:
  Bytes bytes_;
  bool failed_ = false;
};

}  // namespace

std::optional<u8> opcode_of(Semantics version, isa::Op op) {
  const int opcode = isa::row_of(op).opcode[static_cast<std::size_t>(version)];
  if (opcode < 0) return std::nullopt;
  return static_cast<u8>(opcode);
}

std::optional<isa::Op> op_named(std::string_view name) {
  for (std::size_t index = 0; index < isa::op_count; ++index) {
    if (isa::rows[index].name == name) return static_cast<isa::Op>(index);
  }
  return std::nullopt;
}

u8 shortest_length(i64 value) {
  const u32 low = static_cast<u32>(value);
  u8 length = 0;
  while (length < 4 && sign_extend(low, length) != static_cast<ref::i32>(low)) ++length;
  return length;
}

std::optional<Bytes> encode(Semantics version, isa::Op op, const Operands& operands, u32 pc, Lengths lengths) {
  const std::optional<u8> opcode = opcode_of(version, op);
  if (!opcode) return std::nullopt;
  const isa::Row& row = isa::row_of(op);
  const Fields fields = fields_of(row, operands, pc);
  const auto [reg1, reg2, reg3] = fields.reg;
  const auto [imm1, imm2] = fields.imm;
  const i64 offset = static_cast<ref::i32>(fields.offset);

  Writer out(*opcode);
  switch (row.format) {
    case Format::none: break;
    case Format::imm: out.last_immediate(imm1, lengths.first); break;
    case Format::offset: out.last_immediate(offset, lengths.first); break;
    case Format::reg_imm:
      out.nibbles(reg1, 0);
      out.last_immediate(imm1, lengths.first);
      break;
    case Format::reg_imm64:
      out.nibbles(reg1, 0);
      out.immediate(imm1, 8);
      break;
    case Format::imm_imm: {
      const u8 length = out.length(imm1, lengths.first);
      out.byte(length);
      out.immediate(imm1, length);
      out.last_immediate(imm2, lengths.second);
      break;
    }
    case Format::reg_imm_imm:
    case Format::reg_imm_offset: {
      const u8 length = out.length(imm1, lengths.first);
      out.nibbles(reg1, length);
      out.immediate(imm1, length);
      out.last_immediate(row.format == Format::reg_imm_imm ? imm2 : offset, lengths.second);
      break;
    }
    case Format::reg_reg: out.nibbles(reg1, reg2); break;
    case Format::reg_reg_imm:
      out.nibbles(reg1, reg2);
      out.last_immediate(imm1, lengths.first);
      break;
    case Format::reg_reg_offset:
      out.nibbles(reg1, reg2);
      out.last_immediate(offset, lengths.first);
      break;
    case Format::reg_reg_imm_imm: {
      const u8 length = out.length(imm1, lengths.first);
      out.nibbles(reg1, reg2);
      out.byte(length);
      out.immediate(imm1, length);
      out.last_immediate(imm2, lengths.second);
      break;
    }
    case Format::reg_reg_reg:
      out.nibbles(reg2, reg3);
      out.byte(reg1);
      break;
  }
  return out.take();
}

}  // namespace pvm::builder
