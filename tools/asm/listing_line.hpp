// SPDX-License-Identifier: Apache-2.0 OR MIT
// The parts of a listing's lines that aren't statements.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "text.hpp"

namespace pvm::assembly {

/// Where a comment begins in a line, or its size. Comments begin with // at the beginning or behind a blank, and not in quotes.
std::size_t comment_begin(std::string_view line);

/// "12: ", or ": " in front of labels.
struct OffsetColumn {
  std::optional<ref::u64> offset;
  std::size_t size = 0;  ///< Characters, the colon included.
};
/// The offset column at the front of a trimmed line, or nullopt.
std::optional<OffsetColumn> offset_column(std::string_view line);

/// Takes the bytes off the front of what follows the offset column. An operand such as `a0` also looks like a byte: where `=` or `,`
/// follows it is none.
Bytes take_listed_bytes(std::string_view& text);

/// "@3 [@dyn 1] [export #0: 'main'] (gas: 3)"
struct ListingLabel {
  std::string_view name;                 ///< Without the @.
  std::optional<ref::u64> table_number;  ///< From 1.
  std::vector<std::pair<ref::u64, std::string>> exports;
};
std::optional<ListingLabel> parse_listing_label(std::string_view text);

/// The N of "// Code size = N bytes", or nullopt.
std::optional<ref::u64> code_size_comment(std::string_view line);

}  // namespace pvm::assembly
