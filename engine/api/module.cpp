// SPDX-License-Identifier: Apache-2.0 OR MIT
// Modules: what a compiled program says of itself, and new instances of it.
#include "pvm/module.hpp"

#include <utility>

#include "api/impl.hpp"
#include "machine/memory_map.hpp"
#include "program/gas.hpp"

namespace pvm {
namespace {

MemoryRegion region(const engine::Area& area) {
  return {area.begin, area.end};
}

const ProgramConfig no_config = {.semantics = Semantics::rv64_1, .gas_model = GasModel::flat_1};

}  // namespace

Module::Module(std::shared_ptr<const Impl> impl) : impl_(std::move(impl)) {}

Semantics Module::semantics() const {
  return *config().semantics;
}

const ProgramConfig& Module::config() const {
  return impl_ ? impl_->program->config : no_config;
}

std::vector<ExportInfo> Module::exports() const {
  std::vector<ExportInfo> all;
  if (!impl_) return all;
  for (const engine::Export& item : impl_->program->exports) all.push_back({item.symbol, item.code_offset});
  return all;
}

std::vector<ImportInfo> Module::imports() const {
  std::vector<ImportInfo> all;
  if (!impl_) return all;
  for (const engine::Import& item : impl_->program->imports) {
    all.push_back({static_cast<u32>(all.size()), item ? std::optional<std::string_view>(*item) : std::nullopt});
  }
  return all;
}

Result<u32> Module::find_export(std::string_view name) const {
  if (!impl_) return engine::moved_from();
  const auto found = impl_->exports.find(name);
  if (found == impl_->exports.end()) return engine::error(ErrorCode::not_found, "no export '" + std::string(name) + "'");
  return found->second;
}

u64 Module::code_size() const {
  return impl_ ? impl_->program->code_size : 0;
}

Result<i64> Module::block_cost(u32 pc) const {
  if (!impl_) return engine::moved_from();
  if (config().gas_model == GasModel::instruction_1) {
    return engine::error(ErrorCode::invalid_argument, "blocks have no cost under instruction-1");
  }
  return engine::block_cost(*impl_->program, pc);
}

MemoryLayout Module::memory_layout() const {
  if (!impl_) return {};
  const engine::MemoryMap map = engine::map_of(*impl_->program);
  return {engine::page_size_of(*impl_->program),
          region(map.read_only),
          region(map.read_write),
          map.heap_base,
          region(map.stack),
          region(map.host_data)};
}

u32 Module::stack_top() const {
  if (!impl_ || impl_->program->is_paged()) return 0;
  return static_cast<u32>(engine::map_of(*impl_->program).stack.end);
}

Isolation Module::isolation() const {
  return impl_ ? impl_->isolation : Isolation::interpreter;
}

std::span<const u8> Module::native_code() const {
  const engine::jit::NativeCode* native = impl_ ? impl_->code->native() : nullptr;
  return native != nullptr ? std::span<const u8>(native->bytes) : std::span<const u8>();
}

std::vector<NativePosition> Module::native_positions() const {
  std::vector<NativePosition> all;
  const engine::jit::NativeCode* native = impl_ ? impl_->code->native() : nullptr;
  if (native == nullptr) return all;
  all.reserve(native->positions.size());
  for (const auto& position : native->positions) all.push_back({position.pc, position.native});
  return all;
}

Result<Instance> Module::instantiate() const {
  if (!impl_) return engine::moved_from();
  auto executor = impl_->code->make_executor();
  if (!executor) return std::move(executor.error());
  auto machine = engine::Machine::create(impl_->program, *std::move(executor));
  if (!machine) return std::move(machine.error());
  return Instance(std::make_unique<Instance::Impl>(*this, *std::move(machine)));
}

}  // namespace pvm
