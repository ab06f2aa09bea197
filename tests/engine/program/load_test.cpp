// SPDX-License-Identifier: Apache-2.0 OR MIT
// Loading: what the configuration adds, and damaged containers, refused for the same reason at the same place as by the reference.
#include <gtest/gtest.h>

#include <map>
#include <random>

#include "compare.hpp"
#include "pvm/builder/container.hpp"
#include "vectors.hpp"

namespace pvm::testing {
namespace {

using builder::Bytes;
using Random = std::mt19937;

u32 below(Random& random, u32 limit) {
  return static_cast<u32>(random() % limit);
}

// One byte of code, `trap`.
builder::CodeBlob trap_code() {
  builder::CodeBlob blob;
  blob.code = {0};
  blob.bitmask = {1};
  return blob;
}

Bytes trap_in_polkavm(ref::Semantics version) {
  builder::ProgramParts parts;
  parts.blob = trap_code();
  return polkavm_container(polkavm_parts(version, parts));
}

TEST(Load, takes_the_version_from_the_version_byte_if_none_is_given) {
  for (const ref::Semantics version : {ref::Semantics::revive_1, ref::Semantics::rv32_1, ref::Semantics::rv64_1, ref::Semantics::jam_1}) {
    const auto program = engine::load(trap_in_polkavm(version), {});
    ASSERT_TRUE(program) << program.error().message;
    EXPECT_EQ(program->semantics(), static_cast<Semantics>(version));
    EXPECT_EQ(program->config.gas_model, GasModel::flat_1);
  }
}

TEST(Load, needs_a_version_for_containers_without_a_version_byte) {
  for (const Container container : {Container::raw, Container::standard}) {
    ProgramConfig config;
    config.container = container;
    const auto program = engine::load(raw_container(trap_code()), config);
    ASSERT_FALSE(program);
    EXPECT_EQ(program.error().code, ErrorCode::program_rejected);
    EXPECT_EQ(program.error().reason, Reason::bad_configuration);
  }
}

TEST(Load, gives_the_gas_model_of_the_version) {
  ProgramConfig config;
  config.container = Container::raw;
  config.semantics = Semantics::graypaper_0_7_2;
  const auto program = engine::load(raw_container(trap_code()), config);
  ASSERT_TRUE(program);
  EXPECT_EQ(program->config.gas_model, GasModel::instruction_1);
}

TEST(Load, names_phase_reason_and_place) {
  const Bytes bytes = {0x50, 0x56, 0x4d, 0x01};
  const auto program = engine::load(bytes, {});
  ASSERT_FALSE(program);
  EXPECT_NE(program.error().message.find("decode/bad_magic"), std::string::npos) << program.error().message;
}

// The length field is made right most of the time, so that the damage is met behind it.
void repair_length(Bytes& bytes) {
  if (bytes.size() < 13) return;
  for (u32 byte = 0; byte < 8; ++byte) bytes[5 + byte] = static_cast<u8>(u64{bytes.size()} >> (8 * byte));
}

Bytes damaged(Bytes bytes, Random& random) {
  for (u32 count = 1 + below(random, 3); count != 0 && !bytes.empty(); --count) {
    const auto place = bytes.begin() + static_cast<std::ptrdiff_t>(below(random, static_cast<u32>(bytes.size())));
    switch (below(random, 6)) {
      case 0: bytes.erase(place, bytes.end()); break;
      case 1: bytes.erase(place); break;
      case 2: bytes.insert(place, static_cast<u8>(random())); break;
      case 3: *place = static_cast<u8>(random()); break;
      case 4: *place = static_cast<u8>(*place ^ 1u << below(random, 8)); break;
      default: *place = static_cast<u8>(*place + 1); break;
    }
  }
  return bytes;
}

ref::Config random_config(ref::Config config, Random& random) {
  if (below(random, 4) == 0) config.semantics = ref::all_semantics[below(random, 5)];
  if (below(random, 8) == 0) config.container = static_cast<ref::Container>(below(random, 3));
  if (below(random, 8) == 0) config.gas_model = static_cast<ref::GasModel>(below(random, 3));
  if (below(random, 8) == 0) config.memory_cost = below(random, 2);
  if (below(random, 8) == 0) config.metering = static_cast<ref::Metering>(below(random, 3));
  if (below(random, 8) == 0) config.page_size = u32{1} << below(random, 20);
  if (below(random, 8) == 0) config.aux_size = static_cast<u32>(random() >> below(random, 32));
  if (below(random, 8) == 0) config.dynamic_paging = !config.dynamic_paging;
  if (below(random, 2) == 0) config.strict = !config.strict;
  if (below(random, 16) == 0) config.arguments.resize(below(random, 3));
  return config;
}

TEST(Load, refuses_damaged_containers_as_the_reference_does) {
  Random random(2);
  std::map<ref::Reason, u32> reasons;
  for (const VectorProgram& program : vector_programs()) {
    if (program.bytes.size() > 4000) continue;
    for (int round = 0; round < 6; ++round) {
      Bytes bytes = damaged(program.bytes, random);
      if (program.config.container == ref::Container::polkavm && below(random, 8) != 0) repair_length(bytes);
      const ref::Config config = random_config(program.config, random);
      const auto difference = load_difference(bytes, config);
      ASSERT_FALSE(difference) << program.id << ": " << *difference;
      const auto loaded = ref::load(bytes, config);
      if (const auto* rejection = std::get_if<ref::Rejection>(&loaded)) ++reasons[rejection->reason];
    }
  }
  EXPECT_GE(reasons.size(), 25u);
}

TEST(Load, refuses_every_truncation_as_the_reference_does) {
  Random random(3);
  for (const VectorProgram& program : vector_programs()) {
    if (program.bytes.size() > 300 || (program.config.container == ref::Container::raw && below(random, 20) != 0)) continue;
    for (std::size_t size = 0; size < program.bytes.size(); ++size) {
      Bytes bytes(program.bytes.begin(), program.bytes.begin() + static_cast<std::ptrdiff_t>(size));
      for (const bool repaired : {false, true}) {
        if (repaired && program.config.container == ref::Container::polkavm) repair_length(bytes);
        const auto difference = load_difference(bytes, program.config);
        ASSERT_FALSE(difference) << program.id << " cut to " << size << ": " << *difference;
      }
    }
  }
}

Bytes random_bytes(Random& random, u32 limit) {
  Bytes bytes(below(random, limit));
  for (u8& byte : bytes) byte = static_cast<u8>(below(random, 4) == 0 ? random() : below(random, 6));
  return bytes;
}

// A section as it should be, but for an occasional symbol or offset that only strict loading refuses.
builder::Section sensible_section(u8 id, Random& random) {
  switch (id) {
    case builder::section_memory_config:
      return builder::memory_config_section(below(random, 50), below(random, 50), random() >> below(random, 32));
    case builder::section_imports: return builder::imports_section({"put", "", "get"});
    case builder::section_exports: return builder::exports_section({{0, "main"}, {below(random, 2), "other"}});
    case builder::section_code: return builder::code_section(trap_code());
    default: return {id, random_bytes(random, 30), std::nullopt};
  }
}

// Sections of ascending ids, more or less, some with random contents or lengths.
Bytes random_polkavm(ref::Semantics version, Random& random) {
  builder::PolkavmContainer container;
  container.version = below(random, 20) == 0 ? static_cast<u8>(random()) : builder::blob_version_of(version);
  u32 id = 0;
  while (id < builder::section_code || below(random, 3) == 0) {
    id = below(random, 20) == 0 ? below(random, 256) : id + 1 + below(random, 2);
    builder::Section section = sensible_section(static_cast<u8>(id), random);
    if (below(random, 6) == 0) section.content = random_bytes(random, 30);
    if (below(random, 30) == 0) section.length = Bytes{static_cast<u8>(random()), static_cast<u8>(random())};
    container.sections.push_back(std::move(section));
  }
  container.has_end_marker = below(random, 10) != 0;
  if (below(random, 10) == 0) container.after_end = {1, 2, 3};
  return polkavm_container(container);
}

TEST(Load, judges_random_containers_as_the_reference_does) {
  Random random(4);
  u32 accepted = 0;
  for (int round = 0; round < 200000; ++round) {
    ref::Config config;
    config.semantics = ref::all_semantics[below(random, 5)];
    config.container = static_cast<ref::Container>(below(random, 3));
    Bytes bytes = random_polkavm(config.semantics, random);
    if (below(random, 4) == 0) config = random_config(config, random);
    if (config.container != ref::Container::polkavm) bytes = random_bytes(random, 40);
    const auto difference = load_difference(bytes, config);
    ASSERT_FALSE(difference) << "round " << round << ": " << *difference;
    accepted += std::holds_alternative<ref::Program>(ref::load(bytes, config));
  }
  EXPECT_GT(accepted, 2000u);
}

// The codec's forms one by one, in both containers that use them. [blob.varint] [raw.integers]
TEST(Load, reads_numbers_as_the_reference_does) {
  Random random(5);
  for (u32 first = 0; first < 256; ++first) {
    for (int round = 0; round < 200; ++round) {
      Bytes bytes = {static_cast<u8>(first)};
      while (bytes.size() < 24) bytes.push_back(static_cast<u8>(below(random, 3) == 0 ? random() : below(random, 2)));
      for (const ref::Semantics version : {ref::Semantics::rv64_1, ref::Semantics::graypaper_0_7_2}) {
        ref::Config config;
        config.semantics = version;
        config.container = ref::Container::raw;
        const auto difference = load_difference(bytes, config);
        ASSERT_FALSE(difference) << "first byte " << first << ": " << *difference;
      }
    }
  }
}

}  // namespace
}  // namespace pvm::testing
