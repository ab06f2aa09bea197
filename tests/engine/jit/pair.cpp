// SPDX-License-Identifier: Apache-2.0 OR MIT
// One program on the reference interpreter and as native code in this process, run side by side.
#include "pair.hpp"

#include <algorithm>

#include "native/native_executor.hpp"
#include "sandbox/in_process/in_process.hpp"

namespace pvm::engine::jit {

namespace {

// Both sides name versions, models and meterings in the document's order.
ref::Config reference_config(const ProgramConfig& config) {
  ref::Config result;
  result.semantics = static_cast<ref::Semantics>(*config.semantics);
  result.container = static_cast<ref::Container>(config.container);
  if (config.gas_model) result.gas_model = static_cast<ref::GasModel>(*config.gas_model);
  result.metering = static_cast<ref::Metering>(config.metering);
  result.memory_cost = config.memory_cost;
  result.dynamic_paging = config.dynamic_paging;
  return result;
}

std::unique_ptr<Machine> native_machine(const builder::Bytes& container, const ProgramConfig& config, const CpuFeatures& features) {
  auto loaded = load(container, config);
  if (!loaded) return nullptr;
  auto program = std::make_shared<const Program>(*std::move(loaded));
  auto code = compile(*program, {Target::in_process, features});
  if (!code) return nullptr;
  auto shared_code = std::make_shared<const NativeCode>(*std::move(code));
  auto loaded_code = sandbox::load_in_process(shared_code);
  if (!loaded_code) return nullptr;
  auto space = sandbox::make_in_process_space(*std::move(loaded_code));
  if (!space) return nullptr;
  auto machine = Machine::create(program, native::make_native_executor(program, shared_code, *std::move(space)));
  return machine ? *std::move(machine) : nullptr;
}

}  // namespace

builder::Bytes container_of(Semantics version, const builder::CodeBlob& blob) {
  if (is_graypaper(version)) return raw_container(blob);
  builder::ProgramParts parts;
  parts.blob = blob;
  parts.rw_size = memory_bytes;
  return polkavm_container(polkavm_parts(static_cast<ref::Semantics>(version), parts));
}

ProgramConfig config_of(const Setting& setting) {
  ProgramConfig config;
  config.semantics = setting.version;
  config.container = is_graypaper(setting.version) ? Container::raw : Container::polkavm;
  config.gas_model = setting.gas_model;
  config.metering = setting.metering;
  config.memory_cost = setting.memory_cost;
  config.dynamic_paging = setting.dynamic_paging;
  return config;
}

std::vector<u32> marked_positions(const builder::CodeBlob& blob) {
  std::vector<u32> positions;
  for (u32 position = 0; position < blob.code.size(); ++position) {
    if ((blob.bitmask[position / 8] >> (position % 8) & 1) != 0) positions.push_back(position);
  }
  return positions;
}

Pair::Pair(const Setting& setting, const builder::CodeBlob& blob) : setting_(setting) {
  const builder::Bytes container = container_of(setting.version, blob);
  const ProgramConfig config = config_of(setting);
  auto loaded = ref::load(container, reference_config(config));
  if (!std::holds_alternative<ref::Program>(loaded)) {
    ADD_FAILURE() << "the reference refuses the program";
    return;
  }
  reference_program_ = std::make_unique<ref::Program>(std::get<ref::Program>(std::move(loaded)));
  reference_ = std::make_unique<ref::Machine>(*reference_program_);
  engine_ = native_machine(container, config, setting.features);
  if (!engine_) {
    ADD_FAILURE() << "the engine refuses the program";
    return;
  }
  if (reference_program_->is_paged()) {
    EXPECT_TRUE(reference_->memory().map(memory_start, memory_bytes, true));
    EXPECT_TRUE(engine_->map(memory_start, memory_bytes, true).ok());
  }
}

bool Pair::run(u32 pc, const Registers& registers, i64 gas, u32 resumptions) {
  for (u32 reg = 0; reg < register_count; ++reg) {
    reference_->set_reg(reg, registers[reg]);
    engine_->set_reg(reg, registers[reg]);
  }
  reference_->set_gas(gas);
  engine_->set_gas(gas);
  reference_->set_pc(pc);
  engine_->set_pc(pc);
  if (!go_on()) return false;
  for (u32 count = 0; count < resumptions; ++count) {
    if (last_->status == ref::Status::trap || last_->status == ref::Status::halt) break;
    reference_->set_gas(std::max<i64>(reference_->gas(), 0) + 3);
    engine_->set_gas(std::max<i64>(engine_->gas(), 0) + 3);
    if (!go_on()) return false;
  }
  return true;
}

bool Pair::go_on() {
  const auto exit = engine_->run();
  last_ = reference_->run();
  if (!exit) {
    ADD_FAILURE() << exit.error().message;
    return false;
  }
  return same_state(*exit, *last_);
}

// After out_of_gas with async, only the verdict is fixed. [exit.async]
bool Pair::same_state(const Exit& exit, const ref::Exit& expected) {
  EXPECT_EQ(name_of(exit.status), name_of(expected.status));
  if (name_of(exit.status) != name_of(expected.status)) return false;
  if (setting_.metering == Metering::async && exit.status == Status::out_of_gas) return true;
  bool same = exit.pc == expected.pc && exit.next_pc == expected.next_pc && exit.host_call == expected.host_call &&
              exit.fault_address == expected.fault_address && engine_->gas() == reference_->gas();
  EXPECT_EQ(exit.pc, expected.pc);
  EXPECT_EQ(exit.next_pc, expected.next_pc);
  EXPECT_EQ(exit.host_call, expected.host_call);
  EXPECT_EQ(exit.fault_address, expected.fault_address);
  EXPECT_EQ(engine_->gas(), reference_->gas());
  for (u32 reg = 0; reg < register_count; ++reg) {
    EXPECT_EQ(engine_->reg(reg), reference_->reg(reg)) << "register " << reg;
    same = same && engine_->reg(reg) == reference_->reg(reg);
  }
  std::array<u8, memory_bytes> bytes{}, expected_bytes{};
  EXPECT_TRUE(reference_->memory().host_read(memory_start, expected_bytes));
  EXPECT_TRUE(engine_->read(memory_start, bytes).ok());
  EXPECT_TRUE(bytes == expected_bytes) << "memory";
  return same && bytes == expected_bytes;
}

}  // namespace pvm::engine::jit
