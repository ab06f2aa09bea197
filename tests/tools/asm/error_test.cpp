// SPDX-License-Identifier: Apache-2.0 OR MIT
// What is refused, with the place and the reason: all that the ecosystem's assembler refuses, what it reads wrongly, and what is ours.
#include "support.hpp"

namespace pvm::assembly {
namespace {

struct Refused {
  const char* name;
  const char* text;
  const char* place;   ///< "LINE:COLUMN: "
  const char* reason;  ///< Part of the message.
};

void PrintTo(const Refused& row, std::ostream* out) {
  *out << row.text;
}  // NOLINT(readability-identifier-naming): GoogleTest's name

class Refuses : public testing::TestWithParam<Refused> {};

TEST_P(Refuses, WithPlaceAndReason) {
  const std::string errors = errors_of(GetParam().text);
  EXPECT_EQ(errors.substr(0, errors.find(' ') + 1), GetParam().place) << errors;
  EXPECT_NE(errors.find(GetParam().reason), std::string::npos) << errors;
}

constexpr Refused rows[] = {
    // The rows of the ecosystem's table of errors.
    {"BadDirectiveValue", "%stack_size = x", "1:15: ", "takes a number from 0 to 4294967295"},
    {"BadIsa", "%isa = latest128", "1:8: ", "unknown instruction set 'latest128'"},
    {"BadHex", "%ro_data = 0x00", "1:12: ", "pairs of hex digits without 0x"},
    {"UnknownDirective", "%foo = 1", "1:1: ", "unknown directive %foo"},
    {"DirectiveWithoutValue", "%ro_data", "1:1: ", "%name = value"},
    {"UnknownMnemonic", "\n  call x", "2:3: ", "unknown instruction 'call'"},
    {"UnknownRegister", "a6 = 1", "1:1: ", "'a6' is no register"},
    {"UpperCaseRegister", "a0 = A1", "1:6: ", "unknown operation or register 'A1'"},
    {"RegisterNumber13", "r13 = 1", "1:1: ", "'r13' is no register"},
    {"NumberTooLarge", "a0 = 0x10000000000000000", "1:6: ", "no number of at most 64 bits"},
    {"NumberWithUnderscore", "a0 = 1_0", "1:6: ", "no number"},
    {"UpperCasePrefix", "a0 = 0X5", "1:6: ", "no number"},
    {"SignInsidePrefix", "a0 = 0x+5", "1:6: ", "no number"},
    {"HashComment", "trap # no", "1:6: ", "comments begin with //"},
    {"SemicolonComment", "trap ; no", "1:6: ", "comments begin with //"},
    {"TwoStatements", "trap trap", "1:6: ", "expected the end of the line"},
    {"InvalidCondition", "@t:\njump @t if a0 = 5", "2:15: ", "expected a comparison"},
    {"ShiftAsCondition", "@t:\njump @t if a0 << 5", "2:15: ", "expected a comparison"},
    {"ConditionOfNumbers", "@t:\njump @t if 1 == 5", "2:12: ", "both sides of the condition are numbers"},
    {"NarrowAnd", "i32 a0 = a1 & a2", "1:1: ", "i32 has no meaning"},
    {"NarrowAndNumber", "i32 a0 = a1 ^ 5", "1:1: ", "i32 has no meaning"},
    {"NarrowInverted", "i32 a0 = a1 & ~a2", "1:1: ", "i32 has no meaning"},
    {"NarrowComparison", "i32 a0 = a1 <u a2", "1:1: ", "i32 has no meaning"},
    {"DivisionByNumber", "a0 = a1 /u 5", "1:9: ", "takes registers only"},
    {"DivisionOfNumber", "a0 = 5 /s a1", "1:8: ", "takes registers only"},
    {"NarrowDivisionByNumber", "i32 a0 = a1 /u 5", "1:13: ", "takes registers only"},
    {"ModuloByNumber", "a0 = a1 %u 5", "1:9: ", "takes registers only"},
    {"ModuloOfNumber", "a0 = 5 %s a1", "1:8: ", "takes registers only"},
    {"RotateLeftByNumber", "a0 = a1 <<r 5", "1:9: ", "takes registers only"},
    {"RotateLeftOfNumber", "i32 a0 = 5 <<r a1", "1:12: ", "takes registers only"},
    {"AndInvertedNumber", "a0 = a1 & ~5", "1:9: ", "takes registers only"},
    {"OrInvertedNumber", "a0 = a1 | ~5", "1:9: ", "takes registers only"},
    {"ByteTooLarge", "u8 [a1] = 256", "1:11: ", "doesn't fit into u8"},
    {"ByteTooSmall", "u8 [0x20000] = -129", "1:16: ", "doesn't fit into u8"},
    {"HalfTooLarge", "u16 [a1] = 0x10000", "1:12: ", "doesn't fit into u16"},
    {"LinkIsBase", "a0 = 4, jump [a0 + 8]", "1:14: ", "write 'tmp = a0, a0 = .., jump [tmp + ..]'"},
    {"LabelTwice", "@x:\ntrap\n@x:\ntrap", "3:1: ", "the first one is on line 1"},
    {"LabelUndefined", "trap\njump @x", "2:1: ", "the label @x is not defined"},
    {"InstructionOfAnotherSet", "%isa = revive_v1\na0 = sbrk a1", "2:6: ", "sbrk isn't available in revive_v1"},
    {"WideInstructionIn32Bits", "%isa = latest32\na0 = u64 [a1]", "2:1: ", "isn't available in latest32"},
    // What it accepts, and reads as something that isn't meant.
    {"NarrowMove", "i32 a0 = a1", "1:1: ", "i32 has no meaning for a move"},
    {"NarrowNumber", "i32 a0 = 5", "1:1: ", "i32 has no meaning"},
    {"NarrowLoad", "i32 a0 = u8 [a1]", "1:1: ", "i32 has no meaning for a load"},
    {"NarrowStore", "i32 [a0] = a1", "1:1: ", "u8, u16, u32 or u64"},
    {"NarrowMaximum", "i32 a0 = maxs(a1, a2)", "1:1: ", "i32 has no meaning for maxs"},
    {"NarrowXnor", "i32 a0 = ~(a1 ^ a2)", "1:1: ", "i32 has no meaning"},
    {"NarrowCmov", "i32 a0 = a1 if a2 == 0", "1:1: ", "i32 has no meaning for a conditional move"},
    {"NarrowSignExtension", "i32 a0 = sext8 a1", "1:1: ", "i32 has no meaning"},
    {"NarrowAddress", "@t:\ni32 a0 = @t", "2:1: ", "i32 has no meaning for a code address"},
    {"ArithmeticShiftOrRegister", "a0 = a1>>a2", "1:8: ", "write '>>a 2' or '>> a2'"},
    {"RotateOrRegister", "a0 = a1 >>r2", "1:9: ", "write '>>r 2' or '>> r2'"},
    {"RotateLeftOrRegister", "a0 = a1<<r2", "1:8: ", "can be read in two ways"},
    {"SignedOrRegister", "a0 = a1 <s1", "1:9: ", "can be read in two ways"},
    {"SignOfComparison", "a0 = a1 < a2", "1:9: ", "needs a sign"},
    {"PatternInCondition", "@t:\njump @t if a0 == 0xffffffff", "2:18: ", "write -1 if that is meant"},
    {"PatternInCmov", "a0 = 0xffffffff if a1 == 0", "1:6: ", "write -1 if that is meant"},
    {"PatternAsOperand", "a0 = a1 + 0xffffffff", "1:11: ", "write -1 if that is meant"},
    {"JumpIntoBlock", "trap\n@a:\na0 = 1\n@b: %no_fallthrough\njump @b", "5:1: ", "no beginning of a block"},
    {"AddressInsideBlock", "trap\n@a:\na0 = 1\n@b: %no_fallthrough\na1 = @b", "5:1: ", "no beginning of a block"},
    {"JumpBehindTheEnd", "jump @e\n@e:", "1:1: ", "behind the last instruction"},
    {"ExportBehindTheEnd", "trap\npub @e:", "2:1: ", "behind the last instruction"},
    {"DataWithoutRoom", "%ro_data = 00 01\n%ro_data_size = 1\ntrap", "1:1: ", "%ro_data_size = 1 is less than the 2 bytes"},
    {"ShiftsAlikeIn32Bits", "%isa = latest32\na0 = a1 >> 5", "2:9: ", "print shifts and rotations by a number alike"},
    // What it refuses without saying why.
    {"BranchComparisonAsValue", "a0 = a1 <=u a2", "1:9: ", "only for branches"},
    {"NumberBeforeRegister", "a0 = u8 [4 + a1]", "1:12: ", "write the register first"},
    {"IndirectJumpWithoutRegister", "jump [4]", "1:6: ", "needs a register"},
    {"CmovWithAnotherNumber", "a0 = a2 if a1 == 1", "1:18: ", "compares with nothing else"},
    {"CmovWithLess", "a0 = a2 if a1 <u 0", "1:15: ", "'== 0' or '!= 0'"},
    {"UnsignedEcalli", "ecalli -1", "1:8: ", "number of an import"},
    {"TwoNumbers", "a0 = 1 + 2", "1:6: ", "both operands are numbers"},
    {"TestCaseLine", "pre: gas = 5", "1:1: ", "no part of a program"},
    {"ComparingListing", "@_:", "1:1: ", "for comparing"},
    {"ComparingListingNumber", "a0 = _", "1:6: ", "for comparing"},
    {"LabelWithoutColon", "@x", "1:1: ", "ends with a colon"},
    {"SignedEdge", "a0 = a1 + 0x80000000", "1:11: ", "write -2147483648 if that is meant"},
    // Our own syntax.
    {"LengthTooShort", "a0 = 0x1234 %bytes 1", "1:1: ", "doesn't fit into the length"},
    {"LengthOfNothing", "a0 = a1 %bytes 1", "1:1: ", "leave %bytes out"},
    {"LengthOfOne", "a0 = 5 %bytes 1, 2", "1:1: ", "one number only"},
    {"LengthTooLong", "a0 = 5 %bytes 5", "1:15: ", "0 to 4"},
    {"RawNothing", "%raw =", "1:1: ", "at least one byte"},
    {"SectionUnknown", "trap\n%section 7 = 00", "2:1: ", "1 to 6 or 128 to 255"},
    {"SectionCode", "%section 6 = 00", "1:1: ", "made from the instructions"},
    {"SectionTwice", "%section 5 = 00\n%section 5 = 00\ntrap", "2:1: ", "given twice"},
    {"SectionAndDirectives", "%section 1 = 00 00 00\n%stack_size = 4096\ntrap", "1:14: ", "leave one out"},
    {"ImportOutOfOrder", "%import 1 = 'x'", "1:1: ", "%import 0"},
    {"ImportWithoutQuotes", "%import 0 = x", "1:13: ", "in single quotes"},
    {"NamesInRaw", "%container = raw\npub @main:\ntrap", "1:1: ", "holds no names"},
    {"DataInRaw", "%container = raw\n%ro_data = 00\ntrap", "1:1: ", "holds code only"},
    {"GraypaperInPolkavm", "%isa = graypaper-0.7.2\n%container = polkavm\ntrap", "1:1: ", "has no polkavm container"},
    {"EntryTooSmall", "%jump_table = 256\n%jump_table_entry_size = 1\ntrap", "1:1: ", "doesn't fit"},
    // Listings.
    {"ListedOffset", "     0: a0 = 5\n     9: trap", "2:9: ", "some bytes aren't shown"},
    {"ListedBytes", "     0: 33 07 05 a0 = 6", "1:18: ", "isn't what the text says"},
    {"ListedInvalid", "     0: 33 07 05 invalid\n     3: trap\n     3: 00 invalid", "3:12: ", "some bytes aren't shown"},
    {"InvalidWithoutBytes", "invalid\ntrap", "1:1: ", "which bytes"},
    {"InvalidBehindTrap", "trap\ninvalid", "2:1: ", "stands for bytes"},
    {"MissingTableEntry", "      : @0 [@dyn 2]\n     0: trap", "1:9: ", "@dyn 1 is missing"},
    {"MissingExport", "      : @0 [export #1: 'x']\n     0: trap", "1:9: ", "export #0 isn't shown"},
    {"CodeSize", "// Code size = 9 bytes\n      : @0\n     0: a0 = 5\n     3: invalid", "1:1: ", "9 bytes"},
};

INSTANTIATE_TEST_SUITE_P(Rows, Refuses, testing::ValuesIn(rows), [](const auto& each) { return std::string(each.param.name); });

TEST(Errors, SeveralAreReportedUpToTheLimit) {
  std::string text;
  for (int line = 0; line < 50; ++line) text += "bad\n";
  AsmOptions options;
  options.max_errors = 7;
  const auto result = assemble(text, options);
  const auto* errors = std::get_if<std::vector<AsmError>>(&result);
  ASSERT_NE(errors, nullptr);
  ASSERT_EQ(errors->size(), 7U);
  EXPECT_EQ(errors->back().line, 7U);
}

TEST(Errors, RejectedBlobsAreValues) {
  ref::Config config;
  const Bytes blob = {0x50, 0x56, 0x4d, 0x00, 2, 0};
  const auto result = disassemble(blob, config);
  ASSERT_TRUE(std::holds_alternative<ref::Rejection>(result));
  EXPECT_EQ(std::get<ref::Rejection>(result).reason, ref::Reason::truncated);
}

}  // namespace
}  // namespace pvm::assembly
