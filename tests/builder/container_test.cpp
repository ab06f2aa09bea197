// SPDX-License-Identifier: Apache-2.0 OR MIT
// The containers load in ref, and the integer forms are the ones that they should be.
#include "pvm/builder/container.hpp"

#include <gtest/gtest.h>

#include "pvm/builder/assemble.hpp"
#include "pvm/ref/program.hpp"

namespace pvm::builder {
namespace {

CodeBlob sample() {
  return std::get<CodeBlob>(assemble(Semantics::rv64_1, "load_imm a0, 42; ret; .table 3"));
}

TEST(Container, Varint) {
  const auto varint = [](u64 value) {
    Bytes out;
    append_varint(out, value);
    return out;
  };
  EXPECT_EQ(varint(127), (Bytes{0x7f}));
  EXPECT_EQ(varint(128), (Bytes{0x80, 0x80}));
  EXPECT_EQ(varint(8192), (Bytes{0xa0, 0x00}));
  EXPECT_EQ(varint(16384), (Bytes{0xc0, 0x00, 0x40}));
  EXPECT_EQ(varint(1U << 21), (Bytes{0xe0, 0x00, 0x00, 0x20}));
  EXPECT_EQ(varint(1U << 28), (Bytes{0xf0, 0x00, 0x00, 0x00, 0x10}));
  EXPECT_EQ(varint_of_length(1, 1), (Bytes{0x80, 0x01}));
}

TEST(Container, Natural) {
  const auto natural = [](u64 value) {
    Bytes out;
    append_natural(out, value);
    return out;
  };
  EXPECT_EQ(natural(16383), (Bytes{0xbf, 0xff}));
  EXPECT_EQ(natural((u64{1} << 56) - 1), (Bytes{0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}));
  EXPECT_EQ(natural(u64{1} << 56), (Bytes{0xff, 0, 0, 0, 0, 0, 0, 0, 1}));
}

TEST(Container, RawHasTheKnownBytes) {
  EXPECT_EQ(raw_container(sample()), (Bytes{0x01, 0x01, 0x05, 0x03, 0x33, 0x07, 0x2a, 0x32, 0x00, 0x09}));
}

TEST(Container, PolkavmLoads) {
  for (const Semantics version : {Semantics::revive_1, Semantics::rv32_1, Semantics::rv64_1, Semantics::jam_1}) {
    ProgramParts parts;
    parts.blob = sample();
    parts.ro_size = 16;
    parts.ro_data = {1, 2, 3};
    parts.stack_size = 4096;
    parts.imports = {"one", "two"};
    parts.exports = {{3, "main"}};
    ref::Config config;
    config.semantics = version;
    const auto loaded = ref::load(polkavm_container(polkavm_parts(version, parts)), config);
    const auto* program = std::get_if<ref::Program>(&loaded);
    ASSERT_NE(program, nullptr) << ref::name_of(std::get<ref::Rejection>(loaded).reason);
    EXPECT_EQ(program->code, parts.blob.code);
    EXPECT_EQ(program->ro_data_size, 16U);
    EXPECT_EQ(program->imports.size(), 2U);
    EXPECT_EQ(program->exports.size(), 1U);
  }
}

TEST(Container, StandardLoads) {
  StandardContainer parts;
  parts.ro_data = {'h', 'i'};
  parts.rw_data = {1, 2, 3};
  parts.heap_pages = 1;
  parts.stack_size = 8192;
  parts.program = raw_container(sample());
  const Bytes bytes = standard_container(parts);
  EXPECT_EQ(bytes.size(), 30U);
  ref::Config config;
  config.semantics = Semantics::graypaper_0_7_2;
  config.container = ref::Container::standard;
  const auto loaded = ref::load(bytes, config);
  ASSERT_TRUE(std::holds_alternative<ref::Program>(loaded));
}

}  // namespace
}  // namespace pvm::builder
