// SPDX-License-Identifier: Apache-2.0 OR MIT
// JSON texts with members in a fixed order: on one line, or laid out for reading.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace pvm::conformance {

using OrderedJson = nlohmann::ordered_json;

/// Without any space. Invalid UTF-8 becomes U+FFFD, so that this never fails.
std::string compact_text(const OrderedJson& value);

/// Laid out: what fits in 140 columns stands on one line, and register lists always; the `open_levels` outermost levels are always
/// opened. No final newline.
std::string layout_text(const OrderedJson& value, int open_levels);

}  // namespace pvm::conformance
