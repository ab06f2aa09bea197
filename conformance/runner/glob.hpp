// SPDX-License-Identifier: Apache-2.0 OR MIT
// Shell-like patterns over case ids and clause ids.
#pragma once

#include <string_view>

namespace pvm::runner {

/// Does the whole of `text` match `pattern`? `*` stands for any characters (`/` and `.` too), `?` for exactly one, `[a-z]` and `[!a-z]`
/// for one of a set; a `[` without its `]` stands for itself. Takes time proportional to the product of both lengths at most.
bool glob_match(std::string_view pattern, std::string_view text);

/// Does a pattern select the case? It is tried on the whole id and on the part behind "<semantics>/".
bool selects_case(std::string_view pattern, std::string_view id);

}  // namespace pvm::runner
