// SPDX-License-Identifier: Apache-2.0 OR MIT
// Turns exits of native code into the events of an executor, by the compiler's maps.
#pragma once

#include <memory>

#include "jit/native_code.hpp"
#include "machine/executor.hpp"
#include "native/space.hpp"
#include "program/program.hpp"

namespace pvm::engine::native {

/// An executor over native code. Everything that comes out of a space is untrusted: offsets and indices that the maps don't know, and
/// faults that make no sense, become Event::failed.
std::unique_ptr<Executor> make_native_executor(std::shared_ptr<const Program> program, std::shared_ptr<const jit::NativeCode> code,
                                               std::unique_ptr<Space> space);

}  // namespace pvm::engine::native
