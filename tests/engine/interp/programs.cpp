// SPDX-License-Identifier: Apache-2.0 OR MIT
// One program on two machines: the interpreter's and the reference's.
#include "programs.hpp"

#include <algorithm>

namespace pvm::engine::interp::testing {
namespace {

struct Containers {
  builder::Bytes bytes;
  ProgramConfig config;
  ref::Config ref_config;
};

Containers contained(const builder::CodeBlob& blob, const Choices& choices) {
  Containers result;
  result.config.semantics = choices.semantics;
  result.config.metering = choices.metering;
  result.config.gas_model = choices.gas_model;
  result.config.dynamic_paging = choices.dynamic_paging;
  const auto version = static_cast<ref::Semantics>(choices.semantics);
  if (is_graypaper(choices.semantics)) {
    result.config.container = Container::raw;
    result.bytes = builder::raw_container(blob);
  } else {
    builder::ProgramParts parts;
    parts.blob = blob;
    parts.rw_size = data_size;
    parts.stack_size = 4096;
    result.bytes = polkavm_container(polkavm_parts(version, parts));
  }
  result.ref_config.semantics = version;
  result.ref_config.container = static_cast<ref::Container>(result.config.container);
  result.ref_config.metering = static_cast<ref::Metering>(choices.metering);
  result.ref_config.gas_model = static_cast<ref::GasModel>(choices.gas_model);
  result.ref_config.dynamic_paging = choices.dynamic_paging;
  return result;
}

builder::CodeBlob assembled(std::string_view text, Semantics semantics) {
  auto blob = builder::assemble(static_cast<ref::Semantics>(semantics), text);
  if (const auto* error = std::get_if<std::string>(&blob)) {
    ADD_FAILURE() << *error;
    return {};
  }
  return std::get<builder::CodeBlob>(std::move(blob));
}

std::shared_ptr<const Program> loaded(const builder::CodeBlob& blob, const Choices& choices) {
  const Containers containers = contained(blob, choices);
  auto program = load(containers.bytes, containers.config);
  if (!program) {
    ADD_FAILURE() << "the engine refuses the program: " << program.error().message;
    return nullptr;
  }
  return std::make_shared<const Program>(*std::move(program));
}

}  // namespace

Choices Choices::of(Semantics semantics, Metering metering, GasModel model) {
  return {.semantics = semantics, .metering = metering, .gas_model = is_graypaper(semantics) ? GasModel::instruction_1 : model};
}

std::shared_ptr<const Program> program_of(std::string_view text, const Choices& choices) {
  return loaded(assembled(text, choices.semantics), choices);
}

std::unique_ptr<Executor> executor_of(const std::shared_ptr<const Program>& program) {
  return make_interpreter(predecode(program).value());
}

std::unique_ptr<Machine> machine_of(const std::shared_ptr<const Program>& program) {
  return Machine::create(program, executor_of(program)).value();
}

Twins::Twins(const builder::CodeBlob& blob, const Choices& choices) : choices_(choices), program_(loaded(blob, choices)) {
  machine_ = machine_of(program_);
  const Containers containers = contained(blob, choices);
  auto ref_program = ref::load(containers.bytes, containers.ref_config);
  ref_program_ = std::make_unique<ref::Program>(std::get<ref::Program>(std::move(ref_program)));
  ref_machine_ = std::make_unique<ref::Machine>(*ref_program_);
}

Twins Twins::of(std::string_view text, const Choices& choices) {
  return {assembled(text, choices.semantics), choices};
}

void Twins::set_pc(u32 pc) {
  machine_->set_pc(pc);
  ref_machine_->set_pc(pc);
}

void Twins::set_gas(i64 gas) {
  machine_->set_gas(gas);
  ref_machine_->set_gas(gas);
}

void Twins::set_reg(u32 number, u64 value) {
  machine_->set_reg(number, value);
  ref_machine_->set_reg(number, value);
}

void Twins::map(u32 address, u32 length, bool writable) {
  EXPECT_EQ(machine_->map(address, length, writable).ok(), ref_machine_->memory().map(address, length, writable));
}

void Twins::write(u32 address, std::span<const u8> bytes) {
  EXPECT_EQ(machine_->write(address, bytes).ok(), ref_machine_->memory().host_write(address, bytes));
}

Exit Twins::run(std::string_view what) {
  const ref::Exit expected = ref_machine_->run();
  const auto result = machine_->run();
  if (!result) {
    EXPECT_EQ(expected.status, ref::Status::no_pc) << what << ": " << name_of(result.error().code);
    return {};
  }
  const Exit& exit = *result;
  EXPECT_EQ(name_of(exit.status), ref::name_of(expected.status)) << what;
  EXPECT_EQ(exit.pc, expected.pc) << what;
  EXPECT_EQ(exit.next_pc, expected.next_pc) << what;
  EXPECT_EQ(exit.host_call, expected.host_call) << what;
  EXPECT_EQ(exit.fault_address, expected.fault_address) << what;
  if (!is_graypaper(choices_.semantics)) {
    EXPECT_EQ(exit.write_protected, expected.write_protected) << what;
  }
  // [exit.async] leaves the rest open.
  if (choices_.metering == Metering::async && exit.status == Status::out_of_gas && !exit.next_pc) {
    EXPECT_LT(machine_->gas(), 0) << what;
    return exit;
  }
  EXPECT_EQ(machine_->gas(), ref_machine_->gas()) << what;
  for (u32 number = 0; number < register_count; ++number) {
    EXPECT_EQ(machine_->reg(number), ref_machine_->reg(number)) << what << ": register " << number;
  }
  return exit;
}

void Twins::compare_memory(std::string_view what) {
  for (const ref::Memory::Range& range : ref_machine_->memory().ranges()) {
    constexpr u64 most = 2 * data_size;  // A heap may be large, and nothing is written so far into it.
    std::vector<u8> bytes(std::min(range.end - range.begin, most)), expected(bytes.size());
    EXPECT_TRUE(machine_->read(range.begin, bytes).ok()) << what;
    EXPECT_TRUE(ref_machine_->memory().host_read(range.begin, expected)) << what;
    EXPECT_TRUE(bytes == expected) << what << ": contents at " << range.begin;
  }
}

}  // namespace pvm::engine::interp::testing
