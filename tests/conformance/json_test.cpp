// SPDX-License-Identifier: Apache-2.0 OR MIT
// Hostile JSON, and the places that errors name.
#include "pvm/conformance/json_reader.hpp"

#include <limits>

#include "fixtures.hpp"

namespace pvm::conformance {
namespace {

using testing::expect_error;
using testing::expect_value;

ParseError error_of(std::string_view text) {
  return expect_error(parse_json(text, "file.json"));
}

TEST(Json, syntax_errors_name_line_and_column) {
  EXPECT_EQ(error_of("{\"a\": }").place, "1:7");
  EXPECT_EQ(error_of("{\n  \"a\": 1,\n  \"a\": 2\n}").place, "3:5");
  EXPECT_EQ(error_of("{\n  \"a\": 1,\n  \"a\": 2\n}").reason, "duplicate member \"a\"");
  EXPECT_EQ(error_of("[1]]").place, "1:4");
  EXPECT_EQ(error_of("").place, "1:1");
  EXPECT_EQ(error_of("[1,").path, "file.json");
}

TEST(Json, what_is_not_json_is_refused) {
  for (const char* text : {"",    " ",        "nul",     "{'a':1}", "[1,]",           "{\"a\":1,}", "01",           "1.",          "+1",
                           "NaN", "\"\x01\"", "// c\n1", "1 2",     "\xef\xbb\xbf{}", "\"\xff\"",   "\"\xc0\x80\"", "\"\\ud800\"", "1e999",
                           "[",   "]",        "\xff\xfe"}) {
    EXPECT_TRUE(std::holds_alternative<ParseError>(parse_json(text, "x"))) << text;
  }
  EXPECT_TRUE(std::holds_alternative<ParseError>(parse_json(std::string_view("1\0", 2), "x")));
}

TEST(Json, depth_is_bounded) {
  const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  expect_value(parse_json(nested(32), "x"));
  EXPECT_EQ(error_of(nested(33)).reason, "nested deeper than 32 levels");
  EXPECT_EQ(error_of(std::string(1'000'000, '[')).reason, "nested deeper than 32 levels");
  EXPECT_EQ(error_of(std::string(1'000'000, '{')).place, "1:2");
}

TEST(Json, reasons_are_printable) {
  for (const char character : error_of("[\"a\", \x1b[31m\xff]").reason) {
    EXPECT_TRUE(character >= ' ' && character <= '~');
  }
}

TEST(Json, integers_keep_64_bits) {
  const Json json =
      expect_value(parse_json("[18446744073709551615, -9223372036854775808, 18446744073709551616, 1.0, -1, 4294967296]", "x"));
  Problem fine("x");
  const Reader at(json, fine);
  EXPECT_EQ(at.element(0).number_u64(), std::numeric_limits<u64>::max());
  EXPECT_EQ(at.element(1).number_i64(), std::numeric_limits<i64>::min());
  EXPECT_FALSE(fine.failed());
  for (const std::size_t index : {2u, 3u, 4u}) {
    Problem problem("x");
    Reader(json, problem).element(index).number_u64();
    EXPECT_TRUE(problem.failed()) << index;
    EXPECT_EQ(problem.error().place, "/" + std::to_string(index));
  }
  Problem problem("x");
  Reader(json, problem).element(5).number_u32();
  EXPECT_TRUE(problem.failed());
}

TEST(Json, the_first_error_wins_and_has_a_pointer) {
  const Json json = expect_value(parse_json("{\"a/b\": [{\"~\": true}], \"c\": 1}", "x"));
  Problem problem("x");
  const Reader at(json, problem);
  at.need("a/b").element(0).need("~").text();
  at.need("missing");
  EXPECT_EQ(to_text(problem.error()), "x: /a~1b/0/~0: must be a string");
}

TEST(Json, any_bytes_are_survived) {
  EXPECT_TRUE(rc::check([](const std::string& text) { parse_json(text, "x"); }));
  EXPECT_TRUE(rc::check([] {
    const auto pieces = *rc::gen::container<std::vector<std::string>>(
        rc::gen::element<std::string>("{", "}", "[", "]", ",", ":", "\"a\"", "\"b\"", "1", "-1", "true", "null", "1e5", " ", "\\", "\""));
    std::string text;
    for (const std::string& piece : pieces) text += piece;
    parse_json(text, "x", 4);
  }));
}

}  // namespace
}  // namespace pvm::conformance
