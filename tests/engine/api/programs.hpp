// SPDX-License-Identifier: Apache-2.0 OR MIT
// Programs for the tests of the API, and the fixture that runs each test on every isolation level.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "pvm/pvm.hpp"

namespace pvm::test {

/// A program in a polkavm container, from the text of tools/program-builder. `exports` are labels in it.
struct Source {
  std::string_view text;
  std::vector<std::string> exports = {};
  std::vector<std::string> imports = {};
  std::vector<u8> ro_data = {};
  std::vector<u8> rw_data = {};
  u32 stack_size = 0;
  Semantics semantics = Semantics::rv64_1;
};
std::vector<u8> build(const Source& source);

/// The engine of a level, shared by the tests of a process; nullptr where the machine hasn't got that level.
const Engine* engine_of(Isolation isolation);
/// The levels that this machine has.
std::vector<Isolation> levels();

/// A test of every isolation level.
class OnEachLevel : public testing::TestWithParam<Isolation> {
 protected:
  static const Engine& engine() { return *engine_of(GetParam()); }
  /// Compiles, and instantiates; fails the test if that can't be done.
  static Module compile(const Source& source, const ProgramConfig& config = {});
  static Instance start(const Source& source, const ProgramConfig& config = {});
};

template <typename T>
testing::AssertionResult succeeds(const Result<T>& result) {
  if (result) return testing::AssertionSuccess();
  return testing::AssertionFailure() << name_of(result.error().code) << ": " << result.error().message;
}

template <typename T>
testing::AssertionResult fails_with(ErrorCode code, const Result<T>& result) {
  if (result) return testing::AssertionFailure() << "no error";
  if (result.error().code == code) return testing::AssertionSuccess();
  return testing::AssertionFailure() << name_of(result.error().code) << ": " << result.error().message;
}

inline std::string level_name(const testing::TestParamInfo<Isolation>& info) {
  return std::string(name_of(info.param));
}

}  // namespace pvm::test

#define PVM_ON_EACH_LEVEL(Fixture) INSTANTIATE_TEST_SUITE_P(levels, Fixture, testing::ValuesIn(pvm::test::levels()), pvm::test::level_name)

#define EXPECT_ERROR(code, ...) EXPECT_TRUE(pvm::test::fails_with(code, __VA_ARGS__))
#define ASSERT_OK(...) ASSERT_TRUE(pvm::test::succeeds(__VA_ARGS__))
