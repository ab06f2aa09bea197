// SPDX-License-Identifier: Apache-2.0 OR MIT
// The C API: errors, exits, and what all calls take.
#include "api/c/handles.hpp"

namespace {

// Given out where there is no memory for another one.
pvm_error& no_memory_for_error() {
  static pvm_error error{pvm::engine::out_of_memory()};
  return error;
}

constexpr int32_t code_of(pvm::ErrorCode code) {
  return static_cast<int32_t>(code) + 1;
}
static_assert(code_of(pvm::ErrorCode::program_rejected) == PVM_PROGRAM_REJECTED);
static_assert(code_of(pvm::ErrorCode::not_found) == PVM_NOT_FOUND);
static_assert(code_of(pvm::ErrorCode::instance_lost) == PVM_INSTANCE_LOST);
static_assert(static_cast<uint32_t>(pvm::Status::interrupted) == PVM_INTERRUPTED);
static_assert(static_cast<uint32_t>(pvm::Status::halt) == PVM_HALT);

}  // namespace

namespace pvm::c {

pvm_code fail(Error error, pvm_error** out) noexcept {
  const pvm_code code = code_of(error.code);
  if (out == nullptr) return code;
  *out = new (std::nothrow) pvm_error{std::move(error)};
  if (*out == nullptr) *out = &no_memory_for_error();
  return code;
}

Result<void> check_exit(const pvm_exit* to) {
  if (to == nullptr || to->struct_size >= sizeof(pvm_exit)) return {};
  return engine::error(ErrorCode::invalid_argument, "struct_size is wrong: not set?");
}

void write_exit(pvm_exit* to, const Exit& exit) {
  if (to == nullptr) return;
  to->status = static_cast<pvm_status>(exit.status);
  to->has_pc = exit.pc.has_value();
  to->has_next_pc = exit.next_pc.has_value();
  to->write_protected = exit.write_protected;
  to->reserved = 0;
  to->pc = exit.pc.value_or(0);
  to->next_pc = exit.next_pc.value_or(0);
  to->host_call = exit.host_call;
  to->fault_address = exit.fault_address;
  to->reserved2 = 0;
}

Result<CallOptions> read_options(const pvm_run_options* given) {
  CallOptions options;
  if (given == nullptr) return options;
  const auto read = read_struct(given);
  if (!read) return read.error();
  if (read->has_timeout > 1 || read->has_stack_pointer > 1 || read->reserved[0] != 0 || read->reserved[1] != 0) {
    return engine::error(ErrorCode::invalid_argument, "a flag of the run's options is neither 0 nor 1");
  }
  // A deadline that the clock can't express never comes.
  constexpr uint64_t centuries = uint64_t{1} << 62;
  if (read->has_timeout == 1 && read->timeout_ns < centuries) {
    options.limits = RunLimits::within(std::chrono::nanoseconds(static_cast<int64_t>(read->timeout_ns)));
  }
  if (read->has_stack_pointer == 1) options.stack_pointer = read->stack_pointer;
  return options;
}

Result<std::vector<Value>> read_arguments(const Instance& instance, const uint64_t* arguments, std::size_t count) {
  constexpr std::size_t most = 9;
  if (count > most) return engine::error(ErrorCode::invalid_argument, "there are registers for 9 arguments");
  if (arguments == nullptr && count != 0) return engine::null_span();
  const bool is_32_bit = register_bits(instance.module().semantics()) == 32;
  std::vector<Value> values;
  values.reserve(count);
  for (std::size_t index = 0; index < count; ++index) {
    values.push_back(is_32_bit ? Value(static_cast<u32>(arguments[index])) : Value(u64{arguments[index]}));
  }
  return values;
}

}  // namespace pvm::c

extern "C" {

uint32_t pvm_abi_version(void) {
  return PVM_ABI_VERSION;
}

const char* pvm_version(void) {
  return pvm::version().data();
}

const char* pvm_code_name(pvm_code code) {
  if (code == PVM_OK) return "ok";
  if (code < 0 || code > PVM_INSTANCE_LOST) return "unknown";
  return pvm::name_of(static_cast<pvm::ErrorCode>(code - 1)).data();
}

pvm_code pvm_error_code(const pvm_error* error) {
  return error != nullptr ? code_of(error->error.code) : PVM_OK;
}

const char* pvm_error_message(const pvm_error* error) {
  if (error == nullptr) return nullptr;
  return error->error.message.c_str();
}

const char* pvm_error_reason(const pvm_error* error) {
  return error != nullptr && error->error.reason ? pvm::name_of(*error->error.reason).data() : nullptr;
}

int pvm_error_offset(const pvm_error* error, uint64_t* offset) {
  if (error == nullptr || !error->error.offset) return 0;
  if (offset != nullptr) *offset = *error->error.offset;
  return 1;
}

void pvm_error_free(pvm_error* error) {
  if (error != &no_memory_for_error()) delete error;
}

void pvm_run_options_init(pvm_run_options* options, size_t struct_size) {
  pvm::c::init_struct(options, struct_size, {});
}

}  // extern "C"
