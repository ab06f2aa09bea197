// SPDX-License-Identifier: Apache-2.0 OR MIT
// A pvm_caller is a pvm::Caller under another name.
#pragma once

#include "api/c/handles.hpp"

namespace pvm::c {

inline Caller* of(pvm_caller* caller) {
  return reinterpret_cast<Caller*>(caller);
}
inline const Caller* of(const pvm_caller* caller) {
  return reinterpret_cast<const Caller*>(caller);
}
inline pvm_caller* handle_of(Caller& caller) {
  return reinterpret_cast<pvm_caller*>(&caller);
}

}  // namespace pvm::c
