// SPDX-License-Identifier: Apache-2.0 OR MIT
// Every instruction in every version: read, encoded, printed in both forms, and read again.
#include "golden.hpp"
#include "pvm/builder/encode.hpp"
#include "pvm/ref/decode.hpp"
#include "support.hpp"

namespace pvm::assembly {
namespace {

isa::Op op_of(const GoldenRow& row) {
  const auto op = builder::op_named(row.name);
  EXPECT_TRUE(op) << row.name;
  return op.value_or(isa::Op::invalid);
}

// The row's bytes with the opcode that the version gives the instruction.
Bytes bytes_in(const GoldenRow& row, Semantics version) {
  Bytes bytes = parse_hex(row.bytes).value_or(Bytes());
  bytes.at(0) = builder::opcode_of(version, op_of(row)).value_or(0);
  return bytes;
}

std::string program_text(Semantics version, const std::string& statement) {
  std::string text = "%isa = " + std::string(isa_name(version)) + "\n@t:\n" + statement + "\n";
  if (version == Semantics::jam_1) text += "trap\n";  // such code must not fall off its end
  return text;
}

// Only the statement, from the line of the listing.
std::string listed_statement(const std::string& listing) {
  const std::size_t begin = listing.find("     0: ");
  if (begin == std::string::npos) return "";
  return listing.substr(begin + 8, listing.find('\n', begin) - begin - 8);
}

const char* listing_in(const GoldenRow& row, Semantics version) {
  return ref::register_bits(version) == 32 ? row.listing32 : row.listing;
}

class Table : public testing::TestWithParam<Semantics> {};

TEST_P(Table, InputMakesTheBytes) {
  for (const GoldenRow& row : golden_rows) {
    if (row.input == nullptr) continue;
    const std::string text = program_text(GetParam(), row.input);
    // In latest32 the text of a 64-bit form is what listings print for the 32-bit one.
    if (ref::register_bits(GetParam()) == 32 && syntax_of(op_of(row)).width == Width::w64) continue;
    if (!has_op(GetParam(), op_of(row))) {
      EXPECT_NE(errors_of(text), "") << row.input;
      continue;
    }
    Bytes code = loaded(assembled(text)).code;
    const Bytes expected = bytes_in(row, GetParam());
    code.resize(std::min(code.size(), expected.size()));
    EXPECT_EQ(to_hex(code), to_hex(expected)) << row.input;
  }
}

TEST_P(Table, ListingsAreAsTheEcosystemPrints) {
  for (const GoldenRow& row : golden_rows) {
    if (!has_op(GetParam(), op_of(row))) continue;
    const Assembled program = assembled(program_text(GetParam(), "%raw = " + to_hex(bytes_in(row, GetParam()))));
    std::string statement = listed_statement(listing_of(program));
    const std::size_t comment = statement.find(" // ");
    EXPECT_EQ(statement.substr(0, comment), listing_in(row, GetParam())) << row.name;
  }
}

// What the ecosystem prints is read as the same bytes, but for what its listings can't tell apart.
TEST_P(Table, ListingsAreReadAgain) {
  for (const GoldenRow& row : golden_rows) {
    if (!has_op(GetParam(), op_of(row))) continue;
    const Assembled program = assembled(program_text(GetParam(), "%raw = " + to_hex(bytes_in(row, GetParam()))));
    const std::string with_bytes = "%isa = " + std::string(isa_name(GetParam())) +
                                   "\n%container = " + std::string(ref::name_of(program.container)) + "\n" + listing_of(program, true);
    EXPECT_EQ(to_hex(assembled(with_bytes).blob), to_hex(program.blob)) << with_bytes;
    const std::string name = row.name;
    const std::string text = "%isa = " + std::string(isa_name(GetParam())) + "\n" + listing_of(program);
    if (ref::register_bits(GetParam()) == 32 && std::string(listing_in(row, GetParam())).find(" >> ") != std::string::npos &&
        name.find("_imm") != std::string::npos) {
      EXPECT_NE(errors_of(text).find("alike"), std::string::npos) << text;
    } else {
      EXPECT_EQ(to_hex(assembled(text).blob), to_hex(program.blob)) << text;
    }
  }
}

TEST_P(Table, CanonicalFormsDifferAndAssembleAgain) {
  std::vector<std::string> seen;
  for (const GoldenRow& row : golden_rows) {
    if (!has_op(GetParam(), op_of(row))) continue;
    const Assembled program = assembled(program_text(GetParam(), "%raw = " + to_hex(bytes_in(row, GetParam()))));
    const std::string text = disassembled(program);
    EXPECT_EQ(text.find("%raw"), std::string::npos) << text;
    EXPECT_EQ(text.find("%bytes"), std::string::npos) << text;
    EXPECT_EQ(to_hex(assembled(text).blob), to_hex(program.blob)) << text;
    EXPECT_EQ(std::find(seen.begin(), seen.end(), text), seen.end()) << text;
    seen.push_back(text);
  }
}

INSTANTIATE_TEST_SUITE_P(Versions, Table, testing::ValuesIn(ref::all_semantics), [](const auto& each) {
  std::string name(isa_name(each.param));
  std::replace_if(
      name.begin(), name.end(), [](char character) { return !is_word_char(character); }, '_');
  return name;
});

TEST(TableRows, ThereIsOneForEachInstruction) {
  EXPECT_EQ(std::size(golden_rows), isa::op_count);
}

}  // namespace
}  // namespace pvm::assembly
