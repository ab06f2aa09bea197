// SPDX-License-Identifier: Apache-2.0 OR MIT
// The text of an error.
#include "pvm/conformance/error.hpp"

namespace pvm::conformance {

std::string to_text(const ParseError& error) {
  std::string text = error.path;
  for (const std::string* part : {&error.place, &error.reason}) {
    if (part->empty()) continue;
    if (!text.empty()) text += ": ";
    text += *part;
  }
  return text;
}

}  // namespace pvm::conformance
