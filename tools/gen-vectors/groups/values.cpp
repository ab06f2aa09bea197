// SPDX-License-Identifier: Apache-2.0 OR MIT
// The values at which instructions go wrong, by name, and the combinations worth trying per family of instructions.
#include "values.hpp"

namespace pvm::gen {

using isa::Op;

namespace {

constexpr u64 all_ones = ~u64{0};

constexpr NamedValue values[] = {
    {"zero", "0", 0, 0},
    {"one", "1", 1, 1},
    {"two", "2", 2, 2},
    {"seven", "7", 7, 7},
    {"minus_one", "-1 (all ones)", all_ones, 0xffffffff},
    {"minus_two", "-2", all_ones - 1, 0xfffffffe},
    {"minus_seven", "-7", all_ones - 6, 0xfffffff9},
    {"min", "the least signed number", u64{1} << 63, 0x80000000},
    {"max", "the greatest signed number", (u64{1} << 63) - 1, 0x7fffffff},
    {"n31", "31", 31, 31},
    {"n32", "32", 32, 32},
    {"n33", "33", 33, 33},
    {"n63", "63", 63, 63},
    {"n64", "64", 64, 64},
    {"n65", "65", 65, 65},
    {"byte_80", "0x80", 0x80, 0x80},
    {"byte_7f", "0x7f", 0x7f, 0x7f},
    {"half_8000", "0x8000", 0x8000, 0x8000},
    {"half_7fff", "0x7fff", 0x7fff, 0x7fff},
    {"all_16", "0xffff", 0xffff, 0xffff},
    {"pattern", "bytes that all differ", 0x0123456789abcdef, 0x89abcdef},
    {"alternating", "alternating bits", 0xaaaaaaaaaaaaaaaa, 0xaaaaaaaa},
    {"min_32", "2^31", 0x80000000, 0x80000000, true},
    {"max_32", "2^31 - 1", 0x7fffffff, 0x7fffffff, true},
    {"all_32", "2^32 - 1", 0xffffffff, 0xffffffff, true},
    {"two_32", "2^32", 0x100000000, 0, true},
    {"two_32_plus_one", "2^32 + 1", 0x100000001, 1, true},
    {"two_32_plus_seven", "2^32 + 7", 0x100000007, 7, true},
    {"min_32_extended", "-2^31", 0xffffffff80000000, 0x80000000, true},
    {"upper_half", "ones in the upper half only", 0xffffffff00000000, 0, true},
};

constexpr ValuePair arithmetic_pairs[] = {
    {"one", "minus_one"},       {"max", "one"},    {"min", "minus_one"}, {"min", "min"},    {"zero", "one"},
    {"pattern", "alternating"}, {"max_32", "one"}, {"min_32", "min_32"}, {"all_32", "one"}, {"two_32", "two_32"},
    {"minus_one", "minus_one"},
};

constexpr ValuePair upper_product_pairs[] = {
    {"one", "minus_one"}, {"minus_one", "one"}, {"minus_one", "minus_one"}, {"min", "min"},       {"min", "max"},       {"max", "max"},
    {"minus_one", "min"}, {"min", "two"},       {"pattern", "alternating"}, {"two_32", "two_32"}, {"all_32", "all_32"},
};

constexpr ValuePair division_pairs[] = {
    {"minus_seven", "two"},
    {"seven", "minus_two"},
    {"minus_seven", "minus_two"},
    {"seven", "zero"},
    {"zero", "zero"},
    {"min", "zero"},
    {"min", "minus_one"},
    {"min", "one"},
    {"minus_one", "min"},
    {"pattern", "alternating"},
    {"min_32", "all_32"},
    {"min_32_extended", "minus_one"},
    {"seven", "two_32"},
    {"min_32", "zero"},
    {"two_32_plus_seven", "two_32_plus_one"},
    {"min_32", "two_32_plus_one"},
};

constexpr ValuePair comparison_pairs[] = {
    {"zero", "zero"}, {"one", "zero"},    {"zero", "one"},      {"minus_one", "zero"},         {"min", "max"},          {"max", "min"},
    {"min", "min"},   {"two_32", "zero"}, {"all_32", "two_32"}, {"min_32_extended", "min_32"}, {"all_32", "minus_one"},
};

constexpr ValuePair shift_pairs[] = {
    {"pattern", "zero"}, {"pattern", "n31"}, {"pattern", "n32"},       {"pattern", "n33"},
    {"pattern", "n63"},  {"pattern", "n64"}, {"pattern", "minus_one"}, {"pattern", "two_32_plus_one"},
    {"min", "one"},      {"min_32", "one"},  {"min_32", "zero"},       {"upper_half", "one"},
};

constexpr ValuePair select_pairs[] = {
    {"seven", "zero"},     {"seven", "one"},         {"seven", "minus_one"}, {"minus_one", "zero"}, {"pattern", "min"},
    {"pattern", "two_32"}, {"all_32", "upper_half"}, {"min_32", "zero"},     {"min_32", "one"},     {"zero", "zero"},
};

constexpr ImmediatePair arithmetic_immediates[] = {
    {"zero", "zero", 0},
    {"max", "one", 1},
    {"min", "minus_one", -1},
    {"minus_one", "one", 1},
    {"pattern", "minus_one", -1},
    {"minus_one", "max_32", 2147483647},
    {"min", "min_32", -2147483648LL},
    {"max_32", "one", 1},
    {"pattern", "min_32", -2147483648LL},
    {"two_32", "minus_one", -1},
    {"one", "max_32", 2147483647},
};

constexpr ImmediatePair comparison_immediates[] = {
    {"zero", "zero", 0},
    {"zero", "one", 1},
    {"zero", "minus_one", -1},
    {"minus_one", "minus_one", -1},
    {"minus_one", "minus_two", -2},
    {"min", "max_32", 2147483647},
    {"max", "min_32", -2147483648LL},
    {"two_32", "one", 1},
    {"all_32", "minus_one", -1},
    {"min_32", "min_32", -2147483648LL},
};

constexpr ImmediatePair shift_immediates[] = {
    {"pattern", "zero", 0},       {"pattern", "n31", 31}, {"pattern", "n32", 32}, {"pattern", "n33", 33},   {"pattern", "n63", 63},
    {"pattern", "minus_one", -1}, {"min", "one", 1},      {"min_32", "zero", 0},  {"upper_half", "one", 1},
};

// Register: the amount. Immediate: the value.
constexpr ImmediatePair alternative_shift_immediates[] = {
    {"zero", "minus_one", -1}, {"one", "minus_one", -1},           {"n31", "minus_one", -1},         {"n32", "mixed", 0x12345678},
    {"n63", "minus_one", -1},  {"minus_one", "mixed", 0x12345678}, {"one", "min_32", -2147483648LL}, {"two_32", "mixed", 0x12345678},
};

constexpr ImmediatePair select_immediates[] = {
    {"zero", "seven", 7},
    {"one", "seven", 7},
    {"minus_one", "minus_one", -1},
    {"zero", "minus_one", -1},
    {"min", "min_32", -2147483648LL},
    {"zero", "min_32", -2147483648LL},
    {"two_32", "seven", 7},
    {"upper_half", "max_32", 2147483647},
};

constexpr std::string_view singles[] = {
    "zero", "one", "minus_one", "min", "max", "byte_80", "half_8000", "pattern", "alternating", "all_32", "upper_half",
};

bool between(Op op, Op first, Op last) {
  return op >= first && op <= last;
}

}  // namespace

const NamedValue& value_named(std::string_view name) {
  for (const NamedValue& value : values) {
    if (value.name == name) return value;
  }
  return values[0];
}

std::span<const std::string_view> single_values() {
  return singles;
}

std::span<const ValuePair> pairs_for(Op op) {
  if (op == Op::cmov_if_zero || op == Op::cmov_if_not_zero) return select_pairs;
  if (between(op, Op::div_unsigned_32, Op::rem_signed_32) || between(op, Op::div_unsigned_64, Op::rem_signed_64)) return division_pairs;
  if (between(op, Op::mul_upper_signed_signed, Op::mul_upper_signed_unsigned)) return upper_product_pairs;
  if (between(op, Op::set_less_than_unsigned, Op::minimum_unsigned)) return comparison_pairs;
  if (between(op, Op::shift_logical_left_32, Op::shift_arithmetic_right_64)) return shift_pairs;
  if (between(op, Op::rotate_left_64, Op::rotate_right_32)) return shift_pairs;
  return arithmetic_pairs;
}

std::span<const ImmediatePair> immediate_pairs_for(Op op) {
  switch (op) {
    case Op::cmov_if_zero_imm:
    case Op::cmov_if_not_zero_imm: return select_immediates;
    case Op::set_less_than_unsigned_imm:
    case Op::set_less_than_signed_imm:
    case Op::set_greater_than_unsigned_imm:
    case Op::set_greater_than_signed_imm: return comparison_immediates;
    case Op::shift_logical_left_imm_alt_32:
    case Op::shift_logical_right_imm_alt_32:
    case Op::shift_arithmetic_right_imm_alt_32:
    case Op::shift_logical_left_imm_alt_64:
    case Op::shift_logical_right_imm_alt_64:
    case Op::shift_arithmetic_right_imm_alt_64:
    case Op::rotate_right_imm_alt_32:
    case Op::rotate_right_imm_alt_64: return alternative_shift_immediates;
    case Op::shift_logical_left_imm_32:
    case Op::shift_logical_right_imm_32:
    case Op::shift_arithmetic_right_imm_32:
    case Op::shift_logical_left_imm_64:
    case Op::shift_logical_right_imm_64:
    case Op::shift_arithmetic_right_imm_64:
    case Op::rotate_right_imm_32:
    case Op::rotate_right_imm_64: return shift_immediates;
    default: return arithmetic_immediates;
  }
}

}  // namespace pvm::gen
