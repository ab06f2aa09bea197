// SPDX-License-Identifier: Apache-2.0 OR MIT
#include "blob.hpp"

#include "pvm/builder/container.hpp"

namespace pvm::link::test {

Program program_of(std::vector<Block> blocks, u32 bits) {
  Program program;
  program.register_bits = bits;
  program.blocks = std::move(blocks);
  for (u32 index = 0; index < program.blocks.size(); ++index) program.layout.push_back(BlockId{index});
  program.exports.push_back({"f", BlockId{0}, 0, 0});
  return program;
}

bool holds(Condition condition, i64 a, i64 b) {
  switch (condition) {
    case Condition::equal: return a == b;
    case Condition::not_equal: return a != b;
    case Condition::less_unsigned: return static_cast<u64>(a) < static_cast<u64>(b);
    case Condition::less_signed: return a < b;
    case Condition::greater_or_equal_unsigned: return static_cast<u64>(a) >= static_cast<u64>(b);
    case Condition::greater_or_equal_signed: return a >= b;
  }
  return false;
}

Image emitted(const Program& program, const LinkOptions& options) {
  auto result = emit(program, options);
  if (const auto* error = std::get_if<LinkError>(&result)) {
    ADD_FAILURE() << to_text(*error);
    return {};
  }
  return std::move(std::get<Image>(result));
}

LinkError refused(const Program& program, const LinkOptions& options) {
  auto result = emit(program, options);
  if (auto* error = std::get_if<LinkError>(&result)) return std::move(*error);
  ADD_FAILURE() << "not refused";
  return {};
}

Loaded::Loaded(const Image& image) {
  builder::ProgramParts parts;
  parts.blob.code = image.code;
  parts.blob.bitmask = image.bitmask;
  parts.blob.jump_table = image.jump_table;
  parts.blob.entry_size = image.jump_table_entry_size;
  parts.ro_size = image.ro_size;
  parts.rw_size = image.rw_size;
  parts.stack_size = image.stack_size;
  parts.ro_data = image.ro_data;
  parts.rw_data = image.rw_data;
  parts.imports = image.imports;
  for (const auto& entry : image.exports) parts.exports.push_back({entry.code_offset, entry.symbol});
  ref::Config config;
  config.semantics = image.semantics;
  config.metering = ref::Metering::none;
  config.strict = true;
  auto loaded = ref::load(builder::polkavm_container(builder::polkavm_parts(image.semantics, parts)), config);
  if (const auto* rejection = std::get_if<ref::Rejection>(&loaded)) {
    ADD_FAILURE() << "refused: " << ref::name_of(rejection->reason);
    return;
  }
  program_ = std::make_unique<ref::Program>(std::move(std::get<ref::Program>(loaded)));
  machine_ = std::make_unique<ref::Machine>(*program_);
}

ref::Exit Loaded::run(const Registers& registers) {
  constexpr u64 most_steps = 10'000;
  if (!machine_) return {};
  for (u32 number = 0; number < machine_register_count; ++number) machine_->set_reg(number, registers[number]);
  machine_->set_pc(program_->exports.front().code_offset);
  const auto exit = machine_->run_at_most(most_steps);
  if (!exit) ADD_FAILURE() << "no exit within " << most_steps << " steps";
  return exit.value_or(ref::Exit{});
}

Registers Loaded::registers() const {
  return machine_ ? machine_->registers() : Registers{};
}

}  // namespace pvm::link::test
