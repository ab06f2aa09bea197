// SPDX-License-Identifier: Apache-2.0 OR MIT
// Instructions that become several, in whole programs: scratch registers are found for them where all machine registers are in use.
#include <bit>

#include "native.hpp"

namespace pvm::link::test {
namespace {

u64 or_combined(u64 value) {
  u64 result = 0;
  for (u32 at = 0; at < 64; at += 8) result |= (value >> at & 0xff) != 0 ? u64{0xff} << at : 0;
  return result;
}

/// A function that fills every register, does `line` on a0, a1, and checks that no other register has changed: a0, or a trap.
std::string crowded(const std::string& line) {
  std::string text = export_of("main") +
                     ".option arch, +zba, +zbb, +zbs, +zicond\n.text\nmain: addi sp, sp, -64\nsd ra, 0(sp)\nsd s0, 8(sp)\nsd s1, 16(sp)\n";
  const std::vector<std::string> others = {"ra", "t0", "t1", "t2", "s0", "s1", "a3", "a4", "a5"};
  for (std::size_t index = 0; index < others.size(); ++index) text += "li " + others[index] + ", " + std::to_string(1000 + index) + "\n";
  text += "mv a2, sp\naddi a2, a2, 40\nsd a1, 0(a2)\n" + line + "\n";
  text += "addi a2, a2, -40\nbne a2, sp, bad\n";
  for (std::size_t index = 0; index < others.size(); ++index) {
    text += "addi " + others[index] + ", " + others[index] + ", -" + std::to_string(1000 + index) + "\nbnez " + others[index] + ", bad\n";
  }
  return text + "ld a1, 40(sp)\nadd a0, a0, a1\nld ra, 0(sp)\nld s0, 8(sp)\nld s1, 16(sp)\naddi sp, sp, 64\nret\nbad: unimp\n";
}

TEST(Instructions, WithEveryRegisterInUse) {
  const struct {
    const char* line;
    u64 (*result)(u64 a0, u64 a1);  ///< Of a0 afterwards plus the memory that held a1.
  } cases[] = {
      {"orc.b a0, a0", [](u64 a, u64 b) { return or_combined(a) + b; }},
      {"orc.b a0, a1", [](u64, u64 b) { return or_combined(b) + b; }},
      {"bset a0, a0, a1", [](u64 a, u64 b) { return (a | u64{1} << b % 64) + b; }},
      {"bclr a0, a1, a0", [](u64 a, u64 b) { return (b & ~(u64{1} << a % 64)) + b; }},
      {"sh2add a0, a1, a0", [](u64 a, u64 b) { return a + 4 * b + b; }},
      {"czero.nez a0, a1, a0", [](u64 a, u64 b) { return (a != 0 ? 0 : b) + b; }},
      {"amoadd.d a0, a0, (a2)", [](u64 a, u64 b) { return b + (a + b); }},
      {"amomaxu.d a0, a0, (a2)", [](u64 a, u64 b) { return b + std::max(a, b); }},
      {"amomin.d a0, a0, (a2)", [](u64 a, u64 b) { return b + static_cast<u64>(std::min(static_cast<i64>(a), static_cast<i64>(b))); }},
      {"amoswap.d a0, a0, (a2)", [](u64 a, u64 b) { return b + a; }},
  };
  for (const auto& c : cases) {
    const Bytes object = assemble(crowded(c.line));
    for (const bool optimized : {false, true}) {
      LinkOptions options;
      if (!optimized) options.optimize = OptimizeOptions::none();
      Guest guest(link_bytes({object}, options));
      for (const u64 a : operands) {
        for (const u64 b : operands)
          ASSERT_EQ(guest.call("main", {a, b}), c.result(a, b)) << c.line << " " << a << " " << b << " " << optimized;
      }
    }
  }
}

TEST(Instructions, LoopsWithReservations) {
  const std::string text =
      export_of("main") +
      ".text\nmain: addi sp, sp, -16\nsd a0, 0(sp)\nmv a2, sp\nagain: lr.d a3, (a2)\nadd a4, a3, a1\nsc.d a5, a4, (a2)\n"
      "bnez a5, again\nld a0, 0(sp)\naddi sp, sp, 16\nret\n";
  Guest guest(link_bytes({assemble(text)}));
  EXPECT_EQ(guest.call("main", {5, 9}), 14U);
}

TEST(Instructions, CodeAddressesThatAreCalled) {
  const std::string text =
      export_of("main") +
      ".text\n.globl main\nmain: addi sp, sp, -8\nsd ra, 0(sp)\nlla t0, table\nslli a0, a0, 3\nadd t0, t0, a0\nld t0, 0(t0)\njalr t0\nld "
      "ra, 0(sp)\n"
      "addi sp, sp, 8\nret\none: li a0, 11\nret\ntwo: li a0, 22\nret\n.section .rodata\n.balign 8\ntable: .quad one, two\n";
  Guest guest(link_bytes({assemble(text)}));
  EXPECT_EQ(guest.call("main", {0}), 11U);
  EXPECT_EQ(guest.call("main", {1}), 22U);
}

TEST(Instructions, TablesOfPointersAreNotFoldedFromTheirBytes) {
  const std::string text = export_of("main") +
                           ".text\nmain: lla t0, table\nld t0, 8(t0)\nlw a0, 0(t0)\nret\n.section .rodata\n.balign 8\ntable: .quad 0, "
                           "value\n.data\nvalue: .word 4321\n";
  EXPECT_EQ(Guest(link_bytes({assemble(text)})).call("main"), 4321U);
}

}  // namespace
}  // namespace pvm::link::test
