// SPDX-License-Identifier: Apache-2.0 OR MIT
// The C API: host functions by name, and the instances that call them.
#include "api/c/caller.hpp"
#include "api/c/handles.hpp"

namespace pvm::c {
namespace {

/// A host function of C. The last copy frees the user's pointer.
struct CHostFunction {
  pvm_host_function function;
  std::shared_ptr<void> user;

  Result<void> operator()(Caller& caller) const {
    const int32_t code = function(handle_of(caller), user.get());
    if (code == 0) return {};
    return engine::error(ErrorCode::host_function, "the host function has returned " + std::to_string(code));
  }
};

/// Takes over the user's pointer; it is freed also if this fails.
UntypedHostFunction wrap(pvm_host_function function, void* user, void (*free_user)(void*)) {
  std::shared_ptr<void> owned(user, [free_user](void* pointer) {
    if (free_user != nullptr) free_user(pointer);
  });
  if (function == nullptr) return {};
  return CHostFunction{function, std::move(owned)};
}

// What the functions that run have in common. `run` gets the options.
template <typename Run>
pvm_code run_with(const pvm_linked_instance* instance, const pvm_run_options* options, pvm_exit* exit, uint64_t* result, pvm_error** error,
                  Run run) {
  const auto body = [&]() -> Result<void> {
    if (auto fits = check_exit(exit); !fits) return fits;
    const auto read = read_options(options);
    if (!read) return read.error();
    return deliver(run(*read), [&](const CallResult& seen) {
      write_exit(exit, seen.exit);
      if (result != nullptr) *result = seen.value;
    });
  };
  return guarded_on(error, body, instance);
}

Result<CallResult> call(pvm_linked_instance& instance, u32 pc, const uint64_t* arguments, size_t argument_count,
                        const CallOptions& options) {
  const auto values = read_arguments(instance.linked.instance(), arguments, argument_count);
  if (!values) return values.error();
  return instance.linked.call(pc, std::span<const Value>(*values), options);
}

}  // namespace
}  // namespace pvm::c

using namespace pvm::c;

extern "C" {

pvm_code pvm_linker_create(pvm_linker** linker, pvm_error** error) {
  return guarded_on(
      error,
      [&] {
        *linker = new pvm_linker;
        return pvm::Result<void>();
      },
      linker);
}

void pvm_linker_free(pvm_linker* linker) {
  delete linker;
}

pvm_code pvm_linker_define(pvm_linker* linker, const char* name, size_t name_length, pvm_host_function function, void* user,
                           void (*free_user)(void* user), pvm_error** error) {
  return guarded(error, [&]() -> pvm::Result<void> {
    auto wrapped = wrap(function, user, free_user);
    if (linker == nullptr) return null_argument();
    const auto symbol = name_of(name, name_length);
    if (!symbol) return symbol.error();
    return linker->linker.define_untyped(*symbol, std::move(wrapped));
  });
}

pvm_code pvm_linker_define_fallback(pvm_linker* linker, pvm_host_function function, void* user, void (*free_user)(void* user),
                                    pvm_error** error) {
  return guarded(error, [&]() -> pvm::Result<void> {
    auto wrapped = wrap(function, user, free_user);
    if (linker == nullptr) return null_argument();
    return linker->linker.define_fallback(std::move(wrapped));
  });
}

pvm_code pvm_linker_link(const pvm_linker* linker, const pvm_module* module, uint8_t allow_missing, pvm_linked_module** linked,
                         pvm_error** error) {
  const auto missing = allow_missing != 0 ? pvm::MissingImports::at_call : pvm::MissingImports::error;
  const auto body = [&] {
    return deliver(linker->linker.link(module->module, missing),
                   [&](pvm::LinkedModule made) { *linked = new pvm_linked_module{std::move(made)}; });
  };
  return guarded_on(error, body, linker, module, linked);
}

void pvm_linked_module_free(pvm_linked_module* linked) {
  delete linked;
}

pvm_code pvm_linked_module_instantiate(const pvm_linked_module* linked, pvm_linked_instance** instance, pvm_error** error) {
  const auto body = [&] {
    return deliver(linked->linked.instantiate(), [&](pvm::LinkedInstance made) {
      auto* handle = new pvm_linked_instance{std::move(made), {}};
      handle->inside.instance = &handle->linked.instance();
      *instance = handle;
    });
  };
  return guarded_on(error, body, linked, instance);
}

void pvm_linked_instance_free(pvm_linked_instance* instance) {
  delete instance;
}

pvm_instance* pvm_linked_instance_instance(pvm_linked_instance* instance) {
  return instance != nullptr ? &instance->inside : nullptr;
}

pvm_code pvm_linked_instance_run(pvm_linked_instance* instance, const pvm_run_options* options, pvm_exit* exit, uint64_t* result,
                                 pvm_error** error) {
  return run_with(instance, options, exit, result, error, [&](const pvm::CallOptions& read) { return instance->linked.run(read.limits); });
}

pvm_code pvm_linked_instance_call(pvm_linked_instance* instance, uint32_t pc, const uint64_t* arguments, size_t argument_count,
                                  const pvm_run_options* options, pvm_exit* exit, uint64_t* result, pvm_error** error) {
  return run_with(instance, options, exit, result, error,
                  [&](const pvm::CallOptions& read) { return call(*instance, pc, arguments, argument_count, read); });
}

pvm_code pvm_linked_instance_call_export(pvm_linked_instance* instance, const char* name, size_t name_length, const uint64_t* arguments,
                                         size_t argument_count, const pvm_run_options* options, pvm_exit* exit, uint64_t* result,
                                         pvm_error** error) {
  return run_with(instance, options, exit, result, error, [&](const pvm::CallOptions& read) -> pvm::Result<pvm::CallResult> {
    const auto symbol = name_of(name, name_length);
    if (!symbol) return symbol.error();
    const auto pc = instance->linked.instance().module().find_export(*symbol);
    if (!pc) return pc.error();
    return call(*instance, *pc, arguments, argument_count, read);
  });
}

}  // extern "C"
