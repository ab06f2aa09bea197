// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <gtest/gtest.h>

#include "debug/names.hpp"

namespace pvm::link {
namespace {

struct Name {
  const char* symbol;
  const char* space;
  const char* function;
};

class ReadableNames : public testing::TestWithParam<Name> {};

TEST_P(ReadableNames, AreDemangledAndSplit) {
  const FunctionName name = readable_name(GetParam().symbol);
  EXPECT_EQ(name.space, GetParam().space);
  EXPECT_EQ(name.function, GetParam().function);
}

INSTANTIATE_TEST_SUITE_P(All, ReadableNames,
                         testing::Values(Name{"main", "", "main"}, Name{"", "", ""}, Name{"_Z", "", "_Z"},
                                         Name{"_Znonsense", "", "_Znonsense"}, Name{"_Z1fi", "", "f(int)"},
                                         Name{"_ZN2ab1cEN2de1fE", "ab", "c(de::f)"}, Name{"_ZN1aI1bIiEE1cEv", "a<b<int> >", "c()"},
                                         // Rust: the older mangling with its hash and its escapes, the newer one as it is.
                                         Name{"_ZN4core3fmt5write17h0123456789abcdefE", "core::fmt", "write"},
                                         Name{"_ZN54_$LT$a..B$u20$as$u20$core..fmt..Debug$LT$$RF$C$GT$$GT$3fmt17h0123456789abcdefE",
                                              "<a::B as core::fmt::Debug<&C>>", "fmt"},
                                         Name{"_ZN1a17h0123456789abcdegE", "a", "h0123456789abcdeg"},
                                         Name{"_RNvCs1234_7mycrate3foo", "", "_RNvCs1234_7mycrate3foo"}));

// f(P<int, int>, P<P<int, int>, P<int, int>>...): every parameter is twice as long as the one before.
TEST(ReadableNames, DoNotGrowWithoutBound) {
  std::string symbol = "_Z1f1PIiiE";
  const std::string digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
  for (const char digit : digits) {
    const std::string before = std::string("S") + digit + "_";
    symbol += "S_I" + before + before + "E";
    const FunctionName name = readable_name(symbol);
    ASSERT_LE(name.space.size() + name.function.size(), 5000u);
  }
  EXPECT_EQ(readable_name(symbol).function, symbol);
  const std::string long_name(100'000, 'x');
  EXPECT_EQ(readable_name("_Z100000" + long_name + "v").function, "_Z100000" + long_name + "v");
}

TEST(ReadablePaths, HideTheUser) {
  EXPECT_EQ(readable_path("/home/anna/src/a.c"), "~/src/a.c");
  EXPECT_EQ(readable_path("/home/anna"), "/home/anna");
  EXPECT_EQ(readable_path("/usr/home/anna/a.c"), "/usr/home/anna/a.c");
  EXPECT_EQ(readable_path("a.c"), "a.c");
  EXPECT_EQ(readable_path(""), "");
}

}  // namespace
}  // namespace pvm::link
