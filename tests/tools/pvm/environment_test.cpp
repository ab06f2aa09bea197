// SPDX-License-Identifier: Apache-2.0 OR MIT
// The host functions against a model, with guests that ask for anything.
#include "environment.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <map>

#include "run_options.hpp"
#include "support.hpp"

namespace pvm::command::test {
namespace {

constexpr u64 memory_begin = 0x20000;
constexpr u64 memory_size = 200000;  // more than the host moves at a time

/// A guest with one range of memory.
class FakeGuest : public CallingGuest {
 public:
  explicit FakeGuest(std::vector<u64> arguments) : memory(memory_size), arguments_(std::move(arguments)) { arguments_.resize(9); }
  u64 argument(u32 n) const override { return arguments_.at(n); }
  bool is_32_bit() const override { return false; }
  void set_a0(u64 value) override { a0 = value; }
  void set_a1(u64) override {}
  bool read(u64 address, std::span<u8> out) override {
    if (!holds(address, out.size())) return false;
    if (!out.empty()) std::copy_n(memory.begin() + offset(address), out.size(), out.begin());
    return true;
  }
  bool write(u64 address, std::span<const u8> bytes) override {
    if (!holds(address, bytes.size())) return false;
    if (!bytes.empty()) std::copy(bytes.begin(), bytes.end(), memory.begin() + offset(address));
    return true;
  }
  static bool holds(u64 address, u64 size) {
    return size == 0 ||
           (address >= memory_begin && address - memory_begin <= memory_size && size <= memory_size - (address - memory_begin));
  }
  static std::ptrdiff_t offset(u64 address) { return static_cast<std::ptrdiff_t>(address - memory_begin); }

  std::vector<u8> memory;
  u64 a0 = 0x1234;

