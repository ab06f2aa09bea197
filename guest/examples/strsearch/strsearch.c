// SPDX-License-Identifier: Apache-2.0 OR MIT
// Searches 16 KiB of text for twelve words, n times, in three ways: compared at every place, by Horspool's skips, and by the Knuth-Morris-
// Pratt automaton. All must find the same number.
#include "../bench.h"

enum { text_size = 1 << 14, pattern_count = 12, longest = 32 };

static uint8_t text[text_size];

static void make_text(void) {
  static const char* const syllables[16] = {"the ", "ra",    "in ", "of ", "spa", "mul",  "ti",  "pli",
                                            "ca",   "tion ", "a",   "b",   "ab",  "ing ", "er ", "e"};
  uint64_t random = 1;
  for (size_t size = 0; size < text_size;) {
    for (const char* p = syllables[random_next(&random) % 16]; *p != 0 && size < text_size; ++p) text[size++] = (uint8_t)*p;
  }
}

static uint32_t count_plainly(const uint8_t* pattern, uint32_t length) {
  uint32_t count = 0;
  for (uint32_t place = 0; place + length <= text_size; ++place) {
    uint32_t same = 0;
    while (same < length && text[place + same] == pattern[same]) ++same;
    count += same == length;
  }
  return count;
}

static uint32_t count_by_skips(const uint8_t* pattern, uint32_t length) {
  uint32_t skip[256], count = 0;
  for (int c = 0; c < 256; ++c) skip[c] = length;
  for (uint32_t i = 0; i + 1 < length; ++i) skip[pattern[i]] = length - 1 - i;
  for (uint32_t place = 0; place + length <= text_size; place += skip[text[place + length - 1]]) {
    uint32_t left = length;
    while (left > 0 && text[place + left - 1] == pattern[left - 1]) --left;
    count += left == 0;
  }
  return count;
}

static uint32_t count_by_automaton(const uint8_t* pattern, uint32_t length) {
  uint32_t border[longest + 1] = {0};  // Of the first i characters: the longest proper prefix that is a suffix too.
  for (uint32_t i = 1, same = 0; i < length; ++i) {
    while (same > 0 && pattern[same] != pattern[i]) same = border[same];
    if (pattern[same] == pattern[i]) ++same;
    border[i + 1] = same;
  }
  uint32_t count = 0, same = 0;
  for (uint32_t i = 0; i < text_size; ++i) {
    while (same > 0 && (same == length || pattern[same] != text[i])) same = border[same];
    if (pattern[same] == text[i]) ++same;
    count += same == length;
  }
  return count;
}

BENCH(n) {
  static const char* const patterns[pattern_count] = {"the rain in spa", "multiplication", "ab",       "aabab",
                                                      "tion of the ",    "zebra",          "e",        "catering",
                                                      "abababab",        "spainer ",       "multimul", "in the ering "};
  make_text();
  uint64_t checksum = 0;
  for (uint32_t round = 0; round < n; ++round) {
    for (int i = 0; i < pattern_count; ++i) {
      const uint8_t* pattern = (const uint8_t*)patterns[(i + round) % pattern_count];
      uint32_t length = 0;
      while (pattern[length] != 0) ++length;
      const uint32_t count = count_plainly(pattern, length);
      if (count_by_skips(pattern, length) != count || count_by_automaton(pattern, length) != count) return 0;
      checksum = mixed(checksum, count);
    }
  }
  return checksum;
}
