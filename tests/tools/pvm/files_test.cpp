// SPDX-License-Identifier: Apache-2.0 OR MIT
// Bounded reading, atomic writing.
#include "files.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include "support.hpp"

namespace pvm::command::test {
namespace {

std::string text_of(const std::variant<std::vector<std::uint8_t>, Problem>& result) {
  const auto* bytes = std::get_if<std::vector<std::uint8_t>>(&result);
  return bytes != nullptr ? std::string(bytes->begin(), bytes->end()) : "problem: " + to_text(std::get<Problem>(result));
}

TEST(files, read_up_to_the_limit) {
  const TemporaryDirectory temporary;
  const std::string path = temporary.write("f", std::string(100000, 'x'));
  EXPECT_EQ(text_of(read_input(path, 100000)).size(), 100000U);
  EXPECT_EQ(text_of(read_input(path, 99999)), "problem: " + path + ": is larger than 99999 bytes");
  EXPECT_EQ(text_of(read_input("/dev/zero", 1000)), "problem: /dev/zero: is larger than 1000 bytes");
  EXPECT_EQ(text_of(read_input(temporary.write("empty", ""), 0)), "");
}

TEST(files, missing_files_and_directories_are_problems) {
  const TemporaryDirectory temporary;
  EXPECT_EQ(text_of(read_input("/no/where", 1)), "problem: /no/where: cannot be read: No such file or directory");
  EXPECT_EQ(text_of(read_input(temporary / ".", 1)), "problem: " + (temporary / ".") + ": cannot be read: Is a directory");
}

TEST(files, writing_replaces_and_leaves_nothing_else) {
  const TemporaryDirectory temporary;
  const std::string path = temporary / "out";
  EXPECT_FALSE(write_output(path, std::string_view("first")));
  EXPECT_EQ(chmod(path.c_str(), 0640), 0);
  EXPECT_FALSE(write_output(path, std::string_view("second")));
  EXPECT_EQ(read_file(path), "second");
  struct stat status {};
  ASSERT_EQ(stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0640U);
  EXPECT_EQ(temporary.names(), std::vector<std::string>{"out"});
}

TEST(files, links_stay_links) {
  const TemporaryDirectory temporary;
  const std::string path = temporary.write("real", "old");
  ASSERT_EQ(symlink("real", (temporary / "link").c_str()), 0);
  EXPECT_FALSE(write_output(temporary / "link", std::string_view("new")));
  EXPECT_EQ(read_file(path), "new");
  EXPECT_TRUE(std::filesystem::is_symlink(temporary / "link"));
}

TEST(files, what_cannot_be_written_is_a_problem) {
  const TemporaryDirectory temporary;
  EXPECT_TRUE(write_output("/no/where/out", std::string_view("x")));
  EXPECT_TRUE(write_output(temporary / ".", std::string_view("x")));
  const auto full = write_output("/dev/full", std::string_view("x"));
  ASSERT_TRUE(full);
  EXPECT_EQ(to_text(*full), "/dev/full: cannot be written: No space left on device");
  EXPECT_FALSE(write_output("/dev/null", std::string_view("x")));
}

TEST(files, nothing_stays_of_a_file_that_is_not_committed) {
  const TemporaryDirectory temporary;
  const std::string path = temporary.write("out", "old");
  {
    OutputFile file(path);
    file.append(std::string(200000, 'x'));
    EXPECT_EQ(read_file(path), "old");
  }
  EXPECT_EQ(read_file(path), "old");
  EXPECT_EQ(temporary.names(), std::vector<std::string>{"out"});
}

TEST(output, problems_are_one_safe_line) {
  EXPECT_EQ(to_text({.file = "a", .place = "line 1", .reason = "bad", .remedy = "mend it"}), "a: line 1: bad; mend it");
  EXPECT_EQ(to_text({.reason = "bad\n\x1b[31m"}), "bad\\x0a\\x1b[31m");
}

TEST(output, printable_keeps_text_and_escapes_the_rest) {
  EXPECT_EQ(printable("name_1 äß€𝄞"), "name_1 äß€𝄞");
  EXPECT_EQ(printable(std::string("\0\t\x7f", 3)), "\\x00\\x09\\x7f");
  EXPECT_EQ(printable("\xc2\x9b"), "\\xc2\\x9b");           // a control character of terminals, in UTF-8
  EXPECT_EQ(printable("\xe2\x80\xae"), "\\xe2\\x80\\xae");  // text direction
  EXPECT_EQ(printable("\xff\xc0\x80\xed\xa0\x80"), "\\xff\\xc0\\x80\\xed\\xa0\\x80");
  EXPECT_EQ(printable("\xe2\x82"), "\\xe2\\x82");
  EXPECT_EQ(printable("\xf4\x90\x80\x80"), "\\xf4\\x90\\x80\\x80");
}

}  // namespace
}  // namespace pvm::command::test
