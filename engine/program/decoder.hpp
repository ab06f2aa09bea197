// SPDX-License-Identifier: Apache-2.0 OR MIT
// The decoder's hot path: no loops and no unpredictable branches. Chapter "Decoding".
#pragma once

#include <algorithm>
#include <bit>
#include <cstring>

#include "program/instruction.hpp"
#include "program/opcode_table.hpp"

namespace pvm::engine {

/// Decodes instructions of one program, which must outlive it; make one per pass over the code and keep it in a local variable, so that
/// its members stay in registers. A pass over code that runs from marked position to marked position:
///
///     const Decoder decoder(program);
///     Instruction in = decoder.decode_marked(pc);   // pc is known to be marked
///     ...
///     pc = in.next;                                 // marked, unless the code ends or has a gap here: decoder.is_marked(pc)
///
/// decode() takes any position. Everything here takes constant time.
class Decoder {
 public:
  explicit Decoder(const Program& program)
      : code_(program.code.data()),
        bitmask_(program.bitmask.data()),
        opcodes_(opcode_table(program.semantics()).data()),
        code_size_(program.code_size),
        third_register_mask_(is_graypaper(program.semantics()) ? 0xff : 0x0f),
        is_graypaper_(is_graypaper(program.semantics())) {}

  bool is_marked(u64 position) const { return position < code_size_ && (bitmask_[position / 8] >> (position % 8) & 1) != 0; }

  /// 0..24 for a position inside the code. [decode.skip]
  u32 skip(u32 pc) const { return std::min(unmarked_behind(pc), code_size_ - pc - 1); }
  /// For a position inside the code. [decode.next]
  u32 next(u32 pc) const { return pc + 1 + skip(pc); }
  /// What the byte at a position inside the code means as an opcode, marked or not. [decode.opcode]
  const OpcodeInfo& opcode_at(u32 pc) const { return opcodes_[code_[pc]]; }
  isa::Op op_at(u32 pc) const { return opcode_at(pc).op; }

  /// Any position; where none is marked, Op::invalid. [decode.implicit_trap]
  Instruction decode(u32 pc) const;
  /// A marked position.
  Instruction decode_marked(u32 pc) const;

  /// The marked instruction whose next position is `pc`, or nullopt. [block.start]
  std::optional<u32> predecessor(u32 pc) const;
  /// May control flow jump to `target`? [target.valid]
  bool is_valid_target(u64 target) const;

 private:
  static constexpr u32 max_skip = 24;
  static constexpr u32 max_length = max_skip + 1;

  template <typename T>
  static T load(const u8* bytes) {
    static_assert(std::endian::native == std::endian::little);
    T value;
    std::memcpy(&value, bytes, sizeof value);
    return value;
  }
  /// Two's complement value of the low `length` <= 4 bytes. The shift is one of 64 bits, so that a length of 0 gives 0.
  static i64 sign_extend(u32 bytes, u32 length) {
    const u32 unused_bits = 32 - 8 * length;
    return i64{static_cast<i32>(static_cast<u32>(u64{bytes} << unused_bits))} >> unused_bits;
  }
  /// [decode.register]
  static u8 register_number(u32 field) { return static_cast<u8>(std::min(field, 12u)); }

  /// Unmarked positions that follow `pc`, at most max_skip, as if the code went on.
  u32 unmarked_behind(u32 pc) const {
    const u32 from = pc + 1;
    const u64 marks = load<u64>(bitmask_ + from / 8) >> (from % 8) | u64{1} << max_skip;
    return static_cast<u32>(std::countr_zero(marks));
  }

  const u8* code_;
  const u8* bitmask_;
  const OpcodeInfo* opcodes_;
  u32 code_size_;
  u32 third_register_mask_;
  bool is_graypaper_;
};

[[gnu::always_inline]] inline Instruction Decoder::decode_marked(u32 pc) const {
  const u8* bytes = code_ + pc;
  const OpcodeInfo info = opcodes_[*bytes];
  const u32 skip = this->skip(pc);
  const u32 fields = load<u32>(bytes + 1);

  Instruction in;
  in.op = info.op;
  in.pc = pc;
  in.next = pc + 1 + skip;

  const u8 low = register_number(fields & 15);
  const u8 high = register_number(fields >> 4 & 15);
  const u8 third = register_number(fields >> 8 & third_register_mask_);
  in.reg1 = info.has_three_registers ? third : low;
  in.reg2 = info.has_three_registers ? low : high;
  in.reg3 = high;

  // [decode.overrun] The explicit length counts in full; the last immediate takes what the skip leaves.
  const u32 explicit_length = std::min(fields >> info.length_shift & info.length_mask, 4u);
  const u32 last_at = info.first + explicit_length;
  const i32 left = static_cast<i32>(skip + 1) - static_cast<i32>(last_at);
  const i64 explicit_immediate = sign_extend(load<u32>(bytes + info.first), explicit_length);
  const i64 last_immediate = sign_extend(load<u32>(bytes + last_at), static_cast<u32>(std::clamp(left, 0, 4)));
  const i64 wide_immediate = static_cast<i64>(load<u64>(bytes + 2));
  // By masks: a compiler would make branches of conditions, which would be hard to predict.
  const i64 is_explicit = -i64{info.length_mask != 0};
  const i64 is_wide = -i64{info.has_wide_immediate};
  in.imm1 = last_immediate ^ ((last_immediate ^ explicit_immediate) & is_explicit) ^ ((last_immediate ^ wide_immediate) & is_wide);
  in.imm2 = last_immediate;
  in.target = pc + static_cast<u32>(last_immediate);  // [decode.target]
  return in;
}

inline Instruction Decoder::decode(u32 pc) const {
  if (is_marked(pc)) [[likely]]
    return decode_marked(pc);
  Instruction in{};
  in.op = isa::Op::invalid;
  in.pc = pc;
  in.next = pc < code_size_ ? next(pc) : pc + 1;
  return in;
}

inline std::optional<u32> Decoder::predecessor(u32 pc) const {
  if (pc == 0 || pc > code_size_) return std::nullopt;
  // The marks below pc, of which the highest is the nearest: they begin at most 7 positions below those that may count.
  const u32 base = (std::max(pc, max_length) - max_length) / 8;
  const u32 count = pc - 8 * base;
  const u64 marks = load<u64>(bitmask_ + base) & ((u64{1} << count) - 1);
  const u32 distance = static_cast<u32>(std::countl_zero(marks)) - (64 - count) + 1;
  if (marks == 0 || distance > max_length) return std::nullopt;
  const bool reaches = distance == max_length || pc == code_size_ || is_marked(pc);
  return reaches ? std::optional(pc - distance) : std::nullopt;
}

inline bool Decoder::is_valid_target(u64 target) const {
  if (!is_marked(target)) return false;
  const u32 pc = static_cast<u32>(target);
  if (is_graypaper_ && op_at(pc) == isa::Op::invalid) return false;
  if (pc == 0) return true;
  const std::optional<u32> before = predecessor(pc);
  return before && opcode_at(*before).is_terminator;
}

}  // namespace pvm::engine
