// SPDX-License-Identifier: Apache-2.0 OR MIT
// What a run of the suite has found out.
#include "results.hpp"

#include <algorithm>

namespace pvm::runner {
namespace {

/// Length of the well-formed UTF-8 sequence at the start of `text` (shortest form, no surrogates, up to U+10FFFF); 0 if there is none.
std::size_t utf8_length(std::string_view text) {
  const auto byte = [&](std::size_t index) { return static_cast<unsigned char>(text[index]); };
  const unsigned char first = byte(0);
  if (first < 0x80) return 1;
  const std::size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || text.size() < length) return 0;
  for (std::size_t index = 1; index < length; ++index) {
    if ((byte(index) & 0xc0) != 0x80) return 0;
  }
  const unsigned char second = byte(1);
  if ((first == 0xe0 && second < 0xa0) || (first == 0xed && second > 0x9f)) return 0;
  if ((first == 0xf0 && second < 0x90) || (first == 0xf4 && second > 0x8f)) return 0;
  return length;
}

}  // namespace

std::string_view name_of(Standing standing) {
  constexpr std::string_view names[standing_count] = {"pass", "fail", "unsupported", "error", "timeout", "expected", "unexpected"};
  return names[static_cast<std::size_t>(standing)];
}

Standing CaseResult::standing() const {
  switch (verdict) {
    case Verdict::unsupported: return Standing::unsupported;
    case Verdict::pass: return listed != nullptr ? Standing::unexpected : Standing::pass;
    case Verdict::fail: return listed != nullptr ? Standing::expected : Standing::fail;
    case Verdict::error: return listed != nullptr ? Standing::expected : Standing::error;
    case Verdict::timeout: return listed != nullptr ? Standing::expected : Standing::timeout;
  }
  return Standing::error;
}

Counts count(const std::vector<CaseResult>& results) {
  Counts counts{};
  for (const CaseResult& result : results) ++counts[static_cast<std::size_t>(result.standing())];
  return counts;
}

conformance::u64 bad_count(const Counts& counts) {
  conformance::u64 total = 0;
  for (std::size_t index = 0; index < standing_count; ++index) {
    if (is_bad(static_cast<Standing>(index))) total += counts[index];
  }
  return total;
}

std::string clean_text(std::string_view text) {
  constexpr std::string_view replacement = "\xef\xbf\xbd";
  std::string clean;
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    const auto first = static_cast<unsigned char>(text[0]);
    const bool control = (first < 0x20 && first != '\n' && first != '\t') || first == 0x7f || text.substr(0, length) == "\xef\xbf\xbe" ||
                         text.substr(0, length) == "\xef\xbf\xbf" ||
                         (first == 0xc2 && length == 2 && static_cast<unsigned char>(text[1]) < 0xa0);
    clean += length == 0 || control ? replacement : text.substr(0, length);
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return clean;
}

std::string explain(const CaseResult& result) {
  std::string text = result.message;
  const auto add = [&](const std::string& line) { text += (text.empty() ? "" : "\n") + line; };
  if (result.listed != nullptr) {
    add((result.verdict == Verdict::pass ? "listed as an expected failure, but it passes: " : "expected failure: ") +
        result.listed->reason + (result.listed->link.empty() ? "" : " (" + result.listed->link + ")"));
  }
  return clean_text(text);
}

}  // namespace pvm::runner
