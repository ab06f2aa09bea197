// SPDX-License-Identifier: Apache-2.0 OR MIT
// Names and paths as people read them.
#pragma once

#include <string>

namespace pvm::link {

struct FunctionName {
  std::string space;     ///< "a::b", or empty.
  std::string function;  ///< "f(int)".
};

/// The demangled name of a symbol, split at the last `::` that is outside brackets; the hash behind Rust's older names is left out. As it
/// is where it isn't understood, or so entangled that it would become very long.
FunctionName readable_name(const std::string& symbol);

/// A path without the name of its user: "/home/anna/x" becomes "~/x".
std::string readable_path(const std::string& path);

}  // namespace pvm::link
