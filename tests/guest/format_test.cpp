// SPDX-License-Identifier: Apache-2.0 OR MIT
// snprintf against this machine's: the same text and the same length for every format that both know.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cstdio>
#include <string>
#include <vector>

#include "library.hpp"

namespace {

struct Conversion {
  std::string text;
  std::string length;
  char kind;
};

// A random conversion; combinations that C doesn't define are left out.
Conversion arbitrary_conversion() {
  const char kind = *rc::gen::element('d', 'i', 'u', 'o', 'x', 'X', 'c', 's', 'p');
  const bool is_number = std::string("diuoxX").find(kind) != std::string::npos;
  std::string text = "%";
  std::string flags = kind == 'd' || kind == 'i' ? "-+ 0" : kind == 'u' ? "-0" : is_number ? "-#0" : "-";
  text += *rc::gen::container<std::string>(rc::gen::elementOf(flags));
  if (*rc::gen::arbitrary<bool>()) text += std::to_string(*rc::gen::inRange(1, 40));
  if ((is_number || kind == 's') && *rc::gen::arbitrary<bool>()) {
    text += '.';
    if (*rc::gen::arbitrary<bool>()) text += std::to_string(*rc::gen::inRange(0, 40));
  }
  std::string length;
  if (is_number) length = *rc::gen::element<std::string>("", "hh", "h", "l", "ll", "j", "z", "t");
  return {text + length + kind, length, kind};
}

struct Printed {
  int result;
  std::string text;
};

template <class Print, class... Values>
Printed print(Print* function, size_t size, const std::string& format, Values... values) {
  std::vector<char> to(size + 1, '~');
  const int result = function(to.data(), size, format.c_str(), values...);
  EXPECT_EQ(to[size], '~');
  return {result, to.data()};
}

template <class... Values>
void expect_equal(size_t size, const std::string& format, Values... values) {
  const Printed ours = print(guest_snprintf, size, format, values...);
  const Printed theirs = print(std::snprintf, size, format, values...);
  RC_ASSERT(ours.result == theirs.result);
  RC_ASSERT(ours.text == theirs.text);
}

RC_GTEST_PROP(Format, one_conversion_is_as_on_this_machine, ()) {
  const Conversion conversion = arbitrary_conversion();
  const size_t size = *rc::gen::inRange<size_t>(1, 60);
  const std::string format = "<" + conversion.text + ">";
  const auto value = *rc::gen::oneOf(rc::gen::arbitrary<int64_t>(), rc::gen::element<int64_t>(0, -1, INT64_MIN, INT64_MAX, INT32_MIN));
  switch (conversion.kind) {
    case 's': expect_equal(size, format, (*rc::gen::string<std::string>()).c_str()); return;
    case 'p': expect_equal(size, format, reinterpret_cast<void*>(static_cast<uintptr_t>(value | 1))); return;
    case 'c': expect_equal(size, format, static_cast<int>(value)); return;
    default: break;
  }
  if (conversion.length.empty() || conversion.length[0] == 'h') {
    expect_equal(size, format, static_cast<int>(value));
  } else {
    expect_equal(size, format, static_cast<long long>(value));
  }
}

RC_GTEST_PROP(Format, many_conversions_take_their_arguments_in_order, (int a, const std::string& b, long long c, char d, unsigned e)) {
  expect_equal(200, "a=%*d %.*s|%lld%%%c %-*x.", *rc::gen::inRange(-20, 20), a, *rc::gen::inRange(-2, 20), b.c_str(), c, d, 7, e);
}

TEST(Format, size_0_only_counts) {
  EXPECT_EQ(guest_snprintf(nullptr, 0, "%d %s", 12, "three"), 8);
}

TEST(Format, stores_the_count) {
  signed char c = 0;
  short h = 0;
  int i = 0;
  long long l = 0;
  char to[32];
  EXPECT_EQ(guest_snprintf(to, sizeof to, "a%hhnbc%hnd%nef%lln", &c, &h, &i, &l), 6);
  EXPECT_EQ(c, 1);
  EXPECT_EQ(h, 3);
  EXPECT_EQ(i, 4);
  EXPECT_EQ(l, 6);
}

TEST(Format, null_as_text_is_named) {
  char to[32];
  EXPECT_EQ(guest_snprintf(to, sizeof to, "%s", static_cast<char*>(nullptr)), 6);
  EXPECT_STREQ(to, "(null)");
}

TEST(Format, unknown_conversions_fail) {
  char to[32];
  for (const char* format : {"%f", "%", "%lq", "%-"}) {
    guest_errno = 0;
    EXPECT_EQ(guest_snprintf(to, sizeof to, format, 1), -1) << format;
    EXPECT_EQ(guest_errno, 22) << format;
  }
}

TEST(Format, too_large_numbers_fail) {
  char to[32];
  for (const char* format : {"%99999999999d", "%.2147483648d", "%2147483647d%d"}) {
    guest_errno = 0;
    EXPECT_EQ(guest_snprintf(to, sizeof to, format, 1, 2), -1) << format;
    EXPECT_EQ(guest_errno, 75) << format;
  }
}

}  // namespace
