// SPDX-License-Identifier: Apache-2.0 OR MIT
// Guests that call their host.
#include "native.hpp"

namespace pvm::link::test {
namespace {

u64 counter = 0;
std::vector<u8> noted;

/// The host's functions; the native ones below do the same.
void serve(const std::string& import, ref::Machine& machine, bool is_32) {
  const auto read = [&](u64 address) {
    u8 byte = 0;
    if (!machine.memory().host_read(static_cast<ref::u32>(address), std::span(&byte, 1))) throw std::runtime_error("unreadable");
    return byte;
  };
  const u64 a0 = machine.reg(7);
  const u64 a1 = machine.reg(8);
  u64 result = 0;
  if (import == "host_add") {
    result = static_cast<u64>(i64{static_cast<std::int32_t>(a0 * 3 + a1)});
  } else if (import == "host_length") {
    while (read(a0 + result) != 0) ++result;
  } else if (import == "host_note") {
    noted.clear();
    for (u64 at = 0; at < a1; ++at) noted.push_back(read(a0 + at));
  } else if (import == "host_next") {
    result = counter += 0x1'0000'0001;
  } else {
    throw std::runtime_error("unknown import " + import);
  }
  // All argument registers count as overwritten.
  for (const u32 number : {2U, 3U, 4U, 8U, 9U, 10U, 11U, 12U}) machine.set_reg(number, 0xdeadbeef);
  machine.set_reg(7, result);
  if (is_32) machine.set_reg(8, result >> 32);
}

}  // namespace
}  // namespace pvm::link::test

extern "C" {
unsigned host_add(unsigned a, unsigned b) {
  return a * 3 + b;
}
unsigned long host_length(const char* text) {
  return std::char_traits<char>::length(text);
}
void host_note(const void* bytes, unsigned long size) {
  const auto* begin = static_cast<const unsigned char*>(bytes);
  pvm::link::test::noted.assign(begin, begin + size);
}
unsigned long long host_next() {
  return pvm::link::test::counter += 0x1'0000'0001;
}
}

namespace pvm::link::test {
namespace {

TEST(Host, CallsAndResults) {
  for (const u32 bits : {64U, 32U}) {
    for (const char* level : {"-O0", "-O2"}) {
      const TemporaryFolder folder;
      Guest guest(link_files({compile(folder, "host.c", {bits, {level}, false})}), {},
                  [bits](const std::string& import, ref::Machine& machine) { serve(import, machine, bits == 32); });
      EXPECT_EQ(guest.program().imports.size(), 4U);  // host_unused is unused
      for (const u64 x : operands) {
        for (u32 what = 0; what < 4; ++what) {
          counter = x;
          noted.clear();
          const u64 wanted = host(what, x);
          const auto wanted_note = noted;
          counter = x;
          noted.clear();
          EXPECT_EQ(guest.test("host", what, x), wanted) << bits << level << what;
          EXPECT_EQ(noted, wanted_note);
        }
      }
    }
  }
}

TEST(Host, AnUndefinedFunctionIsAnError) {
  const TemporaryFolder folder;
  try {
    link_files({compile(folder, "classes.cpp", {64, {"-O2"}, false})});
    FAIL() << "accepted";
  } catch (const std::runtime_error& error) {
    EXPECT_NE(std::string(error.what()).find("undefined symbol"), std::string::npos) << error.what();
    EXPECT_NE(std::string(error.what()).find("other_"), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace pvm::link::test
