// SPDX-License-Identifier: Apache-2.0 OR MIT
// Runs an instance and the reference side by side.
#include "twin.hpp"

#include <algorithm>
#include <stdexcept>

namespace pvm::hostile {
namespace {

ref::Config ref_config(const ProgramConfig& config) {
  ref::Config result;
  result.semantics = static_cast<ref::Semantics>(*config.semantics);
  result.container = static_cast<ref::Container>(config.container);
  result.metering = static_cast<ref::Metering>(config.metering);
  result.dynamic_paging = config.dynamic_paging;
  return result;
}

template <typename T>
T need(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().message);
  return *std::move(result);
}

// Statuses have equal names; where both ended alike, all else that is fixed.
std::string difference(const ref::Exit& expected, const Exit& actual, bool reports_protection) {
  if (ref::name_of(expected.status) != name_of(actual.status)) {
    return "status " + std::string(ref::name_of(expected.status)) + " against " + std::string(name_of(actual.status));
  }
  if (expected.pc != actual.pc) return "pc";
  if (expected.next_pc != actual.next_pc) return "next pc";
  if (expected.status == ref::Status::host_call && expected.host_call != actual.host_call) return "number of the host call";
  if (expected.status != ref::Status::page_fault) return "";
  if (expected.fault_address != actual.fault_address) return "page";
  return reports_protection && expected.write_protected != actual.write_protected ? "write_protected" : "";
}

}  // namespace

ProgramConfig config_of(Semantics semantics, bool paged) {
  ProgramConfig config;
  config.semantics = semantics;
  config.container = is_graypaper(semantics) ? Container::raw : Container::polkavm;
  config.dynamic_paging = paged && !is_graypaper(semantics);
  return config;
}

std::vector<u8> contained(const builder::CodeBlob& blob, const ProgramConfig& config) {
  if (config.container == Container::raw) return builder::raw_container(blob);
  builder::ProgramParts parts;
  parts.blob = blob;
  if (!config.dynamic_paging) parts.ro_size = 0x1000, parts.rw_size = 0x2000, parts.stack_size = 0x1000, parts.ro_data = {1, 2, 3};
  return polkavm_container(polkavm_parts(static_cast<ref::Semantics>(*config.semantics), parts));
}

Twin::Twin(const Engine& engine, const builder::CodeBlob& blob, const ProgramConfig& config) : config_(config) {
  const auto bytes = contained(blob, config);
  auto loaded = ref::load(bytes, ref_config(config));
  ref_program_ = std::make_unique<ref::Program>(std::get<ref::Program>(std::move(loaded)));
  ref_ = std::make_unique<ref::Machine>(*ref_program_);
  module_ = std::make_unique<Module>(need(engine.compile(bytes, config)));
  instance_ = std::make_unique<Instance>(need(module_->instantiate()));
}

void Twin::map(u32 address, u32 length, bool writable) {
  EXPECT_TRUE(ref_->memory().map(address, length, writable));
  EXPECT_TRUE(instance_->map(address, length, writable).ok());
}

bool Twin::run(u32 pc, const Registers& registers, i64 gas, const std::string& what) {
  for (u32 number = 0; number < registers.size(); ++number) ref_->set_reg(number, registers[number]);
  ref_->set_gas(gas);
  ref_->set_pc(pc);
  const ref::Exit expected = ref_->run();
  const bool is_set = instance_->set_regs(registers).ok() && instance_->set_gas(gas).ok() && instance_->set_pc(pc).ok();
  const auto exit = instance_->run();
  if (!is_set || !exit) {
    ADD_FAILURE() << what << ": " << (exit ? "the state can't be set" : exit.error().message);
    return false;
  }
  std::string found = difference(expected, *exit, !is_graypaper(*config_.semantics));
  if (const auto actual = instance_->regs(); found.empty() && (!actual || *actual != ref_->registers())) found = "registers";
  if (const auto actual = instance_->gas(); found.empty() && (!actual || *actual != ref_->gas())) found = "gas";
  if (!found.empty()) ADD_FAILURE() << what << ": " << found;
  return found.empty();
}

bool Twin::same_around(u32 address, const std::string& what) {
  constexpr u32 margin = 16;
  const u64 begin = address < margin ? 0 : address - margin;
  std::array<u8, 3 *margin> expected = {}, actual = {};
  std::size_t length = expected.size();
  while (length > 0 && !ref_->memory().host_read(begin, std::span(expected).first(length))) --length;
  if (length == 0) return true;
  if (instance_->read(begin, std::span(actual).first(length)).ok() && actual == expected) return true;
  ADD_FAILURE() << what << ": memory";
  return false;
}

bool Twin::same_memory(const std::string& what) {
  for (const auto& range : ranges()) {
    std::vector<u8> expected(range.end - range.begin), actual(expected.size());
    const bool is_read = ref_->memory().host_read(range.begin, expected) && instance_->read(range.begin, actual).ok();
    if (is_read && expected == actual) continue;
    ADD_FAILURE() << what << ": memory from " << std::hex << range.begin;
    return false;
  }
  return true;
}

}  // namespace pvm::hostile
