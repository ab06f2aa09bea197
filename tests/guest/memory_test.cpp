// SPDX-License-Identifier: Apache-2.0 OR MIT
// Memory functions against this machine's, at all alignments and overlaps.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cstring>
#include <string>

#include "library.hpp"

namespace {

int sign(int value) {
  return (value > 0) - (value < 0);
}

// Bytes of few values, so that things are found and equal.
std::string arbitrary_bytes(size_t size) {
  return *rc::gen::container<std::string>(size, rc::gen::element('a', 'b', '\0', '\xff'));
}

RC_GTEST_PROP(Memory, moves_and_copies, ()) {
  const std::string before = arbitrary_bytes(200);
  const size_t size = *rc::gen::inRange<size_t>(0, 100), from = *rc::gen::inRange<size_t>(0, 100), to = *rc::gen::inRange<size_t>(0, 100);
  std::string ours = before, theirs = before;
  RC_ASSERT((guest_memmove(ours.data() + to, ours.data() + from, size) == ours.data() + to));
  std::memmove(theirs.data() + to, theirs.data() + from, size);
  RC_ASSERT(ours == theirs);

  std::string copy = arbitrary_bytes(200);
  std::string expected = copy;
  RC_ASSERT((guest_memcpy(copy.data() + to, before.data() + from, size) == copy.data() + to));
  std::memcpy(expected.data() + to, before.data() + from, size);
  RC_ASSERT(copy == expected);
}

RC_GTEST_PROP(Memory, fills, (int value)) {
  const size_t size = *rc::gen::inRange<size_t>(0, 100), to = *rc::gen::inRange<size_t>(0, 100);
  std::string ours = arbitrary_bytes(200);
  std::string theirs = ours;
  RC_ASSERT((guest_memset(ours.data() + to, value, size) == ours.data() + to));
  std::memset(theirs.data() + to, value, size);
  RC_ASSERT(ours == theirs);
}

RC_GTEST_PROP(Memory, compares, ()) {
  const std::string a = arbitrary_bytes(*rc::gen::inRange<size_t>(0, 60));
  std::string b = a;
  if (!b.empty() && *rc::gen::arbitrary<bool>()) b[*rc::gen::inRange<size_t>(0, b.size())] = *rc::gen::arbitrary<char>();
  const size_t skipped = *rc::gen::inRange<size_t>(0, a.size() + 1);
  RC_ASSERT(sign(guest_memcmp(a.data() + skipped, b.data() + skipped, a.size() - skipped)) ==
            sign(std::memcmp(a.data() + skipped, b.data() + skipped, a.size() - skipped)));
}

RC_GTEST_PROP(Memory, finds_the_first_and_the_last, ()) {
  const std::string in = arbitrary_bytes(*rc::gen::inRange<size_t>(0, 40));
  const int value = *rc::gen::element<int>('a', 'b', 0, 0xff, 'z', 'a' + 256);
  RC_ASSERT((guest_memchr(in.data(), value, in.size()) == std::memchr(in.data(), value, in.size())));
  RC_ASSERT((guest_memrchr(in.data(), value, in.size()) == memrchr(in.data(), value, in.size())));
}

}  // namespace
