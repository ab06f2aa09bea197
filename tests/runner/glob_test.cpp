// SPDX-License-Identifier: Apache-2.0 OR MIT
// Patterns over ids.
#include "glob.hpp"

#include <gtest/gtest.h>

#include <string>

namespace pvm::runner {
namespace {

TEST(glob, matches_the_whole_text) {
  EXPECT_TRUE(glob_match("alu.add_64", "alu.add_64"));
  EXPECT_FALSE(glob_match("alu.add_64", "alu.add_64.x"));
  EXPECT_FALSE(glob_match("alu.add_64.x", "alu.add_64"));
  EXPECT_TRUE(glob_match("", ""));
  EXPECT_FALSE(glob_match("", "x"));
}

TEST(glob, star_stands_for_anything) {
  EXPECT_TRUE(glob_match("*", ""));
  EXPECT_TRUE(glob_match("*", "rv64-1/alu.x"));
  EXPECT_TRUE(glob_match("*/alu.*zero", "rv64-1/alu.div.by_zero"));
  EXPECT_TRUE(glob_match("a**b*", "ab"));
  EXPECT_FALSE(glob_match("*b", "abc"));
  EXPECT_TRUE(glob_match("*ab*abc", "ababab_abc"));
}

TEST(glob, question_mark_and_sets_stand_for_one_character) {
  EXPECT_TRUE(glob_match("rv?4-?", "rv64-1"));
  EXPECT_FALSE(glob_match("rv?4-?", "rv4-1"));
  EXPECT_TRUE(glob_match("[a-cx]?[!0-9]", "bzq"));
  EXPECT_FALSE(glob_match("[a-cx]?[!0-9]", "bz7"));
  EXPECT_TRUE(glob_match("[]]", "]"));
  EXPECT_TRUE(glob_match("[a-]", "-"));
  EXPECT_TRUE(glob_match("a[b", "a[b"));
  EXPECT_FALSE(glob_match("[!a]", ""));
}

TEST(glob, is_never_exponential) {
  std::string pattern;
  for (int count = 0; count < 50; ++count) pattern += "*a";
  EXPECT_FALSE(glob_match(pattern + "b", std::string(3000, 'a')));
}

TEST(glob, selects_with_or_without_the_version) {
  EXPECT_TRUE(selects_case("alu.*", "rv64-1/alu.add.x"));
  EXPECT_TRUE(selects_case("rv64-1/alu.*", "rv64-1/alu.add.x"));
  EXPECT_TRUE(selects_case("*/alu.*", "rv64-1/alu.add.x"));
  EXPECT_FALSE(selects_case("add.*", "rv64-1/alu.add.x"));
}

}  // namespace
}  // namespace pvm::runner
