// SPDX-License-Identifier: Apache-2.0 OR MIT
// Numbers from text against this machine's functions: value, end and errno.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cerrno>
#include <climits>
#include <cstdlib>
#include <string>

#include "library.hpp"

namespace {

std::string arbitrary_number_text() {
  if (*rc::gen::arbitrary<bool>()) {
    return *rc::gen::container<std::string>(rc::gen::element(' ', '\t', '+', '-', '0', 'x', 'X', '1', '7', '9', 'a', 'F', 'z', '!'));
  }
  const std::string sign = *rc::gen::element<std::string>("", "-", "+", " \n-");
  const std::string prefix = *rc::gen::element<std::string>("", "0", "0x", "0X");
  const std::string digits = *rc::gen::container<std::string>(rc::gen::element('0', '1', '5', '8', '9', 'c'));
  const std::string limit = *rc::gen::element<std::string>("9223372036854775807", "9223372036854775808", "9223372036854775809",
                                                           "18446744073709551615", "18446744073709551616", "7fffffffffffffff");
  return sign + prefix + (*rc::gen::arbitrary<bool>() ? digits : limit);
}

template <class T>
void expect_equal(T ours(const char*, char**, int), T theirs(const char*, char**, int)) {
  const std::string text = arbitrary_number_text();
  const int base = *rc::gen::oneOf(rc::gen::element(0, 8, 10, 16), rc::gen::inRange(2, 37));
  char *our_end = nullptr, *their_end = nullptr;
  guest_errno = errno = 0;
  const T our_value = ours(text.c_str(), &our_end, base);
  const T their_value = theirs(text.c_str(), &their_end, base);
  const int their_errno = errno;
  RC_ASSERT(our_value == their_value);
  RC_ASSERT(our_end - text.c_str() == their_end - text.c_str());
  // glibc sets EINVAL where there is no number at all; C doesn't ask for it.
  if (their_end != text.c_str()) RC_ASSERT(guest_errno == their_errno);
}

RC_GTEST_PROP(Numbers, signed_ones_from_text, ()) {
  expect_equal<long>(guest_strtol, std::strtol);
  expect_equal<long long>(guest_strtoll, std::strtoll);
}

RC_GTEST_PROP(Numbers, unsigned_ones_from_text, ()) {
  expect_equal<unsigned long>(guest_strtoul, std::strtoul);
  expect_equal<unsigned long long>(guest_strtoull, std::strtoull);
}

RC_GTEST_PROP(Numbers, decimal_ones_come_back, (int value)) {
  RC_ASSERT(guest_atoi(std::to_string(value).c_str()) == value);
}

TEST(Numbers, magnitudes) {
  EXPECT_EQ(guest_abs(-5), 5);
  EXPECT_EQ(guest_abs(INT_MAX), INT_MAX);
  EXPECT_EQ(guest_labs(-5), 5);
}

}  // namespace
