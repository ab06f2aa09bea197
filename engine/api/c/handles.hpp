// SPDX-License-Identifier: Apache-2.0 OR MIT
// What is behind the handles of the C API, and the ways in and out of every function of it.
#pragma once

#include <cstring>
#include <exception>
#include <new>
#include <optional>
#include <string>
#include <utility>

#include "api/errors.hpp"
#include "pvm.h"
#include "pvm/pvm.hpp"

struct pvm_error {
  pvm::Error error;
};
struct pvm_engine {
  pvm::Engine engine;
};
struct pvm_module {
  pvm::Module module;
};
struct pvm_instance {
  std::optional<pvm::Instance> own;  ///< Absent: it is a linked instance's.
  pvm::Instance* instance = nullptr;
};
struct pvm_snapshot {
  pvm::Snapshot snapshot;
};
struct pvm_interrupt {
  pvm::Interrupt interrupt;
};
struct pvm_linker {
  pvm::Linker linker;
};
struct pvm_linked_module {
  pvm::LinkedModule linked;
};
struct pvm_linked_instance {
  pvm::LinkedInstance linked;
  pvm_instance inside;
};

namespace pvm::c {

/// Gives an error to the caller, who may not want its text.
pvm_code fail(Error error, pvm_error** out) noexcept;
inline Error null_argument() {
  return engine::error(ErrorCode::invalid_argument, "a null pointer where there must be an object");
}

/// Runs the body of a function: `body` returns Result<void>, and may throw.
template <typename Body>
pvm_code guarded(pvm_error** error, Body body) noexcept {
  if (error != nullptr) *error = nullptr;
  try {
    Result<void> done = body();
    return done ? PVM_OK : fail(std::move(done.error()), error);
  } catch (const std::exception&) {
    // std::bad_alloc, std::length_error: the library throws nothing else.
    return fail(engine::out_of_memory(), error);
  }
}

/// guarded(), for functions whose pointers must not be null.
template <typename Body, typename... Pointers>
pvm_code guarded_on(pvm_error** error, Body body, const Pointers*... pointers) noexcept {
  const bool complete = (... && (pointers != nullptr));
  if (!complete) return guarded(error, [] { return Result<void>(null_argument()); });
  return guarded(error, std::move(body));
}

/// Moves a result to where the caller wants it, through `convert`.
template <typename T, typename Convert>
Result<void> deliver(Result<T> result, Convert convert) {
  if (!result) return std::move(result.error());
  convert(*std::move(result));
  return {};
}

/// Reads a struct that a caller of this or another version has filled. Beyond what is known here there may only be zeros: those ask for
/// nothing.
template <typename T>
Result<T> read_struct(const T* given) {
  constexpr std::size_t most = 4096;
  const std::size_t size = given->struct_size;
  if (size < sizeof(T) || size > most) return engine::error(ErrorCode::invalid_argument, "struct_size is wrong: not initialised?");
  const auto* bytes = reinterpret_cast<const unsigned char*>(given);
  for (std::size_t at = sizeof(T); at < size; ++at) {
    if (bytes[at] != 0) return engine::error(ErrorCode::unsupported, "the struct asks for what this version doesn't know");
  }
  return *given;
}

/// Fills a struct for a caller of this or a later version; what is beyond becomes 0.
template <typename T>
Result<void> write_struct(T* to, T value) {
  constexpr std::size_t most = 4096;
  const std::size_t size = to->struct_size;
  if (size < sizeof(T) || size > most) return engine::error(ErrorCode::invalid_argument, "struct_size is wrong: not set?");
  value.struct_size = size;
  std::memset(static_cast<void*>(to), 0, size);
  *to = value;
  return {};
}

/// Fills a struct with defaults, as far as it reaches.
template <typename T>
void init_struct(T* to, std::size_t size, T value) {
  if (to == nullptr) return;
  value.struct_size = size;
  std::memset(static_cast<void*>(to), 0, size);
  std::memcpy(static_cast<void*>(to), &value, size < sizeof(T) ? size : sizeof(T));
}

/// Fills `to`, checked before anything happens by check_exit(); may be null.
Result<void> check_exit(const pvm_exit* to);
void write_exit(pvm_exit* to, const Exit& exit);

Result<CallOptions> read_options(const pvm_run_options* given);
/// Each argument is one register of the instance's width.
Result<std::vector<Value>> read_arguments(const Instance& instance, const uint64_t* arguments, std::size_t count);

inline std::span<const u8> bytes_of(const void* bytes, std::size_t length) {
  return {static_cast<const u8*>(bytes), length};
}
inline std::span<u8> bytes_of(void* bytes, std::size_t length) {
  return {static_cast<u8*>(bytes), length};
}
inline Result<std::string_view> name_of(const char* name, std::size_t length) {
  if (name == nullptr && length != 0) return engine::null_span();
  return std::string_view(name, length);
}

}  // namespace pvm::c
