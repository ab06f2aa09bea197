// SPDX-License-Identifier: Apache-2.0 OR MIT
// The simplest adapter in use: a case of dialect A in, the same case with what really happened out.
#pragma once

#include <string>
#include <variant>

#include "pvm/conformance/error.hpp"
#include "pvm/ref/types.hpp"

namespace pvm::runner {

/// Runs the dialect A case `text` on the reference interpreter and gives it back with its expected-* members overwritten by the actual
/// values; the text ends with a newline. Members that aren't expectations keep their values and their order.
std::variant<std::string, conformance::ParseError> answer_blank_line(const std::string& text, ref::Semantics semantics);

}  // namespace pvm::runner
