// SPDX-License-Identifier: Apache-2.0 OR MIT
// The portable back end: pre-decoded, direct-threaded, in plain C++ on every platform.
#pragma once

#include <memory>

#include "machine/executor.hpp"
#include "program/program.hpp"

namespace pvm::engine::interp {

/// A program in the interpreter's own form, shared by all instances of a module. Immutable.
class DecodedProgram;

/// Decodes the whole program once: time and memory proportional to its code.
Result<std::shared_ptr<const DecodedProgram>> predecode(std::shared_ptr<const Program> program);

std::unique_ptr<Executor> make_interpreter(std::shared_ptr<const DecodedProgram> program);

}  // namespace pvm::engine::interp
