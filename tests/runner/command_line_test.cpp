// SPDX-License-Identifier: Apache-2.0 OR MIT
// Splitting of commands.
#include "command_line.hpp"

#include <gtest/gtest.h>

namespace pvm::runner {
namespace {

using Words = std::vector<std::string>;

Words words_of(std::string_view command) {
  auto words = split_command(command);
  if (const auto* problem = std::get_if<std::string>(&words)) return {"problem", *problem};
  return std::get<Words>(words);
}

TEST(command_line, splits_at_blanks) {
  EXPECT_EQ(words_of("a"), (Words{"a"}));
  EXPECT_EQ(words_of("  python3   my_vm.py\t-v \n"), (Words{"python3", "my_vm.py", "-v"}));
}

TEST(command_line, keeps_what_is_quoted) {
  EXPECT_EQ(words_of("'a b' \"c d\""), (Words{"a b", "c d"}));
  EXPECT_EQ(words_of("a'b'\"c\"d"), (Words{"abcd"}));
  EXPECT_EQ(words_of("'' \"\" x"), (Words{"", "", "x"}));
  EXPECT_EQ(words_of(R"('\n$x' "\$x \" \\ \n")"), (Words{R"(\n$x)", R"($x " \ \n)"}));
  EXPECT_EQ(words_of("\"two\\\nlines\""), (Words{"twolines"}));
}

TEST(command_line, keeps_what_a_backslash_protects) {
  EXPECT_EQ(words_of(R"(a\ b \\ \' \")"), (Words{"a b", "\\", "'", "\""}));
}

TEST(command_line, expands_nothing) {
  EXPECT_EQ(words_of("$HOME * ~ `ls` a|b >c #d"), (Words{"$HOME", "*", "~", "`ls`", "a|b", ">c", "#d"}));
}

TEST(command_line, says_what_is_wrong) {
  EXPECT_EQ(words_of("a 'b"), (Words{"problem", "a ' is not closed"}));
  EXPECT_EQ(words_of("a \"b\\"), (Words{"problem", "a \" is not closed"}));
  EXPECT_EQ(words_of("a \\"), (Words{"problem", "the command ends in a backslash"}));
  EXPECT_EQ(words_of(" \t "), (Words{"problem", "the command is empty"}));
}

}  // namespace
}  // namespace pvm::runner
