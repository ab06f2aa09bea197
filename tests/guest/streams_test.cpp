// SPDX-License-Identifier: Apache-2.0 OR MIT
// The standard streams and the end of the program.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>

#include "host.hpp"
#include "library.hpp"

namespace {

class Streams : public testing::Test {
 protected:
  void SetUp() override { reset_host(); }
};

TEST_F(Streams, output_waits_for_the_end_of_the_line) {
  guest_printf("a%d", 1);
  EXPECT_EQ(host.written[1], "");
  guest_putchar('b');
  guest_printf("c\nd");
  EXPECT_EQ(host.written[1], "a1bc\nd");
  EXPECT_EQ(host.writes, 1U);
}

TEST_F(Streams, errors_dont_wait) {
  guest_fprintf(guest_stderr, "%s: %d", "error", 5);
  EXPECT_EQ(host.written[2], "error: 5");
  EXPECT_EQ(host.writes, 1U);
}

TEST_F(Streams, puts_ends_the_line) {
  EXPECT_EQ(guest_puts("text"), 0);
  EXPECT_EQ(host.written[1], "text\n");
}

TEST_F(Streams, writes_again_what_the_host_didnt_take) {
  host.most = 3;
  EXPECT_EQ(guest_printf("more than three\n"), 16);
  EXPECT_EQ(host.written[1], "more than three\n");
}

TEST_F(Streams, a_failure_is_reported_and_stays) {
  host.fails = true;
  EXPECT_EQ(guest_printf("line\n"), -1);
  EXPECT_NE(guest_ferror(guest_stdout), 0);
  host.fails = false;
  EXPECT_EQ(guest_printf("line\n"), 5);
  EXPECT_NE(guest_ferror(guest_stdout), 0);
  guest_clearerr(guest_stdout);
  EXPECT_EQ(guest_ferror(guest_stdout), 0);
}

TEST_F(Streams, input_can_not_be_written_and_output_not_read) {
  char byte;
  EXPECT_EQ(guest_fputs("text", guest_stdin), -1);
  EXPECT_EQ(guest_fread(&byte, 1, 1, guest_stdout), 0U);
}

TEST_F(Streams, lines_are_read_with_their_ends) {
  host.input = "first\n\nno end";
  char line[16];
  EXPECT_STREQ(guest_fgets(line, sizeof line, guest_stdin), "first\n");
  EXPECT_STREQ(guest_fgets(line, sizeof line, guest_stdin), "\n");
  EXPECT_STREQ(guest_fgets(line, 4, guest_stdin), "no ");
  EXPECT_STREQ(guest_fgets(line, sizeof line, guest_stdin), "end");
  EXPECT_EQ(guest_fgets(line, sizeof line, guest_stdin), nullptr);
  EXPECT_NE(guest_feof(guest_stdin), 0);
}

TEST_F(Streams, one_character_can_be_put_back) {
  host.input = "ab";
  EXPECT_EQ(guest_ungetc('x', guest_stdin), 'x');
  EXPECT_EQ(guest_getchar(), 'x');
  EXPECT_EQ(guest_getchar(), 'a');
  EXPECT_EQ(guest_getchar(), 'b');
  EXPECT_EQ(guest_getchar(), -1);
  EXPECT_EQ(guest_ungetc('y', guest_stdin), 'y');
  EXPECT_EQ(guest_feof(guest_stdin), 0);
  EXPECT_EQ(guest_getchar(), 'y');
  EXPECT_EQ(guest_getchar(), -1);
}

RC_GTEST_PROP(StreamsProperty, what_is_written_arrives, (const std::vector<std::string>& texts)) {
  reset_host();
  host.most = *rc::gen::inRange<size_t>(1, 3000);
  std::string expected;
  for (const std::string& text : texts) {
    const size_t copies = *rc::gen::element<size_t>(1, 1, 1, 100);
    std::string all;
    for (size_t i = 0; i < copies; ++i) all += text;
    RC_ASSERT(guest_fwrite(all.data(), 1, all.size(), guest_stdout) == all.size());
    expected += all;
  }
  RC_ASSERT(guest_fflush(nullptr) == 0);
  RC_ASSERT(host.written[1] == expected);
}

RC_GTEST_PROP(StreamsProperty, what_is_there_is_read, (const std::string& text)) {
  reset_host();
  for (size_t i = *rc::gen::element<size_t>(1, 1, 100); i > 0; --i) host.input += text;
  host.most = *rc::gen::inRange<size_t>(1, 3000);
  const std::string expected = host.input;
  std::string read;
  for (;;) {
    std::string some(*rc::gen::inRange<size_t>(1, 2000), '\0');
    const size_t size = guest_fread(some.data(), 1, some.size(), guest_stdin);
    read += some.substr(0, size);
    if (size < some.size()) break;
  }
  RC_ASSERT(read == expected);
}

void say_a() {
  guest_printf("a");
}
void say_b() {
  guest_printf("b");
  guest_atexit(say_a);
}

TEST_F(Streams, exit_says_farewell_from_last_to_first_and_flushes) {
  for (int i = 0; i < 40; ++i) guest_atexit(say_a);
  guest_atexit(say_b);
  guest_printf("text ");
  try {
    guest_exit(7);
  } catch (const Exited& exited) {
    EXPECT_EQ(exited.code, 7);
  }
  EXPECT_EQ(host.written[1], "text b" + std::string(41, 'a'));
}

TEST_F(Streams, abort_traps_and_flushes) {
  guest_printf("text");
  EXPECT_THROW(guest_abort(), Trapped);
  EXPECT_EQ(host.written[1], "text");
}

TEST_F(Streams, failed_assertions_say_where) {
  EXPECT_THROW(guest_pvm_libc_assert_failed("a == b", "file.c", 12, "f"), Trapped);
  EXPECT_EQ(host.written[2], "file.c:12: f: assertion failed: a == b\n");
}

}  // namespace
