// SPDX-License-Identifier: Apache-2.0 OR MIT
// Properties of loading: it refuses or accepts any bytes, always the same way, and what it accepts is consistent.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "arbitrary.hpp"

namespace pvm::testing {
namespace {

// A well-formed container of any kind.
Bytes pick_container(const ref::Config& config) {
  const builder::CodeBlob blob = code_of(config.semantics, *arbitrary_lines());
  if (config.container == ref::Container::raw) return raw_container(blob);
  if (config.container == ref::Container::standard) {
    builder::StandardContainer standard;
    standard.ro_data = *rc::gen::container<Bytes>(rc::gen::arbitrary<u8>());
    standard.program = raw_container(blob);
    return standard_container(standard);
  }
  builder::ProgramParts parts;
  parts.blob = blob;
  parts.ro_size = 4096;
  parts.rw_size = 100;
  parts.ro_data = *rc::gen::container<Bytes>(rc::gen::arbitrary<u8>());
  if (*rc::gen::arbitrary<bool>()) parts.imports = {"first", "", "second"};
  if (*rc::gen::arbitrary<bool>()) parts.exports = {{0, "main"}};
  return polkavm_container(polkavm_parts(config.semantics, parts));
}

void check_outcome(const std::variant<ref::Program, ref::Rejection>& outcome, const Bytes& bytes) {
  if (const auto* rejection = std::get_if<ref::Rejection>(&outcome)) {
    if (phase_of(rejection->reason) == ref::Phase::decode) RC_ASSERT(rejection->offset <= bytes.size());
    RC_ASSERT(!name_of(rejection->reason).empty());
    return;
  }
  const auto& program = std::get<ref::Program>(outcome);
  RC_ASSERT(program.bitmask.size() == (program.code.size() + 7) / 8);
  RC_ASSERT(program.config.gas_model.has_value());
  if (program.jump_table_entry_size != 0) RC_ASSERT(program.jump_table.size() == program.jump_table_count * program.jump_table_entry_size);
  RC_ASSERT(program.ro_data.size() <= program.ro_data_size);
  RC_ASSERT(program.rw_data.size() <= program.rw_data_size);
  for (u32 pc = 0; pc <= program.code_size(); ++pc) {
    const ref::Instruction in = decode(program, pc);
    RC_ASSERT((in.next > pc && in.next <= pc + 25));
    RC_ASSERT((in.reg1 < 13 && in.reg2 < 13 && in.reg3 < 13));
  }
}

RC_GTEST_PROP(Loader, any_bytes, ()) {
  const Semantics version = *arbitrary_semantics();
  ref::Config config = pick_config(version);
  config.container = *rc::gen::element(ref::Container::raw, ref::Container::polkavm, ref::Container::standard);
  config.strict = *rc::gen::arbitrary<bool>();
  const Bytes bytes =
      *rc::gen::container<Bytes>(rc::gen::weightedOneOf<u8>({{1, rc::gen::arbitrary<u8>()}, {2, rc::gen::inRange<u8>(0, 10)}}));
  check_outcome(ref::load(bytes, config), bytes);
}

RC_GTEST_PROP(Loader, damaged_containers, ()) {
  const Semantics version = *arbitrary_semantics();
  ref::Config config = pick_config(version);
  config.strict = *rc::gen::arbitrary<bool>();
  Bytes bytes = pick_container(config);
  const int changes = *rc::gen::inRange(1, 4);
  for (int change = 0; change < changes; ++change) {
    const std::size_t place = *rc::gen::inRange<std::size_t>(0, bytes.size());
    // Early bytes are lengths and counts.
    const std::size_t at = *rc::gen::arbitrary<bool>() ? place % std::min<std::size_t>(bytes.size(), 40) : place;
    bytes[at] = *rc::gen::oneOf(rc::gen::arbitrary<u8>(), rc::gen::element<u8>(0, 1, 4, 5, 0x7f, 0x80, 0xc0, 0xe0, 0xf0, 0xf3, 0xf8, 0xff));
  }
  const auto first = ref::load(bytes, config);
  check_outcome(first, bytes);
  const auto second = ref::load(bytes, config);
  RC_ASSERT(first.index() == second.index());
  if (const auto* rejection = std::get_if<ref::Rejection>(&first)) RC_ASSERT(*rejection == std::get<ref::Rejection>(second));
}

RC_GTEST_PROP(Loader, no_prefix_of_a_container_is_one, ()) {
  const ref::Config config = pick_config(*arbitrary_semantics());
  Bytes bytes = pick_container(config);
  RC_PRE(std::holds_alternative<ref::Program>(ref::load(bytes, config)));
  const std::size_t length = *rc::gen::inRange<std::size_t>(0, bytes.size());
  const auto outcome = ref::load(std::span(bytes).first(length), config);
  RC_ASSERT(std::holds_alternative<ref::Rejection>(outcome));
  RC_ASSERT(phase_of(std::get<ref::Rejection>(outcome).reason) == ref::Phase::decode);
}

RC_GTEST_PROP(Loader, nothing_may_follow_a_container, ()) {
  const ref::Config config = pick_config(*arbitrary_semantics());
  Bytes bytes = pick_container(config);
  RC_PRE(std::holds_alternative<ref::Program>(ref::load(bytes, config)));
  bytes.push_back(*rc::gen::arbitrary<u8>());
  const auto outcome = ref::load(bytes, config);
  RC_ASSERT(std::holds_alternative<ref::Rejection>(outcome));
  RC_ASSERT(phase_of(std::get<ref::Rejection>(outcome).reason) == ref::Phase::decode);
}

RC_GTEST_PROP(Loader, strict_refuses_more_and_changes_nothing, ()) {
  ref::Config config = pick_config(*arbitrary_semantics());
  const Bytes bytes = pick_container(config);
  const auto lenient = ref::load(bytes, config);
  config.strict = true;
  const auto strict = ref::load(bytes, config);
  if (std::holds_alternative<ref::Rejection>(lenient)) RC_ASSERT(std::holds_alternative<ref::Rejection>(strict));
  if (const auto* program = std::get_if<ref::Program>(&strict)) RC_ASSERT(program->code == std::get<ref::Program>(lenient).code);
}

}  // namespace
}  // namespace pvm::testing
