// SPDX-License-Identifier: Apache-2.0 OR MIT
// The host environment of command-line guests: output, input, arguments, exit, clock. docs/guest-environment.md is its contract.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "stop.hpp"

namespace pvm::command {

using u8 = std::uint8_t;
using u32 = std::uint32_t;
using u64 = std::uint64_t;
using i32 = std::int32_t;
using i64 = std::int64_t;

/// The guest during a host call, whatever runs it.
class CallingGuest {
 public:
  CallingGuest() = default;
  CallingGuest(const CallingGuest&) = delete;
  CallingGuest& operator=(const CallingGuest&) = delete;
  virtual ~CallingGuest() = default;
  /// The n-th argument register, 0 to 8.
  virtual u64 argument(u32 n) const = 0;
  virtual bool is_32_bit() const = 0;
  /// Register a0, a1.
  virtual void set_a0(u64 value) = 0;
  virtual void set_a1(u64 value) = 0;
  /// Guest memory; false: not all of it is accessible, and nothing has happened.
  virtual bool read(u64 address, std::span<u8> out) = 0;
  virtual bool write(u64 address, std::span<const u8> bytes) = 0;
  /// Are all these bytes accessible? Looks in chunks, so that a huge size costs no memory here; can_write puts back what it finds.
  virtual bool can_read(u64 address, u64 size);
  virtual bool can_write(u64 address, u64 size);
};

struct EnvironmentOptions {
  std::vector<std::string> arguments = {};  ///< The program's name first. None holds a NUL.
  bool allow_clock = false;
  int input = 0;  ///< Descriptors behind the guest's 0, 1 and 2.
  int output = 1;
  int errors = 2;
};

/// What the guest does after a host call.
enum class Served : u8 {
  goes_on,
  exits,    ///< It called pvm_exit.
  stopped,  ///< A signal or the deadline came while the host waited.
  unknown,  ///< There is no such function; nothing has happened.
};

/// Serves host calls of one guest. The guest is not trusted: its pointers are checked, its sizes make no buffer.
class Environment {
 public:
  /// `stop` must outlive the environment.
  Environment(EnvironmentOptions options, const Stop& stop);

  /// The names that serve() knows.
  static std::span<const std::string_view> function_names();
  /// Serves a call of the import `name`.
  Served serve(std::string_view name, CallingGuest& guest);
  /// What the guest gave to pvm_exit.
  const std::optional<i32>& exit_code() const { return exit_code_; }

 private:
  using Function = Served (Environment::*)(CallingGuest&);
  struct Entry;
  static const Entry entries[];

  Served write_output(CallingGuest& guest);
  Served read_input(CallingGuest& guest);
  Served arguments_size(CallingGuest& guest);
  Served copy_arguments(CallingGuest& guest);
  Served exit(CallingGuest& guest);
  Served clock(CallingGuest& guest);
  std::optional<i64> fill_pending();

  EnvironmentOptions options_;
  const Stop& stop_;
  std::chrono::steady_clock::time_point start_;
  std::vector<u8> arguments_;  ///< NUL-terminated, one after the other.
  std::vector<u8> pending_;    ///< Input that was read; the guest has got its first `taken_` bytes.
  std::size_t taken_ = 0;
  std::optional<i32> exit_code_;
};

}  // namespace pvm::command
