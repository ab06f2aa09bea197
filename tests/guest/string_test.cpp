// SPDX-License-Identifier: Apache-2.0 OR MIT
// Strings and characters against this machine's functions.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cctype>
#include <cstring>
#include <string>

#include "library.hpp"

namespace {

int sign(int value) {
  return (value > 0) - (value < 0);
}

// Of few letters, so that parts are found.
std::string arbitrary_text() {
  return *rc::gen::container<std::string>(rc::gen::element('a', 'b', 'c', '\xe4'));
}

RC_GTEST_PROP(String, lengths, ()) {
  const std::string text = arbitrary_text();
  const size_t limit = *rc::gen::inRange<size_t>(0, 80);
  RC_ASSERT(guest_strlen(text.c_str()) == text.size());
  RC_ASSERT(guest_strnlen(text.c_str(), limit) == strnlen(text.c_str(), limit));
}

RC_GTEST_PROP(String, orders, ()) {
  const std::string a = arbitrary_text(), b = *rc::gen::element(a, arbitrary_text(), a + arbitrary_text());
  const size_t limit = *rc::gen::inRange<size_t>(0, 80);
  RC_ASSERT(sign(guest_strcmp(a.c_str(), b.c_str())) == sign(std::strcmp(a.c_str(), b.c_str())));
  RC_ASSERT(sign(guest_strncmp(a.c_str(), b.c_str(), limit)) == sign(std::strncmp(a.c_str(), b.c_str(), limit)));
}

RC_GTEST_PROP(String, copies, ()) {
  const std::string first = arbitrary_text(), second = arbitrary_text();
  const size_t limit = *rc::gen::inRange<size_t>(0, 80);
  std::string ours(400, '~'), theirs(400, '~');
  RC_ASSERT(guest_strcpy(ours.data(), first.c_str()) == ours.data());
  std::strcpy(theirs.data(), first.c_str());
  RC_ASSERT(guest_strcat(ours.data(), second.c_str()) == ours.data());
  std::strcat(theirs.data(), second.c_str());
  RC_ASSERT(guest_strncat(ours.data(), first.c_str(), limit) == ours.data());
  strncat(theirs.data(), first.c_str(), limit);
  RC_ASSERT(guest_strncpy(ours.data() + 300, second.c_str(), limit) == ours.data() + 300);
  strncpy(theirs.data() + 300, second.c_str(), limit);
  RC_ASSERT(ours == theirs);
  RC_ASSERT(guest_stpcpy(ours.data(), second.c_str()) == ours.data() + second.size());
  RC_ASSERT(second == ours.c_str());
}

RC_GTEST_PROP(String, finds, ()) {
  const std::string text = arbitrary_text();
  const std::string part = *rc::gen::container<std::string>(*rc::gen::inRange<size_t>(0, 4), rc::gen::element('a', 'b', 'c'));
  const int letter = *rc::gen::element<int>('a', 'b', 0, 'z', '\xe4', 'a' + 256);
  const char* in = text.c_str();
  RC_ASSERT(guest_strstr(in, part.c_str()) == std::strstr(in, part.c_str()));
  RC_ASSERT(guest_strchr(in, letter) == std::strchr(in, letter));
  RC_ASSERT(guest_strrchr(in, letter) == std::strrchr(in, letter));
  RC_ASSERT(guest_strspn(in, part.c_str()) == std::strspn(in, part.c_str()));
  RC_ASSERT(guest_strcspn(in, part.c_str()) == std::strcspn(in, part.c_str()));
  RC_ASSERT(guest_strpbrk(in, part.c_str()) == std::strpbrk(in, part.c_str()));
}

RC_GTEST_PROP(String, cuts_into_tokens, ()) {
  std::string ours = arbitrary_text();
  std::string theirs = ours;
  char *our_rest = nullptr, *their_rest = nullptr;
  const char* our_token = guest_strtok_r(ours.data(), "ab", &our_rest);
  const char* their_token = strtok_r(theirs.data(), "ab", &their_rest);
  while (our_token != nullptr && their_token != nullptr) {
    RC_ASSERT(std::string(our_token) == their_token);
    our_token = guest_strtok_r(nullptr, "ab", &our_rest);
    their_token = strtok_r(nullptr, "ab", &their_rest);
  }
  RC_ASSERT(our_token == nullptr && their_token == nullptr);
}

RC_GTEST_PROP(String, duplicates, ()) {
  const std::string text = arbitrary_text();
  const size_t limit = *rc::gen::inRange<size_t>(0, 80);
  char *all = guest_strdup(text.c_str()), *part = guest_strndup(text.c_str(), limit);
  RC_ASSERT(text == all);
  RC_ASSERT(text.substr(0, limit) == part);
  guest_free(all);
  guest_free(part);
}

TEST(Characters, classes_are_those_of_the_c_locale) {
  for (int c = -1; c < 256; ++c) {
    EXPECT_EQ(guest_isalnum(c) != 0, std::isalnum(c) != 0) << c;
    EXPECT_EQ(guest_isalpha(c) != 0, std::isalpha(c) != 0) << c;
    EXPECT_EQ(guest_isblank(c) != 0, std::isblank(c) != 0) << c;
    EXPECT_EQ(guest_iscntrl(c) != 0, std::iscntrl(c) != 0) << c;
    EXPECT_EQ(guest_isdigit(c) != 0, std::isdigit(c) != 0) << c;
    EXPECT_EQ(guest_isgraph(c) != 0, std::isgraph(c) != 0) << c;
    EXPECT_EQ(guest_islower(c) != 0, std::islower(c) != 0) << c;
    EXPECT_EQ(guest_isprint(c) != 0, std::isprint(c) != 0) << c;
    EXPECT_EQ(guest_ispunct(c) != 0, std::ispunct(c) != 0) << c;
    EXPECT_EQ(guest_isspace(c) != 0, std::isspace(c) != 0) << c;
    EXPECT_EQ(guest_isupper(c) != 0, std::isupper(c) != 0) << c;
    EXPECT_EQ(guest_isxdigit(c) != 0, std::isxdigit(c) != 0) << c;
    EXPECT_EQ(guest_tolower(c), std::tolower(c)) << c;
    EXPECT_EQ(guest_toupper(c), std::toupper(c)) << c;
  }
}

}  // namespace
