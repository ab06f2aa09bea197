// SPDX-License-Identifier: Apache-2.0 OR MIT
// What is known without ref is held against ref: a wrong expectation doesn't get through.
#include "case_builder.hpp"

#include <gtest/gtest.h>

#include "group.hpp"

namespace pvm::gen {
namespace {

CaseBuilder adds(Semantics version = Semantics::rv64_1) {
  CaseBuilder builder(version, "alu.add_32.test", "A sum.", {"alu.add_32"});
  builder.reg("a1", 2).reg("a2", 3).code("add_32 a0, a1, a2; ret").run();
  return builder;
}

std::vector<std::string> errors_of(CaseBuilder builder) {
  std::vector<std::string> errors;
  builder.finish(errors);
  return errors;
}

TEST(CaseBuilder, FillsInWhatRefSays) {
  std::vector<std::string> errors;
  const conformance::Case c = adds().expect_halt().expect_reg("a0", 5).finish(errors);
  EXPECT_TRUE(errors.empty());
  EXPECT_EQ(c.id, "rv64-1/alu.add_32.test");
  EXPECT_EQ(c.needs, std::vector<std::string>{"raw"});
  const auto& run = std::get<conformance::RunStep>(std::get<conformance::Execution>(c.body).steps.at(0));
  EXPECT_EQ((*run.post.any_of.at(0).regs)[7], 5U);
  EXPECT_FALSE(run.post.any_of.at(0).gas);
}

TEST(CaseBuilder, AWrongExpectationIsAnError) {
  EXPECT_EQ(errors_of(adds().expect_reg("a0", 6)).size(), 1U);
  EXPECT_EQ(errors_of(adds().expect(Status::trap)).size(), 1U);
  EXPECT_EQ(errors_of(adds().expect_pc(7)).size(), 1U);
  EXPECT_EQ(errors_of(adds().expect_gas(1)).size(), 1U);
  EXPECT_EQ(errors_of(adds().expect_memory(0x30000, "00")).size(), 1U);
  EXPECT_FALSE(errors_of(adds().expect_fault(0x30000)).empty());
  EXPECT_FALSE(errors_of(adds().expect_rejected(ref::Reason::bad_magic)).empty());
}

TEST(CaseBuilder, TextThatDoesNotAssembleIsAnError) {
  EXPECT_FALSE(errors_of(adds().code("no_such_instruction a0")).empty());
}

TEST(CaseBuilder, OnlyJamIsRefused) {
  const auto ill_formed = [](Semantics version) {
    return CaseBuilder(version, "decode.test", "An invalid opcode.", {"decode.opcode"})
        .code(".raw ff")
        .run()
        .expect_trap(0)
        .jam_rejects(ref::Reason::invalid_opcode);
  };
  for (const Semantics version : ref::all_semantics) {
    std::vector<std::string> errors;
    const conformance::Case c = ill_formed(version).finish(errors);
    EXPECT_TRUE(errors.empty()) << errors.front();
    EXPECT_EQ(std::holds_alternative<conformance::Rejected>(c.body), version == Semantics::jam_1);
  }
}

TEST(CaseBuilder, RegionsHaveTheSameAddressesAsPages) {
  for (const Semantics version : ref::all_semantics) {
    CaseBuilder builder(version, "memory.test", "A byte of the read-write data.", {"memory.load_u8"});
    builder.rw_data(hex("77")).code("load_u8 a0, 0x30000; ret").run().expect_halt().expect_reg("a0", 0x77);
    EXPECT_TRUE(errors_of(builder).empty());
  }
}

TEST(SplitMix64, IsTheSameEverywhere) {
  SplitMix64 random("seed");
  EXPECT_EQ(random.next(), 0x04fc6ff10b8479edU);
  EXPECT_EQ(random.next(), 0x265660b39c7af8a4U);
}

}  // namespace
}  // namespace pvm::gen
