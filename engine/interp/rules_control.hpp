// SPDX-License-Identifier: Apache-2.0 OR MIT
// The rules of the move group, and the conditions of branches. Chapter "Instructions".
#pragma once

#include "interp/rules.hpp"

namespace pvm::engine::interp {

// [move.load_imm64]
template <>
inline constexpr auto value<Op::load_imm64> = [](auto x) { return x.i; };
// [move.load_imm]
template <>
inline constexpr auto value<Op::load_imm> = [](auto x) { return x.i; };
// [move.move_reg]
template <>
inline constexpr auto value<Op::move_reg> = [](auto x) { return x.a; };
// [move.cmov_if_zero_imm]
template <>
inline constexpr auto value<Op::cmov_if_zero_imm> = [](auto x) { return x.a == 0 ? x.i : x.d; };
// [move.cmov_if_not_zero_imm]
template <>
inline constexpr auto value<Op::cmov_if_not_zero_imm> = [](auto x) { return x.a != 0 ? x.i : x.d; };
// [move.cmov_if_zero]
template <>
inline constexpr auto value<Op::cmov_if_zero> = [](auto x) { return x.b == 0 ? x.a : x.d; };
// [move.cmov_if_not_zero]
template <>
inline constexpr auto value<Op::cmov_if_not_zero> = [](auto x) { return x.b != 0 ? x.a : x.d; };

// [branch.branch_eq_imm]
template <>
inline constexpr auto condition<Op::branch_eq_imm> = [](auto x) { return x.a == x.i; };
// [branch.branch_not_eq_imm]
template <>
inline constexpr auto condition<Op::branch_not_eq_imm> = [](auto x) { return x.a != x.i; };
// [branch.branch_less_unsigned_imm]
template <>
inline constexpr auto condition<Op::branch_less_unsigned_imm> = [](auto x) { return x.a < x.i; };
// [branch.branch_less_or_equal_unsigned_imm]
template <>
inline constexpr auto condition<Op::branch_less_or_equal_unsigned_imm> = [](auto x) { return x.a <= x.i; };
// [branch.branch_greater_or_equal_unsigned_imm]
template <>
inline constexpr auto condition<Op::branch_greater_or_equal_unsigned_imm> = [](auto x) { return x.a >= x.i; };
// [branch.branch_greater_unsigned_imm]
template <>
inline constexpr auto condition<Op::branch_greater_unsigned_imm> = [](auto x) { return x.a > x.i; };
// [branch.branch_less_signed_imm]
template <>
inline constexpr auto condition<Op::branch_less_signed_imm> = [](auto x) { return x.sa < x.si; };
// [branch.branch_less_or_equal_signed_imm]
template <>
inline constexpr auto condition<Op::branch_less_or_equal_signed_imm> = [](auto x) { return x.sa <= x.si; };
// [branch.branch_greater_or_equal_signed_imm]
template <>
inline constexpr auto condition<Op::branch_greater_or_equal_signed_imm> = [](auto x) { return x.sa >= x.si; };
// [branch.branch_greater_signed_imm]
template <>
inline constexpr auto condition<Op::branch_greater_signed_imm> = [](auto x) { return x.sa > x.si; };
// [branch.branch_eq]
template <>
inline constexpr auto condition<Op::branch_eq> = [](auto x) { return x.a == x.b; };
// [branch.branch_not_eq]
template <>
inline constexpr auto condition<Op::branch_not_eq> = [](auto x) { return x.a != x.b; };
// [branch.branch_less_unsigned]
template <>
inline constexpr auto condition<Op::branch_less_unsigned> = [](auto x) { return x.a < x.b; };
// [branch.branch_less_signed]
template <>
inline constexpr auto condition<Op::branch_less_signed> = [](auto x) { return x.sa < x.sb; };
// [branch.branch_greater_or_equal_unsigned]
template <>
inline constexpr auto condition<Op::branch_greater_or_equal_unsigned> = [](auto x) { return x.a >= x.b; };
// [branch.branch_greater_or_equal_signed]
template <>
inline constexpr auto condition<Op::branch_greater_or_equal_signed> = [](auto x) { return x.sa >= x.sb; };

}  // namespace pvm::engine::interp
