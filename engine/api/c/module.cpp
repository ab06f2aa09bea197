// SPDX-License-Identifier: Apache-2.0 OR MIT
// The C API: modules.
#include <algorithm>

#include "api/c/handles.hpp"
#include "api/impl.hpp"

using namespace pvm::c;

namespace {

// A place in a list, handed out by pointers into the module.
pvm_code give_name(std::string_view text, const char** name, size_t* name_length) {
  *name = text.data();
  *name_length = text.size();
  return PVM_OK;
}

}  // namespace

extern "C" {

pvm_code pvm_module_clone(const pvm_module* module, pvm_module** copy) {
  return guarded_on(
      nullptr,
      [&] {
        *copy = new pvm_module{module->module};
        return pvm::Result<void>();
      },
      module, copy);
}

void pvm_module_free(pvm_module* module) {
  delete module;
}

pvm_semantics pvm_module_semantics(const pvm_module* module) {
  return module != nullptr ? static_cast<pvm_semantics>(module->module.semantics()) : 0;
}

pvm_isolation pvm_module_isolation(const pvm_module* module) {
  return module != nullptr ? static_cast<pvm_isolation>(module->module.isolation()) : 0;
}

uint64_t pvm_module_code_size(const pvm_module* module) {
  return module != nullptr ? module->module.code_size() : 0;
}

uint32_t pvm_module_stack_top(const pvm_module* module) {
  return module != nullptr ? module->module.stack_top() : 0;
}

size_t pvm_module_export_count(const pvm_module* module) {
  return module != nullptr ? module->module.impl()->program->exports.size() : 0;
}

pvm_code pvm_module_export(const pvm_module* module, size_t index, const char** name, size_t* name_length, uint32_t* pc) {
  if (name == nullptr || name_length == nullptr || pc == nullptr || index >= pvm_module_export_count(module)) return PVM_INVALID_ARGUMENT;
  const auto& item = module->module.impl()->program->exports[index];
  *pc = item.code_offset;
  return give_name(item.symbol, name, name_length);
}

size_t pvm_module_import_count(const pvm_module* module) {
  return module != nullptr ? module->module.impl()->program->imports.size() : 0;
}

pvm_code pvm_module_import(const pvm_module* module, size_t index, const char** name, size_t* name_length) {
  if (name == nullptr || name_length == nullptr || index >= pvm_module_import_count(module)) return PVM_INVALID_ARGUMENT;
  const auto& item = module->module.impl()->program->imports[index];
  return give_name(item ? std::string_view(*item) : std::string_view(), name, name_length);
}

pvm_code pvm_module_find_export(const pvm_module* module, const char* name, size_t name_length, uint32_t* pc, pvm_error** error) {
  const auto body = [&]() -> pvm::Result<void> {
    const auto symbol = name_of(name, name_length);
    if (!symbol) return symbol.error();
    return deliver(module->module.find_export(*symbol), [&](uint32_t found) { *pc = found; });
  };
  return guarded_on(error, body, module, pc);
}

pvm_code pvm_module_block_cost(const pvm_module* module, uint32_t pc, int64_t* cost, pvm_error** error) {
  return guarded_on(
      error, [&] { return deliver(module->module.block_cost(pc), [&](int64_t value) { *cost = value; }); }, module, cost);
}

pvm_code pvm_module_memory_layout(const pvm_module* module, pvm_memory_layout* layout, pvm_error** error) {
  const auto body = [&] {
    const pvm::MemoryLayout from = module->module.memory_layout();
    return write_struct(layout, {0, from.page_size, 0, from.ro_data.begin, from.ro_data.end, from.rw_data.begin, from.rw_data.end,
                                 from.heap_base, from.stack.begin, from.stack.end, from.aux.begin, from.aux.end});
  };
  return guarded_on(error, body, module, layout);
}

const uint8_t* pvm_module_native_code(const pvm_module* module, size_t* bytes) {
  const auto code = module != nullptr ? module->module.native_code() : std::span<const pvm::u8>();
  if (bytes != nullptr) *bytes = code.size();
  return code.empty() ? nullptr : code.data();
}

size_t pvm_module_native_positions(const pvm_module* module, pvm_native_position* positions, size_t capacity) {
  const pvm::engine::jit::NativeCode* native = module != nullptr ? module->module.impl()->code->native() : nullptr;
  if (native == nullptr) return 0;
  const size_t copied = positions != nullptr ? std::min(capacity, native->positions.size()) : 0;
  for (size_t index = 0; index < copied; ++index) positions[index] = {native->positions[index].pc, native->positions[index].native};
  return native->positions.size();
}

pvm_code pvm_module_instantiate(const pvm_module* module, pvm_instance** instance, pvm_error** error) {
  const auto body = [&] {
    return deliver(module->module.instantiate(), [&](pvm::Instance made) {
      auto* handle = new pvm_instance{std::move(made), nullptr};
      handle->instance = &*handle->own;
      *instance = handle;
    });
  };
  return guarded_on(error, body, module, instance);
}

}  // extern "C"
