// SPDX-License-Identifier: Apache-2.0 OR MIT
// What the command's tests share: guests, temporary files, and the program as a process.
#pragma once

#include <gtest/gtest.h>
#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

#include "pvm/builder/assemble.hpp"

namespace pvm::command::test {

using builder::Bytes;
using ref::Semantics;

/// Offsets of exports are found by assembling the text up to a line "NAME:" for each name in `exports`.
struct GuestText {
  std::string text;
  std::vector<std::string> imports = {};
  std::vector<std::string> exports = {"main"};
  std::string ro_data = {};
  ref::u32 rw_size = 4096;
  ref::u32 stack_size = 4096;
  Semantics version = Semantics::rv64_1;
  bool has_lines = false;  ///< Debug sections: the first 64 bytes of code are line 12 of src/a.c, in function f.
};

/// A program in a polkavm container.
Bytes guest(const GuestText& text);

/// Where a guest's data lies: read-only data, if it has any, and read-write data behind it.
inline constexpr ref::u32 ro_address = 0x10000;
inline constexpr ref::u32 rw_address_with_ro = 0x30000;
inline constexpr ref::u32 rw_address = 0x20000;

/// The imports of the environment, in the order of their numbers in `environment_imports`.
inline const std::vector<std::string> environment_imports = {"pvm_write", "pvm_read", "pvm_args_size", "pvm_args", "pvm_exit", "pvm_clock"};

/// A directory that goes with the test.
class TemporaryDirectory {
 public:
  TemporaryDirectory();
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  ~TemporaryDirectory();
  std::string operator/(const std::string& name) const { return (path_ / name).string(); }
  std::string write(const std::string& name, const std::string& text) const;
  std::string write(const std::string& name, const Bytes& bytes) const;
  /// Names of the files in it, sorted.
  std::vector<std::string> names() const;

 private:
  std::filesystem::path path_;
};

std::string read_file(const std::string& path);

/// What a program said and its exit code; 256 + signal if it was killed.
struct Ran {
  int code = -1;
  std::string output;
  std::string errors;
};

/// The program, running. All its streams are pipes; a pipe that the test closes is broken for the program.
class Process {
 public:
  explicit Process(const std::vector<std::string>& arguments);
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;
  ~Process();
  void say(const std::string& text) const;
  void close_input();
  void close_output();
  /// Waits for so many bytes of standard output; fewer if it ends before.
  std::string hear(std::size_t count);
  void send_signal(int number) const;
  /// Waits for its end while nobody reads what it says.
  Ran wait_unread();
  /// Ends its input, reads all that it says, and waits for its end.
  Ran finish();

 private:
  pid_t pid_ = -1;
  int input_ = -1, output_ = -1, errors_ = -1;
};

/// Runs pvm to its end.
Ran run_pvm(const std::vector<std::string>& arguments, const std::string& input = {});

/// Does `text` contain `part`?
inline bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace pvm::command::test