 private:
  std::vector<u64> arguments_;
};

/// A file without a name.
class Scratch {
 public:
  explicit Scratch(std::span<const u8> contents = {}) {
    EXPECT_EQ(::write(fd_, contents.data(), contents.size()), static_cast<ssize_t>(contents.size()));
    lseek(fd_, 0, SEEK_SET);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  ~Scratch() { close(fd_); }
  int fd() const { return fd_; }
  std::vector<u8> contents() const {
    std::vector<u8> bytes(static_cast<std::size_t>(lseek(fd_, 0, SEEK_END)));
    EXPECT_EQ(pread(fd_, bytes.data(), bytes.size(), 0), static_cast<ssize_t>(bytes.size()));
    return bytes;
  }

 private:
  int fd_ = memfd_create("test", MFD_CLOEXEC);
};

/// Addresses and sizes near the borders that matter, and any others.
u64 pick_address() {
  return *rc::gen::oneOf(rc::gen::inRange<u64>(memory_begin - 3, memory_begin + 3),
                         rc::gen::inRange<u64>(memory_begin + memory_size - 3, memory_begin + memory_size + 3),
                         rc::gen::inRange<u64>(memory_begin, memory_begin + memory_size), rc::gen::element<u64>(0, ~u64{0}, u64{1} << 32),
                         rc::gen::arbitrary<u64>());
}

u64 pick_size() {
  return *rc::gen::oneOf(rc::gen::inRange<u64>(0, 10), rc::gen::inRange<u64>(65533, 65540),
                         rc::gen::inRange<u64>(memory_size - 3, memory_size + 3), rc::gen::inRange<u64>(0, memory_size),
                         rc::gen::element<u64>(0x7fffffff, 0x80000000, ~u64{0}), rc::gen::arbitrary<u64>());
}

std::vector<u8> pattern(std::size_t size) {
  std::vector<u8> bytes(size);
  for (std::size_t index = 0; index < size; ++index) bytes[index] = static_cast<u8>(index * 7 + index / 251 + 1);
  return bytes;
}

RC_GTEST_PROP(environment, writes_all_or_nothing, ()) {
  const u64 fd = *rc::gen::element<u64>(0, 1, 2, 3, ~u64{0}, 0x100000001), address = pick_address(), size = pick_size();
  const Scratch output, errors;
  const Stop stop;
  Environment environment({.output = output.fd(), .errors = errors.fd()}, stop);
  FakeGuest guest({fd, address, size});
  guest.memory = pattern(memory_size);
  RC_ASSERT(environment.serve("pvm_write", guest) == Served::goes_on);
  const bool to_output = static_cast<u32>(fd) == 1, to_errors = static_cast<u32>(fd) == 2;
  const bool is_good = (to_output || to_errors) && FakeGuest::holds(address, std::min<u64>(size, 0x7fffffff));
  RC_ASSERT(guest.a0 == (is_good ? size : ~u64{0}));
  std::vector<u8> expected;
  if (is_good && size != 0)
    expected.assign(guest.memory.begin() + FakeGuest::offset(address), guest.memory.begin() + FakeGuest::offset(address + size));
  RC_ASSERT((to_errors ? errors : output).contents() == expected);
  RC_ASSERT((to_errors ? output : errors).contents().empty());
  RC_ASSERT(guest.memory == pattern(memory_size));
}

RC_GTEST_PROP(environment, reads_lose_nothing, ()) {
  const std::vector<u8> input = pattern(*rc::gen::element<std::size_t>(0, 1, 1000, 65536, 100000));
  const Scratch file(input);
  const Stop stop;
  Environment environment({.input = file.fd()}, stop);
  std::vector<u8> got;
  for (int calls = *rc::gen::inRange(1, 30); calls > 0; --calls) {
    const u64 fd = *rc::gen::weightedElement<u64>({{8, 0}, {1, 1}, {1, 77}}), address = pick_address(), size = pick_size();
    FakeGuest guest({fd, address, size});
    RC_ASSERT(environment.serve("pvm_read", guest) == Served::goes_on);
    if (guest.a0 == ~u64{0}) {
      RC_ASSERT(fd != 0 || !FakeGuest::holds(address, std::min<u64>(size, 65536)));
      RC_ASSERT(guest.memory == std::vector<u8>(memory_size));
      continue;
    }
    RC_ASSERT(fd == 0U && guest.a0 <= size && FakeGuest::holds(address, guest.a0));
    RC_ASSERT(guest.a0 != 0 || size == 0 || got.size() == input.size());
    const auto begin = guest.memory.begin() + (guest.a0 == 0 ? 0 : FakeGuest::offset(address));
    got.insert(got.end(), begin, begin + static_cast<std::ptrdiff_t>(guest.a0));
  }
  RC_ASSERT(got.size() <= input.size());
  RC_ASSERT(std::equal(got.begin(), got.end(), input.begin()));
}

RC_GTEST_PROP(environment, arguments_are_copied_as_far_as_asked, ()) {
  const u64 address = pick_address(), size = pick_size();
  const Stop stop;
  Environment environment({.arguments = {"prog", "", "two words"}}, stop);
  const std::string all("prog\0\0two words\0", 16);
  FakeGuest asks({}), guest({address, size});
  RC_ASSERT(environment.serve("pvm_args_size", asks) == Served::goes_on);
  RC_ASSERT(asks.a0 == all.size());
  RC_ASSERT(environment.serve("pvm_args", guest) == Served::goes_on);
  const u64 count = std::min<u64>(size, all.size());
  RC_ASSERT(guest.a0 == (FakeGuest::holds(address, count) ? count : ~u64{0}));
  std::vector<u8> expected(memory_size);
  if (guest.a0 == count && count != 0) std::copy_n(all.begin(), count, expected.begin() + FakeGuest::offset(address));
  RC_ASSERT(guest.memory == expected);
}

TEST(environment, knows_its_functions_alone) {
  const Stop stop;
  Environment environment({}, stop);
  FakeGuest guest({0xffffffff00000007});
  EXPECT_EQ(environment.serve("pvm_open", guest), Served::unknown);
  EXPECT_EQ(environment.serve("", guest), Served::unknown);
  EXPECT_EQ(guest.a0, 0x1234U);
  EXPECT_EQ(environment.serve("pvm_exit", guest), Served::exits);
  EXPECT_EQ(environment.exit_code(), 7);
  EXPECT_EQ(Environment::function_names().size(), environment_imports.size());
}

TEST(call_arguments, widths_and_ranges) {
  const auto parsed = [](std::string_view text, bool is_32_bit) -> std::string {
    const auto argument = parse_call_argument(text, is_32_bit);
    return argument ? std::to_string(static_cast<i64>(argument->bits)) + (argument->is_wide ? " wide" : " narrow") : "none";
  };
  const std::map<std::string, std::pair<std::string, std::string>> cases = {
      // text, for 64 bits, for 32 bits
      {"5", {"5 wide", "5 narrow"}},
      {"-1", {"-1 wide", "-1 narrow"}},
      {"0xff", {"255 wide", "255 narrow"}},
      {"-0x10", {"-16 wide", "-16 narrow"}},
      {"0xffffffff", {"4294967295 wide", "4294967295 narrow"}},
      {"0x100000000", {"4294967296 wide", "4294967296 wide"}},
      {"-2147483649", {"-2147483649 wide", "-2147483649 wide"}},
      {"18446744073709551615", {"-1 wide", "-1 wide"}},
      {"-9223372036854775808", {"-9223372036854775808 wide", "-9223372036854775808 wide"}},
      {"-9223372036854775809", {"none", "none"}},
      {"18446744073709551616", {"none", "none"}},
      {"5u32", {"5 narrow", "5 narrow"}},
      {"5u64", {"5 wide", "5 wide"}},
      {"-5i32", {"-5 narrow", "-5 narrow"}},
      {"-5u32", {"none", "none"}},
      {"0x80000000i32", {"none", "none"}},
      {"-0x80000000i32", {"-2147483648 narrow", "-2147483648 narrow"}},
      {"4294967296u32", {"none", "none"}},
      {"9223372036854775808i64", {"none", "none"}},
      {"", {"none", "none"}},
      {"-", {"none", "none"}},
      {"0x", {"none", "none"}},
      {"u32", {"none", "none"}},
      {"--5", {"none", "none"}},
      {"5 ", {"none", "none"}},
      {"1.5", {"none", "none"}},
  };
  for (const auto& [text, expected] : cases) {
    EXPECT_EQ(parsed(text, false), expected.first) << text;
    EXPECT_EQ(parsed(text, true), expected.second) << text;
  }
}

}  // namespace
}  // namespace pvm::command::test
