// SPDX-License-Identifier: Apache-2.0 OR MIT
// Errors as values: a Result holds a value or an Error. The engine throws nothing but std::bad_alloc, and never prints or exits.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "pvm/types.hpp"

namespace pvm {

/// What kind of failure it is; callers branch on this, never on texts.
enum class ErrorCode : u8 {
  program_rejected,       ///< The document refuses the program: see `reason` and `offset`.
  program_too_large,      ///< A limit of this engine, not of the document: native code beyond 2 GiB, for example.
  invalid_argument,       ///< The call's arguments make no sense; nothing has happened.
  out_of_bounds,          ///< A host access to memory that the document refuses; nothing has happened. [host.read_memory]
  no_pc,                  ///< A run without a next pc. [resume.after_end]
  not_found,              ///< No export or import of that name.
  already_defined,        ///< A host function of that name is there already.
  unsupported,            ///< This machine or build can't do it: a back end, an isolation level.
  isolation_unavailable,  ///< The sandbox can't be set up here; the text names the remedy.
  resource_exhausted,     ///< The system has refused memory, processes or descriptors.
  worker_failed,          ///< The worker process died or broke its protocol; the instance is lost.
  host_function,          ///< A host function has returned an error of its own.
  instance_busy,          ///< Used by two threads at a time, or from within its own host function.
  instance_lost,          ///< An earlier failure has ended this instance; make a new one.
};

/// A failure, as a value.
struct Error {
  ErrorCode code = ErrorCode::invalid_argument;
  std::string message = {};           ///< For people: where and why, and the remedy if there is one.
  std::optional<Reason> reason = {};  ///< program_rejected only.
  std::optional<u64> offset = {};     ///< program_rejected only: byte of the container, or code offset, as the document says.
};

/// The enumerator's name: "program_rejected".
PVM_API std::string_view name_of(ErrorCode);

/// A value, or an Error. Check before use: value() of a failure is undefined, as with std::optional's operator*.
template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : content_(std::in_place_index<0>, std::move(value)) {}      // NOLINT(google-explicit-constructor)
  Result(Error error) : content_(std::in_place_index<1>, std::move(error)) {}  // NOLINT(google-explicit-constructor)
  bool ok() const { return content_.index() == 0; }
  explicit operator bool() const { return ok(); }
  T& value() & { return *std::get_if<0>(&content_); }
  const T& value() const& { return *std::get_if<0>(&content_); }
  T&& value() && { return std::move(*std::get_if<0>(&content_)); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  Error& error() { return *std::get_if<1>(&content_); }
  const Error& error() const { return *std::get_if<1>(&content_); }

 private:
  std::variant<T, Error> content_;
};

/// Success, or an Error.
template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)) {}  // NOLINT(google-explicit-constructor)
  bool ok() const { return !error_; }
  explicit operator bool() const { return ok(); }
  Error& error() { return *error_; }
  const Error& error() const { return *error_; }

 private:
  std::optional<Error> error_;
};

}  // namespace pvm
