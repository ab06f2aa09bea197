// SPDX-License-Identifier: Apache-2.0 OR MIT
// Parts of programs on one line, sections by their names.
#pragma once

#include <string>

#include "ir_text.hpp"

namespace pvm::link::test {

/// As ir_text writes it, but ".data+8" for "$1+8".
std::string line_of(const Program& program, const Value& value);
/// All instructions of a block and its end: "a0 = add a0, 1; jump @2".
std::string line_of(const Program& program, const Block& block);

}  // namespace pvm::link::test
