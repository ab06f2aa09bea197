// SPDX-License-Identifier: Apache-2.0 OR MIT
// Errors that the API itself makes.
#pragma once

#include <string>
#include <utility>

#include "pvm/result.hpp"

namespace pvm::engine {

inline Error error(ErrorCode code, std::string message) {
  return {code, std::move(message), std::nullopt, std::nullopt};
}
inline Error moved_from() {
  return error(ErrorCode::invalid_argument, "the handle has been moved from");
}
inline Error null_span() {
  return error(ErrorCode::invalid_argument, "null pointer with a length");
}
/// Allocates nothing: the text is short enough to be part of the string object.
inline Error out_of_memory() {
  return error(ErrorCode::resource_exhausted, "out of memory");
}

}  // namespace pvm::engine
