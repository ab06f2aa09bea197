// SPDX-License-Identifier: Apache-2.0 OR MIT
// The ecosystem's other spellings, its traps, and what the syntax has beyond it.
#include "support.hpp"

namespace pvm::assembly {
namespace {

std::string hex_of(std::string_view text, Semantics version = Semantics::rv64_1) {
  return to_hex(code_of(text, version));
}

struct Spelling {
  const char* name;
  const char* text;
  const char* bytes;
};

void PrintTo(const Spelling& row, std::ostream* out) {
  *out << row.text;
}  // NOLINT(readability-identifier-naming): GoogleTest's name

class Reads : public testing::TestWithParam<Spelling> {};

TEST_P(Reads, AsTheseBytes) {
  EXPECT_EQ(hex_of("@t:\n" + std::string(GetParam().text)), GetParam().bytes);
}

constexpr Spelling spellings[] = {
    {"Nop", "nop", "64 00"},
    {"Ret", "ret", "32 00"},
    {"JumpRa", "jump [ra]", "32 00"},
    {"JumpRaZero", "jump [ra + 0]", "32 00"},
    {"SubtractNumber", "a0 = a1 - 5", "95 87 fb"},
    {"SubtractNegative", "a0 = a1 - -5", "95 87 05"},
    {"SubtractNegativeGlued", "a0 = a1--5", "95 87 05"},
    {"NarrowSubtractNumber", "i32 a0 = a1 - 5", "83 87 fb"},
    {"AddSwapped", "a0 = 5 + a1", "95 87 05"},
    {"MulSwapped", "a0 = 5 * a1", "96 87 05"},
    {"AndSwapped", "a0 = 5 & a1", "84 87 05"},
    {"OrSwapped", "a0 = 5 | a1", "86 87 05"},
    {"XorSwapped", "a0 = 5 ^ a1", "85 87 05"},
    {"LessSwapped", "a0 = 5 <u a1", "8e 87 05"},
    {"LessSignedSwapped", "a0 = 5 <s a1", "8f 87 05"},
    {"GreaterSwapped", "a0 = 5 >u a1", "88 87 05"},
    {"GreaterSignedSwapped", "a0 = 5 >s a1", "89 87 05"},
    {"GreaterOfRegisters", "a0 = a2 >u a1", "d8 98 07"},
    {"GreaterSignedOfRegisters", "a0 = a2 >s a1", "d9 98 07"},
    {"BranchGreater", "jump @t if a0 >u a1", "ac 78"},
    {"BranchGreaterSigned", "jump @t if a0 >s a1", "ad 78"},
    {"BranchLessOrEqual", "jump @t if a0 <=u a1", "ae 78"},
    {"BranchLessOrEqualSigned", "jump @t if a0 <=s a1", "af 78"},
    {"BranchMirrored", "jump @t if 5 <u a0", "56 17 05"},
    {"BranchMirroredEqual", "jump @t if 5 == a0", "51 17 05"},
    {"BranchMirroredGreaterOrEqual", "jump @t if 5 >=s a0", "58 17 05"},
    {"Wide", "a0 = i64 5", "14 07 05 00 00 00 00 00 00 00"},
    {"WideWhereNeeded", "a0 = 0xffffffff", "14 07 ff ff ff ff 00 00 00 00"},
    {"WideNegative", "a0 = -2147483649", "14 07 ff ff ff 7f ff ff ff ff"},
    {"NotWideWhereItFits", "a0 = 0xffffffffffffffff", "33 07 ff"},
    {"StoreWithoutOffset", "u8 [a1] = a0", "78 87"},
    {"LoadWithoutOffset", "a0 = u8 [a1]", "7c 87"},
    {"CallWithoutOffset", "a0 = 5, jump [a1]", "b4 87 01 05"},
    {"LongCall", "tmp = a1, a0 = 5, jump [tmp + 4]", "b4 87 01 05 04"},
    {"LongCallOfItself", "tmp = a0, a0 = 4, jump [tmp + 8]", "b4 77 01 04 08"},
    {"NoBlanks", "a0=a1+a2", "c8 98 07"},
    {"Tabs", "a0\t=\ta1", "64 87"},
    {"PlainRegisters", "r7 = r8", "64 87"},
    {"Binary", "a0 = 0b101", "33 07 05"},
    {"PlusSign", "a0 = +5", "33 07 05"},
    {"NegativeHex", "a0 = -0x5", "33 07 fb"},
    {"AddressPattern", "a0 = u8 [0xffffffff]", "34 07 ff"},
    {"AddressPattern64", "a0 = u8 [0xffffffffffffffff]", "34 07 ff"},
    {"OffsetPattern", "a0 = u8 [a1 + 0xfffffffffffffffc]", "7c 87 fc"},
    {"OffsetMinus", "a0 = u8 [a1 - 4]", "7c 87 fc"},
    {"StrayBlank", "a0 = u16 [a1 ]", "7e 87"},
    {"InvertedGlued", "a0 = a1 &~a2", "e0 98 07"},
    {"StoreNegativeByte", "u8 [a1] = -1", "46 08 ff"},
    {"StorePatternByte", "u8 [a1] = 0xffffffffffffffff", "46 08 ff"},
    {"StoreByte255", "u8 [a1] = 255", "46 08 ff 00"},
    {"StorePatternWord", "u32 [a1] = 0xffffffff", "48 08 ff"},
    {"Negated", "a0 = -a1", "9a 87"},
    {"NarrowNegated", "i32 a0 = -a1", "8d 87"},
    {"NegativeMinusRegister", "a0 = -5 - a1", "9a 87 fb"},
    {"OperatorBeforeNumber", "a0 = a1>>5", "98 87 05"},
    {"OperatorBeforeOtherRegister", "a0 = a1>>t0", "d0 28 07"},
    {"LetterBeforeNumber", "a0 = a1<u5", "88 87 05"},
    {"CmovNotZero", "a0 = a2 if a1 != 0", "db 89 07"},
    {"CmovNotZeroNumber", "a0 = 5 if a1 != 0", "94 87 05"},
    {"NumericTarget", "jump 0", "28"},
    {"NumericTargetForward", "jump 6", "28 06"},
    {"EcalliLargest", "ecalli 4294967295", "0a ff"},
    {"Memset", "[a0..a0 + a2] = u8 a1", "02"},
    {"Sbrk", "a0 = sbrk a1", "65 87"},
    {"Comment", "trap // the end", "00"},
    {"CommentBehindLabel", "@u: // a label\ntrap", "00"},
    {"Lengths", "a0 = 5 %bytes 4", "33 07 05 00 00 00"},
    {"TwoLengths", "u8 [a1 + 4] = 5 %bytes 2, 1", "46 28 04 00 05"},
    {"LengthOfOffset", "jump @t %bytes 3", "28 00 00 00"},
    {"LengthsOfLinkedJump", "ra = 4, jump @t %bytes 1, 2", "50 10 04 00 00"},
    {"Raw", "%raw = 33 0f 05", "33 0f 05"},
    {"FallthroughInserted", "a0 = 1\n@x:\ntrap", "33 07 01 01 00"},
    {"FallthroughInsertedBehindEcalli", "ecalli 0\n@x:\ntrap", "0a 01 00"},
    {"NoFallthrough", "a0 = 1\n@x: %no_fallthrough\ntrap", "33 07 01 00"},
    {"NoFallthroughGlued", "a0 = 1\n@x:%no_fallthrough\ntrap", "33 07 01 00"},
    {"NameWithBlank", "a0 = @my label\njump 0\n@my label:\ntrap", "33 07 02 28 fd 00"},
    {"NameWithColons", "jump @a::b\n@a::b:\ntrap", "28 02 00"},
    {"LinkToLabel", "ra = @r, jump @t\n@r:\ntrap", "50 10 02 00"},
    {"FunctionNameOfListing", "<main>:\ntrap", "00"},
};

INSTANTIATE_TEST_SUITE_P(Spellings, Reads, testing::ValuesIn(spellings), [](const auto& each) { return std::string(each.param.name); });

TEST(Reading, Listing32IsReadWithout_i32) {
  EXPECT_EQ(hex_of("a0 = a1 + 0x5", Semantics::rv32_1), "83 87 05");
  EXPECT_EQ(hex_of("a0 = 0xffffffff", Semantics::rv32_1), "33 07 ff");
  EXPECT_EQ(hex_of("u32 [a1] = 0xfffffffb", Semantics::rv32_1), "48 08 fb");
  EXPECT_EQ(hex_of("@t:\njump @t if a0 == 0xffffffff", Semantics::rv32_1), "51 17 ff");
  EXPECT_EQ(hex_of("i32 a0 = a1 >> 5", Semantics::rv32_1), "8b 87 05");
  EXPECT_EQ(hex_of("i32 a0 = a1 >>r 5", Semantics::rv32_1), "a0 87 05");
  EXPECT_EQ(hex_of("a0 = a1 >> a2", Semantics::rv32_1), "c6 98 07");
}

TEST(Reading, TheLastIsaCountsWhereverItStands) {
  const Assembled program = assembled("%isa = latest32\ntrap\n%isa=jam_v1\n");
  EXPECT_EQ(program.semantics, Semantics::jam_1);
}

TEST(Reading, WindowsLineEnds) {
  EXPECT_EQ(hex_of("a0 = 1\r\n// x\r\ntrap\r\n"), "33 07 01 00");
}

TEST(CodeAddresses, OneEntryForEachLabelInOrderOfUse) {
  const ref::Program program = loaded(assembled("a0 = @b\na1 = @a\na2 = @b\ntrap\n@a:\ntrap\n@b:\ntrap\n"));
  EXPECT_EQ(to_hex(program.code), "33 07 02 33 08 04 33 09 02 00 00 00");
  EXPECT_EQ(to_hex(program.jump_table), "0b 0a");
}

TEST(CodeAddresses, EntriesAreAsWideAsTheLargestTarget) {
  std::string text = "a0 = @far\na1 = @first\n@first:\n";
  for (int index = 0; index < 83; ++index) text += "a2 = 1\n";
  text += "trap\n@far:\ntrap\n";
  const ref::Program program = loaded(assembled(text));
  EXPECT_EQ(program.jump_table_entry_size, 2U);
  EXPECT_EQ(to_hex(program.jump_table), "01 01 07 00");
  const ref::Program zero = loaded(assembled("@start:\na0 = @start\ntrap\n"));
  EXPECT_EQ(to_hex(zero.jump_table), "00");
}

TEST(Exports, AreSortedByName) {
  const ref::Program program = loaded(assembled("pub @b:\ntrap\npub @a:\ntrap\npub @B:\ntrap\n"));
  ASSERT_EQ(program.exports.size(), 3U);
  EXPECT_EQ(program.exports[0].symbol + program.exports[1].symbol + program.exports[2].symbol, "Bab");
  EXPECT_EQ(program.exports[1].code_offset, 1U);
}

TEST(Exports, ByDirectiveKeepTheirOrderAndAnyPlace) {
  const ref::Program program = loaded(assembled("%export 'z = 1' = 77\n%export '\\x00' = @x\n@x:\ntrap\n"));
  ASSERT_EQ(program.exports.size(), 2U);
  EXPECT_EQ(program.exports[0].symbol, "z = 1");
  EXPECT_EQ(program.exports[0].code_offset, 77U);
  EXPECT_EQ(program.exports[1].symbol, std::string(1, '\0'));
}

TEST(Imports, ByNumberAndByName) {
  const ref::Program program = loaded(assembled("%import 0 = 'first'\necalli 'second'\necalli 'first'\necalli 'second'\ntrap\n"));
  ASSERT_EQ(program.imports.size(), 2U);
  EXPECT_EQ(program.imports[1], "second");
  EXPECT_EQ(to_hex(program.code), "0a 01 0a 0a 01 00");
}

TEST(Data, SizesFollowTheData) {
  const ref::Program program = loaded(assembled("%ro_data = 0102 03\n%ro_data += 04\n%rw_data_size = 64\n%stack_size = 4096\ntrap\n"));
  EXPECT_EQ(program.ro_data_size, 4U);
  EXPECT_EQ(to_hex(program.ro_data), "01 02 03 04");
  EXPECT_EQ(program.rw_data_size, 64U);
  EXPECT_EQ(program.stack_size, 4096U);
  EXPECT_EQ(loaded(assembled("%ro_data = 01\n%ro_data = 02\ntrap\n")).ro_data, Bytes{2});
}

TEST(Containers, Standard) {
  const Assembled program = assembled(
      "%isa = graypaper-0.7.2\n%container = standard\n%ro_data = 68 69\n%rw_data = 01 02 03\n%heap_pages = 1\n%stack_size = 8192\n"
      "%jump_table = 3\na0 = 42\n%raw = 32 00\n");
  EXPECT_EQ(to_hex(program.blob), "02 00 00 03 00 00 01 00 00 20 00 68 69 01 02 03 0a 00 00 00 01 01 05 03 33 07 2a 32 00 09");
}

TEST(Containers, GraypaperIsRawWithoutAnotherWord) {
  EXPECT_EQ(to_hex(assembled("%isa = graypaper-0.7.2\ntrap\n").blob), "00 00 01 00 01");
}

// Every instruction of the containers' worked example, from text as people write it.
TEST(Containers, WorkedExample) {
  const Assembled program = assembled(
      "%isa = latest32\n%stack_size = 8192\n%import 0 = 'get_third_number'\n"
      "pub @add_numbers:\n"
      "i32 sp = sp - 8\nu32 [sp + 4] = ra\nu32 [sp] = s0\ni32 s0 = a1 + a0\necalli 0\ni32 a0 = a0 + s0\n"
      "ra = i32 [sp + 4]\ns0 = i32 [sp]\ni32 sp = sp + 8\nret\n");
  EXPECT_EQ(program.blob.size(), 93U);
  EXPECT_EQ(to_hex(loaded(program).code), "83 11 f8 7a 10 04 7a 15 be 78 05 0a be 57 07 81 10 04 81 15 83 11 08 32 00");
}

// A listing as a whole, with everything that label lines can hold.
TEST(Listings, AreReadAsAWhole) {
  const Assembled program = assembled("pub @main:\na0 = @f\njump @f\n@g: %no_fallthrough\nu64 [a1 + -4] = -5\n@f:\necalli 3\nret\n");
  const std::string listing = listing_of(program);
  EXPECT_EQ(listing,
            "// RO data = 0/0 bytes\n// RW data = 0/0 bytes\n// Stack size = 0 bytes\n\n// Instructions = 6\n// Code size = 14 bytes\n\n"
            "      : @0 [export #0: 'main']\n     0: a0 = 0x2\n     3: jump @2\n"
            "      : @1\n     5: u64 [a1 + -4] = 0xfffffffffffffffb\n     9: fallthrough\n"
            "      : @2 [@dyn 1]\n    10: ecalli 3 // INVALID\n    12: ret\n");
  EXPECT_EQ(to_hex(assembled(listing).blob), to_hex(program.blob));
  EXPECT_EQ(to_hex(assembled(listing_of(program, true)).blob), to_hex(program.blob));
}

TEST(Listings, BytesColumn) {
  const std::string listing = listing_of(assembled("a0 = 0x123456789a\n%raw = 33 07 05 00 00\n"), true);
  EXPECT_NE(listing.find("     0: 14 07 9a 78 56 34 12 00 00 00 a0 = 0x123456789a\n"), std::string::npos) << listing;
  EXPECT_NE(listing.find("    10: 33 07 05 00 00           a0 = 0x5\n"), std::string::npos) << listing;
  EXPECT_NE(listing.find("    15:                          invalid\n"), std::string::npos) << listing;
  EXPECT_EQ(to_hex(code_of(listing)), "14 07 9a 78 56 34 12 00 00 00 33 07 05 00 00");
}

TEST(Listings, NamesThatAreNoText) {
  const std::string listing = listing_of(assembled("%export 'a\\xff' = 0\n%export 'it\\'s // b' = 0\ntrap\n"));
  EXPECT_NE(listing.find("@0 [export #0: 0x61ff] [export #1: 'it's // b']\n"), std::string::npos) << listing;
  EXPECT_EQ(loaded(assembled(listing)).exports.size(), 2U);
}

// Names stand in comments, too, whatever they look like.
TEST(Canonical, NamesThatLookLikeListings) {
  const Assembled program = assembled("%import 0 = 'a [export #0: // b'\n%export ' [export #' = 0\necalli 0\ntrap\n");
  const std::string text = disassembled(program);
  EXPECT_EQ(to_hex(assembled(text).blob), to_hex(program.blob)) << text;
}

TEST(Canonical, ShowsWhatIsAsked) {
  DisasmOptions options;
  options.show_raw_bytes = true;
  options.show_gas = true;
  options.annotations.before = [](u32 pc) { return std::vector<std::string>{"before " + std::to_string(pc)}; };
  options.annotations.after = [](u32) { return std::vector<std::string>{"after"}; };
  const Assembled program = assembled("%import 0 = 'say'\n%jump_table = @m\npub @m:\necalli 0\na0 = 5 %bytes 2\nret\n");
  const std::string text = disassembled(program, options);
  EXPECT_EQ(text,
            "%isa = latest64\n%import 0 = 'say'\n%jump_table = @0\n\n"
            "pub @m:\n@0: // [@dyn 1] (gas: 3)\n"
            "    // before 0\n    ecalli 0                                // 0: 0a // 'say'\n    // after\n"
            "    // before 1\n    a0 = 0x5 %bytes 2                       // 1: 33 07 05 00\n    // after\n"
            "    // before 5\n    ret                                     // 5: 32 00\n    // after\n");
  EXPECT_EQ(assembled(text).blob, program.blob);
}

}  // namespace
}  // namespace pvm::assembly
