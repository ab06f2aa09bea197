// SPDX-License-Identifier: Apache-2.0 OR MIT
// Where the text of a clause stands.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace pvm::runner {

/// Which chapter of the document holds the clauses of a group; an entry with a dot is that one clause only and comes before its group.
struct ChapterEntry {
  std::string_view clause_or_group;
  std::string_view file;  ///< "spec/memory.md".
};
std::span<const ChapterEntry> chapters();

/// "spec/memory.md" for "access.range"; "spec/semantics.md" for a group that no chapter claims.
std::string_view chapter_of(std::string_view clause);

/// "spec/memory.md#access.range".
std::string clause_link(std::string_view clause);

/// "access" for "access.range".
std::string_view group_of(std::string_view clause);

}  // namespace pvm::runner
