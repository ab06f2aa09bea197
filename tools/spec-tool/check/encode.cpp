// SPDX-License-Identifier: Apache-2.0 OR MIT
// One function per kind of field.
#include "encode.hpp"

#include <algorithm>

namespace pvm::spec {

namespace {

constexpr unsigned longest_instruction = 25;  // [decode.skip]

void put(Bytes& out, std::uint64_t value, unsigned length) {
  for (unsigned index = 0; index < length; ++index) out.push_back(static_cast<std::uint8_t>(value >> (8 * index)));
}

void put(Bytes& out, std::int64_t value, unsigned length) {
  put(out, static_cast<std::uint64_t>(value), length);
}

bool has_two_immediates(const std::string& format) {
  return format == "imm_imm" || format == "reg_imm_imm" || format == "reg_reg_imm_imm";
}

bool has_explicit_length(const std::string& format) {
  return has_two_immediates(format) || format == "reg_imm_offset";
}

bool ends_with_immediate(const std::string& format) {
  return has_offset(format) || has_explicit_length(format) || format == "imm" || format == "reg_imm" || format == "reg_reg_imm";
}

// Gives out the noise of a shape, some bits at a time.
class Noise {
 public:
  explicit Noise(const Shape& shape) : rest_(shape.noise), odd_(shape.odd_registers) {}

  unsigned take(unsigned bits) {
    const auto value = static_cast<unsigned>(rest_ & ((1u << bits) - 1));
    rest_ = (rest_ >> bits) | (rest_ << (64 - bits));
    return value;
  }

  // [decode.register]
  unsigned nibble_of(unsigned reg) { return reg == 12 && odd_ ? 12 + take(2) : reg; }
  // [decode.length_nibble]
  unsigned nibble_of_length(unsigned length) {
    if (!odd_) return length;
    return (length == 4 ? 4 + take(2) : length) | (take(1) << 3);
  }
  // [decode.register_third]
  unsigned byte_of_third(unsigned reg, bool graypaper) {
    if (!odd_) return reg;
    if (graypaper) return reg == 12 ? 12 + take(7) : reg;
    return nibble_of(reg) | (take(4) << 4);
  }

 private:
  std::uint64_t rest_;
  bool odd_;
};

std::uint8_t nibbles(unsigned low, unsigned high) {
  return static_cast<std::uint8_t>(low | (high << 4));
}

std::int64_t last_value(const std::string& format, const Fields& fields) {
  if (has_offset(format)) return fields.offset;
  return has_two_immediates(format) ? fields.imm2 : fields.imm1;
}

// The bytes between the opcode and the immediates.
void put_registers(Bytes& out, const std::string& format, const Fields& fields, const Shape& shape, bool graypaper, Noise& noise) {
  const unsigned ignored = shape.odd_registers ? noise.take(4) : 0;
  const auto reg1 = [&] { return noise.nibble_of(fields.reg1); };
  const auto reg2 = [&] { return noise.nibble_of(fields.reg2); };
  const auto length = [&] { return noise.nibble_of_length(shape.first_length); };
  if (format == "reg_imm" || format == "reg_imm64") out.push_back(nibbles(reg1(), ignored));
  if (format == "imm_imm") out.push_back(nibbles(length(), ignored));
  if (format == "reg_imm_imm" || format == "reg_imm_offset") out.push_back(nibbles(reg1(), length()));
  if (format == "reg_reg" || format == "reg_reg_imm" || format == "reg_reg_offset" || format == "reg_reg_imm_imm") {
    out.push_back(nibbles(reg1(), reg2()));
  }
  if (format == "reg_reg_imm_imm") out.push_back(nibbles(length(), ignored));
  if (format == "reg_reg_reg") {
    out.push_back(nibbles(reg2(), noise.nibble_of(fields.reg3)));
    out.push_back(static_cast<std::uint8_t>(noise.byte_of_third(fields.reg1, graypaper)));
  }
}

}  // namespace

unsigned needed_length(std::int64_t value) {
  if (value == 0) return 0;
  unsigned length = 1;
  while (length < 4 && (value < -(std::int64_t{1} << (8 * length - 1)) || value >= (std::int64_t{1} << (8 * length - 1)))) ++length;
  return length;
}

bool has_offset(const std::string& format) {
  return format == "offset" || format == "reg_imm_offset" || format == "reg_reg_offset";
}

Shape draw_shape(const std::string& format, const Fields& fields, Random& random) {
  Shape shape;
  const auto at_least = [&](unsigned low) { return low + static_cast<unsigned>(random.below(5 - low)); };
  if (has_explicit_length(format)) shape.first_length = at_least(needed_length(fields.imm1));
  if (ends_with_immediate(format)) shape.last_length = at_least(has_offset(format) ? 0 : needed_length(last_value(format, fields)));
  if (random.one_in(4)) {
    shape.odd_registers = true;
    shape.noise = random.bits();
  }
  const bool may_pad = !ends_with_immediate(format) || shape.last_length == 4;
  if (may_pad && random.one_in(8)) shape.padding = static_cast<unsigned>(random.below(longest_instruction));
  return shape;
}

Bytes encode(const std::string& format, int opcode, const Fields& fields, const Shape& shape, bool graypaper) {
  Noise noise(shape);
  Bytes out = {static_cast<std::uint8_t>(opcode)};
  put_registers(out, format, fields, shape, graypaper, noise);
  if (format == "reg_imm64") put(out, fields.imm1, 8);
  if (has_explicit_length(format)) put(out, fields.imm1, shape.first_length);
  if (ends_with_immediate(format)) put(out, last_value(format, fields), shape.last_length);
  for (unsigned index = 0; index < shape.padding && out.size() < longest_instruction; ++index) {
    out.push_back(static_cast<std::uint8_t>(noise.take(8)));
  }
  return out;
}

}  // namespace pvm::spec
