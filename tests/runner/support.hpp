// SPDX-License-Identifier: Apache-2.0 OR MIT
// What the runner's tests share: the hand-written suite, temporary files, programs that are run.
#pragma once

#include <gtest/gtest.h>
#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "suite.hpp"

namespace pvm::runner::test {

/// The 30 cases of tests/runner/data.
inline Suite load_data() {
  auto suite = load_suite({{PVM_TEST_DATA}, {}, {}});
  EXPECT_TRUE(std::holds_alternative<Suite>(suite)) << conformance::to_text(std::get<conformance::ParseError>(suite));
  return std::get<Suite>(std::move(suite));
}

/// A directory that goes with the test.
class TemporaryDirectory {
 public:
  TemporaryDirectory() {
    const auto* test = testing::UnitTest::GetInstance()->current_test_info();
    std::string name = std::string(test->test_suite_name()) + "." + test->name();
    for (char& c : name) c = c == '/' ? '_' : c;
    path_ = std::filesystem::path(PVM_TEST_TEMPORARY_DIR) / ("tmp." + name);
    std::filesystem::remove_all(path_);
    std::filesystem::create_directories(path_);
  }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  ~TemporaryDirectory() { std::filesystem::remove_all(path_); }

  std::string operator/(const std::string& name) const { return (path_ / name).string(); }
  std::string write(const std::string& name, const std::string& text) const {
    std::filesystem::create_directories((path_ / name).parent_path());
    std::ofstream(path_ / name, std::ios::binary) << text;
    return (path_ / name).string();
  }

 private:
  std::filesystem::path path_;
};

inline std::string read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

/// What a program said (both streams) and its exit code.
struct Ran {
  int code;
  std::string output;
};

/// Runs a shell command.
inline Ran run_shell(const std::string& command) {
  Ran ran{-1, {}};
  FILE* pipe = popen(("(" + command + ") 2>&1").c_str(), "r");  // NOLINT(cert-env33-c): a shell is wanted
  if (pipe == nullptr) return ran;
  std::array<char, 4096> chunk{};
  for (std::size_t count = 0; (count = fread(chunk.data(), 1, chunk.size(), pipe)) != 0;) ran.output.append(chunk.data(), count);
  const int status = pclose(pipe);
  ran.code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return ran;
}

/// Runs pvm-conform.
inline Ran conform(const std::string& arguments) {
  return run_shell(std::string("'") + PVM_CONFORM + "' " + arguments);
}

}  // namespace pvm::runner::test
