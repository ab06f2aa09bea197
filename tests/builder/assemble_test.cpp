// SPDX-License-Identifier: Apache-2.0 OR MIT
// Text to code: labels in both directions, the jump table, raw bytes, errors.
#include "pvm/builder/assemble.hpp"

#include <gtest/gtest.h>

namespace pvm::builder {
namespace {

CodeBlob blob_of(std::string_view text, Semantics version = Semantics::rv64_1) {
  auto built = assemble(version, text);
  if (const auto* message = std::get_if<std::string>(&built)) ADD_FAILURE() << *message;
  auto* blob = std::get_if<CodeBlob>(&built);
  return blob != nullptr ? *blob : CodeBlob{};
}

std::string error_of(std::string_view text) {
  auto built = assemble(Semantics::rv64_1, text);
  const auto* message = std::get_if<std::string>(&built);
  return message != nullptr ? *message : "";
}

TEST(Assemble, InstructionsAndBitmask) {
  const CodeBlob blob = blob_of("load_imm a0, 42  # comment\n ret");
  EXPECT_EQ(blob.code, (Bytes{0x33, 0x07, 0x2a, 0x32, 0x00}));
  EXPECT_EQ(blob.bitmask, (Bytes{0x09}));
  EXPECT_EQ(blob.entry_size, 0);
}

TEST(Assemble, LabelsForwardAndBackward) {
  const CodeBlob blob = blob_of("jump over; loop: ; trap; over: ; jump loop");
  EXPECT_EQ(blob.code, (Bytes{0x28, 0x03, 0x00, 0x28, 0xff}));
}

TEST(Assemble, OffsetsGrowOverLongDistances) {
  const CodeBlob blob = blob_of("jump end; .unmarked 00*200; end: ; jump 0");
  EXPECT_EQ(blob.code.size(), 3U + 200U + 3U);
  EXPECT_EQ(blob.code[1], 203);
  EXPECT_EQ(blob.code[2], 0);
}

TEST(Assemble, AddressesOfLabelsMakeTableEntries) {
  const CodeBlob blob = blob_of("load_imm ra, &back; load_imm t0, &back; back: ; trap; .table 300, back");
  EXPECT_EQ(blob.jump_table, (std::vector<u64>{6, 300, 6}));
  EXPECT_EQ(blob.entry_size, 2);
  EXPECT_EQ(blob.code[2], 2);
  EXPECT_EQ(blob.code[5], 2);
}

TEST(Assemble, RawBytesAndChosenLengths) {
  const CodeBlob blob = blob_of(".raw 33 07 80; load_imm a0, 5:4; .unmarked ff; .entry_size 3");
  EXPECT_EQ(blob.code, (Bytes{0x33, 0x07, 0x80, 0x33, 0x07, 0x05, 0, 0, 0, 0xff}));
  EXPECT_EQ(blob.bitmask, (Bytes{0x09, 0x00}));
  EXPECT_EQ(blob.entry_size, 3);
}

TEST(Assemble, WidthOfRegistersChoosesTheForm) {
  EXPECT_EQ(blob_of("add_w a0, a0, a1").code[0], 200);
  EXPECT_EQ(blob_of("add_w a0, a0, a1", Semantics::rv32_1).code[0], 190);
}

TEST(Assemble, Errors) {
  EXPECT_NE(error_of("nonsense a0"), "");
  EXPECT_NE(error_of("add_32 a0, a1"), "");
  EXPECT_NE(error_of("add_32 a0, a1, a2, a3"), "");
  EXPECT_NE(error_of("load_imm a0, 12x"), "");
  EXPECT_NE(error_of("load_imm x9, 1"), "");
  EXPECT_NE(error_of("jump nowhere"), "");
  EXPECT_NE(error_of("here: ; here: ; trap"), "");
  EXPECT_NE(error_of(".raw 3"), "");
}

}  // namespace
}  // namespace pvm::builder
