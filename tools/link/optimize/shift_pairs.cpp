// SPDX-License-Identifier: Apache-2.0 OR MIT
#include "shift_pairs.hpp"

#include <algorithm>

#include "facts.hpp"

namespace pvm::link {
namespace {

constexpr std::size_t farthest = 8;  // instructions between the two

std::optional<u32> amount_of(const Instruction& i, u32 register_bits) {
  if (i.word || !i.a.is_register || !i.b.is_number() || i.b.value.number <= 0 || i.b.value.number >= register_bits) return std::nullopt;
  return static_cast<u32>(i.b.value.number);
}

}  // namespace

std::optional<ShiftPair> shift_pair_at(const Program& program, const Block& block, std::size_t first) {
  const Instruction& left = block.body[first];
  if (left.op != Op::shift_left) return std::nullopt;
  const std::optional<u32> left_amount = amount_of(left, program.register_bits);
  if (!left_amount) return std::nullopt;
  const RegisterSet x = set_of(left.a.reg), y = set_of(left.d);
  const std::size_t end = std::min(block.body.size(), first + farthest);
  for (std::size_t at = first + 1; at < end; ++at) {
    const Instruction& i = block.body[at];
    const bool is_right = i.op == Op::shift_right_logical || i.op == Op::shift_right_arithmetic;
    if (is_right && i.a == Operand::of(left.d)) {
      const std::optional<u32> right_amount = amount_of(i, program.register_bits);
      if (!right_amount || (i.d != left.d && x == y)) return std::nullopt;
      return ShiftPair{first, at, *left_amount, *right_amount, i.d == left.d};
    }
    if (((reads(program, i) | writes(i)) & y) != 0 || (writes(i) & x) != 0) return std::nullopt;
  }
  return std::nullopt;
}

void replace(Block& block, const ShiftPair& pair, Op op, const Operand& b, bool word) {
  Instruction& second = block.body[pair.second];
  second.a = block.body[pair.first].a;
  second.b = b;
  second.op = op;
  second.word = word;
  if (op == Op::shift_left && b.is_number(0)) second.op = Op::move;
  if (is_unary(second.op) || second.op == Op::move) second.b = {};
  if (second.op == Op::move && second.a == Operand::of(second.d)) second.op = Op::nop;
  if (pair.is_alone) block.body[pair.first].op = Op::nop;
}

bool simplify_pair(Block& block, const ShiftPair& pair, const Range& x, u32 register_bits) {
  const Op right_op = block.body[pair.second].op;
  const bool is_signed = right_op == Op::shift_right_arithmetic;
  const u32 kept = register_bits - pair.left;
  // Nothing is lost by the shift to the left: what remains is a shift by the difference.
  if ((is_signed ? x.signed_bits : x.unsigned_bits) <= kept) {
    const bool is_left = pair.left >= pair.right;
    replace(block, pair, is_left ? Op::shift_left : right_op, Operand::of(is_left ? pair.left - pair.right : pair.right - pair.left));
    return true;
  }
  if (pair.left != pair.right) return false;
  if (kept == 8 && is_signed) {
    replace(block, pair, Op::sign_extend_8, {});
  } else if (kept == 16) {
    replace(block, pair, is_signed ? Op::sign_extend_16 : Op::zero_extend_16, {});
  } else if (kept < 31 && !is_signed) {
    replace(block, pair, Op::and_, Operand::of((i64{1} << kept) - 1));
  } else if (kept == 32 && is_signed) {
    replace(block, pair, Op::add, Operand::of(0), true);
  } else {
    return false;
  }
  return true;
}

}  // namespace pvm::link
