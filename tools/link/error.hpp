// SPDX-License-Identifier: Apache-2.0 OR MIT
// How the linker refuses its input: where, why, and what to do.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "ir.hpp"

namespace pvm::link {

/// A refusal; nothing has been written.
struct LinkError {
  std::string path = {};             ///< The input file, if one is to blame.
  std::string section = {};          ///< Name of the section.
  std::optional<u64> offset = {};    ///< Byte in the section; without one, in the file.
  std::string symbol = {};           ///< The symbol concerned.
  std::string message = {};          ///< What is wrong, one sentence without a full stop.
  std::string remedy = {};           ///< What the user can do, e.g. a compiler option; empty where there is nothing to say.
  std::vector<LinkError> more = {};  ///< Further errors found on the way.
};

/// One line: "foo.o: .text+0x12 (main): unsupported register x16; compile with -march=rv64emac".
std::string to_text(const LinkError& error);

/// A value, or why there is none.
template <typename T>
using Outcome = std::variant<T, LinkError>;

}  // namespace pvm::link
