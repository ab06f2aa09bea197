// SPDX-License-Identifier: Apache-2.0 OR MIT
// What is written is what a reader of blobs reads.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <map>

#include "debug/line_writer.hpp"
#include "line_programs.hpp"

namespace pvm::link {
namespace {

using assembly::LinePrograms;
using assembly::SourceFrame;

LinePrograms reader_of(const DebugSections& sections) {
  return LinePrograms(sections.strings, sections.line_programs, sections.ranges);
}

bool is_same(const SourceFrame& read, const Frame& written) {
  return static_cast<u8>(read.kind) == static_cast<u8>(written.kind) && read.name_space == written.space &&
         read.function == written.function && read.path == written.path && read.line == written.line && read.column == written.column;
}

rc::Gen<Frame> frames() {
  return rc::gen::build<Frame>(rc::gen::set(&Frame::kind, rc::gen::element(Frame::Kind::enter, Frame::Kind::call, Frame::Kind::line)),
                               rc::gen::set(&Frame::space, rc::gen::element<std::string>("", "a", "a::b")),
                               rc::gen::set(&Frame::function, rc::gen::element<std::string>("", "f", "g(int)")),
                               rc::gen::set(&Frame::path, rc::gen::element<std::string>("", "x.c", std::string(200, 'p'))),
                               rc::gen::set(&Frame::line, rc::gen::element<u32>(0, 1, 2, 3, 200, 0xffffffff)),
                               rc::gen::set(&Frame::column, rc::gen::element<u32>(0, 1, 80)));
}

RC_GTEST_PROP(LineWriter, IsReadBack, ()) {
  LineWriter writer;
  std::map<u32, std::vector<Frame>> expected;
  u32 at = 0;
  const u32 count = *rc::gen::inRange(0u, 30u);
  for (u32 index = 0; index < count; ++index) {
    at += *rc::gen::element(0u, 0u, 7u);
    const u32 size = *rc::gen::element(1u, 2u, 5u, 300u);
    // Most of the time the function goes on, so that programs have several regions.
    std::vector<Frame> stack = *rc::gen::container<std::vector<Frame>>(*rc::gen::inRange(0u, 19u), frames());
    if (!expected.empty() && !stack.empty() && *rc::gen::inRange(0, 4) != 0) {
      const std::vector<Frame>& before = expected.rbegin()->second;
      if (!before.empty()) stack.front() = before.front();
    }
    writer.add(at, at + size, stack);
    for (u32 byte = 0; byte < size; ++byte) expected[at + byte] = stack;
    at += size;
  }
  const DebugSections sections = writer.finish();
  LinePrograms reader = reader_of(sections);
  for (const auto& [pc, stack] : expected) {
    const std::vector<SourceFrame> read = reader.lookup(pc);
    const bool is_left_out = stack.empty() || (stack.front().function.empty() && stack.front().path.empty());
    RC_ASSERT(read.size() == (is_left_out ? 0 : std::min<std::size_t>(stack.size(), 16)));
    for (std::size_t index = 0; index < read.size(); ++index) RC_ASSERT(is_same(read[index], stack[index]));
  }
  RC_ASSERT(!reader.is_damaged());
}

TEST(LineWriter, NothingKnownIsNoSections) {
  LineWriter writer;
  writer.add(0, 10, {});
  const DebugSections sections = writer.finish();
  EXPECT_TRUE(sections.strings.empty() && sections.line_programs.empty() && sections.ranges.empty());
}

TEST(LineWriter, StringsStandOnce) {
  LineWriter writer;
  const Frame frame{Frame::Kind::enter, "", "f", "x.c", 1, 0};
  writer.add(0, 2, {frame});
  writer.add(9, 12, {frame});
  const DebugSections sections = writer.finish();
  EXPECT_EQ(sections.strings, (std::vector<u8>{0, 1, 'f', 3, 'x', '.', 'c'}));
  EXPECT_EQ(sections.ranges.size(), 2 * 12u);
  EXPECT_EQ(sections.line_programs.front(), 1u);
}

}  // namespace
}  // namespace pvm::link
