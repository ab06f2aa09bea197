// SPDX-License-Identifier: Apache-2.0 OR MIT
// Which machine instruction does what an IR operation means, by the kinds of its operands. `wide`: 64-bit arithmetic.
#pragma once

#include <optional>

#include "ir.hpp"
#include "pvm/isa.hpp"

namespace pvm::link {

/// d = a op b, both registers. `op` is binary.
isa::Op registers_form(Op op, bool wide);
/// d = a op number, where there is such an instruction; its operand is immediate_operand().
std::optional<isa::Op> immediate_form(Op op, bool wide);
/// What to give to immediate_form() for `number`: its negation for a subtraction, its complement for the inverted forms.
i64 immediate_operand(Op op, bool wide, i64 number);
/// d = number op b, where there is such an instruction and the operation isn't commutative.
std::optional<isa::Op> immediate_first_form(Op op, bool wide);
/// d = op a. `op` is unary.
isa::Op unary_form(Op op, bool wide);

/// The four ways to access memory; loads have the first two.
struct AccessForms {
  isa::Op absolute{}, indirect{}, imm_absolute{}, imm_indirect{};
};
AccessForms access_forms(Op op, bool is_64_bit);

/// a condition b, both registers; a condition number; number condition b.
isa::Op branch_form(Condition condition);
isa::Op branch_immediate_form(Condition condition);
isa::Op branch_immediate_first_form(Condition condition);

}  // namespace pvm::link
