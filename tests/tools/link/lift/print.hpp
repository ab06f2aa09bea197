// SPDX-License-Identifier: Apache-2.0 OR MIT
// IR as text, for tests.
#pragma once

#include <string>

#include "ir.hpp"

namespace pvm::link {

std::string to_text(const Program& program, const Value& value);
/// "a0 = add a1, 5", "load_u8 a0, [a1 + 4]", "store_u32 [.data + 4], a0"...
std::string to_text(const Program& program, const Instruction& instruction);
std::string to_text(const Program& program, const Terminator& terminator);
/// All instructions of a block, each followed by "; ", and the terminator.
std::string to_text(const Program& program, const Block& block);
/// All blocks, a line each, "N: ..." ; then sections with their relocations, imports, exports.
std::string to_text(const Program& program);

}  // namespace pvm::link
