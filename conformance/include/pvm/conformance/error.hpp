// SPDX-License-Identifier: Apache-2.0 OR MIT
// How every reader of the library refuses its input: file, place, reason.
#pragma once

#include <string>

namespace pvm::conformance {

/// A refusal of an input. Nothing of the input has been used.
struct ParseError {
  std::string path;    ///< The file, or what else the text came from ("reply", "request").
  std::string place;   ///< JSON pointer ("/cases/3/pre/gas"; "" is the whole), or "line:column" of a syntax error.
  std::string reason;  ///< One sentence without a full stop; informative, not to be compared.
  bool operator==(const ParseError&) const = default;
};

/// "path: place: reason", parts that are empty left out.
std::string to_text(const ParseError& error);

}  // namespace pvm::conformance
