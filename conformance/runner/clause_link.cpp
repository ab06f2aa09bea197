// SPDX-License-Identifier: Apache-2.0 OR MIT
// Where the text of a clause stands: groups of clauses never move between chapters, so a table of groups is enough.
#include "clause_link.hpp"

namespace pvm::runner {
namespace {

constexpr ChapterEntry table[] = {
    {"host.registers", "spec/execution.md"},
    {"host.gas", "spec/execution.md"},
    {"version", "spec/semantics.md"},
    {"notation", "spec/semantics.md"},
    {"conf", "spec/semantics.md"},
    {"limit", "spec/semantics.md"},
    {"blob", "spec/containers.md"},
    {"raw", "spec/containers.md"},
    {"standard", "spec/containers.md"},
    {"validate", "spec/containers.md"},
    {"reject", "spec/containers.md"},
    {"decode", "spec/decoding.md"},
    {"block", "spec/decoding.md"},
    {"target", "spec/decoding.md"},
    {"jump", "spec/decoding.md"},
    {"flow", "spec/decoding.md"},
    {"control", "spec/instructions.md"},
    {"branch", "spec/instructions.md"},
    {"move", "spec/instructions.md"},
    {"alu", "spec/instructions.md"},
    {"bits", "spec/instructions.md"},
    {"memory", "spec/instructions.md"},
    {"map", "spec/memory.md"},
    {"access", "spec/memory.md"},
    {"heap", "spec/memory.md"},
    {"fill", "spec/memory.md"},
    {"paging", "spec/memory.md"},
    {"host", "spec/memory.md"},
    {"entry", "spec/execution.md"},
    {"exit", "spec/execution.md"},
    {"resume", "spec/execution.md"},
    {"trace", "spec/execution.md"},
    {"gas", "spec/gas.md"},
    {"pipeline", "spec/gas.md"},
};

}  // namespace

std::span<const ChapterEntry> chapters() {
  return table;
}

std::string_view chapter_of(std::string_view clause) {
  for (const ChapterEntry& entry : table) {
    if (entry.clause_or_group == clause || entry.clause_or_group == group_of(clause)) return entry.file;
  }
  return "spec/semantics.md";
}

std::string clause_link(std::string_view clause) {
  return std::string(chapter_of(clause)) + "#" + std::string(clause);
}

std::string_view group_of(std::string_view clause) {
  return clause.substr(0, clause.find('.'));
}

}  // namespace pvm::runner
