// SPDX-License-Identifier: Apache-2.0 OR MIT
// Large programs and awkward jumps: the lengths of offsets are found again, and nothing takes quadratic time.
#include <random>

#include "layout.hpp"
#include "support.hpp"

namespace pvm::assembly {
namespace {

void expect_round_trip(const Assembled& program) {
  const std::string text = disassembled(program);
  const Assembled again = assembled(text);
  EXPECT_TRUE(again.blob == program.blob) << text.substr(0, 2000);
}

TEST(Large, AMegabyteOfCode) {
  std::mt19937 random(1);
  std::string text = "%isa = latest64\n";
  constexpr u32 blocks = 40'000;
  for (u32 block = 0; block < blocks; ++block) {
    text += "@b" + std::to_string(block) + ":\n";
    for (int count = 0; count < 6; ++count) text += "a0 = a1 + " + std::to_string(random() % 100'000) + "\n";
    const u32 near = static_cast<u32>((block + random() % 20) % blocks);
    const u32 target = random() % 4 == 0 ? static_cast<u32>(random() % blocks) : near;
    text += "jump @b" + std::to_string(target) + " if a0 != " + std::to_string(random() % 300) + "\n";
  }
  const Assembled program = assembled(text + "trap\n");
  EXPECT_GT(program.blob.size(), 1'000'000U);
  expect_round_trip(program);
}

// One block, one label, one line: none of them may be cheap only as long as it is small.
TEST(Large, ALongBlock) {
  std::string text;
  for (int count = 0; count < 200'000; ++count) text += "a0 = a0 + a1\n";
  expect_round_trip(assembled(text + "trap\n"));
}

TEST(Large, ALongGapAndMuchData) {
  std::string text = "%ro_data = 00\n";
  for (int count = 0; count < 20'000; ++count) text += "%ro_data += 00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f 10 11 12\n";
  for (int count = 0; count < 20'000; ++count) text += "%unmarked = 00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f 10 11 12\n";
  expect_round_trip(assembled(text + "trap\n"));
}

TEST(Large, TooMuchCodeIsRefused) {
  std::string line = "%unmarked = ";
  for (int count = 0; count < 1 << 20; ++count) line += "00";
  std::string text;
  for (int count = 0; count < 33; ++count) text += line + "\n";
  EXPECT_NE(errors_of(text).find("33554432"), std::string::npos);
}

// Each jump reaches 63 others further, just near enough for one byte. Those at the end reach too far, and so lengthen the ones before them,
// and these the ones before them: far too often for being followed to the end.
std::string chain(u32 jumps) {
  std::string text;
  for (u32 index = 0; index < jumps; ++index) {
    text += "@s" + std::to_string(index) + ":\njump @s" + std::to_string(index + 63) + "\n";
  }
  for (u32 index = jumps; index < jumps + 63; ++index) text += "@s" + std::to_string(index) + ":\n%raw = 00 00 00 00\n";
  return text;
}

TEST(Layout, ChainsOfJumpsThatLengthenEachOther) {
  for (const u32 jumps : {1U, 63U, 100U, 1000U}) expect_round_trip(assembled(chain(jumps)));
  const Assembled endless = assembled(chain(20'000));
  EXPECT_GT(loaded(endless).code.size(), 5U * 20'000U) << "where following them takes too long they all get 4 bytes";
  expect_round_trip(endless);
  // The smallest form of the same program isn't what the assembler finds, but it comes back as it is.
  std::string text = chain(20'000);
  for (std::size_t at = text.find("jump @"); at != std::string::npos; at = text.find("jump @", at + 1)) {
    text.insert(text.find('\n', at), " %bytes 2");
  }
  expect_round_trip(assembled(text));
}

// A jump over itself can be two bytes at a distance of 128 or one byte at 127: the assembler takes the shorter one, and a program with the
// longer one comes back as it is.
TEST(Layout, LongerThanNeededByItself) {
  std::string text = "jump @e %bytes 2\n";
  for (int count = 0; count < 125; ++count) text += "trap\n";
  const Assembled longer = assembled(text + "@e:\ntrap\n");
  EXPECT_EQ(to_hex(loaded(longer).code).substr(0, 8), "28 80 00");
  expect_round_trip(longer);
  EXPECT_NE(disassembled(longer).find("%bytes 2"), std::string::npos);
  const Assembled shorter = assembled("jump @e\n" + text.substr(text.find('\n') + 1) + "@e:\ntrap\n");
  EXPECT_EQ(to_hex(loaded(shorter).code).substr(0, 8), "28 7f 00");
  expect_round_trip(shorter);
}

TEST(Layout, ThreeByteOffsets) {
  std::string text = "jump @e\n@s:\n";
  for (int count = 0; count < 33'000; ++count) text += "trap\n";
  const Assembled program = assembled(text + "@e:\njump @s\n");
  EXPECT_EQ(to_hex(loaded(program).code).substr(0, 11), "28 ec 80 00");
  expect_round_trip(program);
}

}  // namespace
}  // namespace pvm::assembly
