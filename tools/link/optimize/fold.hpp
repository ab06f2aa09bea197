// SPDX-License-Identifier: Apache-2.0 OR MIT
// Arithmetic on known numbers. A register's value is held as the i64 that has the same bits; in 32-bit programs, the sign-extended one.
#pragma once

#include "ir.hpp"

namespace pvm::link {

/// The number as a register of `register_bits` holds it.
i64 as_register(i64 number, u32 register_bits);

/// The result of a binary or unary instruction (not cmov) on numbers that are registers' values; unary ones ignore b.
i64 fold(Op op, bool word, i64 a, i64 b, u32 register_bits);

/// Whether a comparison of registers' values holds.
bool holds(Condition condition, i64 a, i64 b, u32 register_bits);

constexpr bool fits_i32(i64 number) {
  return number == static_cast<std::int32_t>(number);
}

}  // namespace pvm::link
