// SPDX-License-Identifier: Apache-2.0 OR MIT
// Reads a list of expected failures.
#pragma once

#include <set>
#include <string>
#include <variant>
#include <vector>

#include "pvm/conformance/error.hpp"
#include "results.hpp"

namespace pvm::runner {

/// Reads {"schema":1,"expected":[{"id":GLOB,"reason":TEXT,"link"?:TEXT}]}. An entry that fits none of `known_ids` is an error: it would
/// go unnoticed for ever.
std::variant<std::vector<ExpectedFailure>, conformance::ParseError> parse_expected(const std::string& text, const std::string& path,
                                                                                   const std::set<std::string>& known_ids);

}  // namespace pvm::runner
