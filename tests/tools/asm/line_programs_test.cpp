// SPDX-License-Identifier: Apache-2.0 OR MIT
// Line programs: what each opcode does, and what damaged ones do.
#include "line_programs.hpp"

#include <random>

#include "support.hpp"

namespace pvm::assembly {
namespace {

using Kind = SourceFrame::Kind;

// "" at 0, "main" at 1, "a.c" at 6, "ns" at 10, "inner" at 13
const Bytes strings = {0, 4, 'm', 'a', 'i', 'n', 3, 'a', '.', 'c', 2, 'n', 's', 5, 'i', 'n', 'n', 'e', 'r'};

Bytes range(u32 begin, u32 end, u32 program) {
  Bytes bytes;
  builder::append_little_endian(bytes, begin, 4);
  builder::append_little_endian(bytes, end, 4);
  builder::append_little_endian(bytes, program, 4);
  return bytes;
}

std::string text_at(LinePrograms& programs, u32 pc) {
  return to_text(programs.lookup(pc));
}

// main at a.c:10, two bytes; then inner inlined at line 12 of main; then main again.
const Bytes example = {1,                                        // version
                       1,  0,  2,  6,  1,  7, 6,  8,  10,        // frame 0: enter, main, a.c, line 10
                       1,  1,  4,  7,  6,  6, 1,  8,  11,        // frame 1: line, a.c, main, line 11
                       10, 2,  15, 2,                            // depth 2, 2 bytes
                       3,  11, 9,  7,                            // frame 1: call, line 12, column 7
                       1,  2,  2,  5,  10, 6, 13, 7,  6,  8, 3,  // frame 2: enter, ns::inner, a.c, line 3
                       1,  3,  4,  5,  10, 6, 13, 7,  6,  8, 4,  // frame 3: line, the same, line 4
                       10, 3,  16,                               // depth 3, 1 byte, then depth 4
                       19, 3,                                    // 3 bytes, then depth 3
                       1,  1,  4,  12, 5,  9, 0,  18,            // frame 1: line 17, no column, 1 byte, then depth 2
                       13, 1,  14, 17, 2,                        // line 16, 1 byte; 2 bytes, then depth 3
                       0};

TEST(LinePrograms, EveryOpcode) {
  const Bytes ranges = range(100, 110, 1);
  LinePrograms programs(strings, example, ranges);
  EXPECT_EQ(text_at(programs, 99), "");
  EXPECT_EQ(text_at(programs, 100), "a.c:11 (main)");
  EXPECT_EQ(text_at(programs, 101), "a.c:11 (main)");
  const auto call = programs.lookup(102);
  ASSERT_EQ(call.size(), 3U);
  EXPECT_EQ(call[0], (SourceFrame{Kind::enter, "", "main", "a.c", 10, 0}));
  EXPECT_EQ(call[1], (SourceFrame{Kind::call, "", "main", "a.c", 12, 7}));
  EXPECT_EQ(call[2], (SourceFrame{Kind::enter, "ns", "inner", "a.c", 3, 0}));
  EXPECT_EQ(text_at(programs, 103), "a.c:4 (ns::inner), called from a.c:12:7 (main)");
  EXPECT_EQ(text_at(programs, 105), "a.c:4 (ns::inner), called from a.c:12:7 (main)");
  EXPECT_EQ(programs.lookup(106).size(), 3U);
  EXPECT_EQ(text_at(programs, 107), "a.c:16 (main)");
  EXPECT_EQ(text_at(programs, 109), "a.c:16 (main)");
  EXPECT_EQ(text_at(programs, 110), "");
  EXPECT_EQ(text_at(programs, 100), "a.c:11 (main)") << "backwards again";
  EXPECT_FALSE(programs.is_damaged());
}

TEST(LinePrograms, RangesAreSearched) {
  Bytes ranges;
  for (u32 index = 0; index < 50; ++index) builder::append(ranges, range(10 * index, 10 * index + 5, index % 2 == 0 ? 1 : 0));
  LinePrograms programs(strings, example, ranges);
  for (u32 index = 0; index < 50; index += 2) {
    EXPECT_EQ(text_at(programs, 10 * index), "a.c:11 (main)");
    EXPECT_EQ(text_at(programs, 10 * index + 5), "");
  }
}

TEST(LinePrograms, DamagedOnesGiveNothing) {
  const Bytes ranges = range(0, 100, 1);
  for (const Bytes& program : {Bytes{1, 20}, Bytes{1}, Bytes{1, 8}, Bytes{1, 8, 0xff}, Bytes{1, 8, 0x80}}) {
    LinePrograms programs(strings, program, ranges);
    EXPECT_TRUE(programs.lookup(3).empty());
    EXPECT_TRUE(programs.is_damaged());
  }
  LinePrograms other_version(strings, Bytes{2, 14, 0}, ranges);
  EXPECT_TRUE(other_version.lookup(0).empty());
  Bytes endless(600, 11);  // no region within 512 opcodes
  endless[0] = 1;
  LinePrograms without_regions(strings, endless, ranges);
  EXPECT_TRUE(without_regions.lookup(0).empty());
  EXPECT_TRUE(without_regions.is_damaged());
  const Bytes deep = {1, 10, 40, 1, 99, 8, 5, 14, 0};
  LinePrograms too_deep(strings, deep, ranges);
  EXPECT_EQ(too_deep.lookup(0).size(), 16U);
}

TEST(LinePrograms, GarbageIsHarmless) {
  std::mt19937 random(7);
  const auto garbage = [&](std::size_t size, u32 most) {
    Bytes bytes(size);
    for (u8& byte : bytes) byte = static_cast<u8>(random() % (most + 1));
    return bytes;
  };
  for (int round = 0; round < 2000; ++round) {
    const Bytes names = garbage(20, 255);
    Bytes programs = garbage(60, 25);
    programs[0] = 1;
    const Bytes ranges = garbage(36, round % 2 == 0 ? 3 : 255);
    LinePrograms lines(names, programs, ranges);
    for (u32 pc = 0; pc < 40; ++pc) static_cast<void>(lines.lookup(pc * (round % 3 == 0 ? 0x01010101U : 1U)));
  }
}

TEST(LinePrograms, OfABlob) {
  const Assembled program = assembled("a0 = 1\ntrap\n%section 128 = " + to_hex(strings) + "\n%section 129 = " + to_hex(example) +
                                      "\n%section 130 = " + to_hex(range(0, 4, 1)) + "\n");
  auto programs = LinePrograms::of_blob(program.blob);
  ASSERT_TRUE(programs);
  EXPECT_EQ(text_at(*programs, 0), "a.c:11 (main)");
  EXPECT_FALSE(LinePrograms::of_blob(assembled("trap").blob));
  EXPECT_FALSE(LinePrograms::of_blob(Bytes{1, 2, 3}));
}

}  // namespace
}  // namespace pvm::assembly
