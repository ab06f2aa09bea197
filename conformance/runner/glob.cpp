// SPDX-License-Identifier: Apache-2.0 OR MIT
// Shell-like patterns: one pass with a single point of backtracking, so that no pattern is exponential.
#include "glob.hpp"

#include <optional>

namespace pvm::runner {
namespace {

/// The set that begins at pattern[0] == '[': its length and whether it holds `c`; nullopt where it isn't closed.
struct SetMatch {
  std::size_t length;
  bool holds;
};

std::optional<SetMatch> match_set(std::string_view pattern, char c) {
  std::size_t at = 1;
  const bool negated = at < pattern.size() && (pattern[at] == '!' || pattern[at] == '^');
  if (negated) ++at;
  bool found = false;
  for (bool first = true; at < pattern.size(); first = false) {
    if (pattern[at] == ']' && !first) return SetMatch{at + 1, found != negated};
    const char low = pattern[at];
    const bool range = at + 2 < pattern.size() && pattern[at + 1] == '-' && pattern[at + 2] != ']';
    const char high = range ? pattern[at + 2] : low;
    found = found || (low <= c && c <= high);
    at += range ? 3 : 1;
  }
  return std::nullopt;
}

/// How many characters of the pattern stand for the one character `c` here; 0: it doesn't match.
std::size_t match_one(std::string_view pattern, char c) {
  if (pattern.empty()) return 0;
  if (pattern[0] == '?') return 1;
  if (pattern[0] == '[') {
    if (const auto set = match_set(pattern, c)) return set->holds ? set->length : 0;
  }
  return pattern[0] == c ? 1 : 0;
}

}  // namespace

bool glob_match(std::string_view pattern, std::string_view text) {
  std::size_t p = 0;
  std::size_t t = 0;
  std::optional<std::size_t> star;  // where to go on in the pattern after the latest '*'
  std::size_t star_text = 0;        // the first character that it doesn't yet stand for
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = ++p;
      star_text = t;
    } else if (const std::size_t used = match_one(pattern.substr(p), text[t])) {
      p += used;
      ++t;
    } else if (star) {
      p = *star;
      t = ++star_text;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

bool selects_case(std::string_view pattern, std::string_view id) {
  if (glob_match(pattern, id)) return true;
  const std::size_t slash = id.find('/');
  return slash != std::string_view::npos && glob_match(pattern, id.substr(slash + 1));
}

}  // namespace pvm::runner
